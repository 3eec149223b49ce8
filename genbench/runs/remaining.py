"""Estimates of the time that a stage or a run still takes, from the steps that its jobs log."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RunEstimate", "StageClock", "duration_text"]

_TRAINING = "fit"  # the stage whose steps decide how long a trial takes
_MINUTE, _HOUR = 60, 3600


@dataclass
class StageClock:
    """The time of one stage of a job, and its steps.

    since  when it began, by the clock of the caller
    first  when it logged the first time, and at which step
    """

    stage: str
    since: float
    step: int = 0
    total: int = 0
    first: tuple[float, int] | None = None

    def advance(self, step: int, total: int | None, now: float) -> None:
        """Note a step that was logged."""
        self.step, self.total = step, total or 0
        self.first = self.first or (now, step)

    def elapsed(self, now: float) -> float:
        """Return the seconds since it began, >= 0."""
        return max(0.0, now - self.since)

    def whole(self, now: float) -> float | None:
        """Return the seconds that all its steps take, at the speed since the first; None before the second.

        What comes before the first step, such as imports, is done once.
        """
        if self.first is None or self.total <= 0 or self.step <= self.first[1]:
            return None
        begun, step = self.first
        return begun - self.since + max(0.0, now - begun) * (self.total - step) / (self.step - step)

    def left(self, now: float) -> float | None:
        """Return the seconds that are left of it, >= 0; None before the second step."""
        whole = self.whole(now)
        return None if whole is None else max(0.0, whole - self.elapsed(now))


class RunEstimate:
    """The time that is left of a run whose first trials have not ended, from the steps of their trainings.

    It takes all trainings to be as long as the mean of those that have logged two steps, and counts no other
    work. `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.due = 0
        self._jobs: dict[str, StageClock] = {}

    def begin(self, job: str) -> None:
        """Note that a trial begins."""
        self.due -= 1
        self._jobs[job] = StageClock("start", self.clock())

    def progress(self, job: str, stage: str, step: int | None, total: int | None) -> StageClock | None:
        """Note a stage or a step of a job; return the clock of its stage, None for a job that is no trial."""
        known = self._jobs.get(job)
        if known is None:
            return None
        if step is None or known.stage != stage:
            known = self._jobs[job] = StageClock(stage, self.clock())
        if step is not None:
            known.advance(step, total, self.clock())
        return known

    def end(self, job: str) -> None:
        """Note that a trial has ended."""
        self._jobs.pop(job, None)

    def left(self) -> float | None:
        """Return the seconds that are left, None while no training has logged two steps."""
        now, jobs = self.clock(), tuple(self._jobs.values())  # a copy, since other threads change it
        trainings = [job for job in jobs if job.stage == _TRAINING]
        wholes = [whole for job in trainings if (whole := job.whole(now)) is not None]
        if not wholes:
            return None
        mean = sum(wholes) / len(wholes)
        running = sum(job.left(now) or 0.0 for job in trainings)
        return (running + max(0, self.due) * mean) / len(jobs)


def duration_text(seconds: float) -> str:
    """Return a duration as a text: "40 s", "3 min 20 s" or "2 h 5 min"."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
