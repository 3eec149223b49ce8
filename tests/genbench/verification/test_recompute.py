"""Recomputation of records from existing samples, and what is recomputed how."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from genbench import Samples
from genbench.core.errors import EngineError, SuiteError
from genbench.files.sample_files import write_samples
from genbench.results.folder import RunFolder
from genbench.results.records import read_records, read_traces
from genbench.runs.prepare import Order
from genbench.store.keys import data_key, features_key
from genbench.store.store import Store
from genbench.trial.datasets import prepare
from genbench.trial.trial import RunTrial
from genbench.verification import recompute
from genbench.verification.recompute import (
    NEEDS_HISTORY,
    NEVER_CALLED,
    Claim,
    _find_in_store,
    _judge_without_history,
    _LendingStore,
    _read_history,
    choose_device_here,
    is_never_called,
    match_claims,
)

METRICS = ("gap", "spread", "asks", "learnt")


@pytest.fixture
def done(trial, store, tmp_path):
    """Return a function that runs a trial in this process: its claim, its history and samples' folder."""

    def run(generator="shifted"):
        made = trial(generator, metrics=METRICS)
        folder = RunFolder(tmp_path / "out").create().path
        RunTrial(trial=made, tasks=made.tasks, attempts={}, folder=folder, store=store).run(silent)
        records = read_records(folder, made.cells)
        claim = Claim(trial=made, records=tuple((records[cell.key], cell) for cell in made.cells))
        samples = shutil.copytree(store.get(made.sample_key).folder, tmp_path / f"kept-{generator}")
        (trace,) = read_traces(folder, (made.trace_key,))
        return claim, trace.history, samples

    return run


def silent(**event):
    """Report nothing."""


@pytest.fixture
def rescored(tmp_path):
    """Return a function that scores samples again in this process and returns the verdicts by metric."""

    def run(claim, samples, history, store):
        folder = RunFolder(tmp_path / "again").create().path
        claim.make_rescore(samples, history, folder, store).run(silent)
        return {v.cell.metric: v for v in claim.verdicts(read_records(folder, claim.cells), is_rerun=False)}

    return run


def outcomes(verdicts):
    return {metric: (verdict.outcome, verdict.stage) for metric, verdict in verdicts.items()}


def test_existing_samples_give_the_scores_again_with_the_history_of_their_generator(done, rescored, store):
    claim, history, samples = done()
    assert outcomes(rescored(claim, samples, history, store)) == dict.fromkeys(METRICS, ("reproduced", ""))
    other = rescored(claim, samples, [{**history[0], "loss": 0.125}], store)
    assert other["learnt"].reason == "value 0.25 in the record, 0.125 here"


def test_another_fit_for_a_metric_that_takes_the_sampler_adds_nothing_to_the_history(done, tmp_path, store):
    claim, history, samples = done()
    context = claim.make_rescore(samples, history, tmp_path, Store(tmp_path / "none")).make_context(silent)
    prepare(claim.trial.dataset.part, context.store, [claim.trial.dataset.modality])
    assert context.sampler is not None
    assert context.other_input("history") == history


def test_the_history_is_that_of_the_samples_in_the_store_and_not_of_a_trace(done, store, tmp_path):
    claim, history, _ = done()
    assert _read_history(store, claim) == list(history) != []
    assert _read_history(Store(tmp_path / "none"), claim) is None
    (record, cell), *_ = claim.records
    other = replace(claim, records=((replace(record, samples="0" * 64), cell),))
    assert _read_history(store, other) is None


def test_records_that_need_an_unknown_history_are_unverifiable_unless_their_trial_is_rerun(done):
    claim, _, _ = done()
    others = claim.select(with_history=False)
    assert [record.cell.metric for record, _ in others.records] == ["gap", "spread", "asks"]
    (verdict,) = _judge_without_history(claim, [])
    assert (verdict.cell.metric, verdict.outcome, verdict.reason) == ("learnt", "unverifiable", NEEDS_HISTORY)
    assert _judge_without_history(claim, [claim.trial.name]) == []
    costly, _, _ = done("costly")
    assert _judge_without_history(costly, [])[0].reason == NEVER_CALLED


def test_samples_that_cannot_be_read_or_are_not_of_the_trial_are_different(done, rescored, store, tmp_path):
    claim, history, samples = done()
    write_samples(tmp_path / "few", Samples.of("vector", np.zeros((3, 2))))
    found = rescored(claim, tmp_path / "few", history, store)
    assert {verdict.stage for verdict in found.values()} == {"samples"}
    assert "none here (asked for 30 samples, got 3; return as many as are asked for)" in found["gap"].reason
    (samples / "data.npy").write_bytes(b"torn")
    found = rescored(claim, samples, history, store)
    assert {verdict.stage for verdict in found.values()} == {"samples"}
    assert "none here (the samples cannot be read: data.npy" in found["gap"].reason
    (samples / "data.npy").rename(tmp_path / "data.npy")
    (samples / "data.npy").symlink_to(tmp_path / "data.npy")
    found = rescored(claim, samples, history, store)
    assert "none here (the samples cannot be read: it is or has a link" in found["gap"].reason


