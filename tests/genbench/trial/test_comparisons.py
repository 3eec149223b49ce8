"""Comparisons: what they receive, their keys, their numbers, what fails, and what is computed again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from toys import plugin_text

import genbench
from genbench import Samples, Score, Undefined
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import Invalid
from genbench.core.extracted import Extracted
from genbench.results.found_galleries import find_pairs_gallery
from genbench.results.records import read_plan
from genbench.results.results import read_results
from genbench.suite.file import MetricEntry
from genbench.suite.resolve import make_group
from genbench.trial.comparisons import Pooled, RunComparison
from genbench.trial.computation import compare
from genbench.trial.failures import BlameError

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "rivals_plugin.py"


@pytest.fixture(scope="module")
def rivals(suite_text, tmp_path_factory):
    """Return a function that runs comparisons of constant generators, and returns the run.

    generators  by name, the place of their samples; "breaks" has none
    """
    store = tmp_path_factory.mktemp("rivals-store")

    def run(folder, *metrics, generators=(("near", 1.0), ("far", 3.0)), seeds=(0, 1), n=20, **options):
        lines = [
            f'name = "rivals"\nseeds = {list(seeds)}\nn = {n}\ncontrols = false\n[[dataset]]\nuse = "cloud"'
        ]
        for name, at in generators:
            use = "breaks" if name == "breaks" else "constant"
            lines.append(f'[[generator]]\nuse = "{use}"\nname = "{name}"' + (f"\nat = {at}" if at else ""))
        lines += [f'[[metric]]\nuse = "{metric}"' for metric in metrics]
        path = folder / "rivals.toml"
        path.write_text("\n".join(lines) + "\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENBENCH_STORE", str(store))
            return genbench.run(path, output=folder / "out", plugins=[PLUGIN], jobs=2, **options)

    return run


REASONS = {
    "picky": ("skipped", "it is too far away"),
    "one-short": ("invalid", "expected a mapping with a score for each of ['far', 'near'], got ['near']"),
    "not-a-number": ("invalid", "far: expected a number, got str"),
    "fails": ("error", "RuntimeError: no luck"),
    "is-killed": ("crash", "its process was killed by SIGKILL"),
    "undefined": ("skipped", "nothing can be said"),
}


def values(run, metric):
    scores = run.scores()
    rows = scores[scores["metric"] == metric]
    return dict(zip(rows["generator"], rows["value"], strict=True))


@pytest.fixture(scope="module")
def run(rivals, tmp_path_factory):
    metrics = ("mean-rank", "count", "among", "half-mean", "contests", *REASONS)
    return rivals(tmp_path_factory.mktemp("run"), *metrics)


def test_one_computation_sees_the_fakes_of_all_generators_at_all_seeds(run):
    assert values(run, "mean-rank") == {"near": 1, "far": 2}
    assert values(run, "count") == {"near": 40, "far": 40}
    assert values(run, "among") == {"near": 2, "far": 2}


def test_a_comparison_that_takes_features_gets_those_of_each_generator(run):
    assert values(run, "half-mean") == pytest.approx({"near": 0.5, "far": 1.5}, abs=0.01)


@pytest.mark.parametrize("metric", REASONS)
def test_a_comparison_without_a_number_says_why_for_each_generator(run, metric):
    scores = run.scores()
    found = scores[(scores["metric"] == metric) & (scores["generator"] == "far")].iloc[0]
    status, reason = REASONS[metric]
    assert found["status"] == status
    assert reason in found["reason"]
    near = scores[(scores["metric"] == metric) & (scores["generator"] == "near")].iloc[0]
    assert near["status"] == ("ok" if metric == "picky" else status)


def test_a_comparison_has_one_row_for_each_generator_and_no_seed(run):
    scores = run.scores()
    compared = scores[scores["metric"] == "mean-rank"]
    assert len(compared) == 2
    assert compared["seed"].isna().all()


def test_a_rival_without_samples_skips_all_and_a_later_run_tries_again(rivals, tmp_path):
    run = rivals(tmp_path, "mean-rank", generators=(("near", 1.0), ("breaks", None)))
    assert set(run.scores()["status"]) == {"skipped"}
    (reason,) = run.scores()["reason"].unique()
    assert reason == "breaks has no samples at seed 0; run the suite again"
    (record, *_) = read_results(tmp_path / "out").records.values()
    assert record.provisional


def test_a_second_run_computes_nothing_and_a_new_rival_computes_all_again(rivals, tmp_path):
    first = rivals(tmp_path, "mean-rank")
    again = rivals(tmp_path, "mean-rank")
    assert (len(first.computed), len(again.computed)) == (2, 0)
    more = rivals(tmp_path, "mean-rank", generators=(("near", 1.0), ("far", 3.0), ("nearest", 0.5)))
    assert len(more.computed) == 3
    assert values(more, "mean-rank") == {"nearest": 1, "near": 2, "far": 3}


@pytest.mark.slow
def test_the_order_of_generators_and_metrics_in_a_suite_does_not_matter(rivals, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rivals(tmp_path / "a", "mean-rank", "half-mean", "order")
    turned = (("far", 3.0), ("near", 1.0))
    rivals(tmp_path / "b", "order", "half-mean", "mean-rank", generators=turned)
    for name in ("leaderboard.csv", "scores.csv"):
        one, two = ((tmp_path / side / "out" / name).read_bytes() for side in "ab")
        assert one == two


def test_the_samples_of_pairs_are_kept_where_they_exist(run):
    records = run.results.records.values()
    kept = {
        record.cell.generator: find_pairs_gallery([run.folder], record)
        for record in records
        if record.cell.metric == "contests"
    }
    assert {name: gallery.numbers for name, gallery in kept.items()} == {"far": (0, 3), "near": (36, 39)}
    assert all((gallery.samples.data > 0).all() for gallery in kept.values())
    others = [record for record in records if record.cell.metric == "mean-rank"]
    assert [find_pairs_gallery([run.folder], record) for record in others] == [None, None]


def test_no_real_sample_is_kept(run, tmp_path):
    record = next(record for record in run.results.records.values() if record.cell.metric == "contests")
    name = record.cell.generator
    pairs = [{"first": [name, 0], "second": [name, 1], "counts": [1, 1, 0]}]
    dataset = SimpleNamespace(modality=None)
    comparison = SimpleNamespace(dataset=dataset)
    job = RunComparison(trial=comparison, tasks=(), attempts={}, folder=tmp_path, store=None)
    pool = SimpleNamespace(side=lambda side: Samples.of("vector", np.zeros((4, 2))))
    for role, is_kept in (("ceiling", False), ("exploit", False), (None, True)):
        own = replace(record, cell=replace(record.cell, control=role), extra={"pairs": pairs})
        job._keep_pairs([own], {name: pool})
        assert (tmp_path / "gallery").exists() == is_kept


COMPARISON = plugin_text("""
def constant(fakes):
    return dict.fromkeys(fakes, {value})

