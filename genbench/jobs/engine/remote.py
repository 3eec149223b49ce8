"""Job messages in other processes than the run's, on this machine or another one.

The process first finds or makes what the job needs: plugin files, dataset, and the files that options name.
If it shares the results folder of the run, it writes records there; otherwise it sends them back.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from genbench.catalog.catalog import load_files
from genbench.catalog.code import read_code
from genbench.catalog.local_modules import read_sources
from genbench.contract.assets import assets_root
from genbench.contract.options import find_paths, get_value, replace_paths
from genbench.core.errors import DataError, EngineError, GenbenchError
from genbench.files.identity import read_identity
from genbench.files.process_settings import select_common_variables
from genbench.files.read import content_sha256
from genbench.jobs.engine.messages import Outcome, describe_version_difference, name_this_process
from genbench.jobs.engine.runner import PRELOAD, run_job, run_trial
from genbench.jobs.isolation.workplace import Workplace
from genbench.results.folder import RunFolder
from genbench.results.records import read_records, write_record
from genbench.store.environment import offline_variables, thread_variables
from genbench.store.store import open_store
from genbench.trial.jobs import PrepareData, PrepareReference
from genbench.trial.trial import RunTrial, make_failed_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.contract.specs import Spec
    from genbench.files.identity import Identity
    from genbench.jobs.engine.messages import JobMessage, RunContext
    from genbench.jobs.engine.runner import JobFailure
    from genbench.suite.components import Part
    from genbench.trial.plan import Trial

__all__ = ["IsWanted", "Session", "handle_message", "job_variables", "open_session"]

_SpecT = TypeVar("_SpecT", bound="Spec")

_IDLE = 60.0  # seconds without a message after which a session is closed: its server holds memory


def job_variables(*, threads: int, offline: bool) -> dict[str, str]:
    """Return the environment variables of a run's processes on this machine."""
    variables = select_common_variables(os.environ) | thread_variables(threads)
    return variables | (offline_variables() if offline else {})


class _Warnings:
    """An observer of jobs, an object that is told of their events, which keeps only warnings, for the run."""

    def __init__(self) -> None:
        """Start without warnings; `texts` collects those of the jobs until the run takes them."""
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.texts.append(text)

    def begin(self, job: str) -> None:
        """Do nothing; observers must have this method. The run reports the job when its outcome arrives."""

    def tell_event(self, job: str, event: Mapping[str, Any]) -> None:
        """Do nothing; observers must have this method. Events of a job stay in this process."""

    def end(self, job: str, *, seconds: float | None = None) -> None:
        """Do nothing; observers must have this method. The run reports the job when its outcome arrives."""


class Session:
    """The workplace of one run's messages in this process.

    Raises EngineError if this process has other versions than the run.
    """

    def __init__(self, context: RunContext) -> None:
        """Open the store, write and load the run's plugin files, and prepare a fork server for its jobs.

        context  the settings that all job messages of the run share
        """
        version_difference = describe_version_difference(context.versions)
        if version_difference is not None:
            raise EngineError(
                f"cannot take part: {version_difference}; install the same there as where the run was "
                f"started, and start the worker again"
            )
        self.users = 0  # number of messages that use the session now; with any, it is not closed
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # made when `home` is first read
        self.observer = _Warnings()
        self.store, warning = open_store()
        if warning is not None:
            self.observer.warn(warning)
        plugins = [self._find_plugin_file(path, sources) for path, sources in context.plugins.items()]
        load_files(plugins)
        variables = job_variables(threads=context.threads, offline=context.offline)
        # the fork server of the jobs; it imports the modules of PRELOAD before the first job
        self.workplace = Workplace(variables, plugins, self.observer, PRELOAD)

    def take_warnings(self) -> tuple[str, ...]:
        """Return the warnings since the last call."""
        warnings = tuple(self.observer.texts)
        self.observer.texts.clear()
        return warnings

    def close(self) -> None:
        """End the fork server with all its children, and remove the folder of the session."""
        self.workplace.__exit__()  # called here, since a session lasts longer than any `with` block
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def home(self) -> Path:
        """The folder of this session, made when it is first needed."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="genbench-worker-")
        return Path(self._folder.name)

    def _find_plugin_file(self, path: Path, sources: Mapping[Path, bytes]) -> Path:
        """Return the path of a plugin file with the run's code: `path` if this machine has it, else a copy.

        sources  the content of the file and of the modules that it imports, by path
        """
        with contextlib.suppress(OSError):  # the file is missing here
            if read_sources(path) == sources:
                return path
        for source, content in sources.items():
            copy = self._make_copy_path(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        return self._make_copy_path(path)

    def _make_copy_path(self, path: Path) -> Path:
        """Return the place of a plugin file's copy, in the same folders as the original."""
        return self.home / "plugins" / path.relative_to(path.anchor)


