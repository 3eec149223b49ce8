"""Progress of a run: live lines on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LiveProgress", "PlainProgress", "open_progress"]

_MOST_VALUES = 3  # logged by a generator, on one line


def open_progress(*, quiet: bool, verbose: bool) -> LiveProgress | PlainProgress:
    """Return the listener that suits the error stream: live on a terminal, plain lines elsewhere."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if quiet or verbose or not console.is_terminal:
        return PlainProgress(console, quiet=quiet, verbose=verbose)
    return LiveProgress(console)


class LiveProgress:
    """A line for each running job with its stage, step and losses, and a bar with the remaining time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._jobs = Progress(
            TextColumn("{task.description}", style="bold"),
            TextColumn("{task.fields[stage]}", style="cyan"),
            BarColumn(bar_width=16),
            TextColumn("{task.fields[note]}", style="dim"),
            TimeElapsedColumn(),
            console=console,
        )
        self._overall = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("trials, left:"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
        )
        self._bar: TaskID | None = None
        self._live = Live(
            Group(self._jobs, self._overall), console=console, transient=True, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.stop()

    @property
    def counts(self) -> tuple[int, int]:
        """How many trials are done, and how many there are; 0 and 0 before that is known."""
        bars = self._overall.tasks
        return (int(bars[0].completed), int(bars[0].total or 0)) if bars else (0, 0)

    def warn(self, text: str) -> None:
        """Print a warning above the live lines."""
        self._live.console.print(f"Warning: {one_line(text)}", style="yellow")

    def planned(self, trials: int, todo: int) -> None:
        """Start the bar of the trials."""
        self._bar = self._overall.add_task("genbench", total=trials, completed=trials - todo)

    def begin(self, job: str) -> None:
        """Add the job's line."""
        with self._lock:
            self._tasks[job] = self._jobs.add_task(one_line(job), total=None, stage="start", note="")
        self._live.refresh()  # shows jobs that end before the next refresh

    def event(self, job: str, event: Mapping[str, Any]) -> None:
        """Show the job's stage, or its step and values."""
        task = self._tasks[job]
        if "stage" in event:
            self._jobs.update(task, stage=one_line(event["stage"]), note="", total=None, completed=0)
        if "step" in event:
            self._jobs.update(
                task, completed=event["step"], total=event["total"], note=one_line(_step(event))
            )

    def end(self, job: str, *, is_trial: bool, seconds: float | None = None) -> None:  # noqa: ARG002 - its line had its own clock
        """Remove the job's line; a trial moves the bar."""
        with self._lock:
            self._jobs.remove_task(self._tasks.pop(job))
            if is_trial and self._bar is not None:
                self._overall.advance(self._bar)


class PlainProgress:
    """A line for each job that ends and, if verbose, for each stage; nothing but warnings if quiet."""

    def __init__(self, console: Console, *, quiet: bool, verbose: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._verbose = verbose
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._done = 0
        self._total = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is open."""

    @property
    def counts(self) -> tuple[int, int]:
        """How many trials are done, and how many there are; 0 and 0 before that is known."""
        return self._done, self._total

    def warn(self, text: str) -> None:
        """Print a warning."""
        self._console.print(f"Warning: {one_line(text)}", soft_wrap=True)

    def planned(self, trials: int, todo: int) -> None:
        """Say how much there is to do."""
        self._done, self._total = trials - todo, trials
        if todo:
            self._say(f"{todo} of {trials} trials to run")

    def begin(self, job: str) -> None:
        """Note the time."""
        self._begun[job] = time.monotonic()

    def event(self, job: str, event: Mapping[str, Any]) -> None:
        """Say which stage begins and how training goes, if verbose."""
        if self._verbose and "stage" in event:
            self._say(f"{job}: {event['stage']}")
        elif self._verbose and "step" in event:
            self._say(f"{job}: {_step(event)}")

    def end(self, job: str, *, is_trial: bool, seconds: float | None = None) -> None:
        """Say how long the job took."""
        with self._lock:
            self._done += is_trial
            count = f"[{self._done}/{self._total}] " if is_trial else ""
            since = time.monotonic() - self._begun.pop(job)
            self._say(f"{count}{job}: {since if seconds is None else seconds:.1f} s")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._console.print(one_line(text), soft_wrap=True)


def _step(event: Mapping[str, Any]) -> str:
    values = list(event["values"].items())[:_MOST_VALUES]
    shown = " ".join(f"{name} {value:.4g}" for name, value in values)
    return f"{event['step']}/{event['total']} {shown}".rstrip()
