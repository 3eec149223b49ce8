"""The listeners that show progress: live lines on a terminal, plain lines elsewhere.

A listener has a method for each event that it shows; the method's parameters are those values of the event
that it needs. `genbench.contract.events` lists all events with their values.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from genbench.board.terminal import open_stderr, print_line
from genbench.core.escaping import one_line
from genbench.core.limits import duration_text
from genbench.runs.remaining import RunEstimate, StageClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

__all__ = [
    "LinePace", "LiveProgress", "PlainProgress", "StageLines", "StageTitles", "open_progress",
    "open_stage_progress",
]  # fmt: skip

_NARROW = 80  # characters: a narrower line of a job has its step, and neither a bar nor the time left
_TEXTS = 50  # characters beside the bar of all trials
_MOST_VALUES = 3  # logged by a generator, on one line
_FIRST_S = 2.0  # seconds before the first line: shorter work needs none, and first steps vary too much
_NEXT_S = 10.0  # seconds, at least, until the next line of a work
_NEXT_SHARE = 0.25  # of a work's time so far, until its next line: few lines for long work
_TICK_S = 0.5  # seconds between two checks whether a line is due: a quarter of _FIRST_S
_STAGES_OF_METRIC = frozenset({"extract", "score"})  # whose titles name the metric, the stage before them


def open_progress(*, quiet: bool, verbose: bool) -> LiveProgress | PlainProgress:
    """Return the display for the error stream: live lines on a terminal, plain lines elsewhere."""
    console = open_stderr()
    if quiet or verbose or not console.is_terminal:
        return PlainProgress(console, quiet=quiet, verbose=verbose)
    return LiveProgress(console)


def open_stage_progress(*, quiet: bool) -> LiveProgress | PlainProgress | StageLines:
    """Return the display of one job: live lines on a terminal, a line for each long stage elsewhere."""
    console = open_stderr()
    if quiet:
        return PlainProgress(console, quiet=True, verbose=False)
    return LiveProgress(console, StageTitles()) if console.is_terminal else StageLines(console)


class LinePace:
    """When the plain lines of one long work are printed: after 2 seconds, then ever more rarely.

    The next line comes after 10 seconds or a quarter of the work's time so far, the longer of both.
    """

    def __init__(self, begun: float) -> None:
        """Begin at this time, in seconds of the caller's clock."""
        self._begun = begun
        self._due = begun + _FIRST_S

    def is_due(self, now: float) -> bool:
        """Return whether a line is due now; if so, the next one is due later."""
        if now < self._due:
            return False
        self._due = now + max(_NEXT_S, _NEXT_SHARE * (now - self._begun))
        return True


class _Column(ProgressColumn):
    """A column of the display whose text is computed whenever it is drawn, such as a time.

    A task in this file is rich's: the data of one line, such as the line of a job.
    """

    def __init__(self, text: Callable[[Task], str], style: str, *, is_cut: bool = False) -> None:
        """Show what `text` returns for the task of a line, in a style of rich.

        is_cut  whether the text is cut if the line is longer than the console; without one, values would be
        """
        super().__init__(Column(no_wrap=not is_cut))
        self._is_cut = is_cut
        self._text = text
        self._style = style

    def render(self, task: Task) -> Text:
        """Return the text of a line's task; rich calls this whenever it draws the line."""
        return Text(
            self._text(task), self._style, no_wrap=True, overflow="ellipsis" if self._is_cut else "crop"
        )