_SESSIONS: dict[str, Session] = {}
_LOCK = threading.Lock()


@contextlib.contextmanager
def open_session(context: RunContext) -> Iterator[Session]:
    """Yield the session of a run, which its first message opens; close idle sessions of other runs.

    Idle sessions hold memory. Several messages may use a session at a time. It stays open afterwards until it
    is idle for 60 seconds.
    """
    with _LOCK:
        _close_idle(except_for=context.run)
        if context.run not in _SESSIONS:
            _SESSIONS[context.run] = Session(context)
        session = _SESSIONS[context.run]
        session.users += 1
    try:
        yield session
    finally:
        with _LOCK:
            session.users -= 1
        _schedule_closing()


def _close_idle(*, except_for: str | None = None) -> None:
    """Close the sessions that no message uses, except that of one run; the caller holds the lock."""
    for run in [run for run, session in _SESSIONS.items() if run != except_for and not session.users]:
        _SESSIONS.pop(run).close()


def _schedule_closing() -> None:
    """Close the sessions that no message uses after 60 seconds without messages; each call starts anew."""
    global _timer  # noqa: PLW0603 - one timer a process
    with _LOCK:
        _timer.cancel()
        _timer = threading.Timer(_IDLE, _close_all)
        _timer.daemon = True
        _timer.start()


def _close_all() -> None:
    """Close the session of every run, unless a job message of the run is at work in it."""
    with _LOCK:
        _close_idle()


_timer = threading.Timer(_IDLE, _close_all)
atexit.register(_close_all)  # ends the fork servers with this process


#: How often a job is started. If its worker is lost each time, the job is the likely cause: any machine may
#: die once.
_MOST_STARTS = 3

IsWanted: TypeAlias = Callable[[], bool]


def handle_message(message: JobMessage, tries: int, is_wanted: IsWanted) -> Outcome:
    """Run a message's job here and return its outcome.

    tries      how many times it was started before and lost with its worker; records count them
    is_wanted  whether the run still waits for it

    Raises GenbenchError, naming this process, if the job cannot run here.
    """
    start = time.monotonic()
    try:
        with open_session(message.context) as session, _open_folder(message, session) as folder:
            failure = _run_here(message, session, folder, tries, is_wanted)
            outcome = Outcome(failure=failure, worker=name_this_process(), warnings=session.take_warnings())
            if folder != message.context.folder:
                outcome = _add_results(outcome, folder, message.log.stem)
            # a store with the run's token, a file that the run wrote there, is shared and needs no copies
            if message.context.keep_samples and not message.context.token.is_in(session.store.root):
                outcome = _add_samples(outcome, message.open_job(), session)
    except GenbenchError as error:
        raise type(error)(f"{name_this_process()}: {error}") from error
    return replace(outcome, seconds=time.monotonic() - start)


