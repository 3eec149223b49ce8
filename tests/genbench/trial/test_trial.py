"""The job of one trial: the records that it writes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog
from genbench.core.canonical_json import digest
from genbench.core.errors import ResultsError
from genbench.results import galleries
from genbench.results.folder import RunFolder
from genbench.results.galleries import read_gallery
from genbench.results.records import Notice, read_records, read_traces
from genbench.store.eviction import take_stock
from genbench.store.keys import draw_key
from genbench.store.store import Store
from genbench.trial import trial as module
from genbench.trial.trial import RunTrial, make_failed_records, make_trace

CHECKED = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"


@pytest.fixture
def job(trial, store, tmp_path):
    """Return a function that makes the job of a trial of the checked plugin."""
    folder = RunFolder(tmp_path / "out").create().path

    def make(generator="shifted", metrics=("gap", "spread"), **fields):
        made = trial(generator, metrics=metrics)
        known = {"tasks": made.tasks, "attempts": {}, "folder": folder, "store": store}
        return RunTrial(trial=made, **(known | fields))

    return make


@pytest.fixture
def run():
    """Return a function that runs a job and returns its records by metric, and what it reported."""

    def do(job):
        events = []
        job.run(lambda **event: events.append(event))
        records = read_records(job.folder, job.trial.cells)
        return {record.cell.metric: record for record in records.values()}, events

    return do


def traces_of(job):
    return read_traces(job.folder, (job.trial.trace_key,))


def test_each_cell_gets_a_record_that_says_what_it_was_computed_from(job, run):
    records, events = run(job())
    gap, spread = records["gap"], records["spread"]
    assert (gap.status, spread.status) == ("ok", "ok")
    assert spread.low == spread.value - 0.1
    assert set(spread.extra) == {"draw"}
    assert len(gap.samples) == len(gap.fit) == len(gap.features) == 64
    assert (spread.samples, spread.fit, spread.features) == (gap.samples, gap.fit, "")
    assert (gap.extractor_fit, spread.extractor_fit) == ("", "")
    assert gap.environment["machine"]["threads"] == 1
    assert gap.environment["machine"]["cpu"]
    assert [event["task"] for event in events if event.get("stage") == "score" and "task" in event] == [0, 1]


def test_the_attempt_is_one_more_than_those_before(job, run):
    asked = job()
    key = next(cell.key for cell in asked.trial.cells if cell.metric == "gap")
    records, _ = run(job(attempts={key: 4}))
    assert (records["gap"].attempt, records["spread"].attempt) == (5, 1)


def test_only_the_tasks_that_are_asked_for_are_done(job, run):
    every = job()
    records, _ = run(job(tasks=every.tasks[1:]))
    assert set(records) == {"spread"}


def test_a_metric_that_fails_costs_only_its_own_cell(job, run):
    records, _ = run(job(metrics=("spread", "fails")))
    failed = records["fails"]
    assert (failed.status, failed.value) == ("error", None)
    assert failed.reason == "checked-plugin:fails: RuntimeError: no luck"
    assert failed.samples == records["spread"].samples != ""
    assert records["spread"].status == "ok"


def test_a_sampling_that_was_lost_is_the_failure_of_every_cell_and_no_trace(job, run):
    asked = job()
    lost = {digest(dict(asked.trial.sample_key)): ("crash", "its process was killed by SIGKILL")}
    records, events = run(job(lost=lost))
    assert {(record.status, record.reason) for record in records.values()} == {
        ("crash", "its process was killed by SIGKILL")
    }
    assert {record.samples for record in records.values()} == {""}
    assert not [event for event in events if event.get("stage") == "score"]
    assert traces_of(asked) == []


@pytest.mark.parametrize("kind", ["generator", "metric"])
def test_code_that_changed_since_it_was_hashed_gives_no_number(job, run, kind):
    asked = job()

    def change(part):
        changed = replace(part.code, sha256="0" * 64, identity=replace(part.code.identity, writes=""))
        return replace(part, code=changed) if part.component.kind == kind else part

    records, _ = run(asked.with_parts(change))
    for record in records.values():
        assert record.status == "invalid"
        assert "changed after genbench hashed it, so no key names what was read" in record.reason


def test_other_samples_than_those_of_earlier_records_are_noted(job, run):
    records, _ = run(job())
    notice = Notice.of_other_samples("generator", "checked-plugin:shifted")
    same, _ = run(job(known=frozenset({records["gap"].samples})))
    assert notice not in same["gap"].notices
    other, _ = run(job(known=frozenset({records["gap"].samples, "0" * 64})))
    assert notice in other["gap"].notices


def test_the_store_remembers_the_first_draw_when_its_samples_are_gone(job, run, store):
    asked = job()
    first, _ = run(asked)
    notice = Notice.of_other_samples("generator", "checked-plugin:shifted")
    shutil.rmtree(store.root / "samples")
    again, _ = run(asked)
    assert notice not in again["gap"].notices
    key = draw_key(asked.trial.sample_key)
    assert store.notes(key) == {"hash": first["gap"].samples}
    shutil.rmtree(store.locate(key))
    store.put(key, lambda _: None, {"hash": "0" * 64})
    for _ in range(2):  # what was noted first remains
        other, _ = run(asked)
        assert notice in other["gap"].notices
        assert notice in other["spread"].notices


def test_eviction_comes_to_the_note_of_a_draw_after_the_samples_and_features(job, run, store):
    for _ in range(2):
        run(job())
        *_, last = (item.kind for item in take_stock(store.root))
        assert last == "draw"


def test_the_trace_has_history_and_cost_and_a_later_job_adds_to_it(job, run):
    asked = job()
    run(asked)
    (first,) = traces_of(asked)
    assert first.history == ({"step": 1, "total": 1, "loss": 0.25},)
    assert set(first.seconds) == {"fit", "sample", "extract", "score"}
    assert first.peak_bytes > 2**20
    run(asked)
    (second,) = traces_of(asked)
    assert second.seconds["score"] > first.seconds["score"]
    assert second.seconds["extract"] == first.seconds["extract"]
    assert second.peak_bytes >= first.peak_bytes


def test_a_folder_that_cannot_be_written_is_named(job, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ResultsError, match=rf"^{file} cannot be written: Not a directory; choose "):
        job(folder=file).run(lambda **event: None)


def test_the_parts_of_a_job_are_all_components_whose_code_may_run(job):
    asked = job()
    names = [part.component.name for part in asked.parts]
    assert names == ["shifted", "cloud", "gap", "bent", "spread"]
    assert [part.component.name for part in job(tasks=asked.tasks[1:]).parts] == [
        "shifted", "cloud", "spread",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "task", "name"),
    [
        ("fit", None, "shifted"),
        ("sample", None, "shifted"),
        ("extract", 0, "bent"),
        ("extract", 1, "shifted"),
        ("score", 0, "gap"),
        ("score", 1, "spread"),
        ("trace", 2, "shifted"),
        ("fit", 0, "shifted"),
    ],
)
def test_the_component_at_work_follows_from_stage_and_task(job, stage, task, name):
    assert job().find_running_part(stage, task).component.name == name


def test_a_trace_is_empty_before_the_trial(job):
    asked = job()
    trace = make_trace(asked.trial)
    assert (trace.dataset, trace.generator, trace.seed) == ("cloud", "shifted", 0)
    assert trace.key == asked.trial.trace_key
    assert (trace.history, dict(trace.seconds), trace.peak_bytes) == ((), {}, 0)


def test_a_process_that_died_leaves_a_record_for_each_cell_in_flight(job):
    asked = job()
    cell = asked.tasks[0].cells["shifted", "gap"]
    asked = job(attempts={cell.key: 1})
    (record,) = make_failed_records(asked, asked.tasks[:1], "memory", "too much", {"peak": 7})
    assert record.cell == cell
    assert (record.status, record.reason, record.attempt, record.extra) == (
        "memory", "too much", 2, {"peak": 7},
    )  # fmt: skip
    assert record.environment["machine"]["threads"] == 1
    assert len(make_failed_records(asked, asked.tasks, "crash", "x", {})) == 2


BOTH = plugin_text("""
def level():
    return float(Path(__file__).with_name("level.txt").read_text())