MetricSpec(name="constant", make=constant, scope="board")
""")


@pytest.mark.slow
def test_code_that_changes_before_its_comparison_gives_no_number(tmp_path, suite_text, fresh_store):
    plugins = [Path(__file__).parents[2] / "toy_plugins" / "changing_plugin.py", tmp_path / "compared.py"]
    plugins[1].write_text(COMPARISON.format(value=1.0))
    text = json.dumps(COMPARISON.format(value=2.0))
    generator = f'use = "spoils"\ntarget = "{plugins[1]}"\ntext = {text}'
    suite = tmp_path / "suite.toml"
    suite.write_text(
        suite_text(datasets=["cloud"], generators=[generator], metrics=["constant"], n=20,
                   extra="controls = false")
    )  # fmt: skip
    runs = [genbench.run(suite, output=tmp_path / "out", plugins=plugins, jobs=1) for _ in range(2)]
    changed, again = (run.scores().iloc[0] for run in runs)
    assert changed["status"] == "invalid"
    assert "changed" in changed["reason"]
    assert (again["status"], again["value"]) == ("ok", 2.0)


@pytest.fixture
def cells(rivals, tmp_path):
    """Return a function that runs a comparison and returns its cells by generator."""

    def of(name, **changes):
        folder = tmp_path / name
        folder.mkdir()
        rivals(folder, "mean-rank", **changes)
        return {cell.generator: cell for cell in read_plan(folder / "out").cells}

    return of


def test_the_signature_names_who_took_part_and_at_which_seeds(cells):
    found = cells("one")
    assert found["near"].seed is None
    assert found["near"].seeds == (0, 1)
    signature = found["near"].signature
    assert signature == found["far"].signature
    assert signature["runs"] == [0, 1]
    assert signature["participants"]["far"]["generator"] == "rivals-plugin:constant"
    assert signature["participants"]["far"]["options"] == {"at": 3.0}


@pytest.mark.slow
def test_keys_differ_by_generator_and_hold_the_samples_of_every_rival(cells):
    one, same = cells("one"), cells("same")
    assert one["near"].key == same["near"].key != one["far"].key
    for name, changed in (
        ("rival", {"generators": (("near", 1.0), ("far", 4.0))}),
        ("joins", {"generators": (("near", 1.0), ("far", 3.0), ("third", 2.0))}),
        ("seeds", {"seeds": (0, 2)}),
        ("n", {"n": 21}),
    ):
        other = cells(name, **changed)
        assert other["near"].key != one["near"].key
        assert other["near"].signature != one["near"].signature


class Fakes:
    """The inputs of a generator with these fakes."""

    def __init__(self, values):
        self.samples = Samples.of("vector", np.array(values, dtype=float)[:, None])

    def size(self, side):
        return len(self.side(side))

    def side(self, name):
        return self.samples if name == "fake" else Samples.of("vector", np.zeros((5, 1)))

    def other_input(self, name):
        raise AssertionError(f"nothing asks for {name}")


@pytest.fixture
def answers(tmp_path):
    """Return a function that compares two generators by a metric that gives this answer."""

    def of(answer, **spec):
        file = tmp_path / "answering.py"
        file.write_text(
            "from genbench import MetricSpec, hookimpl\n"
            "def answer(fakes, real, *, rng): return ANSWER(fakes, real, rng)\n"
            "ANSWER = None\n"
            "@hookimpl\n"
            "def genbench_metrics():\n"
            f"    return [MetricSpec(name='answer', make=answer, scope='board', **{spec!r})]\n"
        )
        catalog = load_catalog([file])
        entry = MetricEntry(use="answer", name=None, options={}, where="test", extractor=None)
        group = make_group(entry, tmp_path, catalog, ("vector",))
        group.metric.spec.make.__globals__["ANSWER"] = answer
        inputs = {"a": Fakes([1, 2, 3]), "b": Fakes([4, 5])}
        return compare(group, inputs, data_hash="data", device="cpu")

    return of


def test_it_gets_the_fakes_by_generator_beside_what_all_share(answers):
    def sums(fakes, real, rng):
        return {name: float(own.data.sum()) + len(real) for name, own in fakes.items()}

    assert answers(sums) == {"a": {"answer": Score(11.0)}, "b": {"answer": Score(14.0)}}


def test_it_cannot_change_the_fakes_of_others(answers):
    def writes(fakes, real, rng):
        fakes["b"].data[:] = 0
        return dict.fromkeys(fakes, 0.0)

    with pytest.raises(BlameError) as failure:
        answers(writes)
    assert "read-only" in str(failure.value.__cause__)


def test_its_randomness_depends_on_the_data_and_on_no_generator(answers):
    def draws(fakes, real, rng):
        return dict.fromkeys(fakes, float(rng.random()))

    expected = genbench.stream(None, "metric", "answer", "{}", "", "data").random()
    assert answers(draws)["a"]["answer"].value == expected


def test_an_undefined_is_for_one_generator_alone(answers):
    found = answers(lambda fakes, real, rng: {"a": 1.0, "b": Undefined("no votes")})
    assert found["a"] == {"answer": Score(1.0)}
    assert str(found["b"]) == "no votes"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1.0, r"expected a mapping with a score for each of \['a', 'b'\], got float"),
        ({"a": 1.0}, r"got \['a'\]"),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, r"got \['a', 'b', 'c'\]"),
        ({"a": 1.0, "b": None}, "b: expected a number, got NoneType"),
        ({"a": 2.0, "b": 0.0}, r"a: answer is 2.0, outside its declared range \[0, 1\]"),
    ],
)
def test_another_answer_breaks_the_contract(answers, answer, message):
    with pytest.raises(BlameError) as failure:
        answers(lambda fakes, real, rng: answer, range=(0, 1))
    assert isinstance(failure.value.__cause__, Invalid)
    with pytest.raises(Invalid, match=message):
        raise failure.value.__cause__


def test_too_few_fakes_of_one_generator_are_undefined_and_name_it(answers):
    with pytest.raises(Undefined, match="needs at least 3 samples on each side; fake has 2 of b"):
        answers(lambda fakes, real, rng: dict.fromkeys(fakes, 0.0), min_n=3)


def context(first):
    """Return a context of two samples, of which the extractor reads the first."""
    array = np.array([[first], [first + 1]], dtype=np.float32)
    return SimpleNamespace(
        samples=Samples.of("vector", array.astype(float), labels=np.array([0, 1])),
        split=lambda name: f"the {name} of {first}",
        features=lambda extractor, side: (
            Extracted({"features": array}, np.array([True, False]))
            if side == "fake"
            else f"{side} of {first}"
        ),
        extract=lambda extractor: f"{extractor} of {first}",
        other_input=lambda name: f"{name} of {first}",
    )


def test_the_fakes_of_all_seeds_are_one_side_in_their_order():
    pooled = Pooled([context(0), context(10)])
    assert pooled.side("fake").data.tolist() == [[0], [1], [10], [11]]
    assert pooled.labels("fake").tolist() == [0, 1, 0, 1]
    assert pooled.size("fake") == 4


def test_their_features_are_so_too_with_those_that_have_none():
    found = Pooled([context(0), context(10)]).features("pixels", "fake")
    assert found.arrays["features"].tolist() == [[0], [1], [10], [11]]
    assert found.valid.tolist() == [True, False, True, False]


def test_all_else_is_the_same_at_every_seed():
    pooled = Pooled([context(0), context(10)])
    assert pooled.side("real") == "the real of 0"
    assert pooled.features("pixels", "real") == "real of 0"
    assert pooled.extract("pixels") == "pixels of 0"
    assert pooled.other_input("truth") == "truth of 0"


SELF_EDITING = plugin_text("""
def constant(fakes):
    own = Path(__file__)
    own.write_text(own.read_text() + "# edited")
    return dict.fromkeys(fakes, 1.0)

MetricSpec(name="constant", make=constant, scope="board")
""")


@pytest.mark.slow
def test_code_that_changes_during_its_comparison_gives_no_number(tmp_path, suite_text, fresh_store):
    plugins = [Path(__file__).parents[2] / "toy_plugins" / "changing_plugin.py", tmp_path / "compared.py"]
    plugins[1].write_text(SELF_EDITING)
    idle = 'use = "spoils"\ntarget = "another-file"'
    suite = tmp_path / "suite.toml"
    suite.write_text(
        suite_text(datasets=["cloud"], generators=[idle], metrics=["constant"], n=20,
                   extra="controls = false")
    )  # fmt: skip
    scores = genbench.run(suite, output=tmp_path / "out", plugins=plugins, jobs=1).scores()
    assert scores["status"].tolist() == ["invalid"]
    assert "changed" in scores["reason"][0]
