"""Orders, and what is refused before anything runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

import genbench
from genbench.core.errors import PluginError, SuiteError
from genbench.jobs.engine.runner import JobFailure
from genbench.runs import prepare as preparation
from genbench.runs.prepare import Order, PreparedRun, order_trials
from genbench.store.environment import cores

pytestmark = pytest.mark.usefixtures("shared_store")

TOYS = Path(__file__).parents[2] / "toy_plugins"
FAULTY = TOYS / "faulty_plugin.py"


@pytest.fixture
def check_refused(tmp_path):
    """Return a function that checks that the run of a suite is refused, and writes nothing."""

    def check(path, message, *, error=SuiteError, plugins=(FAULTY,), **options):
        with pytest.raises(error, match=message):
            genbench.run(path, output=tmp_path / "out", plugins=plugins, **{"jobs": 1, **options})
        assert not (tmp_path / "out").exists()

    return check


@pytest.fixture
def check_unusable(check_refused):
    """Return a function that checks that a run that uses a component of the unusable plugin is refused."""
    return partial(check_refused, plugins=(FAULTY, TOYS / "unusable_plugin.py"))


@pytest.mark.parametrize(
    ("generators", "metrics", "message"),
    [
        (("goood",), ("centre-gap",), r"generator\[0\].use: no generator named 'goood'; did you mean 'good"),
        (('use = "good"\nshfit = 1.0',), ("centre-gap",), r"generator\[0\]\.shfit.*did you mean 'shift'"),
        (('use = "good"\nshift = "much"',), ("centre-gap",), r"generator\[0\]\.shift"),
        (("good",), ('use = "fid"\nextractor = "pixels"',), "and the suite has only datasets of"),
        (("vae",), ("centre-gap",), "generator 'vae' works on image, and the suite has only"),
        (("good",), ('use = "fid"\nname = "fid"\nextractor = "given"',), "is the id with the canonical"),
        (("good",), ('use = "centre-gap"\nname = "rank"',), "'rank' is a column of every board"),
        (("good", "good"), ("centre-gap",), "two generators have the id 'good'"),
    ],
)  # fmt: skip
def test_a_suite_that_is_refused_writes_nothing(suite, tmp_path, check_refused, generators, metrics, message):
    check_refused(suite(tmp_path, generators=generators, metrics=metrics), message)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (
            "crumbles",
            PluginError,
            r"\.toml: dataset\[0\]: dataset 'crumbles' of unusable-plugin 0\+\w+ failed: Zero",
        ),
        ("lost", genbench.GenbenchError, "lost.bin: not there"),
    ],
)
def test_a_dataset_that_fails_is_refused_by_plugin(suite, tmp_path, check_unusable, name, error, message):
    path = suite(tmp_path)
    path.write_text(path.read_text().replace('"cloud"', f'"{name}"'))
    check_unusable(path, message, error=error)


def test_a_component_that_no_other_process_can_find_is_refused_by_name(suite, tmp_path, check_unusable):
    message = r"\.toml: metric\[0\]: metric 'found-nowhere' of unusable-plugin: make cannot be found"
    check_unusable(suite(tmp_path, metrics=("found-nowhere",)), message, error=PluginError)


def test_a_metric_without_its_canonical_extractor_says_which_others_would_do(suite, tmp_path, check_unusable):
    message = r"metric\[0\]: orphan takes features .*'nowhere', not .*pixels"
    check_unusable(suite(tmp_path, metrics=("orphan",)), message)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"jobs": 0}, "jobs: expected an integer of at least 1, got 0"),
        ({"threads": 0}, "threads: expected an integer of at least 1, got 0"),
        ({"device": "a card"}, "device: expected cpu, .*, got 'a card'"),
        ({"device": "nonesuch"}, "device 'nonesuch' cannot be used here"),
        ({"seeds": [2**63]}, "expected an integer"),
    ],
)
def test_what_the_host_lacks_is_refused_before_anything_runs(suite, tmp_path, check_refused, asked, message):
    check_refused(suite(tmp_path), message, error=genbench.GenbenchError, **asked)


def test_an_order_chooses_the_controls_and_what_it_names_or_everything():
    every, one = Order(suite="x"), Order(suite="x", only=("vae",))
    assert every.includes("gan", control=None)
    assert one.includes("vae", control=None)
    assert one.includes("noise", control="floor")
    assert not one.includes("gan", control=None)


def test_an_order_runs_as_many_jobs_as_it_says_or_one_a_core():
    assert Order(suite="x", jobs=3).jobs_here == 3
    assert Order(suite="x").jobs_here == cores()


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:1", "mps"])
def test_a_device_is_named_as_torch_names_it(device):
    assert Order(suite="x", device=device).device == device


@pytest.fixture
def todo(run_of):
    """Return a function that says which metrics of which generators are due, for changes of ok records."""
    _, records = run_of({"vae": {"fid": [1.0], "kid": [2.0]}, "held-out": {"fid": [3.0]}})
    records = {(record.cell.generator, record.cell.metric): record for record in records.values()}

    def trial(generator, *metrics):
        cells = [records[generator, metric].cell for metric in metrics]
        control = "ceiling" if generator == "held-out" else None
        part = SimpleNamespace(name=generator, spec=SimpleNamespace(control=control))
        tasks = tuple(SimpleNamespace(cells={cell.metric: cell}) for cell in cells)
        return SimpleNamespace(name=generator, generator=part, tasks=tasks)

    trials = (trial("vae", "fid", "kid"), trial("held-out", "fid"))
    ready = PreparedRun(suite=None, resolved=None, datasets=(), trials=trials, folder=None, executor=None)

    def due(changes, **asked):
        known = [replace(records[name], **change) for name, change in changes.items() if change is not None]
        by_key = {record.cell.key: record for record in known}
        return {
            trial.generator.name: {metric for task in tasks for metric in task.cells}
            for trial, tasks in ready.list_due_trials(Order(suite="x", **asked), by_key, None)
        }

    return due


def test_one_seed_of_each_generator_comes_first_and_the_others_follow_in_their_order():
    def trial(dataset, generator, seed):
        return SimpleNamespace(
            dataset=SimpleNamespace(part=SimpleNamespace(name=dataset)),
            generator=SimpleNamespace(name=generator), seed=seed,
        )  # fmt: skip

    names = ["a vae 3", "a vae 1", "a vae 2", "a gan 1", "a gan 2", "b vae 1", "b vae 2"]
    order = order_trials([(trial(*name.split()), name) for name in names])
    assert [name for _, name in order] == [
        "a vae 3", "a gan 1", "b vae 1",
        "a vae 1", "a vae 2", "a gan 2", "b vae 2",
    ]  # fmt: skip


def test_a_comparison_that_is_due_asks_for_the_trials_whose_samples_are_gone(run_of):
    _, records = run_of({"vae": {"fid": [1.0, 2.0]}})
    first = next(iter(records.values()))
    part = SimpleNamespace(name="vae", spec=SimpleNamespace(control=None))
    trials = tuple(
        SimpleNamespace(generator=part, name=f"vae {seed}", sample_key=seed, tasks=()) for seed in (0, 1)
    )
    comparison = SimpleNamespace(trials={"vae": trials}, cells=(first.cell,), tasks=("task",))
    ready = PreparedRun(
        suite=None,
        resolved=None,
        datasets=(),
        trials=trials,
        folder=None,
        executor=None,
        comparisons=(comparison,),
    )
    store = SimpleNamespace(notes={0: {}}.get)
    order = Order(suite="x")
    assert [trial.name for trial, _ in ready.list_due_trials(order, {}, store)] == ["vae 1"]
    assert ready.list_due_comparisons(order, {}) == [(comparison, ("task",))]
    done = {first.cell.key: first}
    assert ready.list_due_trials(order, done, store) == []
    assert ready.list_due_comparisons(order, done) == []


ALL_OK = {("vae", "fid"): {}, ("vae", "kid"): {}, ("held-out", "fid"): {}}


def test_what_is_ok_or_skipped_is_not_due_and_what_has_no_record_is(todo):
    assert todo(ALL_OK) == {}
    assert todo(ALL_OK | {("vae", "kid"): {"status": "skipped"}}) == {}
    assert todo(ALL_OK | {("vae", "kid"): None}) == {"vae": {"kid"}}
    assert todo({}) == {"vae": {"fid", "kid"}, "held-out": {"fid"}}


@pytest.mark.parametrize("change", [{"status": "error"}, {"status": "timeout"}, {"provisional": True}])
def test_what_failed_or_is_provisional_is_due_unless_nothing_is_to_be_retried(todo, change):
    records = ALL_OK | {("vae", "fid"): change}
    assert todo(records) == {"vae": {"fid"}}
    assert todo(records, retry=False) == {}
    assert todo(records | {("vae", "kid"): None}, retry=False) == {"vae": {"kid"}}


def test_only_chosen_generators_and_controls_have_something_due(todo):
    assert todo({}, only=("gan",)) == {"held-out": {"fid"}}
    assert todo({}, only=("vae",)) == todo({})


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_dataset_s_log_is_kept_if_it_failed_and_not_if_the_run_was_ended(is_closed, tmp_path, monkeypatch):
    contract = SimpleNamespace(who="dataset x of y")
    part = SimpleNamespace(
        name="x", contract=contract, component=SimpleNamespace(owner=SimpleNamespace(version="1"))
    )
    monkeypatch.setattr(preparation, "run_job", lambda *_: JobFailure("error", "why", None))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(PluginError, match="dataset x of y 1 failed: why"):
        preparation._prepare(SimpleNamespace(is_closed=is_closed), SimpleNamespace(part=part))
    assert len(list(tmp_path.glob("genbench-x-*.log"))) == (not is_closed)
