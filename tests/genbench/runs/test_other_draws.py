"""Artefacts that are made again and differ: no number is of old features and of new samples or fits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import genbench

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "drifting_plugin.py"


class Bench:
    """A folder with the drifting plugin, in which suites run, and their store."""

    def __init__(self, folder, store):
        self.folder, self.store, self.plugin = folder, store, folder / "drifting_plugin.py"
        shutil.copy(PLUGIN, self.plugin)

    def run(self, name, *, extractor, generators=("steady",), metrics=("gap",), **options):
        lines = ['name = "drift"\nseeds = [0, 1]\nn = 20\ncontrols = false\n[[dataset]]\nuse = "cloud"']
        lines += [f'[[generator]]\nuse = "{generator}"' for generator in generators]
        lines += [
            f'[[metric]]\nuse = "{metric}"' + (f'\nextractor = "{extractor}"' if metric != "centre" else "")
            for metric in metrics
        ]
        path = self.folder / "drift.toml"
        path.write_text("\n".join(lines))
        done = genbench.run(path, output=self.folder / name, plugins=[self.plugin], jobs=1, **options)
        assert done.is_complete
        return done

    def lose(self, *kinds):
        for kind in kinds:
            shutil.rmtree(self.store / kind)

    def verdicts(self, name):
        verification = genbench.verify(self.folder / name, plugins=[self.plugin], jobs=1)
        return {verdict.outcome for verdict in verification.stored}

    def counted(self, kind):
        file = self.folder / kind
        return file.read_text().split() if file.exists() else []


@pytest.fixture
def bench(tmp_path, fresh_store, warm_server):
    return Bench(tmp_path, fresh_store)


def board(done):
    return (done.folder / "leaderboard.md").read_text()


def values(done):
    return [record.value for record in done.results.records.values()]


def samples(done):
    return {record.samples for record in done.results.records.values()}


def fits(done):
    return {record.extractor_fit for record in done.results.records.values()}


@pytest.mark.slow
def test_samples_that_are_drawn_again_and_differ_do_not_get_the_features_of_the_first(bench):
    first = bench.run("first", extractor="looks", generators=("fickle",))
    bench.lose("samples")
    second = bench.run("second", extractor="looks", generators=("fickle",), keep_samples=True)
    assert not samples(first) & samples(second)
    assert not set(values(first)) & set(values(second))
    assert bench.verdicts("second") == {"reproduced"}


@pytest.mark.slow
@pytest.mark.parametrize("lost", [("samples",), ("samples", "features")])
def test_their_generator_is_marked_in_another_folder_too(bench, lost):
    both = {"extractor": "looks", "generators": ("steady", "fickle")}
    assert "deterministic" not in board(bench.run("first", **both))
    bench.lose(*lost)
    text = board(bench.run("second", **both))
    assert "fickle (deterministic: no)" in text
    assert "steady (deterministic" not in text


@pytest.mark.slow
def test_a_generator_that_is_fitted_again_for_a_metric_and_differs_is_marked(bench):
    """Its samples are those of the first fit, and the metric meets the second."""
    both = {"extractor": "looks", "generators": ("steady", "fickle")}
    assert "deterministic" not in board(bench.run("first", **both))
    text = board(bench.run("first", **both, metrics=("gap", "centre")))
    assert "fickle (deterministic: no)" in text
    assert "steady (deterministic" not in text


@pytest.mark.slow
def test_an_extractor_that_is_fitted_again_does_not_meet_the_features_of_its_first_fit(bench):
    first = bench.run("first", extractor="learnt")
    bench.lose("extractor")
    second = bench.run("second", extractor="learnt", generators=("fickle",), keep_samples=True)
    assert values(first) == values(second) == [0.0] * 2
    assert bench.counted("fits") == ["learnt"] * 2
    assert bench.verdicts("second") == {"reproduced"}
    assert len(fits(first)) == len(fits(second)) == len(fits(first) ^ fits(second)) / 2 == 1


@pytest.mark.slow
def test_a_board_says_which_generators_were_measured_with_another_fit(bench):
    first = bench.run("first", extractor="learnt")
    assert "Not comparable" not in board(first)
    bench.lose("extractor")
    second = bench.run("first", extractor="learnt", generators=("steady", "fickle"))
    old, new = (fit[:8] for fit in (*fits(first), *(fits(second) - fits(first))))
    text = "gap[learnt]: the extractor was fitted again, and differs: its fit is"
    assert f"{text} {new} in fickle and {old} in steady" in board(second).replace("\\", "")


def test_the_features_of_an_extractor_that_cannot_be_stored_are_not_stored(bench):
    first, second = (bench.run(name, extractor="unsaved") for name in ("first", "second"))
    assert values(first) == values(second) == [0.0] * 2
    assert not (bench.store / "features").exists()
    assert bench.counted("fits") == ["unsaved"] * 4  # one a trial
    assert len(fits(first) | fits(second)) == 4
    assert "the extractor was fitted again, and differs" in board(first)


@pytest.mark.slow
@pytest.mark.parametrize("extractor", ["looks", "exact"])
def test_a_metric_that_is_added_uses_the_stored_features(bench, extractor):
    bench.run("first", extractor=extractor)
    made = [extractor] * 3  # of the real samples, and of each trial's
    assert bench.counted("extractions") == made
    again = bench.run("first", extractor=extractor, metrics=("gap", "ratio"))
    assert len(values(again)) == 4
    assert bench.counted("extractions") == made


def test_a_second_fit_that_is_equal_uses_the_stored_features(bench):
    first = bench.run("first", extractor="exact")
    bench.lose("extractor")
    second = bench.run("second", extractor="exact")
    assert bench.counted("fits") == ["exact"] * 2
    assert bench.counted("extractions") == ["exact"] * 3  # as above
    assert fits(first) == fits(second)
