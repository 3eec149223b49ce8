"""Supervision of a job's process: its limits of time and memory, and how it ended."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from genbench.core.limits import Limits, bytes_text, duration_text
from genbench.jobs.isolation.process_tree import machine_memory, measure_resident, measure_share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.contract.specs import Spec
    from genbench.jobs.isolation.client import Child
    from genbench.suite.components import Part

__all__ = ["Ending", "Job", "Meter", "supervise"]

_TICK = 0.1  # seconds between two checks of a job
_START = "start"  # the stage before the first that a job reports: libraries are imported
_PATIENCE = 2.0  # seconds the server has to kill a job's processes, before the client kills them
_SHARE = 0.9  # of the machine's memory that a run may use; the rest is for the system and other programs


class Job(Protocol):
    """The work of a child process."""

    @property
    def parts(self) -> Sequence[Part[Spec]]:
        """Return the components (with options and limits) whose code may run in the job.

        They decide which environment variables its process gets, and what its server imports first.
        """

    def find_running_part(self, stage: str, task: int | None) -> Part[Spec] | None:
        """Return the component that runs in a stage, whose limits apply; None: the host itself.

        task  the number of the task in progress; None before the first
        """

    def run(self, report: Callable[..., None]) -> None:
        """Do the work, and report each stage."""


@dataclass(frozen=True)
class Ending:
    """How a job's process ended.

    exit    its exit status, negative for a signal; None if the server ended with it
    done    whether the job was finished
    error   the message of the error that it raised, or None
    code    the exit code of genbench for this error; None for a bug
    task    the number of the task in progress, None before the first
    stage   the stage in progress
    work    the name of the artefact in progress, or None
    limit   the status and reason of the limit that it exceeded, or None
    peak    the greatest resident memory observed, in bytes
    """

    exit: int | None = None
    done: bool = False
    error: str | None = None
    code: int | None = None
    task: int | None = None
    stage: str = _START
    work: str | None = None
    limit: tuple[str, str] | None = None
    peak: int = 0

    @property
    def is_unexplained(self) -> bool:
        """Whether the server ended, and the process with it, without an exit status.

        Another job may have killed the server.
        """
        return self.exit is None and self.limit is None and self.error is None

    @property
    def outcome(self) -> tuple[str, str]:
        """The status ("error", "crash" or that of a limit) and the reason of the work in progress."""
        if self.limit is not None:
            return self.limit
        if self.error is not None:
            return "error", self.error
        if self.exit is None:
            return "crash", "its process was lost"
        if self.exit < 0:
            return "crash", f"its process was killed by {_signal_name(-self.exit)}"
        return "crash", f"its process ended with exit code {self.exit} before it was done"


def _signal_name(number: int) -> str:
    """Return a signal's name, such as "SIGKILL"; "signal 40" for a real-time signal, which has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class Meter:
    """The memory of all jobs of a run together; safe to use from several threads."""

    def __init__(self) -> None:
        """Start without jobs; `_trees` has (memory in bytes, process numbers) of each, by its key."""
        self._most_bytes = int(machine_memory() * _SHARE)
        self._lock = threading.Lock()
        self._trees: dict[int, tuple[int, list[int]]] = {}

    def measure(self, job: int, pids: list[int]) -> tuple[int, bool]:
        """Update a job's memory; return (resident memory of its processes in bytes, whether it has to end).

        The largest job has to end once all jobs together use more than 90 % of the machine's memory.

        job   a key of the job, to use again in `forget`
        pids  the numbers of its processes
        """
        size = measure_resident(pids)
        with self._lock:
            self._trees[job] = size, pids
            trees = dict(self._trees)
        # Resident memory counts shared pages for each process. So it is at least the exact memory, and if it
        # is low enough, the exact memory, which takes much longer to read, is not needed.
        if sum(size for size, _ in trees.values()) <= self._most_bytes:
            return size, False
        shares = {each: measure_share(tree) for each, (_, tree) in trees.items()}  # shared pages count once
        largest = max(shares, key=shares.__getitem__)
        return size, sum(shares.values()) > self._most_bytes and job == largest

    def forget(self, job: int) -> None:
        """Remove a job that has ended."""
        with self._lock:
            self._trees.pop(job, None)


def supervise(
    child: Child, job: Job, meter: Meter, report_event: Callable[[Mapping[str, Any]], None],
    is_wanted: Callable[[], bool],
) -> Ending:  # fmt: skip
    """Watch a job until it ends, and return how it ended; kill it once it exceeds a limit of time or memory.

    report_event  receives each event that the job sends
    is_wanted     called several times a second; if it returns False, the job is killed
    """
    ending, stage_start = Ending(), time.monotonic()
    last_check = kill_start = 0.0
    for event in child.events(_TICK):
        if event:  # an empty event comes at least every _TICK seconds, so that limits are checked in time
            # time counts from the start of the process: before, the server may still be starting
            if "pid" in event or "stage" in event:
                stage_start = time.monotonic()
            ending = _apply_event(ending, event)
            report_event(event)
        # without a pid, the process has not started
        elif child.pid is not None and time.monotonic() - last_check >= _TICK:
            last_check = time.monotonic()
            if ending.limit is None:
                ending = _check_limits(ending, child, job, meter, last_check - stage_start)
            if ending.limit is not None or not is_wanted():
                # the server has _PATIENCE seconds to kill the job; then the job and the server are killed
                kill_start = kill_start or last_check
                child.kill(by_force=last_check - kill_start > _PATIENCE)
    meter.forget(id(child))  # the key that _check_limits notes it under; a pid can be used again
    return ending


def _apply_event(ending: Ending, event: Mapping[str, Any]) -> Ending:
    """Return an Ending, which collects how a job ends, with the fields that an event sets.

    A new stage without `work` has no artefact in progress, so it clears that of the stage before.
    """
    fields = ("exit", "done", "error", "code", "task", "stage")
    changes = {name: event[name] for name in fields if name in event}
    return replace(ending, **changes, work=event.get("work") if "stage" in event else ending.work)


def _check_limits(ending: Ending, child: Child, job: Job, meter: Meter, seconds: float) -> Ending:
    """Return the ending with the limit that the job has exceeded, if any, and its greatest memory so far.

    seconds  the time since the current stage began
    """
    part = None if ending.stage == _START else job.find_running_part(ending.stage, ending.task)
    limits, component_name = Limits(), "genbench"  # the default limits, for imports and the host's work
    if part is not None:
        limits, component_name = part.limits, part.component.reference
    size, must_end = meter.measure(id(child), child.list_processes())
    stage_took = f"{component_name}: {ending.stage} took"
    limit = None
    if limits.timeout is not None and seconds > limits.timeout:
        limit = "timeout", f"{stage_took} longer than the {duration_text(limits.timeout)} that timeout allows"
    elif limits.memory is not None and size > limits.memory:
        limit = "memory", f"{stage_took} more than the {bytes_text(limits.memory)} that memory allows"
    elif must_end:  # all jobs together use too much memory, and this one most
        share = "most of all trials, which held over 90 % of this machine's memory; run fewer jobs"
        limit = "memory", f"{stage_took} {share}"
    return replace(ending, peak=max(ending.peak, size), limit=limit)