def test_a_generator_that_costs_money_is_not_called(done, rescored, store):
    claim, history, samples = done("costly")
    assert is_never_called(claim.trial.generator)
    found = rescored(claim, samples, history, store)
    assert found["spread"].outcome == "reproduced"
    assert (found["asks"].outcome, found["asks"].reason) == ("unverifiable", f"skipped here: {NEVER_CALLED}")


def test_a_trial_that_is_remade_has_the_same_records(done, tmp_path):
    claim, _, _ = done()
    assert not is_never_called(claim.trial.generator)
    folder = RunFolder(tmp_path / "again").create().path
    fresh = Store(tmp_path / "fresh")
    prepare(claim.trial.dataset.part, fresh, [claim.trial.dataset.modality])
    claim.make_rerun(folder, fresh).run(silent)
    verdicts = claim.verdicts(read_records(folder, claim.cells), is_rerun=True)
    assert {verdict.outcome for verdict in verdicts} == {"reproduced"}


def test_a_record_of_a_process_that_died_here_has_the_samples_of_its_trial(done):
    claim, _, _ = done()
    (first, cell), *others = claim.records
    died = replace(first, status="crash", reason="x", value=None, fit="", features="")
    recomputed = {record.cell.key: record for record, _ in claim.records}
    recomputed[cell.key] = replace(died, samples="")
    for samples, outcome in ((first.samples, "reproduced"), ("", "reproduced"), ("0" * 64, "different")):
        own = replace(claim, records=((replace(died, samples=samples), cell), *others))
        assert own.verdicts(recomputed, is_rerun=True)[0].outcome == outcome


def test_a_record_that_was_not_written_again_is_unverifiable(done):
    claim, _, _ = done()
    assert {(v.outcome, v.reason) for v in claim.verdicts({}, is_rerun=False)} == {
        ("unverifiable", "its recomputation wrote no record")
    }


def test_records_belong_to_trials_by_their_place_on_the_board_whatever_their_keys(done):
    claim, _, _ = done()
    records = [replace(record, cell=replace(record.cell, key="0" * 64)) for record, _ in claim.records]
    stranger = replace(records[0], cell=replace(records[0].cell, seed=9))
    (found,) = match_claims([*records[1:], stranger], [claim.trial])
    assert [record for record, _ in found.records] == records[1:]
    assert found.cells == claim.cells[1:]
    assert [task.name for task in found.tasks] == ["spread", "asks", "learnt"]
    assert match_claims([stranger], [claim.trial]) == []


def test_the_samples_of_a_claim_are_those_of_its_first_record_that_has_any(done):
    claim, _, _ = done()
    (first, cell), *others = claim.records
    bare = replace(first, samples="")
    assert replace(claim, records=((bare, cell), *others)).samples == first.samples != ""
    assert replace(claim, records=((bare, cell),)).samples == ""


def test_data_and_fits_are_lent_and_samples_and_features_are_not(done, tmp_path, store):
    claim, _, _ = done()
    (tmp_path / "own").mkdir()
    lending = _LendingStore(tmp_path / "own", store)
    for key in (claim.trial.fit_key, data_key(claim.trial.dataset.part)):
        assert store.notes(key) is not None
        assert lending.notes(key) == store.notes(key)
        assert lending.get(key).folder == store.get(key).folder
        assert lending.files(key) == store.files(key) != {}
    samples = claim.trial.sample_key
    features = features_key(claim.trial.tasks[0].extractor_key, store.notes(samples)["hash"])
    for key in (samples, features):
        assert store.notes(key) is not None
        assert (lending.notes(key), lending.get(key), lending.files(key)) == (None, None, {})
    lending.put(claim.trial.fit_key, lambda folder: None, {"own": True})
    assert lending.notes(claim.trial.fit_key) == {"own": True}
    assert lending.get(claim.trial.fit_key).folder != store.get(claim.trial.fit_key).folder


@pytest.mark.parametrize("error", [EngineError("no"), SuiteError("no such device")])
def test_the_device_of_a_run_is_taken_if_it_is_here_and_the_cpu_else(monkeypatch, error):
    jobs = []
    monkeypatch.setattr(recompute, "run_job", lambda place, name, job, log: jobs.append(job))
    order = Order(suite="x", device="cuda:1")
    assert choose_device_here(Order(suite="x"), None) == Order(suite="x")
    assert jobs == []
    assert choose_device_here(order, None) is order
    assert [job.device for job in jobs] == ["cuda:1"]

    def fail(*arguments):
        raise error

    monkeypatch.setattr(recompute, "run_job", fail)
    assert choose_device_here(order, None) == replace(order, device="cpu")


def stored(claim, store):
    return _find_in_store(store, claim, lambda: store.find("samples", "hash"))


def test_samples_in_the_store_are_found_by_their_content_if_their_key_changed(done, store):
    claim, _, _ = done()
    kept = store.get(claim.trial.sample_key).folder
    changed = replace(claim, trial=replace(claim.trial, sample_key={**claim.trial.sample_key, "format": 0}))
    assert stored(changed, store) == stored(claim, store) == kept
    (record, cell), *_ = changed.records
    other = replace(changed, records=((replace(record, samples="0" * 64), cell),))
    assert stored(other, store) is None
