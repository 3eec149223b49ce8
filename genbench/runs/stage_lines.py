"""The listener that prints plain lines of the stages of one job that take more than two seconds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from genbench.core.escaping import one_line
from genbench.runs.remaining import StageClock, duration_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

__all__ = ["StageLines", "StageTitles"]

_FIRST_S, _NEXT_S = 2.0, 10.0  # after which a stage gets its first line, and at least another one
_SHARE = 0.25  # of the time of a stage so far, after which it gets another line: few lines for long stages
_TICK_S = 0.5
_INNER = frozenset({"extract", "score"})  # stages of the metric whose stage came before


class StageTitles:
    """The titles of the stages of a score: one inside of a metric names it, as "fid, extract"."""

    def __init__(self) -> None:
        self._metric = ""

    def __call__(self, stage: str) -> str:
        """Return the title of a stage that begins."""
        if stage in _INNER:
            return f"{self._metric}, {stage}" if self._metric else stage
        self._metric = stage
        return stage


class StageLines:
    """A line for a stage after two seconds, and further ones: its steps and the time that is left.

    A stage that logs no steps gets the time so far. A thread prints them, since a stage may log nothing for
    long. `clock` returns seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._lock = threading.Lock()
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="genbench-progress", daemon=True)
        self._stage: StageClock | None = None
        self._title = StageTitles()
        self._due = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_done.set()
        self._thread.join()

    def warned(self, text: str) -> None:
        """Print a warning."""
        with self._lock:
            self._console.print(f"Warning: {one_line(text)}", soft_wrap=True)

    def noted(self, text: str) -> None:
        """Print what a user should know before the work is done."""
        with self._lock:
            self._console.print(one_line(text), soft_wrap=True)

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Note a stage, or a step of it."""
        del job, values  # of the one job; its values are not shown
        with self._lock:
            if step is None or self._stage is None:
                now = self._clock()
                self._stage, self._due = StageClock(self._title(stage), now), now + _FIRST_S
            else:
                self._stage.advance(step, total, self._clock())

    def job_finished(self, job: str) -> None:
        """Note that no stage runs."""
        del job
        with self._lock:
            self._stage = None

    def tick(self) -> None:
        """Print the line of the stage, if one is due."""
        with self._lock:
            stage, now = self._stage, self._clock()
            if stage is None or now < self._due:
                return
            self._due = now + max(_NEXT_S, _SHARE * stage.elapsed(now))
            left = stage.left(now)
            if left is None:
                text = f"{duration_text(stage.elapsed(now))} so far"
            else:
                text = f"{stage.step:,}/{stage.total:,}, about {duration_text(left)} left"
            self._console.print(one_line(f"{stage.stage}: {text}"), soft_wrap=True)

    def _watch(self) -> None:
        while not self._is_done.wait(_TICK_S):
            self.tick()
