"""Jobs in processes of their own, several at a time, and recovery when a process dies."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.catalog.imports import read_imports, read_reached_sources
from genbench.core.errors import GenbenchError, ResultsError
from genbench.files.temporary import can_be_written
from genbench.jobs.isolation.supervisor import supervise
from genbench.results.folder import RunFolder
from genbench.results.records import write_record
from genbench.trial.failures import clean_line
from genbench.trial.trial import RunTrial, make_failed_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.jobs.isolation.supervisor import Ending, Job
    from genbench.jobs.isolation.workplace import Workplace
    from genbench.suite.components import Part
    from genbench.trial.plan import Task

__all__ = [
    "PRELOAD", "JobFailure", "always", "choose_preload", "run_all", "run_job", "run_trial", "run_trials",
]  # fmt: skip

T = TypeVar("T")

#: What every job imports: a fork server imports them once, before it forks the first child.
PRELOAD = ("numpy", "pydantic", "genbench.trial.trial")

#: Libraries of genbench that import no torch.
_LIBRARIES = (
    "PIL", "annotated_types", "genbench", "hmmlearn", "numpy", "pandas", "psutil", "pyarrow", "pydantic",
    "pydantic_core", "rdkit", "sacrebleu", "safetensors", "scipy", "selfies", "sklearn", "threadpoolctl",
    "tokenizers", "trimesh",
)  # fmt: skip
_LIGHT = frozenset(_LIBRARIES) | sys.stdlib_module_names


@dataclass(frozen=True)
class JobFailure:
    """The failure of a job.

    status, reason  of the work in progress, as in `Ending.outcome`, such as "timeout" and why
    work            the name of the artefact in progress, which the run does not try again; or None
    """

    status: str
    reason: str
    work: str | None


def always() -> bool:
    """Return True, for jobs that always run to their end."""
    return True


def run_all(calls: Sequence[Callable[[], T]], jobs: int) -> list[T]:
    """Return the results of all calls in their order; at most `jobs` run at a time, in threads.

    Raises the first error at once and starts no more calls; those that run are not waited for.
    """
    pool = ThreadPoolExecutor(jobs)
    try:
        futures = [pool.submit(call) for call in calls]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        return [future.result() for future in futures if future in done]  # result() raises if one failed
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run_trials(place: Workplace, trials: Sequence[RunTrial], jobs: int) -> None:
    """Run trials and comparisons on this machine, at most `jobs` at a time, with logs in their folders."""
    calls = [
        functools.partial(run_trial, place, job, RunFolder(job.folder).log_file(job.trial.name))
        for job in trials
    ]
    run_all(calls, jobs)


def run_job(
    place: Workplace, name: str, job: Job, log: Path, *, is_wanted: Callable[[], bool] = always
) -> JobFailure | None:
    """Run a job that prepares something, such as a dataset; return its failure, or None if it is done.

    If the job's server ends too, another job may have killed it, so this one starts again with its own.
    Raises GenbenchError if the job raised one, since the user can correct the cause.
    """
    with _observe(place, name):
        ending = _run_in_process(place, name, job, log, is_wanted)
        if ending.is_unexplained and not place.is_closed and is_wanted():
            ending = _run_in_process(place, name, job, log, is_wanted, alone=True)
    if ending.error is not None and ending.code is not None:  # an error without a code is a bug
        raise _make_error(ending)
    return None if ending.done else JobFailure(*ending.outcome, ending.work)


def run_trial(place: Workplace, job: RunTrial, log: Path, *, is_wanted: Callable[[], bool] = always) -> None:
    """Run a trial or comparison; if its process dies, record the work in progress as failed and do the rest.

    is_wanted  called several times a second; if it returns False, the trial ends without further records

    Raises ResultsError if records cannot be written.
    """
    with _observe(place, job.trial.name):
        is_suspect = False
        while True:
            ending = _run_in_process(place, job.trial.name, job, log, is_wanted, alone=is_suspect)
            if ending.done or place.is_closed or not is_wanted():
                return
            # if this process cannot write either, no failure can be recorded: the run ends. If it can, only
            # the job's process could not, and the task in progress fails
            if ending.code == ResultsError.exit_code and not _can_write_results(job):
                raise _make_error(ending)
            if ending.is_unexplained and not is_suspect:
                is_suspect = True  # it may have killed the shared server, so it starts again with its own
                job = _drop_finished_tasks(job, ending)
                continue
            job = _record_failed_tasks(job, ending)
            if not job.tasks:
                return


def _can_write_results(job: RunTrial) -> bool:
    """Return whether this process can write to the folder and to the store of a job."""
    return can_be_written(job.folder) and can_be_written(job.store.root)


def _drop_finished_tasks(job: RunTrial, ending: Ending) -> RunTrial:
    """Return a job without its finished tasks, after its process ended with its server.

    The lost attempt counts for each cell of the other tasks, since their records show the number of attempts.
    """
    tasks = job.tasks[ending.task or 0 :]  # None before the first task
    keys = [cell.key for task in tasks for cell in task.cells.values()]
    attempts = {key: job.attempts.get(key, 0) + 1 for key in keys}
    return replace(job, tasks=tasks, attempts={**job.attempts, **attempts})


def _record_failed_tasks(job: RunTrial, ending: Ending) -> RunTrial:
    """Record the task in progress as failed after its process died, and return the job with the later tasks.

    Before the first task, all tasks fail, since they need what was prepared then. In the returned job, all
    that needs the artefact in progress (`ending.work`) fails for the same reason, without another attempt.
    """
    failed: tuple[Task, ...] = job.tasks
    later: tuple[Task, ...] = ()
    if ending.task is not None:  # if all tasks were done, it is their number: none failed, and none is left
        failed, later = job.tasks[ending.task : ending.task + 1], job.tasks[ending.task + 1 :]
    status, reason = ending.outcome
    if status == "error":
        cause = "its process could not write" if ending.code == ResultsError.exit_code else "genbench failed"
        reason = f"{cause}: {clean_line(reason)}"
    memory_fields = {"peak_bytes": ending.peak} if status == "memory" else {}
    for record in make_failed_records(job, failed, status, reason, memory_fields):
        write_record(job.folder, record)
    lost_work = {} if ending.work is None else {ending.work: (status, reason)}
    return replace(job, tasks=later, lost={**job.lost, **lost_work})


@contextlib.contextmanager
def _observe(place: Workplace, name: str) -> Iterator[None]:
    """Report the begin of a job to the observer and, unless the run has ended meanwhile, the job's end."""
    place.observer.begin(name)
    try:
        yield
    finally:
        if not place.is_closed:  # else the job was stopped before it was done
            place.observer.end(name)


