from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toys import make_catalog, make_specs

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    FaultSpec,
    GeneratorSpec,
    MetricSpec,
    Output,
    Samples,
    anything,
)
from genbench.core.errors import PluginError, SuiteError
from genbench.store.keys import Settings
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import find_prepared, prepare
from genbench.trial.plan import check_meetings, check_sizes, choose_n_real, drop_control_datasets, plan_trials

SETTINGS = Settings(threads=1, device="cpu")


def dots(*, size: int = 12):
    return Data(Samples.of("vector", np.arange(2.0 * size).reshape(size, 2)))


def words():
    return Data(Samples.of("text", tuple("abcdef")))


def tagged():
    return Data(Samples.of("text", tuple("abcdef")), labels=np.arange(6) // 3)


def fit(train, *, steps: int = 5): ...


def looks(): ...


def distance(real, fake, *, k: int = 3): ...


def adapted(real, fake, *, k: int | None = None): ...


def choose_k(space):
    return {"k": len(space.shape)}


def choose_j(space):
    return {"j": len(space.shape)}


def counts(real_labels, fake_labels): ...


TWO = (
    Output(name="left", direction="higher", expects={"hiss": anything}),
    Output(name="right", direction="target", best=0.5),
)
CATALOG = make_catalog(
    *make_specs(DatasetSpec, dots, words, tagged),
    ExtractorSpec(name="looks", make=looks, outputs={"features": "x"}),
    ExtractorSpec(name="reads", make=looks, outputs={"features": "x"}, modalities=("text",)),
    ExtractorSpec(name="sees", make=looks, outputs={"features": "x"}, modalities=("image",)),
    GeneratorSpec(name="any", make=fit),
    GeneratorSpec(name="flat", make=fit, modalities=("vector",)),
    GeneratorSpec(name="writer", make=fit, modalities=("text",)),
    GeneratorSpec(name="painter", make=fit, modalities=("image",)),
    GeneratorSpec(name="noise", make=fit, modalities=("image", "vector"), control="floor"),
    FaultSpec(name="hiss", make=fit, levels={"much": 1.0}, effect="worse", control="floor"),
    MetricSpec(name="gap", make=distance, direction="lower"),
    MetricSpec(name="fid", make=distance, takes="features", extractor="looks", modalities=("vector",)),
    MetricSpec(name="far", make=distance, takes="features", extractor="looks"),
    MetricSpec(name="spell", make=distance, modalities=("text",)),
    MetricSpec(name="shares", make=distance, outputs=TWO),
    MetricSpec(name="counts", make=counts),
    MetricSpec(name="adapted", make=adapted, defaults=choose_k),
    MetricSpec(name="strange", make=adapted, defaults=choose_j),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def plan(store, suite_text, modalities):
    """Return a function that plans a suite, given as the entries of each kind."""

    def make(
        *, datasets=("dots",), generators=("any",), metrics=("gap",), seeds=(0, 1), extra="", narrow=False
    ):
        entries = {"datasets": datasets, "generators": generators, "metrics": metrics}
        text = suite_text(**entries, seeds=seeds, extra=extra)
        suite = parse_suite(text, file="s.toml", folder=Path())
        resolved = resolve_suite(suite, CATALOG)
        for part in resolved.datasets:
            prepare(part, store, modalities)
        datasets = [find_prepared(part, store, modalities) for part in resolved.datasets]
        if narrow:
            resolved, datasets = drop_control_datasets(resolved, datasets)
        check_meetings(resolved, datasets)
        return plan_trials(suite, resolved, datasets, SETTINGS)

    return make


def test_there_is_a_trial_for_each_dataset_generator_and_seed(plan):
    trials = plan(datasets=("dots", "words"), generators=("any", "flat"), extra="controls = false")
    assert [trial.name for trial in trials] == [
        "dots any seed 0", "dots any seed 1", "dots flat seed 0", "dots flat seed 1",
        "words any seed 0", "words any seed 1",
    ]  # fmt: skip


def test_controls_join_where_they_can(plan):
    trials = plan(datasets=("dots", "words"), seeds=(0,), extra='controls = ["noise"]')
    assert [trial.name for trial in trials] == ["dots any seed 0", "dots noise seed 0", "words any seed 0"]
    assert [cell.control for trial in trials for cell in trial.cells] == [None, "floor", None]


def test_a_trial_has_a_cell_for_each_number_of_each_metric_that_it_meets(plan):
    trials = plan(datasets=("dots", "words"), metrics=("shares", "fid", "spell"), seeds=(0,),
                  extra="controls = false")  # fmt: skip
    assert [[task.name for task in trial.tasks] for trial in trials] == [
        ["left, right", "fid"], ["left, right", "spell"],
    ]  # fmt: skip
    left, right, fid = trials[0].cells
    assert (left.facts.direction, right.facts.direction, right.facts.best) == ("higher", "target", 0.5)
    assert (left.dataset, left.generator, left.plugin, left.n) == ("dots", "any", "maker 0", 4)
    assert [cell.facts.unseen_controls for cell in (left, right, fid)] == [("floor",), (), ()]
    assert fid.signature["metric"] == "maker:fid"
    assert fid.signature["data"] == trials[0].dataset.hash
    assert len({left.key, right.key, fid.key}) == 3


def test_a_metric_does_not_meet_data_that_its_extractor_does_not(plan):
    reading = 'use = "far"\nextractor = "reads"'
    trials = plan(datasets=("dots", "words"), metrics=("gap", reading), seeds=(0,), extra="controls = false")
    assert [[task.name for task in trial.tasks] for trial in trials] == [["gap"], ["gap", "far[reads]"]]


def test_what_only_controls_meet_is_left_out_where_generators_are_given_in_place_of_the_suite_s(plan):
    both = {
        "datasets": ("dots", "words"), "seeds": (0,), "narrow": True, "extra": 'controls = ["noise"]'
    }  # fmt: skip
    trials = plan(generators=("writer",), metrics=("spell", "fid", "gap"), **both)
    assert [trial.name for trial in trials] == ["words writer seed 0"]
    assert [task.name for task in trials[0].tasks] == ["spell", "gap"]
    trials = plan(generators=("flat",), metrics=("spell", "fid", "gap"), **both)
    assert [trial.name for trial in trials] == ["dots flat seed 0", "dots noise seed 0"]
    assert [task.name for task in trials[0].tasks] == ["fid", "gap"]
    with pytest.raises(SuiteError, match="generator 'painter' works on image, and the suite has only"):
        plan(generators=("painter",), **both)


def test_a_metric_of_labels_is_left_to_the_datasets_that_have_some(plan):
    of = {"metrics": ("gap", "counts"), "seeds": (0,), "extra": "controls = false"}

    def tasks(*datasets, **more):
        trials = plan(datasets=datasets, **of, **more)
        return {trial.dataset.part.name: [task.name for task in trial.tasks] for trial in trials}

    assert tasks("words", "tagged") == {"words": ["gap"], "tagged": ["gap", "counts"]}
    assert tasks("words") == {"words": ["gap", "counts"]}
    assert tasks("dots", "tagged", generators=("flat",), narrow=True) == {"dots": ["gap"]}


def test_an_option_without_a_value_gets_the_default_of_the_data(plan):
    entries = '\n[[metric]]\nuse = "adapted"\nname = "fixed"\nk = 7'
    trials = plan(
        datasets=("dots", "words"), metrics=("adapted",), seeds=(0,), extra=f"controls = false{entries}"
    )
    signed = {
        (trial.dataset.part.name, cell.metric): cell.signature["options"]["k"]
        for trial in trials
        for cell in trial.cells
    }
    assert signed == {
        ("dots", "adapted"): 1, ("dots", "fixed"): 7, ("words", "adapted"): 0, ("words", "fixed"): 7
    }  # fmt: skip
    assert {task.group.metric.options["k"] for trial in trials for task in trial.tasks} == {0, 1, 7}


def test_a_default_of_an_unknown_option_is_refused(plan):
    with pytest.raises(PluginError, match=r"metric 'strange' of .*: defaults failed: KeyError: 'j'"):
        plan(datasets=("dots",), metrics=("strange",), seeds=(0,))


def keys(trials):
    return {(cell.generator, cell.seed, cell.metric): cell.key for trial in trials for cell in trial.cells}


def test_what_is_added_or_moved_changes_no_key_of_the_others(plan):
    base = keys(plan(generators=("any",), metrics=("gap", "fid")))
    wider = keys(plan(generators=("flat", "any"), metrics=("shares", "fid", "gap"), seeds=(2, 1, 0)))
    assert base.items() <= wider.items()
    assert len(set(wider.values())) == len(wider)
    apart = keys(plan(datasets=("words", "dots"), extra="controls = false", metrics=("gap",)))
    words_too = {key for key in base if key[0] == "any" and key[2] == "gap"}
    assert set(apart) == words_too


@pytest.mark.parametrize(
    ("again", "names"),
    [
        (
            {"generators": ("any", 'use = "any"\nname = "mine"')},
            "dots any seed 0 gap and dots mine seed 0 gap",
        ),
        (
            {"datasets": ("dots", 'use = "dots"\nname = "data"')},
            "dots any seed 0 gap and data any seed 0 gap",
        ),
    ],
)
def test_two_entries_that_give_the_same_numbers_are_refused(plan, again, names):
    with pytest.raises(SuiteError, match=f"^{names} are the same number.*remove the entry of one of them"):
        plan(extra="controls = false", **again)
    other = 'use = "any"\nname = "mine"\nsteps = 6'
    assert len(plan(extra="controls = false", generators=("any", other))) == 4


def test_the_id_of_an_entry_changes_no_key(plan):
    plain = keys(plan(extra="controls = false"))
    named = keys(plan(generators=('use = "any"\nname = "mine"',), metrics=('use = "gap"\nname = "other"',),
                      datasets=('use = "dots"\nname = "data"',), extra="controls = false"))  # fmt: skip
    assert set(plain.values()) == set(named.values())


@pytest.mark.parametrize(
    ("written", "n_real"), [("", 4), ("n_real = 3", 3), ('n_real = "all"', None), ("n_real = 99", 99)]
)
def test_the_reference_is_cut_to_n_unless_the_suite_says_otherwise(plan, written, n_real):
    (trial, *_) = plan(extra=written)
    assert trial.n_real == n_real
    assert trial.cells[0].signature["n_real"] == ("all" if n_real is None else n_real)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [("n=4", 4), ('n=4\nn_real="all"', None), ("n=4\nn_real=3", 3), ("n={x=7}", 7), ("n={x=7}\nn_real=3", 3)],
)
def test_reference_n_is_read_off_the_suite(keys, expected):
    text = f'name="a"\nseeds=[0]\n{keys}\n' + "".join(
        f'[[{k}]]\nuse="x"\n' for k in ("dataset", "generator", "metric")
    )
    assert choose_n_real(parse_suite(text, file="s.toml", folder=Path()), "x") == expected


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        ({"generators": ("any", "painter")}, "generator 'painter' works on image, and the suite has only"),
        ({"metrics": ("spell",)}, "metric 'spell' works on text, and the suite has only"),
        ({"metrics": ('use = "far"\nextractor = "sees"',)}, "extractor 'sees' works on image, and the suite"),
        (
            {"datasets": ("dots", "words"), "metrics": ('use = "fid"\nextractor = "reads"',)},
            "metric 'fid' works on vector, its extractor 'reads' on text",
        ),
    ],
)
def test_a_component_that_meets_no_dataset_is_refused(plan, suite, message):
    with pytest.raises(SuiteError, match=message):
        plan(**suite)


