"""The engine of a run: opens its executor, runs jobs on it, and writes the results that workers return."""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import tempfile
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.local_modules import read_sources
from genbench.contract.assets import assets_root
from genbench.core.errors import (
    DataError,
    EngineError,
    GenbenchError,
    PluginError,
    describe_error,
    read_message,
)
from genbench.files.outputs import open_log
from genbench.files.sealed import draft_name, sweep
from genbench.jobs.engine.messages import (
    JobMessage,
    Outcome,
    RunContext,
    Token,
    describe_version_difference,
    read_versions,
)
from genbench.jobs.engine.runner import always, run_job, run_trial
from genbench.results.folder import RunFolder, report_write_errors
from genbench.results.galleries import keep_gallery, read_gallery
from genbench.results.records import read_records, read_traces, write_record, write_trace
from genbench.trial.calling import call
from genbench.trial.jobs import CheckDevice
from genbench.trial.trial import RunTrial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.contract.specs import ExecutorSpec, Spec
    from genbench.jobs.engine.messages import Versions
    from genbench.jobs.engine.remote import IsWanted
    from genbench.jobs.engine.runner import JobFailure
    from genbench.jobs.isolation.workplace import Workplace
    from genbench.store.store import Store
    from genbench.suite.components import Part

__all__ = ["Engine", "EngineSettings", "open_engine", "register_workplace", "run_message", "run_messages"]

#: The workplace of each run that was started in a process, by the run's id and the process's.
_WORKPLACES: dict[tuple[str, int], Workplace] = {}


def run_message(message: JobMessage, *, tries: int = 0, is_wanted: IsWanted = always) -> Outcome:
    """Run a message's job, in the run's own process or another one, and return its outcome.

    tries      how many times it was started before and lost with its worker
    is_wanted  called a few times a second; if it returns False, the job is killed

    Raises GenbenchError if the job cannot run. An error of a plugin becomes a record of the trial or, if the
    job only prepares something, the failure in the outcome.
    """
    workplace = _WORKPLACES.get((message.context.run, os.getpid()))
    if workplace is None:  # this is another process than the run's; only such a process needs the module
        from genbench.jobs.engine.remote import handle_message

        return handle_message(message, tries, is_wanted)
    job = message.open_job()
    if isinstance(job, RunTrial):
        run_trial(workplace, job, message.log, is_wanted=is_wanted)
        return Outcome()  # empty, since the trial has written its records to the run's folder
    return Outcome(failure=run_job(workplace, message.name, job, message.log, is_wanted=is_wanted))


@contextlib.contextmanager
def register_workplace(run: str, workplace: Workplace) -> Iterator[None]:
    """Let `run_message` use this workplace for the messages of a run in this process, while the block runs.

    A forked process has a copy of the table, so the process's id is a part of the key.
    """
    _WORKPLACES[run, os.getpid()] = workplace
    try:
        yield
    finally:
        del _WORKPLACES[run, os.getpid()]


@contextlib.contextmanager
def _open_executor(
    part: Part[ExecutorSpec], *, jobs: int | None, device: str, versions: Versions
) -> Iterator[Executor]:
    """Yield the executor that a component makes, then shut it down; after an error, without waiting for jobs.

    jobs      jobs at a time; None: the executor chooses
    versions  those that its workers must have; if `make` of the component takes an input `check`, this is a
              function that compares them with those of a worker

    Raises PluginError if the component fails or returns something else; a GenbenchError of its own passes.
    """
    component_name = part.contract.who
    inputs = {"jobs": jobs, "check": functools.partial(describe_version_difference, versions)}
    try:
        requested = {name: inputs[name] for name in part.contract.inputs}
        executor = call(part, requested, {"device": device})
    except GenbenchError:
        raise
    except Exception as error:  # the code of a plugin may raise any
        raise PluginError(f"{component_name}: {describe_error(error)}") from error
    if not isinstance(executor, Executor):
        got = type(executor).__name__
        raise PluginError(f"{component_name}: expected a concurrent.futures.Executor, got {got}")
    is_done = False
    try:
        yield executor
        is_done = True
    finally:
        executor.shutdown(wait=is_done)