def _run_here(
    message: JobMessage, session: Session, folder: Path, tries: int, is_wanted: IsWanted
) -> JobFailure | None:
    """Run a message's job with this process's store and files.

    folder     the results folder to write to, the run's or a temporary one
    tries      how many times the job was started before and lost with its worker
    is_wanted  whether the run still waits for the job

    Returns the failure of a job that prepares something, or None. A trial returns None: its records have the
    failures. A trial that lost three workers (_MOST_STARTS) is not started again: its cells get records of a
    crash.
    """
    job, log = message.open_job(), RunFolder(folder).log_file(message.log.stem)
    if not isinstance(job, RunTrial | PrepareReference):  # the device check, which needs no data
        return run_job(session.workplace, message.name, job, log, is_wanted=is_wanted)
    job = _localize_job(replace(job, store=session.store), message.context)
    _provide_data(message, job.trial, session, log, is_wanted)
    if not isinstance(job, RunTrial):
        if tries >= _MOST_STARTS:  # the trials that need it fail in the same way, and record it
            return None
        return run_job(session.workplace, message.name, job, log, is_wanted=is_wanted)
    tasks_due = job.tasks  # () for a trial that only draws samples, for a comparison
    job = _drop_finished(replace(job, folder=folder), tries)
    if tasks_due and not job.tasks:
        return None  # lost workers finished all tasks
    if tries < _MOST_STARTS:
        run_trial(session.workplace, job, log, is_wanted=is_wanted)
        return None
    reason = f"its worker was lost {tries} times while it ran"
    for record in make_failed_records(job, job.tasks, "crash", reason, {}):
        write_record(folder, record)
    return None


@contextlib.contextmanager
def _open_folder(message: JobMessage, session: Session) -> Iterator[Path]:
    """Yield the results folder of the run if this process shares it, else a temporary one.

    It shares the folder if it finds the run's token there, a file of random content. A temporary one gets the
    trial's trace so far (its costs and training log), which the trial continues.
    """
    context = message.context
    if context.token.is_in(context.folder):
        yield context.folder
        return
    with tempfile.TemporaryDirectory(prefix="results-", dir=session.home) as name:
        folder = RunFolder(Path(name)).create()
        job = message.open_job()
        if message.trace and isinstance(job, RunTrial):
            folder.trace_file(job.trial.trace_key).write_bytes(message.trace)
        yield folder.path


def _drop_finished(job: RunTrial, tries: int) -> RunTrial:
    """Return a trial's job without the tasks that lost workers finished.

    tries  how many times the job was lost with its worker; each loss is an attempt at the cells that are left
    """
    if not tries:
        return job
    attempts_before = job.attempts
    records = read_records(job.folder, job.trial.cells)
    # a lost worker wrote a record if its number of attempts is above the one that the run knew
    finished = {key for key, record in records.items() if record.attempt > attempts_before.get(key, 0)}
    unfinished = [
        task for task in job.tasks if not finished.issuperset(cell.key for cell in task.cells.values())
    ]
    attempts = {
        cell.key: attempts_before.get(cell.key, 0) + tries
        for task in unfinished
        for cell in task.cells.values()
    }
    return replace(job, tasks=tuple(unfinished), attempts={**attempts_before, **attempts})


def _provide_data(
    message: JobMessage, trial: Trial, session: Session, log: Path, is_wanted: IsWanted
) -> None:
    """Prepare a trial's dataset if this store lacks it; raise DataError unless its hash is that of the run's.

    If the run no longer waits for the job, there is no error for missing data: the preparation ended early.
    """
    dataset, store = trial.dataset, session.store
    if store.notes(dataset.key) is None:
        part = _localize_part(dataset.part, message.context)
        job = PrepareData(part=part, store=store, modalities=(dataset.modality,))
        failure = run_job(session.workplace, f"{part.name} data", job, log, is_wanted=is_wanted)
        if failure is not None:
            raise DataError(
                f"the dataset {part.name!r} cannot be prepared: {failure.reason}; see the log of "
                f"{message.name}, or let all machines use one store (GENBENCH_STORE)"
            )
    notes = store.notes(dataset.key)
    if is_wanted() and (notes is None or notes["hash"] != dataset.hash):
        raise DataError(
            f"the dataset {dataset.part.name!r} has other content than where the run was started; give both "
            f"the same files, or let all machines use one store (GENBENCH_STORE)"
        )