@pytest.mark.parametrize(
    ("different", "advice"),
    [
        (None, "give more"),
        (2, "equal samples are in one split, and few are different: give more different ones"),
    ],
)
def test_a_split_that_is_too_small_is_refused_with_the_reason(plan, suite_text, different, advice):
    (trial, *_) = plan(extra="n_real = 5\ncontrols = false")
    text = suite_text(datasets=("dots",), generators=("any",), metrics=("gap",), extra="n_real = 5")
    suite = parse_suite(text, file="s.toml", folder=Path())
    few = replace(trial, dataset=replace(trial.dataset, n_different=different))
    message = (
        f"n_real: the test split of dataset 'dots' has 4 samples, expected at least 5; {advice}, or a smaller"
    )
    with pytest.raises(SuiteError, match=f"^{message} n_real$"):
        check_sizes(suite, [(few, [task.group for task in few.tasks])])


@pytest.mark.parametrize(
    ("option", "is_official", "is_named"),
    [
        ("test-half", True, True),
        ("none", True, False),
        (Path("held_out.csv"), True, False),
        ("test-half", False, False),  # genbench has split it into thirds
    ],
)
def test_a_test_split_that_is_half_held_out_is_refused_with_the_ways_round_it(
    plan, suite_text, option, is_official, is_named
):
    (trial, *_) = plan(extra="n_real = 5\ncontrols = false")
    text = suite_text(datasets=("dots",), generators=("any",), metrics=("gap",), extra="n_real = 5")
    dataset, sizes = trial.dataset, {"train": 4, "test": 4, "held_out": 4}
    part = replace(dataset.part, options={"held_out": option})
    few = replace(trial, dataset=replace(dataset, part=part, sizes=sizes, is_official=is_official))
    with pytest.raises(SuiteError, match="has 4 samples") as refused:
        check_sizes(
            parse_suite(text, file="s.toml", folder=Path()), [(few, [task.group for task in few.tasks])]
        )
    end = 'held_out = "none" of the dataset makes it 8, and n_real = "all" compares with all of it'
    assert str(refused.value).endswith(end if is_named else "or a smaller n_real")


def test_a_trial_can_be_sent_to_another_process(plan):
    import pickle

    (trial, *_) = plan()
    plugin = trial.generator.component.owner
    sent = pickle.loads(pickle.dumps(trial.cells))  # noqa: S301 - made in this line
    assert sent == trial.cells
    assert plugin.distribution == "maker"
    assert trial.generator.contract.options == ()
    assert all(task.group.metric.contract.options == () for task in trial.tasks)
