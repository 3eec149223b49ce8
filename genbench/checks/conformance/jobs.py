"""The checks of a case in a process of its own, so that a crash or a hang costs one check."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import Result
from genbench.checks.conformance.lock import make_entry
from genbench.checks.conformance.run import closing_reason, make_result, run_checks
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
    """The job: the checks of one case, a component on a modality, from number `first` on."""

    case: Case
    first: int

    parts = ()

    def part_at(self, stage: str, task: int | None) -> None:
        """Return the component whose limits apply in a stage: None, since `_Watch` limits each check."""

    def run(self, report: Callable[..., None]) -> None:
        """Run the checks from number `first` on, and report the begin and the result of each.

        A process that died ran those before. If there is a lock file, which stores what each component gave,
        report the new entry, too, provided that a check has done the component's main work.
        """
        subject = open_subject(self.case)
        checks = CHECKS[self.case.kind]

        def begin(check: Check) -> None:
            """Report the number of a check that begins."""
            report(begun=checks.index(check))

        for result in run_checks(subject, checks[self.first :], begin):
            report(result=vars(result))
        if self.case.locked is not None and subject.result is not None:
            report(entry=make_entry(subject, subject.result))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The results of all checks of a case, and its new entry in a lock file if there is one."""

    results: tuple[Result, ...]
    entry: Mapping[str, Any] | None


def check_case(
    case: Case, server: ForkServer, log: Path, *, timeout: float, progress: Callable[[str], None]
) -> Checked:
    """Return the results of all checks of a case, which run in a child of a fork server.

    log       the file for the child's output
    timeout   seconds that one check may take
    progress  receives the name of each check that begins

    If the child dies or a check takes too long, that check fails, and another child runs the later ones: so a
    crash costs one check. After a failed gate, a check that the later ones presuppose, these are skipped.
    """
    checks = CHECKS[case.kind]
    first = 0  # the number of the check with which the next child begins
    results: list[Result] = []
    while True:
        watch = _Watch(timeout, lambda number: progress(checks[number].name))
        job = _CheckCase(case, first)
        with server.start(job, log) as child:
            ending = supervise(child, job, Meter(), watch.tell, watch.is_in_time)
        results += watch.results
        if ending.done:
            return Checked(results=tuple(results), entry=watch.entry)
        # the child died or was killed, in the check that began last; if none began, before its first one;
        # `outcome` is (status, reason)
        lost = first if watch.number is None else watch.number
        reason = f"it took longer than {duration_text(timeout)}" if watch.is_late else ending.outcome[1]
        results.append(make_result(case, checks[lost], "failed", reason))
        if why := closing_reason(checks[lost], results[-1]):
            rest = [make_result(case, check, "skipped", why) for check in checks[lost + 1 :]]
            return Checked(results=(*results, *rest), entry=None)
        first = lost + 1
        if first == len(checks):
            return Checked(results=tuple(results), entry=watch.entry)


class _Watch:
    """What a job has reported, and whether its check is in time.

    begin  receives the number of each check that begins
    """

    def __init__(self, timeout: float, begin: Callable[[int], None]) -> None:
        """Start without a check.

        timeout  the time in seconds that one check may take
        begin    receives the number of each check that begins
        """
        self.results: list[Result] = []
        self.number: int | None = None  # of the last check that has begun
        self.is_late = False  # whether the last check took longer than its timeout, so that it was killed
        self.entry: Mapping[str, Any] | None = None  # of the lock file
        self._timeout = timeout
        self._begin = begin
        self._begin_time: float | None = None  # of the running check

    def tell(self, event: Mapping[str, Any]) -> None:
        """Store what an event contains: the number of a check that begins, a result, or a lock entry."""
        if "begun" in event:
            self.number, self._begin_time = event["begun"], time.monotonic()
            self._begin(event["begun"])
        if "result" in event:
            self.results.append(Result(**event["result"]))
        self.entry = event.get("entry", self.entry)

    def is_in_time(self) -> bool:
        """Return whether the running check is within its timeout; `is_late` stores the contrary."""
        begin_time = self._begin_time
        self.is_late = begin_time is not None and time.monotonic() - begin_time > self._timeout
        return not self.is_late
