"""The checks of a case in a process of its own, so that a crash or a hang costs one check."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import Result
from genbench.checks.conformance.lock import make_entry
from genbench.checks.conformance.run import is_closed_gate, make_closed_result, make_result, run_checks
from genbench.checks.conformance.subject import open_subject
from genbench.core.limits import duration_text
from genbench.jobs.isolation.supervisor import Meter, supervise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genbench.checks.conformance.checks import Check
    from genbench.checks.conformance.subject import Case
    from genbench.jobs.isolation.client import ForkServer

__all__ = ["Checked", "check_case"]


@dataclass(frozen=True)
class _CheckCase:
    """The job of a child process: the checks of one case, a component on a modality, from number `first` on.

    The children that ran the checks before it have died.
    """

    case: Case
    first: int

    # a job names the components whose limits the supervisor applies: none, since `_Watch` limits each check
    parts = ()

    def find_running_part(self, stage: str, task: int | None) -> None:
        """Return the component whose limits apply in a stage: None, since `_Watch` limits each check."""

    def run(self, report: Callable[..., None]) -> None:
        """Run the checks from number `first` on, and report the begin and the result of each.

        If the user names a lock file, which stores what each component gave, report its new entry, too. It is
        made of `subject.result`, which exists once a check has done the component's main work.
        """
        subject = open_subject(self.case)
        checks = CHECKS[self.case.kind]

        def report_begin(check: Check) -> None:
            """Report the number of a check that begins."""
            report(begun=checks.index(check))

        for result in run_checks(subject, checks[self.first :], report_begin):
            report(result=vars(result))
        if self.case.locked is not None and subject.result is not None:
            report(entry=make_entry(subject, subject.result))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The results of all checks of a case, and its new entry in a lock file if there is one."""

    results: tuple[Result, ...]
    entry: Mapping[str, Any] | None


def check_case(
    case: Case, server: ForkServer, log: Path, *, timeout: float, progress: Callable[[str], None],
    first: int = 0,
) -> Checked:  # fmt: skip
    """Return the results of all checks of a case, which run in a child of a fork server.

    log       the file for the child's output
    timeout   seconds that one check may take
    progress  receives the name of each check that begins
    first     the number of the first check to run

    If the child dies or a check takes too long, that check fails, and another child runs the later ones: so a
    crash costs one check. After a failed gate, a check that the later ones presuppose, these are skipped.
    """
    checks = CHECKS[case.kind]
    results: list[Result] = []
    while True:
        watch = _Watch(timeout, lambda number: progress(checks[number].name))
        job = _CheckCase(case, first)  # the next child begins with this check
        with server.start(job, log) as child:
            ending = supervise(child, job, Meter(), watch.store_event, watch.is_in_time)
        results += watch.results
        if ending.done:
            return Checked(results=tuple(results), entry=watch.entry)
        # the child died or was killed in the check that began last; if none began, the first one fails
        failed = first if watch.number is None else watch.number
        # `outcome` is (status, reason); the reason does not name the timeout of checks
        reason = f"it took longer than {duration_text(timeout)}" if watch.is_late else ending.outcome[1]
        results.append(make_result(case, checks[failed], "failed", reason))
        if is_closed_gate(checks[failed], results[-1]):
            rest = [make_closed_result(case, check, results[-1]) for check in checks[failed + 1 :]]
            return Checked(results=(*results, *rest), entry=None)
        first = failed + 1
        if first == len(checks):
            return Checked(results=tuple(results), entry=watch.entry)


class _Watch:
    """What a child process has reported of its checks, and whether the running check is in time."""

    def __init__(self, timeout: float, on_begin: Callable[[int], None]) -> None:
        """Start before the first check.

        timeout   the time in seconds that one check may take
        on_begin  receives the number of each check that begins
        """
        self.results: list[Result] = []
        self.number: int | None = None  # of the last check that has begun
        self.is_late = False  # whether the last check took longer than its timeout, so that it was killed
        self.entry: Mapping[str, Any] | None = None  # of the lock file
        self._timeout = timeout
        self._on_begin = on_begin
        self._begin_time: float | None = None  # of the running check

    def store_event(self, event: Mapping[str, Any]) -> None:
        """Store what an event contains: the number of a check that begins, a result, or a lock entry."""
        if "begun" in event:
            self.number, self._begin_time = event["begun"], time.monotonic()
            self._on_begin(event["begun"])
        if "result" in event:
            self.results.append(Result(**event["result"]))
        self.entry = event.get("entry", self.entry)

    def is_in_time(self) -> bool:
        """Return whether the running check is within its timeout; else the supervisor kills the child.

        `is_late` keeps the contrary, so that the result of the check can name the timeout.
        """
        begin_time = self._begin_time
        self.is_late = begin_time is not None and time.monotonic() - begin_time > self._timeout
        return not self.is_late
