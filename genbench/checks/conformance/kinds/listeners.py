"""Checks of listeners, on the recorded events of a small run."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import Check, CheckFailed
from genbench.checks.conformance.kinds.common import common_checks
from genbench.core.names import nearest
from genbench.files.temporary import new_folder
from genbench.runs.listeners import EVENTS, event_methods
from genbench.trial.calling import call, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.checks.conformance.subject import Subject

    Events = Sequence[tuple[str, Mapping[str, Any]]]

__all__ = ["CHECKS"]

_IDS = {"dataset": "some-data", "generator": "some-model", "seed": 0}
_NO_IDS = dict.fromkeys(_IDS)
_JOB = "some-data some-model seed 0"
_SCORE = {
    **_IDS,
    "metric": "some-score",
    "value": 0.25,
    "low": 0.125,
    "high": 0.5,
    "status": "ok",
    "reason": "",
}
_FAILED = {**_SCORE, "metric": "other-score[some-net]", "value": None, "low": None, "high": None}
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


def _progress(stage: str, step: int | None = None, **values: float) -> tuple[str, Mapping[str, Any]]:
    total = None if step is None else 2
    return "progress", {"job": _JOB, **_IDS, "stage": stage, "step": step, "total": total, "values": values}


def _started(*kept: Mapping[str, Any]) -> Events:
    """Return the first events of a run, which keeps records of an earlier one."""
    beside: dict[str, Any] = {
        "job": "some-net on some-data",
        **_NO_IDS,
        "stage": "extract",
        "step": None,
        "total": None,
        "values": {},
    }
    return [
        (
            "run_started",
            {
                "suite": "some-suite",
                "trials": 1,
                "due": 1,
                "cells": 2,
                "kept": list(kept),
                "waiting": [{**_IDS, "control": None}],
            },
        ),
        ("job_started", {"job": beside["job"]}),
        ("progress", beside),
        ("job_finished", {"job": beside["job"], "seconds": 0.5}),
        ("trial_started", {"job": _JOB, **_IDS}),
        _progress("fit"),
        _progress("fit", 1, loss=0.5),
    ]


def _whole(folder: Path) -> Events:
    """Return the events of a run that is done."""
    return [
        *_started(),
        _progress("fit", 2, loss=0.25),
        _progress("sample", 1),
        ("recorded", _SCORE),
        ("warned", {"text": "some-plugin warns"}),
        ("recorded", _FAILED),
        ("trial_finished", {"job": _JOB, **_IDS, "seconds": 1.5}),
        (
            "run_finished",
            {"statuses": {"ok": 1, "error": 1}, "files": [folder / name for name in _FILES], "error": None},
        ),
    ]


def _stopped(_folder: Path) -> Events:
    """Return the events of a run that was interrupted."""
    return [*_started(), ("run_finished", {"statuses": {}, "files": [], "error": "KeyboardInterrupt"})]


def _resumed(folder: Path) -> Events:
    """Return the events of a run that keeps a record of the one before."""
    return [*_started(_SCORE), *_whole(folder)[-3:]]


def _replayed(subject: Subject, *runs: Callable[[Path], Events]) -> tuple[object, Path]:
    """Return a listener that was told the events of the runs, one new listener for each, and its folder.

    As in a run, all its code is called in a thread that is not the main one. The caller removes the folder.
    """
    folder = new_folder()
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    told: list[object] = []

    def tell() -> None:
        for run in runs:
            inputs = {"folder": lambda: folder, "suite": lambda: dict(_SUITE)}
            told.append(call(subject.part, gather(subject.part, inputs), {}))
            methods = event_methods(told[-1])
            for event, values in run(folder):
                if event in methods:
                    methods[event](values)

    try:
        with subject.calling("listen"):
            _in_thread(tell)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return told[-1], folder


def _in_thread(work: Callable[[], None]) -> None:
    """Do some work in a thread of its own; raise what it raises."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def _told(subject: Subject, *runs: Callable[[Path], Events]) -> object:
    """Return a listener that was told the events of the runs."""
    listener, folder = _replayed(subject, *runs)
    shutil.rmtree(folder, ignore_errors=True)
    return listener


def _action(subject: Subject) -> str:
    """Tell a listener the events of a run; its result is the names of the events that it wants."""
    return " ".join(event_methods(_told(subject, _whole)))


def _near_misses(subject: Subject) -> None:
    listener = _told(subject, _whole)
    for name in dir(listener):
        if name.startswith("_") or name in EVENTS or not callable(getattr(listener, name, None)):
            continue
        if "did you mean" in (hint := nearest(name, EVENTS)):
            raise CheckFailed(f"no event is called {name!r}{hint}", "rename it, or begin its name with _")


def _stopped_run(subject: Subject) -> None:
    _told(subject, _stopped)


def _resumed_run(subject: Subject) -> None:
    _told(subject, _whole, _resumed)


def _leaves_results(subject: Subject) -> None:
    _, folder = _replayed(subject, _whole)
    try:
        found = {
            name: (folder / name).read_text(encoding="utf-8") if (folder / name).is_file() else None
            for name in _FILES
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    changed = [name for name in _FILES if found[name] != _FILES[name]]
    if changed:
        raise CheckFailed(
            f"it changed {', '.join(changed)}", 'folder / "my-listener.log"  # a file of its own'
        )


_FIX = "a method gets None where an event has no value: `step`, `value`, `generator`"

CHECKS = (
    # A listener may be a display, so it may print.
    *(check for check in common_checks(_action) if check.name != "quiet"),
    Check(name="near-misses", expected="no method has almost the name of an event", function=_near_misses),
    Check(
        name="stopped-run",
        expected="it accepts the end of a run that was stopped, with open trials and no files",
        function=_stopped_run,
        fix=_FIX,
    ),
    Check(
        name="resumed-run",
        expected="a new one goes on in the folder of an earlier run, and accepts kept records",
        function=_resumed_run,
        fix='path.open("a"), mkdir(exist_ok=True)',
    ),
    Check(
        name="results-unchanged",
        expected="it leaves the files of the results folder as they are",
        function=_leaves_results,
    ),
)