class _Display:
    """The common part of displays: warnings, notes, the counts of trials, and the estimate of the time left.

    counts  (trials that are done, all trials); (0, 0) before the run starts
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._estimate = RunEstimate()
        self.counts = (0, 0)

    def warned(self, text: str) -> None:
        """Print a warning."""
        print_line(self._console, Text(f"Warning: {one_line(text)}", style="yellow"))

    def noted(self, text: str) -> None:
        """Print a line that a user should read before the work is done, also if quiet."""
        print_line(self._console, Text(one_line(text)))

    def run_started(self, trials: int, due: int, waiting: Sequence[Mapping[str, Any]]) -> None:
        """Count the trials that need no computation as done, and estimate the time of the jobs that wait.

        trials   number of all trials
        due      number of trials that are to run
        waiting  the jobs that wait, each as a table of what its time depends on
        """
        self.counts = trials - due, trials
        self._estimate.start(waiting)

    def trial_started(self, job: str, dataset: str, generator: str) -> None:
        """Note when a trial begins, for the estimate of the time that is left."""
        self._estimate.begin(job, dataset, generator)

    def trial_finished(self, job: str, seconds: float) -> None:
        """Count a trial as done, and note how long it took, for the estimate of the time that is left."""
        self._estimate.end(job, seconds)
        self.counts = self.counts[0] + 1, self.counts[1]


class LiveProgress(_Display):
    """A line for each running job with its stage, step and losses, and a bar with the remaining time.

    A stage with steps shows the time that is left of it. `title` returns what a stage is called.
    """

    def __init__(self, console: Console, title: Callable[[str], str] = str) -> None:
        """Build the lines of jobs and the bar of trials; they are shown inside of a `with` block."""
        super().__init__(console)
        self._title = title
        self._tasks: dict[str, TaskID] = {}  # by job, its line
        self._stages: dict[str, StageClock] = {}
        self._jobs = Progress(  # a line for each job
            _Column(lambda task: task.description, "bold", is_cut=True),
            _Column(lambda task: str(task.fields["stage"]), "cyan", is_cut=True),
            *([] if console.width < _NARROW else [BarColumn(bar_width=16)]),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
            *([] if console.width < _NARROW else [_Column(self._describe_stage_left, "dim")]),
            # rich's own column of the time since a job began stops when the steps of a stage end
            _Column(lambda task: str(timedelta(seconds=int(task.elapsed or 0))), "progress.elapsed"),
            console=console,
        )
        self._overall = Progress(  # one line, the bar of all trials
            TextColumn("{task.description}"),
            BarColumn(bar_width=max(min(30, console.width - _TEXTS), 5)),
            MofNCompleteColumn(),
            TextColumn("trials, left:"),
            _Column(self._describe_left, "progress.remaining"),
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

    def _describe_left(self, _task: Task) -> str:
        """Return the time that is left of the run."""
        left = self._estimate.estimate_left()
        return "not yet known" if left is None else f"about {duration_text(round(left.seconds))}"

    def _describe_stage_left(self, task: Task) -> str:
        """Return the time that is left of the stage of a job; "" before it is known."""
        stage, now = self._stages.get(task.fields["job"]), self._estimate.clock()
        left = None if stage is None or stage.elapsed(now) < _FIRST_S else stage.seconds_left(now)
        return "" if left is None else f"{duration_text(round(left))} left"

    def run_started(self, trials: int, due: int, waiting: Sequence[Mapping[str, Any]]) -> None:
        """Show the bar of all trials; those that need no computation are done."""
        super().run_started(trials, due, waiting)
        self._bar = self._overall.add_task("genbench", total=trials, completed=trials - due)

    def job_started(self, job: str) -> None:
        """Add a line for a job that begins."""
        self._tasks[job] = self._jobs.add_task(one_line(job), total=None, stage="start", note="", job=job)
        self._live.refresh()  # shows jobs that end before the next refresh

    def trial_started(self, job: str, dataset: str, generator: str) -> None:
        """Add a line for a trial that begins."""
        super().trial_started(job, dataset, generator)
        self.job_started(job)

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Show in a job's line the stage that begins, or the step of a stage with its logged values.

        step, total  None for a stage that begins
        """
        task, now = self._tasks[job], self._estimate.clock()
        self._estimate.progress(job, stage, step, total)
        if step is None:  # a stage begins, so its line has no step and no values yet
            self._stages[job] = StageClock(stage, now)
            self._jobs.update(task, stage=one_line(self._title(stage)), note="", total=None, completed=0)
        else:
            clock = self._stages.setdefault(job, StageClock(stage, now))  # new if steps come first
            clock.advance(step, total, now)
            # beside names, there is room for one value at a hundred characters and for none at eighty
            most = max(0, min((self._console.width - _NARROW) // 20, _MOST_VALUES))
            note = one_line(_describe_step(step, total, dict(list(values.items())[:most])))
            self._jobs.update(task, completed=step, total=total, note=note)

    def job_finished(self, job: str) -> None:
        """Remove the line of a job that has ended."""
        self._stages.pop(job, None)
        self._jobs.remove_task(self._tasks.pop(job))

    def trial_finished(self, job: str, seconds: float) -> None:
        """Remove the line of a trial that has ended, and move the bar of all trials."""
        super().trial_finished(job, seconds)
        self.job_finished(job)
        if self._bar is not None:  # None only for mypy: `run_started` comes before the end of a trial
            self._overall.advance(self._bar)


class PlainProgress(_Display):
    """A line for each job that ends and, if verbose, for each stage; nothing but warnings if quiet.

    The line of a trial has the time that is left of the run. Before the first trial ends, that time has a
    line of its own, as soon as the steps of a training allow an estimate.
    """

    def __init__(self, console: Console, *, quiet: bool, verbose: bool) -> None:
        """Print to `console`; a quiet display prints only warnings, a verbose one each stage and step."""
        super().__init__(console)
        self._quiet = quiet
        self._verbose = verbose
        self._is_estimated = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Do nothing: a plain display has nothing open."""

    def run_started(self, trials: int, due: int, waiting: Sequence[Mapping[str, Any]]) -> None:
        """Print how many trials are to run, unless there are none."""
        super().run_started(trials, due, waiting)
        if due:
            self._print(f"{due} of {trials} trials to run")

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Print the stage or the step, if verbose.

        The time that is left of the run is printed once, as soon as it can be estimated: after two seconds of
        a stage, since its first steps vary much. Later, the lines of ended trials have the time.
        """
        clock = self._estimate.progress(job, stage, step, total)  # None if the job is no trial
        is_settled = clock is not None and clock.elapsed(self._estimate.clock()) >= _FIRST_S
        if is_settled and not self._is_estimated and (text := self._describe_left()):
            self._is_estimated = True
            self._print(text)
        if self._verbose:
            self._print(f"{job}: {stage if step is None else _describe_step(step, total, values)}")

    def job_finished(self, job: str, seconds: float) -> None:
        """Print how long the job took."""
        self._print(f"{job}: {seconds:.1f} s")

    def trial_finished(self, job: str, seconds: float) -> None:
        """Print how long the trial took, how many are done, and how long the run still takes."""
        super().trial_finished(job, seconds)
        self._is_estimated = True  # in the line below, so `progress` need not print the time that is left
        done, total = self.counts
        texts = filter(None, [f"{seconds:.1f} s", self._describe_left()])
        self._print(f"[{done}/{total}] {job}: {', '.join(texts)}")

    def _describe_left(self) -> str:
        """Return the time that is left of the run; "" if it is unknown or 0, or if the display is quiet."""
        left = None if self._quiet else self._estimate.estimate_left()
        if left is None or not left.seconds:
            return ""
        condition = ", if the other generators take as long" if left.is_guess else ""
        return f"about {duration_text(round(left.seconds))} left{condition}"

    def _print(self, text: str) -> None:
        """Print a text in one line, unless quiet."""
        if not self._quiet:
            print_line(self._console, Text(one_line(text)))


class StageTitles:
    """The titles of the stages of a score; a stage of a metric has the metric's name, as "fid, extract"."""

    def __init__(self) -> None:
        """Begin before the stage of the first metric."""
        self._metric = ""  # the metric whose stages run; "" before the first

    def __call__(self, stage: str) -> str:
        """Return the title of a stage that begins, such as "fid", "fid, extract" or "fid, score".

        A metric begins with a stage that has its name, so the stages "extract" and "score" after it are its.
        """
        if stage in _STAGES_OF_METRIC:
            return f"{self._metric}, {stage}" if self._metric else stage
        self._metric = stage
        return stage


class StageLines(PlainProgress):
    """A line for a stage after two seconds, and more lines later: its steps and the time that is left of it.

    The line of a stage without steps shows the time so far. A thread prints the lines, since a stage may log
    nothing for a long time. `clock` returns seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare the thread that prints the lines; it runs inside of a `with` block."""
        super().__init__(console, quiet=False, verbose=False)
        self._clock = clock
        self._lock = threading.Lock()
        self._is_done = threading.Event()  # ends the thread
        self._thread = threading.Thread(target=self._watch, name="genbench-progress", daemon=True)
        self._stage: StageClock | None = None
        self._title = StageTitles()
        self._pace = LinePace(0.0)  # of the stage's lines

    def __enter__(self) -> Self:
        """Start the thread that prints the lines."""
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop the thread that prints the lines."""
        self._is_done.set()
        self._thread.join()

    def progress(
        self, job: str, stage: str, step: int | None, total: int | None, values: Mapping[str, float]
    ) -> None:
        """Note the stage that begins, whose first line is due after two seconds, or the step of the stage."""
        del job, values  # there is one job, and its values are not shown
        with self._lock:
            if step is None or self._stage is None:  # a stage begins, or steps come first
                now = self._clock()
                self._stage, self._pace = StageClock(self._title(stage), now), LinePace(now)
            else:
                self._stage.advance(step, total, self._clock())

    def job_finished(self, job: str, seconds: float) -> None:
        """Forget the stage, so that no further line of it is printed."""
        del job, seconds
        with self._lock:
            self._stage = None

    def tick(self) -> None:
        """Print the line of the stage if it is due."""
        with self._lock:
            stage, now = self._stage, self._clock()
            if stage is None or not self._pace.is_due(now):
                return
            left = stage.seconds_left(now)
            if left is None:
                text = f"{duration_text(round(stage.elapsed(now)))} so far"
            else:
                text = f"{stage.step:,}/{stage.total:,}, about {duration_text(round(left))} left"
            self._print(f"{stage.stage}: {text}")

    def _watch(self) -> None:
        """Print due lines until the display is closed."""
        while not self._is_done.wait(_TICK_S):
            self.tick()


def _describe_step(step: int, total: int | None, values: Mapping[str, float]) -> str:
    """Return a step with its total and the first logged values: "10/100 loss 0.5"."""
    texts = [f"{name} {value:.4g}" for name, value in values.items()]
    return f"{step}/{total} {' '.join(texts[:_MOST_VALUES])}".rstrip()