def run_messages(
    executor: Executor, messages: Sequence[JobMessage], workplace: Workplace, store: Store
) -> list[JobFailure]:
    """Run all messages, write the results that other processes send back, and return the jobs' failures.

    Raises the first error at once and starts no more messages; EngineError if the executor itself fails.
    """
    futures: dict[Future[Outcome], JobMessage] = {}
    failures = []
    try:
        for message in messages:
            futures[executor.submit(run_message, message)] = message
        for future in as_completed(list(futures)):
            # a finished job leaves the dictionary; after an error, the jobs that remain are cancelled below
            message, outcome = futures.pop(future), future.result()
            if outcome.worker is not None:  # another process ran it, and may have sent files back
                _keep_outcome(message, outcome, workplace, store)
            if outcome.failure is not None:
                failures.append(outcome.failure)
    # a future raises the SystemExit of its job again, which would end genbench without a message
    except (BrokenExecutor, CancelledError, SystemExit) as error:
        text = read_message(error) or type(error).__name__
        raise EngineError(f"the executor gave up: {text}; run the same command again to go on") from error
    finally:
        for future in futures:
            future.cancel()
    return failures


def _keep_outcome(message: JobMessage, outcome: Outcome, workplace: Workplace, store: Store) -> None:
    """Write the files that another process sent back; report the job and its warnings to the observer.

    It writes the records before the samples, so that a full store loses no record.
    """
    job, observer = message.job, workplace.observer
    observer.begin(message.name)  # only now, since another process ran the job
    for warning in outcome.warnings:
        observer.warn(f"{outcome.worker}: {warning}")
    with report_write_errors(message.context.folder):
        if outcome.log and message.log != Path(os.devnull):  # the check of a device keeps no log
            with os.fdopen(open_log(message.log), "ab") as log:
                log.write(outcome.log)
        if isinstance(job, RunTrial) and outcome.records:
            _keep_results(job, outcome)
    observer.end(message.name, seconds=outcome.seconds)
    # only a trial sends samples back; the store may have them by now
    if outcome.samples and store.notes(job.trial.sample_key) is None:
        store.put(job.trial.sample_key, functools.partial(_write_files, outcome), dict(outcome.notes))


def _keep_results(job: RunTrial, outcome: Outcome) -> None:
    """Write the records, trace and galleries that came back, once their seals and keys are checked.

    They are first written to a temporary folder, where the usual readers check them. Raises EngineError if a
    record is damaged or is not of this job; then nothing is written.

    The trace is the trial's training history and cost. A gallery has a few samples for people to look at.
    """
    cells = tuple(cell for task in job.tasks for cell in task.cells.values())
    with tempfile.TemporaryDirectory(prefix="genbench-returned-") as name:
        returned = RunFolder(Path(name)).create()
        for file, content in outcome.records.items():
            (returned.records / Path(file).name).write_bytes(content)
        returned.trace_file(job.trial.trace_key).write_bytes(outcome.trace)
        records = read_records(returned.path, cells)  # leaves out damaged records, and those of other cells
        if len(records) < len(outcome.records):
            raise EngineError(f"{outcome.worker} sent back damaged records; run the same command again")
        for record in records.values():
            write_record(job.folder, record)
        for trace in read_traces(returned.path, (job.trial.trace_key,)):
            write_trace(job.folder, trace)
        # the content hashes of the samples; a record without samples has ""
        for draw in {record.samples for record in records.values()} - {""}:
            _keep_gallery(job.folder, returned, draw, outcome.galleries)


def _keep_gallery(folder: Path, returned: RunFolder, draw: str, files: Mapping[str, bytes]) -> None:
    """Write a gallery, a few samples to look at, that came back to the results folder, unless it is damaged.

    returned  the temporary folder in which it is checked
    draw      the content hash of the samples, which is the name of the folder of their files
    files     the files of all galleries that came back, by "DRAW/NAME"
    """
    returned.gallery_folder(draw).mkdir(parents=True)
    for name, content in files.items():
        if Path(name).parent.name == draw:
            (returned.gallery_folder(draw) / Path(name).name).write_bytes(content)
    with contextlib.suppress(DataError):  # a damaged gallery is only missing on the page
        gallery = read_gallery(returned.path, draw)
        if gallery is not None:
            keep_gallery(folder, gallery)


