"""The listener that shows progress: live lines on a terminal, plain lines elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Group
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

from genbench.board.consoles import open_stderr
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

__all__ = ["LiveProgress", "PlainProgress", "open_progress"]

_MOST_VALUES = 3  # logged by a generator, on one line


def open_progress(*, quiet: bool, verbose: bool) -> LiveProgress | PlainProgress:
    """Return the listener that suits the error stream: live on a terminal, plain lines elsewhere."""
    console = open_stderr()
    if quiet or verbose or not console.is_terminal:
        return PlainProgress(console, quiet=quiet, verbose=verbose)
    return LiveProgress(console)


class LiveProgress:
    """A line for each running job with its stage, step and losses, and a bar with the remaining time."""

    def __init__(self, console: Console) -> None:
        self._console = console
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

    def warned(self, text: str) -> None:
        """Print a warning above the live lines."""
        self._live.console.print(f"Warning: {one_line(text)}", style="yellow")

    def run_started(self, trials: int, due: int) -> None:
        """Start the bar of the trials."""
        self._bar = self._overall.add_task("genbench", total=trials, completed=trials - due)

    def job_started(self, job: str) -> None:
        """Add the job's line."""
        self._tasks[job] = self._jobs.add_task(one_line(job), total=None, stage="start", note="")
        self._live.refresh()  # shows jobs that end before the next refresh

    trial_started = job_started

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Show the job's stage, or its step and values."""
        task = self._tasks[job]
        if step is None:
            self._jobs.update(task, stage=one_line(stage), note="", total=None, completed=0)
        else:
            note = one_line(_step_text(step, total, values))
            self._jobs.update(task, completed=step, total=total, note=note)

    def job_finished(self, job: str) -> None:
        """Remove the job's line."""
        self._jobs.remove_task(self._tasks.pop(job))

    def trial_finished(self, job: str) -> None:
        """Remove the trial's line, and move the bar."""
        self.job_finished(job)
        if self._bar is not None:
            self._overall.advance(self._bar)


class PlainProgress:
    """A line for each job that ends and, if verbose, for each stage; nothing but warnings if quiet."""

    def __init__(self, console: Console, *, quiet: bool, verbose: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._verbose = verbose
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

    def warned(self, text: str) -> None:
        """Print a warning."""
        self._console.print(f"Warning: {one_line(text)}", soft_wrap=True)

    def run_started(self, trials: int, due: int) -> None:
        """Say how much there is to do."""
        self._done, self._total = trials - due, trials
        if due:
            self._say(f"{due} of {trials} trials to run")

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Say which stage begins and how training goes, if verbose."""
        if self._verbose:
            self._say(f"{job}: {stage if step is None else _step_text(step, total, values)}")

    def job_finished(self, job: str, seconds: float) -> None:
        """Say how long the job took."""
        self._say(f"{job}: {seconds:.1f} s")

    def trial_finished(self, job: str, seconds: float) -> None:
        """Say how long the trial took, and how many are done."""
        self._done += 1
        self._say(f"[{self._done}/{self._total}] {job}: {seconds:.1f} s")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._console.print(one_line(text), soft_wrap=True)


def _step_text(step: int, total: int | None, values: Mapping[str, float]) -> str:
    shown = " ".join(f"{name} {value:.4g}" for name, value in list(values.items())[:_MOST_VALUES])
    return f"{step}/{total} {shown}".rstrip()
