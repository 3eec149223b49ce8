"""Running jobs side by side, each in a process of its own, and what is lost when one dies."""

from __future__ import annotations

import contextlib
import signal
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.errors import GenbenchError, ResultsError
from genbench.reasons import plain_line
from genbench.records import write_record
from genbench.trial import RunTrial, failed_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from genbench.plan import Task
    from genbench.workplace import Workplace

__all__ = ["run_all", "run_job", "run_trial"]


@dataclass(frozen=True)
class _Ending:
    """How a job's process ended.

    exit  its exit status, negative for a signal, None if the server went with it
    done  whether the job was finished
    error what it raised, and the exit code of genbench that this stands for, None for a bug
    task  the number of the task that was in flight, None before the first
    """

    exit: int | None
    done: bool
    error: str | None
    code: int | None
    task: int | None


def run_all(calls: Sequence[Callable[[], object]], jobs: int) -> None:
    """Call all, at most `jobs` at a time; raise the first error as soon as it comes, starting no more."""
    pool = ThreadPoolExecutor(jobs)
    futures: list[Future[object]] = [pool.submit(call) for call in calls]
    try:
        while wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION).not_done:
            _raise_first(futures)
        _raise_first(futures)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run_job(place: Workplace, name: str, job: Any, log: Path) -> str | None:
    """Run a job that makes something for later; return what went wrong in its plugin, or None.

    Raises GenbenchError for what a user can mend.
    """
    with _shown(place, name, is_trial=False):
        ending = _watch(place, name, job, log)
    if ending.error is not None and ending.code is not None:
        raise _error(ending)
    return None if ending.done else ending.error or _cause_of_death(ending)


def run_trial(place: Workplace, job: RunTrial, log: Path) -> None:
    """Run a trial to its end: what is in flight when a process dies is lost, and a new one does the rest.

    Raises ResultsError if records cannot be written.
    """
    with _shown(place, job.trial.name, is_trial=True):
        while job.tasks:
            ending = _watch(place, job.trial.name, job, log)
            if ending.done or place.is_closed:
                return
            if ending.code == ResultsError.exit_code:
                raise _error(ending)
            job = _without_casualties(job, ending)


def _without_casualties(job: RunTrial, ending: _Ending) -> RunTrial:
    """Return the job that is left when a process has died, after a record for what was in flight."""
    lost: tuple[Task, ...] = job.tasks
    left: tuple[Task, ...] = ()
    if ending.task is not None:  # the number of tasks, if all of them were done
        lost, left = job.tasks[ending.task : ending.task + 1], job.tasks[ending.task + 1 :]
    reason = _cause_of_death(ending)
    if ending.error:
        reason = f"genbench failed: {plain_line(ending.error)}"
    for record in failed_records(job, lost, "error" if ending.error else "crash", reason):
        try:
            write_record(job.folder, record)
        except OSError as error:
            raise ResultsError(f"{job.folder} cannot be written: {error.strerror or error}") from error
    return replace(job, tasks=left)


@contextlib.contextmanager
def _shown(place: Workplace, name: str, *, is_trial: bool) -> Iterator[None]:
    place.listener.begin(name)
    try:
        yield
    finally:
        place.listener.end(name, is_trial=is_trial)


def _watch(place: Workplace, name: str, job: Any, log: Path) -> _Ending:
    ending = _Ending(None, done=False, error=None, code=None, task=None)
    for event in place.server().events(job, log):
        ending = replace(
            ending,
            exit=event.get("exit", ending.exit),
            done=event.get("done", ending.done),
            error=event.get("error", ending.error),
            code=event.get("code", ending.code),
            task=event.get("task", ending.task),
        )
        place.listener.event(name, event)
    return ending


def _cause_of_death(ending: _Ending) -> str:
    if ending.exit is None:
        return "its process was lost"
    if ending.exit < 0:
        return f"its process was killed by {signal.Signals(-ending.exit).name}"
    return f"its process ended with exit code {ending.exit} before it was done"


def _error(ending: _Ending) -> GenbenchError:
    kind = ResultsError if ending.code == ResultsError.exit_code else GenbenchError
    return kind(ending.error)


def _raise_first(futures: Sequence[Future[object]]) -> None:
    for future in futures:
        if future.done() and not future.cancelled():
            future.result()