def _write_files(outcome: Outcome, folder: Path) -> None:
    """Write the samples of an outcome into an artefact's folder.

    Only the last part of each name is used, so that no file can get outside of the folder.
    """
    for name, content in outcome.samples.items():
        (folder / Path(name).name).write_bytes(content)


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """The settings with which a run opens its engine.

    executor      the component that places its jobs
    parts         all components of the run; workers must have the same versions of them
    folder        the run's results folder
    jobs          trials at a time; None: as many as the executor chooses
    threads       of each job
    device        of torch, on which the jobs compute
    offline       nothing is downloaded
    plugins       plugin files to load beside the installed plugins
    keep_samples  whether samples come back from workers that do not share the store
    """

    executor: Part[ExecutorSpec]
    parts: Sequence[Part[Spec]]
    folder: Path
    jobs: int | None
    threads: int
    device: str
    offline: bool
    plugins: Sequence[Path]
    keep_samples: bool


@dataclass(frozen=True)
class Engine:
    """An open executor, with the settings that the messages of the run share."""

    executor: Executor
    context: RunContext
    workplace: Workplace
    store: Store

    def check_device(self, device: str) -> None:
        """Raise SuiteError if torch cannot use a device where the jobs run: a small job there raises it."""
        job = CheckDevice(device=device)
        message = JobMessage(context=self.context, name=f"device {device}", job=job, log=Path(os.devnull))
        run_messages(self.executor, [message], self.workplace, self.store)

    def run(self, jobs: Sequence[tuple[str, Any]]) -> list[JobFailure]:
        """Run jobs, each with its name, and return their failures.

        Raises the first error at once and starts no more jobs; EngineError if the executor itself fails.
        """
        messages = [self._make_message(name, job) for name, job in jobs]
        return run_messages(self.executor, messages, self.workplace, self.store)

    @contextlib.contextmanager
    def keep_tokens(self) -> Iterator[None]:
        """Keep a token, a file of random content, in the results folder and the store while the block runs.

        A worker that finds it there shares the folder, and need not send files back.
        """
        folders = (self.context.folder, self.store.root)
        sweep(folders)  # removes tokens and other temporary files that killed runs left a day ago
        try:
            for folder in folders:
                # a token that cannot be written is found by no worker, so each worker sends its files back
                with contextlib.suppress(OSError):
                    self.context.token.leave(folder)
            yield
        finally:
            for folder in folders:
                self.context.token.take_away(folder)

    def _make_message(self, name: str, job: Any) -> JobMessage:
        """Return the message of a job; a trial continues its trace so far: its training history and cost."""
        folder = RunFolder(self.context.folder)
        trace = b""
        if isinstance(job, RunTrial) and (file := folder.trace_file(job.trial.trace_key)).is_file():
            trace = file.read_bytes()
        return JobMessage(context=self.context, name=name, job=job, log=folder.log_file(name), trace=trace)


@contextlib.contextmanager
def open_engine(settings: EngineSettings, workplace: Workplace, store: Store) -> Iterator[Engine]:
    """Yield the engine of a run, whose executor is shut down after the block.

    Raises PluginError if the executor's component fails or returns no Executor, and EngineError if the
    executor cannot take the run.
    """
    run = secrets.token_hex(8)
    versions = read_versions(settings.parts)
    context = RunContext(
        run=run,
        folder=settings.folder.resolve(),
        token=Token(draft_name("run"), secrets.token_hex(16)),  # a file by which workers recognize a folder
        versions=versions,
        threads=settings.threads,
        offline=settings.offline,
        plugins={path.resolve(): read_sources(path) for path in settings.plugins},
        assets=assets_root(),
        keep_samples=settings.keep_samples,
    )
    opened = _open_executor(settings.executor, jobs=settings.jobs, device=settings.device, versions=versions)
    with register_workplace(run, workplace), opened as executor:
        yield Engine(executor, context, workplace, store)
