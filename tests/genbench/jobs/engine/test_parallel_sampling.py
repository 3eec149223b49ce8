"""Much to draw: in portions, by several processes, with the samples of one process."""

from __future__ import annotations

from pathlib import Path

import pytest

import genbench

PLUGIN = Path(__file__).parents[3] / "toy_plugins" / "large_plugin.py"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a suite of one trial: what came out, who fitted and drew, and its store."""

    def do(name, *, n, parts=True, breaks=False):
        folder = tmp_path / name
        (folder / "diary").mkdir(parents=True)
        path = folder / "large.toml"
        path.write_text(
            f'name = "large"\nseeds = [0]\nn = {n}\ncontrols = false\n[[dataset]]\nuse = "cloud"\n'
            f'[[metric]]\nuse = "gap"\n[[generator]]\nuse = "large"\ndiary = "{folder / "diary"}"\n'
            f"breaks = {str(breaks).lower()}\n"
        )
        with monkeypatch.context() as patch:
            patch.setenv("GENBENCH_STORE", str(folder / "store"))
            if not parts:
                patch.setattr("genbench.jobs.engine.parallel_sampling.portions", lambda trial: [range(1)])
            done = genbench.run(path, output=folder / "out", plugins=[PLUGIN], jobs=2)
        return done, sorted(file.name for file in (folder / "diary").iterdir()), folder / "store"

    return do


def hashes(run):
    return {record.cell.metric: (record.value, record.samples) for record in run.results.records.values()}


def test_portions_that_several_processes_draw_are_the_samples_that_one_draws(run):
    many, drew, store = run("many", n=200)
    one, alone, _ = run("one", n=200, parts=False)
    assert many.is_complete
    assert hashes(many) == hashes(one)
    counts = [len([name for name in names if "fit" not in name]) for names in (drew, alone)]
    assert counts == [5 + 2, 1]  # the fit and the trial draw a few samples twice
    assert [len([name for name in names if "fit" in name]) for names in (drew, alone)] == [1, 1]
    for name in ("scores.csv", "history.csv"):
        assert (many.folder / name).read_bytes() == (one.folder / name).read_bytes()
    assert not list((store / "portion").glob("*/*"))


def test_what_is_not_much_is_drawn_by_its_trial(run):
    few, drew, store = run("few", n=189)
    assert few.is_complete
    assert len(drew) == 2
    assert not (store / "portion").exists()


def test_a_generator_that_fails_is_recorded_by_its_trial(run):
    done, _, _ = run("bad", n=200, breaks=True)
    (record,) = done.results.records.values()
    assert (record.status, record.reason) == ("error", "large-plugin:large: ValueError: no luck")
