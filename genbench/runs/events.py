"""The events of a run: what its jobs report, told to the display and to all listeners."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from genbench.contract.events import bind_event_methods
from genbench.core.errors import DataError, describe_error
from genbench.core.escaping import one_line
from genbench.files.secrets import redact
from genbench.results.records import read_records
from genbench.runs.listeners import ListenerThread, PythonWarnings, close_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.trial.plan import Task, Trial

__all__ = ["EventSource", "plain_record"]

#: The ids in the progress of a job that is no trial.
_NO_TRIAL = {"dataset": None, "generator": None, "seed": None}
#: The fields of a record that listeners are told, beside the ids of its cell.
_RECORD_FIELDS = ("value", "low", "high", "status", "reason")


@dataclass
class _RunningJob:
    """A job that has begun: its trial's ids, its cells that have no record yet, since when, and its stage."""

    ids: Mapping[str, Any]
    cells: tuple[Cell, ...] = ()
    since: float = field(default_factory=time.monotonic)
    stage: str = "start"


class EventSource:
    """Turns reports of jobs, from any thread, into events; the display and listeners are told one at a time.

    display  a listener that is told at once, in the thread that reports; None: warnings become Python's

    Leaving the `with` block ends all other listeners.
    """

    def __init__(self, display: object | None = None) -> None:
        """Begin with the display alone; `add` adds listeners, and `start` tells which run starts."""
        self._display = bind_event_methods(PythonWarnings() if display is None else display)
        # reentrant, since a display that is told of an event may warn, which is the next event
        self._lock = threading.RLock()
        self._threads: list[ListenerThread] = []
        self._jobs: dict[str, _RunningJob] = {}  # the jobs that run now, by name
        self._trials: dict[str, Trial] = {}
        self._due: dict[str, tuple[Cell, ...]] = {}  # by job: the cells that it has to compute
        self._attempts: dict[str, int] = {}  # of the records before the run, by the keys of their cells
        self._folder: Path | None = None  # None until the run has started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """End all listeners; if an error ends the run, tell them first, since `finish` was not called."""
        if error is not None and self._folder is not None:  # else they were not told that a run started
            text = one_line(describe_error(error))
            # redacted, since the message may contain a secret
            self._tell("run_finished", statuses={}, files=[], error=redact(text))
        close_all(self._threads, is_done=error is None)
        self._pass_warnings()

    def add(self, name: str, make: Callable[[], object], log: Path) -> None:
        """Add a listener of the run.

        name  for messages: "listener mlflow of genbench 0.1.0"
        make  returns the listener; it is called in the listener's thread
        log   the file for tracebacks of the listener
        """
        self._threads.append(ListenerThread(name, make, log))

    def start(
        self,
        suite: str,
        trials: Sequence[Trial],
        todo: Sequence[tuple[Trial, Sequence[Task]]],
        records: Mapping[str, Record],
        folder: Path,
        comparisons: Sequence[Trial] = (),
        compared: Sequence[tuple[Trial, Sequence[Task]]] = (),
    ) -> None:
        """Tell the display and the listeners that a run starts, as the event `run_started`.

        suite    its name
        todo     the trials with tasks that are due, and these tasks, in the order in which they begin
        records  the records in `folder` so far, by the keys of their cells
        comparisons  metrics that look at the samples of all generators on a dataset
        compared     the comparisons with tasks that are due, and these tasks
        """
        self._folder = folder
        self._trials = {trial.name: trial for trial in trials}
        self._due = {
            trial.name: tuple(cell for task in tasks for cell in task.cells.values())
            for trial, tasks in (*todo, *compared)
        }
        self._attempts = {key: record.attempt for key, record in records.items()}
        due_keys = {cell.key for cells in self._due.values() for cell in cells}
        kept = [plain_record(record) for key, record in records.items() if key not in due_keys]
        cells = sum(len(trial.cells) for trial in (*trials, *comparisons))
        waiting = [_trial_ids(trial) | {"control": trial.generator.spec.control} for trial, _ in todo]
        self._tell(
            "run_started", suite=suite, trials=len(trials), due=len(todo), cells=cells, kept=kept,
            waiting=waiting,
        )  # fmt: skip

    def finish(self, statuses: Mapping[str, int], files: Sequence[Path]) -> None:
        """Tell the display and the listeners that the run is done.

        statuses  number of cells by status
        files     the files of the board, such as leaderboard.csv
        """
        self._tell("run_finished", statuses=dict(statuses), files=list(files), error=None)

    def warn(self, text: str) -> None:
        """Tell the display and the listeners a warning: something that does not stop the run."""
        self._tell("warned", text=text)

    def begin(self, job: str) -> None:
        """Tell listeners that a job begins: as `trial_started` for a trial, else as `job_started`.

        Other jobs prepare data or features of real samples, or compute a comparison.
        """
        trial = self._trials.get(job)
        ids = {} if trial is None else _trial_ids(trial)  # empty for a job that is no trial
        self._jobs[job] = _RunningJob(ids=ids, cells=self._due.get(job, ()))
        self._tell("trial_started" if ids else "job_started", job=job, **ids)

    def tell_event(self, job: str, event: Mapping[str, Any]) -> None:
        """Tell listeners the progress of a job, and the records that it has written.

        event  may have "task", the number of a task that begins, "stage", or "step" with "total" and "values"

        Only a stage or a step is told as progress; a task that begins shows that records may be new.
        """
        running = self._jobs[job]
        if "task" in event:  # the tasks before it have their records
            self._tell_records(running)
        if "stage" in event:
            running.stage = event["stage"]
        elif "step" not in event:
            return  # no progress
        steps = {name: event.get(name) for name in ("step", "total")}
        ids, values = {**_NO_TRIAL, **running.ids}, dict(event.get("values", {}))
        self._tell("progress", job=job, **ids, stage=running.stage, **steps, values=values)

    def end(self, job: str, *, seconds: float | None = None) -> None:
        """Tell listeners that a job has ended, with success or without, and the records that it has written.

        The event is `trial_finished` for a trial, else `job_finished`.

        seconds  its duration, measured in the process that ran it; None: the time since `begin`
        """
        running = self._jobs.pop(job)
        seconds = time.monotonic() - running.since if seconds is None else seconds
        self._tell_records(running)
        self._tell(  # only a trial has ids: dataset, generator and seed
            "trial_finished" if running.ids else "job_finished", job=job, **running.ids, seconds=seconds
        )

    def _tell_records(self, running: _RunningJob) -> None:
        """Tell listeners the records that a job has written since the last call, as events `recorded`.

        A record is new if its number of attempts is higher than before the run.
        """
        # no file is read before the run starts, without a cell to wait for, or if no listener takes records
        if self._folder is None or not running.cells or not self._is_wanted("recorded"):
            return
        records: dict[str, Record] = {}
        # the run reads all records again at its end; it reports errors, and moves damaged records, only then
        with contextlib.suppress(OSError, DataError):
            records = read_records(self._folder, running.cells, lambda _: None)
        new = [key for key, record in records.items() if record.attempt > self._attempts.get(key, 0)]
        running.cells = tuple(cell for cell in running.cells if cell.key not in new)
        for key in new:
            self._tell("recorded", **plain_record(records[key]))

    def _is_wanted(self, event: str) -> bool:
        """Return whether the display or a listener has a method for an event."""
        return event in self._display or any(thread.wants(event) for thread in self._threads)

    def _tell(self, event: str, **values: Any) -> None:
        """Tell an event to the display at once and to the queues of all listeners.

        The warnings that listeners caused since the last event come first.
        """
        self._pass_warnings()
        with self._lock:  # jobs report from several threads
            if event in self._display:
                self._display[event](values)
            for thread in self._threads:
                thread.tell(event, values)

    def _pass_warnings(self) -> None:
        """Tell, as events `warned`, the warnings that listeners caused, such as errors in their methods.

        It calls `_tell`, which calls it; this ends, since `new_warnings` returns each warning once.
        """
        for thread in self._threads:
            for text in thread.new_warnings():
                self._tell("warned", text=text)


def _trial_ids(trial: Trial) -> dict[str, Any]:
    """Return dataset, generator and seed of a trial, as events name them."""
    return {"dataset": trial.dataset.part.name, "generator": trial.generator.name, "seed": trial.seed}


def plain_record(record: Record) -> dict[str, Any]:
    """Return the values of a record that listeners are told: ids of its cell, value, interval and status."""
    cell = record.cell
    ids = {"dataset": cell.dataset, "generator": cell.generator, "seed": cell.seed, "metric": cell.metric}
    return ids | {name: getattr(record, name) for name in _RECORD_FIELDS}