class Flat:
    def __init__(self, train): self.level = level()
    def sample(self, n, *, rng): return Samples.of("vector", self.level + rng.normal(size=(n, 2)))

def distance(fake): return abs(fake.data.mean() - level())
def mean(fake): return fake.data.mean()

GeneratorSpec(name="flat", make=Flat)
*(MetricSpec(name=make.__name__, make=make, direction="lower") for make in (distance, mean))
""")


def test_notices_of_undeclared_files_do_not_depend_on_what_ran_before(tmp_path, suite_text, trials_of, run):
    """The generator and a metric open the same file; the second time, the store has the samples."""
    (tmp_path / "level.txt").write_text("1.0")
    (tmp_path / "both.py").write_text(BOTH)
    catalog, store = load_catalog([CHECKED, tmp_path / "both.py"], only=[]), Store(tmp_path / "store")
    text = suite_text(datasets=["cloud"], generators=["flat"], metrics=["distance", "mean"], n=20,
                      extra="n_real = 20\ncontrols = false")  # fmt: skip
    (trial,) = trials_of(text, catalog, store)
    noted = []
    for name in ("first", "second"):
        folder = RunFolder(tmp_path / name).create().path
        records, _ = run(RunTrial(trial=trial, tasks=trial.tasks, attempts={}, folder=folder, store=store))
        noted.append({metric: [notice.component for notice in record.notices] for metric, record in
                      records.items()})  # fmt: skip
    assert noted[0] == noted[1] == {"distance": ["both:flat", "both:distance"], "mean": ["both:flat"]}


def test_a_trial_keeps_a_gallery_of_its_samples(job, run):
    records, _ = run(job(gallery_bytes=2**18))
    draw = records["gap"].samples
    kept = read_gallery(job().folder, draw)
    assert (kept.draw, kept.n, kept.numbers) == (draw, 30, tuple(range(8)))
    assert [path.name for path in RunFolder(job().folder).galleries.iterdir()] == [draw]


def test_a_trial_that_is_not_asked_for_a_gallery_or_has_no_samples_keeps_none(job, run):
    asked = job()
    lost = {digest(dict(asked.trial.sample_key)): ("crash", "its process was killed by SIGKILL")}
    run(job(lost=lost, gallery_bytes=2**18))
    run(asked)
    assert not RunFolder(asked.folder).galleries.exists()


def test_a_gallery_is_kept_before_a_metric_can_end_the_process(job, run, monkeypatch):
    monkeypatch.setattr(module, "score_task", lambda task, context: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(job(gallery_bytes=2**18))
    assert len(list(RunFolder(job().folder).galleries.iterdir())) == 1


def test_a_gallery_that_cannot_be_written_is_a_problem_of_the_folder(job, run, monkeypatch):
    def full(path, fill, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(galleries, "write_folder", full)
    with pytest.raises(ResultsError, match="out cannot be written: No space left on device"):
        run(job(gallery_bytes=2**18))