def _localize_job(job: Any, context: RunContext) -> Any:
    """Return a job that came from another machine, with the paths of its components' files on this one.

    Files of its dataset may be missing here, since the store has the dataset's splits. They are needed only
    by a metric that takes the dataset's `truth`, its exact distribution: the dataset's code makes it.
    """
    job = job.with_parts(functools.partial(_localize_part, context=context))
    if not any("truth" in part.contract.inputs for part in job.parts):
        return job
    dataset = replace(job.trial.dataset, part=_localize_part(job.trial.dataset.part, context))
    return replace(job, trial=replace(job.trial, dataset=dataset))


def _localize_part(part: Part[_SpecT], context: RunContext) -> Part[_SpecT]:
    """Return a component of a job with the paths of the same files on this machine in its options.

    Raises DataError if a file is missing or has other content here, or if the component has other code.
    """
    paths: dict[str, Path] = {}
    files: dict[str, Identity] = {}
    for name, path in find_paths(part.options).items():
        paths[name], files[name] = _locate(part, name, path, context)
    options = replace_paths(part.options, paths)
    code = read_code(part.component)
    # None: a component without keys
    if part.code is not None and code.sha256 != part.code.sha256:
        raise DataError(
            f"{part.component.kind} {part.name!r} has other code here; install the same everywhere"
        )
    # the modality, if the component takes it and so may run its code
    modality_parts = tuple(_localize_part(each, context) for each in part.modality_parts)
    return replace(part, options=options, files=files, code=code, modality_parts=modality_parts)


def _locate(part: Part[Spec], option: str, path: Path, context: RunContext) -> tuple[Path, Identity]:
    """Return (path of an option's file on this machine, its identity).

    The identity has the file's size and times. It is taken before the content is read, so that any later
    change shows.

    A missing file of the run's folder of fetched files is looked up in the folder of this machine. Raises
    DataError if there is none, or if its content differs from the run's.
    """
    component_name = f"{part.component.kind} {part.name!r}"
    remedy = "every machine needs the same files at the same paths"
    if not path.exists() and path.is_relative_to(context.assets):
        path = assets_root() / path.relative_to(context.assets)
        remedy = f"run `genbench fetch {part.component.name}` there"
    if not path.exists():
        raise DataError(
            f"{component_name}: its option {option!r} names {path}, which does not exist here; {remedy}"
        )
    identity = read_identity(path)
    # `startswith`, since an asset may declare only the first digits of its checksum
    if not content_sha256(path).startswith(get_value(part.canonical, option)["sha256"]):
        raise DataError(f"{component_name}: {path}, its option {option!r}, has other content here; {remedy}")
    return path, identity


def _add_results(outcome: Outcome, folder: Path, log: str) -> Outcome:
    """Return an outcome with the contents of what its job wrote to a temporary folder, to send them back.

    log  the name of the job's log file, without its ending
    """
    records = {path.name: path.read_bytes() for path in sorted(RunFolder(folder).records.glob("*.json"))}
    galleries = {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for path in sorted(RunFolder(folder).galleries.glob("*/*"))
    }
    # at most one trace, since the temporary folder belongs to one job
    traces = [path.read_bytes() for path in RunFolder(folder).traces.glob("*.json")]
    log_file = RunFolder(folder).log_file(log)
    return replace(
        outcome,
        records=records,
        trace=traces[0] if traces else b"",
        galleries=galleries,
        log=log_file.read_bytes() if log_file.is_file() else b"",
    )


def _add_samples(outcome: Outcome, job: Any, session: Session) -> Outcome:
    """Return an outcome with the files and notes of its trial's samples, if the store has them."""
    artefact = session.store.get(job.trial.sample_key) if isinstance(job, RunTrial) else None
    if artefact is None:
        return outcome
    files = {path.name: path.read_bytes() for path in artefact.folder.iterdir()}
    return replace(outcome, samples=files, notes=dict(artefact.notes))
