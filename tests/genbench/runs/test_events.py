"""The events of a run: what a listener is told of, from reports of jobs and from whole runs."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import genbench
from genbench.contract.events import EVENTS
from genbench.core.errors import PluginError, SuiteError
from genbench.results.folder import RunFolder
from genbench.results.records import write_record
from genbench.runs import listeners
from genbench.runs.events import EventSource, plain_record

FAULTY = Path(__file__).parents[2] / "toy_plugins" / "faulty_plugin.py"
LISTENING = FAULTY.with_name("listening_plugin.py")


class Heard(list):
    """Notes every event with its values."""

    def __getattr__(self, event):
        if event not in EVENTS:
            raise AttributeError(event)
        return lambda **values: self.append((event, values))

    def of(self, event):
        return [values for name, values in self if name == event]


@pytest.fixture
def heard():
    return Heard()


def trial_of(name="digits vae seed 3", cells=()):
    dataset = SimpleNamespace(part=SimpleNamespace(name="digits"))
    generator = SimpleNamespace(name="vae", spec=SimpleNamespace(control=None))
    return SimpleNamespace(name=name, dataset=dataset, generator=generator, seed=3, cells=cells)


def todo_of(trial):
    tasks = [SimpleNamespace(cells={cell.metric: cell}) for cell in trial.cells]
    return [(trial, tasks)]


IDS = {"dataset": "digits", "generator": "vae", "seed": 3}
NONE = {"dataset": None, "generator": None, "seed": None}


def test_a_trial_is_told_with_its_stage_its_steps_and_its_duration(heard, tmp_path):
    events, trial = EventSource(heard), trial_of()
    events.start("tiny", [trial], todo_of(trial), {}, tmp_path)
    job = trial.name
    events.begin(job)
    events.tell_event(job, {"pid": 3})
    events.tell_event(job, {"stage": "fit", "work": "x"})
    events.tell_event(job, {"step": 1, "total": 2, "values": {"loss": 0.5}})
    events.end(job, seconds=2.5)
    step = {"stage": "fit", "step": 1, "total": 2, "values": {"loss": 0.5}}
    beside = {"kept": [], "waiting": [{**IDS, "control": None}]}
    assert heard == [
        ("run_started", {"suite": "tiny", "trials": 1, "due": 1, "cells": 0, **beside}),
        ("trial_started", {"job": job, **IDS}),
        ("progress", {"job": job, **IDS, "stage": "fit", "step": None, "total": None, "values": {}}),
        ("progress", {"job": job, **IDS, **step}),
        ("trial_finished", {"job": job, **IDS, "seconds": 2.5}),
    ]


def test_a_preparation_is_a_job_and_no_trial(heard):
    events = EventSource(heard)
    events.begin("digits data")
    events.tell_event("digits data", {"stage": "extract"})
    events.end("digits data")
    (begun, progress, ended) = heard
    assert begun == ("job_started", {"job": "digits data"})
    assert progress[1].items() >= {**NONE, "stage": "extract"}.items()
    assert ended[0] == "job_finished"
    assert 0 <= ended[1]["seconds"] < 60


@pytest.fixture
def written(run_of, tmp_path):
    """Return a trial with two cells, and a function that writes the record of one of them."""
    plan, records = run_of({"vae": {"fid": [1.0], "kid": ["error"]}}, seeds=[3])
    RunFolder(tmp_path).create()
    trial = trial_of(cells=plan.cells)

    def write(number, attempt=1):
        write_record(tmp_path, replace(records[plan.cells[number].key], attempt=attempt))

    return trial, write, {key: replace(record, attempt=1) for key, record in records.items()}


def test_a_record_is_told_once_as_soon_as_the_next_metric_begins(heard, written, tmp_path):
    trial, write, _ = written
    events = EventSource(heard)
    events.start("tiny", [trial], todo_of(trial), {}, tmp_path)
    events.begin(trial.name)
    events.tell_event(trial.name, {"stage": "score", "task": 0})
    assert heard.of("recorded") == []
    write(0)
    events.tell_event(trial.name, {"stage": "score", "task": 1})
    fid = {**IDS, "metric": "fid", "value": 1.0, "low": None, "high": None, "status": "ok", "reason": ""}
    assert heard.of("recorded") == [fid]
    write(1)
    events.end(trial.name)
    kid = {**fid, "metric": "kid", "value": None, "status": "error", "reason": "error for a reason"}
    assert heard.of("recorded") == [fid, kid]
    assert heard[-1][0] == "trial_finished"


def test_a_record_of_an_earlier_attempt_is_not_told_again(heard, written, tmp_path):
    trial, write, records = written
    write(0)
    write(1)
    events = EventSource(heard)
    events.start("tiny", [trial], todo_of(trial), records, tmp_path)
    events.begin(trial.name)
    write(1, attempt=2)
    events.end(trial.name)
    assert [values["metric"] for values in heard.of("recorded")] == ["kid"]
    assert heard.of("run_started")[0]["kept"] == []


def test_records_that_are_kept_are_told_at_the_start(heard, written, tmp_path):
    trial, _, records = written
    EventSource(heard).start("tiny", [trial], [], records, tmp_path)
    (started,) = heard.of("run_started")
    assert (started["trials"], started["due"], started["cells"]) == (1, 0, 2)
    assert started["kept"] == [plain_record(record) for record in records.values()]


def test_no_record_is_read_if_no_listener_wants_it(written, tmp_path, monkeypatch):
    trial, write, _ = written
    write(0)
    monkeypatch.setattr("genbench.runs.events.read_records", lambda *_: pytest.fail("it was read"))
    events = EventSource(SimpleNamespace(warned=lambda text: None))
    events.start("tiny", [trial], todo_of(trial), {}, tmp_path)
    events.begin(trial.name)
    events.end(trial.name)


def test_reports_of_many_threads_are_told_one_at_a_time():
    busy, clashes = threading.Lock(), []

    class Display:
        def job_started(self, job):
            if not busy.acquire(blocking=False):
                clashes.append(job)
                return
            threading.Event().wait(0.001)
            busy.release()

    events = EventSource(Display())
    threads = [
        threading.Thread(target=lambda i=i: [events.begin(f"{i} {j}") for j in range(20)]) for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clashes == []


def test_after_an_error_listeners_are_told_its_text_and_no_files(heard, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "hidden-from-all")
    with pytest.raises(ValueError, match="no"), EventSource() as events:  # noqa: PT012 - the block is what ends
        events.add("listener x of y 1", lambda: heard, tmp_path / "x.log")
        events.start("tiny", [], [], {}, tmp_path)
        raise ValueError("no\nhidden-from-all")
    assert heard[-1] == (
        "run_finished", {"statuses": {}, "files": [], "error": "ValueError: no [redacted]"}
    )  # fmt: skip


def test_nothing_is_told_of_the_end_of_a_run_that_did_not_start(heard):
    with pytest.raises(ValueError, match="no"), EventSource(heard):
        raise ValueError("no")
    assert heard == []


@pytest.fixture
def run(suite, tmp_path, shared_store):
    """Return a function that runs a suite with a good generator and a broken one, and returns the run."""

    def do(*listeners, output="out", **options):
        path = suite(tmp_path, generators=("good", "raises"), seeds=(0,), extra="controls = false")
        plugins = [FAULTY, LISTENING]
        return genbench.run(
            path, output=tmp_path / output, plugins=plugins, jobs=2, listeners=listeners, **options
        )

    return do


@pytest.mark.slow
def test_an_object_is_told_of_all_that_happens_in_a_run(run, heard, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))  # what is found in a store has no steps
    done = run(heard)
    waiting = [
        {"dataset": "cloud", "generator": name, "seed": 0, "control": None} for name in ("good", "raises")
    ]
    counts = {"trials": 2, "due": 2, "cells": 4}
    assert heard[0] == ("run_started", {"suite": "faults", **counts, "kept": [], "waiting": waiting})
    scores = done.scores().set_index(["generator", "metric"])
    assert len(heard.of("recorded")) == 4
    for record in heard.of("recorded"):
        row = scores.loc[(record["generator"], record["metric"])]
        assert (row["status"], row["reason"]) == (record["status"], record["reason"])
        assert record["value"] is None if record["status"] == "error" else record["value"] == row["value"]
    begun, ended = heard.of("trial_started"), heard.of("trial_finished")
    assert {one["generator"] for one in begun} == {one["generator"] for one in ended} == {"good", "raises"}
    steps = [event for event in heard.of("progress") if event["step"] is not None]
    assert [(step["stage"], step["step"], step["values"]) for step in steps] == [
        ("fit", 1, {"loss": 1.0}), ("fit", 2, {"loss": 0.5}), ("sample", 1, {}), ("sample", 2, {}),
    ]  # fmt: skip
    ending = {"statuses": {"ok": 2, "error": 2}, "files": list(done.files), "error": None}
    assert heard[-1] == ("run_finished", ending)


@pytest.mark.slow
def test_a_component_gets_the_folder_the_suite_and_its_options(run, tmp_path):
    run({"use": "notes", "file": str(tmp_path / "notes.jsonl")}, output="notes")
    lines = [json.loads(line) for line in (tmp_path / "notes.jsonl").read_text().splitlines()]
    assert [lines[0][0], lines[1][0], lines[-1][0]] == ["made", "run_started", "run_finished"]
    made = lines[0][1]
    assert made["folder"] == str(tmp_path / "notes")
    suite = made["suite"]
    assert (suite["name"], suite["seeds"], suite["n"]) == ("faults", [0], 30)
    assert suite["datasets"] == {"cloud": {"component": "faulty-plugin:cloud", "options": {}}}
    good, raises = suite["generators"]
    assert (good["name"], good["component"]) == ("good", "faulty-plugin:good")
    assert (raises["name"], raises["datasets"]) == ("raises", ["cloud"])
    gap = suite["metrics"]["centre-gap"]
    assert (gap["component"], gap["extractor"]) == ("faulty-plugin:centre-gap", None)


def csvs(run):
    return {file.name: file.read_bytes() for file in run.files if file.name != "timings.csv"}


@pytest.mark.slow
def test_listeners_that_fail_or_hang_cost_a_warning_each_and_change_no_byte(run, monkeypatch, fresh_store):
    monkeypatch.setattr(listeners, "_CALL_S", 0.5)
    plain = run(output="plain")
    with pytest.warns(RuntimeWarning) as warned:
        told = run("raises", "hangs", "unmade", output="told")
    owner = "listening-plugin 0+"
    texts = sorted(str(warning.message) for warning in warned)
    assert [text.partition(owner)[0] for text in texts] == [
        "listener hangs of ", "listener raises of ", "listener unmade of "
    ]  # fmt: skip
    assert "failed at recorded, and the run goes on: ValueError: no luck with " in texts[1]
    assert "ConnectionError: no answer" in texts[2]
    assert "no luck with spread" in (told.folder / "logs" / "listener-raises.log").read_text()
    assert csvs(told) == csvs(plain)


@pytest.mark.parametrize(
    ("listener", "error", "message"),
    [
        ("note", SuiteError, r"--listener\[0\]\.use: no listener named 'note'; did you mean 'notes'"),
        ("notes", SuiteError, r"--listener\[0\]: notes needs the option 'file'"),
        ({"use": "notes", "file": 3}, SuiteError, r"--listener\[0\]\.file: expected a valid string, got 3"),
        ({"use": "raises", "file": 3}, SuiteError, r"--listener\[0\]\.file: raises has no option 'file'"),
        (object(), PluginError, r"object has no method of an event"),
    ],
)
def test_an_unusable_listener_is_refused_before_anything_runs(run, tmp_path, listener, error, message):
    with pytest.raises(error, match=message):
        run(listener, output="refused")
    assert not (tmp_path / "refused").exists()


def test_a_run_with_nothing_to_do_tells_what_it_keeps(run, heard):
    run(output="kept", retry=False)
    run(heard, output="kept", retry=False)
    assert [event for event, _ in heard] == ["run_started", "run_finished"]
    started = heard.of("run_started")[0]
    assert started["due"] == 0
    assert {record["metric"] for record in started["kept"]} == {"centre-gap", "spread"}