def _run_in_process(
    place: Workplace, name: str, job: Job, log: Path, is_wanted: Callable[[], bool], *, alone: bool = False
) -> Ending:
    """Run a job in its own process and return how it ended; warn of processes that it left behind.

    name   of the job, for the observer
    alone  use a new server, so that no other job can kill it
    """
    # the server has only common variables, which hold no secrets; others are for jobs whose components
    # declare them
    declared = {variable for part in job.parts for variable in part.variables}
    variables = {variable: os.environ[variable] for variable in declared if variable in os.environ}
    modules = choose_preload(job.parts)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(place.start_own_server(modules)) if alone else place.find_server(modules)
        child = stack.enter_context(server.start(job, log, variables=variables))
        ending = supervise(
            child, job, place.meter, functools.partial(_pass_event, place, name),
            lambda: is_wanted() and not place.is_closed,
        )  # fmt: skip
    if ending.done and child.n_left_behind:  # a killed job leaves some, without its fault
        count = f"{child.n_left_behind} process{'' if child.n_left_behind == 1 else 'es'}"
        place.observer.warn(f"{name}: left {count} behind, which had to be killed")
    return ending


def choose_preload(parts: Iterable[Part[Spec]]) -> tuple[str, ...]:
    """Return ("torch",) if a job of these components may import torch, else ().

    Importing torch takes seconds, so a server of jobs without torch leaves it out. The source of the
    components says what they import. A library that is not in _LIGHT may import torch, and so may a
    component without source.
    """
    return ("torch",) if any(_may_import_torch(part.spec.make) for part in parts) else ()


def _may_import_torch(make: Any) -> bool:
    """Return whether the source of a component is missing, or imports a library outside _LIGHT.

    _LIGHT has the libraries that are known to import no torch.

    make  as in a spec: a function or a class, or "module:name"
    """
    if isinstance(make, str):
        module = make.partition(":")[0]
    else:  # a partial has no __qualname__, and its __module__ is functools: its source is unknown
        module = make.__module__ if hasattr(make, "__qualname__") else ""
    sources = list(read_reached_sources(module)) if module else []
    package = module.partition(".")[0]
    imported = {name.partition(".")[0] for source in sources for name in read_imports(source, module)}
    return not sources or not imported <= _LIGHT | {package}


def _pass_event(place: Workplace, name: str, event: Mapping[str, Any]) -> None:
    """Pass an event of a job to the observer; report a warning in it once a run, however many send it."""
    place.observer.tell_event(name, event)
    if "warning" in event:
        place.warn_once(event["warning"])


def _make_error(ending: Ending) -> GenbenchError:
    """Return the error that a job raised: ResultsError if the ending has its code, else GenbenchError."""
    kind = ResultsError if ending.code == ResultsError.exit_code else GenbenchError
    return kind(ending.error)
