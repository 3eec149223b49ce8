"""Checks of listeners, on the recorded events of a small run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import CheckFailed, check
from genbench.checks.conformance.kinds.common import common_checks
from genbench.contract.events import EVENTS, bind_event_methods
from genbench.core.names import closest
from genbench.files.temporary import temporary_folder
from genbench.trial.calling import call, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.checks.conformance.subject import Subject

    Events = Sequence[tuple[str, Mapping[str, Any]]]

__all__ = ["CHECKS"]

_FIX = "a method gets None where an event has no value: `step`, `value`, `generator`"

_IDS = {"dataset": "some-data", "generator": "some-model", "seed": 0}
_NO_IDS = dict.fromkeys(_IDS)
_JOB, _OTHER_JOB = "some-data some-model seed 0", "some-net on some-data"
_NUMBERS = {"value": 0.25, "low": 0.125, "high": 0.5}
_SCORE = {**_IDS, "metric": "some-score", **_NUMBERS, "status": "ok", "reason": ""}
_FAILED = {**_SCORE, "metric": "other-score[some-net]", **dict.fromkeys(_NUMBERS)}
_FAILED |= {"status": "error", "reason": "some-plugin:other-score: ValueError: no"}
_PART = {"component": "some-plugin:some-part", "options": {"size": 3, "path": None}}

#: The input `suite` of a listener.
_SUITE = {
    "name": "some-suite",
    "seeds": [0],
    "n": 8,
    "datasets": {"some-data": _PART},
    "generators": [{"name": "some-model", **_PART, "datasets": ["some-data"]}],
    "metrics": {name: {**_PART, "extractor": None} for name in ("some-score", "other-score[some-net]")},
}

#: Files of a results folder that listeners find, and must leave alone.
_FILES = {
    "leaderboard.csv": "dataset,generator,rank,some-score\nsome-data,some-model,,0.25\n",
    "history.csv": "dataset,generator,seed,step,total,name,value\nsome-data,some-model,0,1,2,loss,0.5\n",
    "run.json": "{}\n",
}


def _make_progress(
    stage: str, step: int | None = None, *, of_trial: bool = True, **values: float
) -> tuple[str, Mapping[str, Any]]:
    """Return (name, values) of a progress event, as listeners get it, in a job that has 2 steps.

    step      the number of the step, or None for an event without steps
    of_trial  whether the job is the trial; else it prepares something, and has no dataset, generator and seed
    values    the numbers that are logged at the step
    """
    job = {"job": _JOB, **_IDS} if of_trial else {"job": _OTHER_JOB, **_NO_IDS}
    total = None if step is None else 2
    return "progress", {**job, "stage": stage, "step": step, "total": total, "values": values}


def _make_first_events(*kept: Mapping[str, Any]) -> Events:
    """Return the first events of a run, up to the first step of its trial.

    kept  records of an earlier run that it keeps
    """
    counts = {"suite": "some-suite", "trials": 1, "due": 1, "cells": 2}
    return [
        ("run_started", {**counts, "kept": list(kept), "waiting": [{**_IDS, "control": None}]}),
        ("job_started", {"job": _OTHER_JOB}),
        _make_progress("extract", of_trial=False),
        ("job_finished", {"job": _OTHER_JOB, "seconds": 0.5}),
        ("trial_started", {"job": _JOB, **_IDS}),
        _make_progress("fit"),
        _make_progress("fit", 1, loss=0.5),
    ]


def _make_whole_events(folder: Path) -> Events:
    """Return (name, values) of all events of a run that is done, with one score and one failure."""
    return [
        *_make_first_events(),
        _make_progress("fit", 2, loss=0.25),
        _make_progress("sample", 1),
        ("recorded", _SCORE),
        ("warned", {"text": "some-plugin warns"}),
        ("recorded", _FAILED),
        ("trial_finished", {"job": _JOB, **_IDS, "seconds": 1.5}),
        (
            "run_finished",
            {"statuses": {"ok": 1, "error": 1}, "files": [folder / name for name in _FILES], "error": None},
        ),
    ]


def _make_stopped_events(_folder: Path) -> Events:
    """Return the events of an interrupted run, which wrote no files: the folder is not used."""
    end = {"statuses": {}, "files": [], "error": "KeyboardInterrupt"}
    return [*_make_first_events(), ("run_finished", end)]


def _make_resumed_events(folder: Path) -> Events:
    """Return the events of a run that keeps a record of an earlier run and finishes the rest."""
    # the last three events record the failure, end the trial and end the run
    return [*_make_first_events(_SCORE), *_make_whole_events(folder)[-3:]]


def _replay(subject: Subject, folder: Path, *runs: Callable[[Path], Events]) -> object:
    """Make a listener for each run, pass it the run's events, and return the last one.

    folder  the results folder of all runs, which gets its usual files first
    runs    functions from the folder to the events of a run

    As in a run, all code of the listener is called in a thread that is not the main one.
    """
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    listeners: list[object] = []

    def replay_all() -> None:
        """Make a listener for each run, and call its methods with the events of the run."""
        for run in runs:
            # `gather` calls the functions of those inputs that the listener takes
            inputs = {"folder": lambda: folder, "suite": lambda: dict(_SUITE)}
            listeners.append(call(subject.part, gather(subject.part, inputs), {}))
            methods = bind_event_methods(listeners[-1])
            for event, values in run(folder):
                if event in methods:
                    methods[event](values)

    with subject.isolate_call("listen"), ThreadPoolExecutor(1) as pool:
        pool.submit(replay_all).result()  # raises what a listener raises, SystemExit included
    return listeners[-1]


def _replay_in_temporary_folder(subject: Subject, *runs: Callable[[Path], Events]) -> object:
    """Make a listener for each run, pass it the run's events, and return the last one.

    All runs have the same results folder, which is temporary.
    """
    with temporary_folder() as folder:
        return _replay(subject, folder, *runs)


def _run_listener(subject: Subject) -> str:
    """Pass the events of a run to a listener, and return the names of those for which it has a method.

    This is the main work of a listener: the checks of all components repeat it and compare the results.
    """
    return " ".join(bind_event_methods(_replay_in_temporary_folder(subject, _make_whole_events)))


@check("near-misses", "no method has almost the name of an event")
def _near_misses(subject: Subject) -> None:
    """Raise CheckFailed for a public method whose name is nearly that of an event, so a likely typo."""
    listener = _replay_in_temporary_folder(subject, _make_whole_events)
    for name in dir(listener):
        if name.startswith("_") or name in EVENTS or not callable(getattr(listener, name, None)):
            continue
        if (event := closest(name, EVENTS)) is not None:
            seen = f"no event is called {name!r}; did you mean {event!r}?"
            raise CheckFailed(seen, "rename it, or begin its name with _")


@check("stopped-run", "it accepts the end of a run that was stopped, with open trials and no files", fix=_FIX)
def _stopped_run(subject: Subject) -> None:
    """Fail if a listener raises an error where a run ends in the middle of a trial."""
    _replay_in_temporary_folder(subject, _make_stopped_events)


@check(
    "resumed-run",
    "a new one goes on in the folder of an earlier run, and accepts kept records",
    fix='path.open("a"), mkdir(exist_ok=True)',
)
def _resumed_run(subject: Subject) -> None:
    """Fail if a second listener, in a folder with the files of a first one, raises an error."""
    _replay_in_temporary_folder(subject, _make_whole_events, _make_resumed_events)


@check("results-unchanged", "it leaves the files of the results folder as they are")
def _leaves_results(subject: Subject) -> None:
    """Raise CheckFailed if a listener changes or removes a file of the run whose events it gets."""
    with temporary_folder() as folder:
        _replay(subject, folder, _make_whole_events)
        paths = {name: folder / name for name in _FILES}
        texts = {name: path.read_text("utf-8") for name, path in paths.items() if path.is_file()}
    changed = [name for name in _FILES if texts.get(name) != _FILES[name]]
    if changed:
        raise CheckFailed(
            f"it changed {', '.join(changed)}", 'folder / "my-listener.log"  # a file of its own'
        )


CHECKS = (
    # a listener may print, so it has no check "quiet"
    *(check for check in common_checks(_run_listener) if check.name != "quiet"),
    _near_misses,
    _stopped_run,
    _resumed_run,
    _leaves_results,
)
