"""Estimates of the time that a stage or a run still takes, from its steps and from the trials that ended."""

from __future__ import annotations

import functools
import heapq
import threading
import time
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Group = tuple[str, str]  # the dataset and the generator of trials that differ only in their seed

__all__ = ["RunEstimate", "StageClock", "TimeLeft"]

_TRAINING, _DRAWING, _SCORING = _PHASES = range(3)  # of a trial, in this order
_PHASE_OF = {"start": _TRAINING, "fit": _TRAINING, "sample": _DRAWING}  # all other stages belong to scoring


class TimeLeft(NamedTuple):
    """The time that is left of a run.

    is_guess  whether it contains a guess: a generator that waits has not been timed at any seed
    """

    seconds: float
    is_guess: bool


@dataclass
class StageClock:
    """The time of one stage of a job, and its steps.

    since   when it began, by the clock of the caller
    step    the last step that it logged, and the number of steps in all as `total`, 0 if that is unknown
    first   (time, step) of the first step that it logged of its present work
    latest  the time of the last step that it logged
    """

    stage: str
    since: float
    step: int = 0
    total: int = 0
    first: tuple[float, int] | None = None
    latest: float = 0.0

    def advance(self, step: int, total: int | None, now: float) -> None:
        """Note a step that the stage logs; a lower step than before, or another total, begins new work.

        total  number of steps in all; None if the stage does not log it, which counts as 0
        """
        if self.first is None or step < self.step or (total or 0) != self.total:
            self.first = now, step
        self.step, self.total, self.latest = step, total or 0, now

    def elapsed(self, now: float) -> float:
        """Return the seconds since the stage began, >= 0."""
        return max(0.0, now - self.since)

    def estimate_whole(self) -> float | None:
        """Return the expected seconds of the whole stage, by the speed of its steps; None before two steps.

        The seconds before the first step, as of imports, are added once, since they do not recur.
        """
        if self.first is None or self.total <= 0 or self.step <= self.first[1]:
            return None
        begun, first_step = self.first
        steps_done, steps_in_all = self.step - first_step, self.total - first_step
        return begun - self.since + (self.latest - begun) * steps_in_all / steps_done

    def seconds_left(self, now: float) -> float | None:
        """Return the seconds that are left of the stage, >= 0; None before two steps, or if it is overdue.

        A stage is overdue if it takes longer than its steps let expect: nothing is known of the rest.
        """
        whole = self.estimate_whole()
        return None if whole is None or whole < self.elapsed(now) else whole - self.elapsed(now)


class _Trial:
    """A running or ended trial.

    stage         the clock of its present stage
    phase, since  the present phase, and when it began
    took          the seconds of each phase that has ended
    """

    def __init__(self, group: Group, now: float) -> None:
        """Begin a trial of a group, a generator on a dataset, with the first stage of its training.

        now  the present time in seconds
        """
        self.group = group
        self.stage = StageClock("start", now)
        self.phase, self.since = _TRAINING, now
        self.took: dict[int, float] = {}

    def enter(self, stage: str, now: float) -> None:
        """Note that the trial begins a stage, such as "fit".

        A stage belongs to a phase: training, drawing or scoring. One of a later phase ends the present one.
        """
        self.stage = StageClock(stage, now)
        phase = _PHASE_OF.get(stage, _SCORING)
        if phase > self.phase:
            self.took[self.phase] = now - self.since
            self.phase, self.since = phase, now

    def end(self, seconds: float) -> None:
        """Note that the trial has ended after `seconds` in all: the rest is the time of its last phase."""
        self.took[self.phase] = seconds - sum(self.took.values())

    def phase_seconds(self) -> dict[int, float]:
        """Return the seconds of the trial's phases that have ended, and those expected of the present one.

        The present phase is left out unless it logs steps, from which its end can be expected.
        """
        # the phase ends with its present stage, except scoring, which has many stages
        stage_seconds = self.stage.estimate_whole() if self.phase != _SCORING else None
        if stage_seconds is None:
            return self.took
        seconds_before_stage = self.stage.since - self.since
        return self.took | {self.phase: seconds_before_stage + stage_seconds}


class RunEstimate:
    """The time that is left of a run.

    A trial trains, draws and scores. Training and drawing are expected to take as long as for the same
    generator at other seeds. Before these are known, the mean of the other generators counts: of controls for
    a control, of competitors for a competitor. Scoring takes as long as in the other trials of the dataset.
    Trials begin in the order of the run. `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without trials; `start` notes those that are due."""
        self.clock = clock
        # a display reads the estimate in another thread than the events come from
        self._lock = threading.Lock()
        self._waiting: list[Group] = []
        self._controls: frozenset[Group] = frozenset()
        self._running: dict[str, _Trial] = {}
        self._ended: list[_Trial] = []
        self._since = self._trial_seconds = 0.0  # when the run started; the seconds of all ended trials
        self._most_running = 1  # the most trials seen to run at a time

    def start(self, waiting: Sequence[Mapping[str, Any]]) -> None:
        """Note the trials that are due, and that the run starts now.

        waiting  dataset, generator and control (None for a competitor) of each, as in the event `run_started`
        """
        with self._lock:
            self._since = self.clock()
            self._waiting = [(trial["dataset"], trial["generator"]) for trial in waiting]
            controls = [trial for trial in waiting if trial["control"] is not None]
            self._controls = frozenset((trial["dataset"], trial["generator"]) for trial in controls)

    def begin(self, job: str, dataset: str, generator: str) -> None:
        """Note that the trial of `job` begins; one that is retried begins twice, and waits only once."""
        with self._lock:
            if (dataset, generator) in self._waiting:  # else it is a retry, and was removed before
                self._waiting.remove((dataset, generator))
            self._running[job] = _Trial((dataset, generator), self.clock())
            self._most_running = max(self._most_running, len(self._running))

    def progress(self, job: str, stage: str, step: int | None, total: int | None) -> StageClock | None:
        """Note a stage that begins, or a step of it; return the clock of the job's stage.

        step, total  None for a stage that begins

        Returns None for a job that is not a trial, such as the preparation of a dataset.
        """
        with self._lock:
            trial, now = self._running.get(job), self.clock()
            if trial is None:
                return None
            if step is None:
                trial.enter(stage, now)
            else:
                trial.stage.advance(step, total, now)
            return trial.stage

    def end(self, job: str, seconds: float) -> None:
        """Note that a trial has ended, and how long it took."""
        with self._lock:
            trial = self._running.pop(job)
            trial.end(seconds)
            self._ended.append(trial)
            self._trial_seconds += seconds

    def estimate_left(self) -> TimeLeft | None:
        """Return the time that is left of the run, None before the time of any training is known.

        Each waiting trial is given, in order, to the worker that is free first; the run ends with the last.
        It is a guess while a competitor that waits has not been timed at any seed. Controls are no guess:
        they do not train, so they take little time.
        """
        with self._lock:
            if not self._waiting and not self._running:
                return TimeLeft(0.0, is_guess=False)
            now = self.clock()
            by_phase = self._collect_seconds()
            expected = self._make_expectation(by_phase)
            if not by_phase[_TRAINING]:
                return None
            # when each worker is free, in seconds from now
            ends = [_estimate_trial(trial, now, expected) for trial in self._running.values()]
            ends += [0.0] * (self._count_workers(now) - len(ends))
            heapq.heapify(ends)
            for group in self._waiting:
                heapq.heappush(ends, heapq.heappop(ends) + sum(expected(group, phase) for phase in _PHASES))
            untimed = set(self._waiting) - self._controls - by_phase[_TRAINING].keys()
            return TimeLeft(max(ends), is_guess=bool(untimed))

    def _count_workers(self, now: float) -> int:
        """Return how many trials run at a time: the most seen, or as many as the time of ended trials needs.

        An executor on other machines may report only the ends of trials, so few are seen running. If ended
        trials took 100 s, and the run 50 s so far, then at least two ran at a time.
        """
        elapsed = max(now - self._since, 1e-9)  # the clock may not have moved yet
        at_least = round(self._trial_seconds / elapsed)
        # `at_least` counts no further than there are trials left, so that no worker is without one
        return max(self._most_running, min(at_least, len(self._waiting) + len(self._running)))

    def _collect_seconds(self) -> dict[int, dict[Group, list[float]]]:
        """Return {phase: {group: seconds of its trials}}.

        A group is a dataset and a generator; for scoring, it is the whole dataset. A running trial counts
        with the phases that have ended, and with the present one if its logged steps allow an estimate.
        """
        by_phase: dict[int, dict[Group, list[float]]] = {phase: {} for phase in _PHASES}
        ended = [(trial.group, trial.took) for trial in self._ended]
        running = [(trial.group, trial.phase_seconds()) for trial in self._running.values()]
        for group, phases in ended + running:
            for phase, seconds in phases.items():
                by_phase[phase].setdefault(_find_timing_group(group, phase), []).append(seconds)
        return by_phase

    def _make_expectation(
        self, by_phase: Mapping[int, Mapping[Group, Sequence[float]]]
    ) -> Callable[[Group, int], float]:
        """Return a function from a group and a phase to its expected seconds; 0 if nothing is known.

        The expected seconds are the mean of the group, a generator on a dataset, else the mean of all
        controls or of all competitors.

        by_phase  the seconds that are known, as `_collect_seconds` returns them
        """
        means: dict[int, dict[Group, float]] = {}
        for phase, groups in by_phase.items():
            means[phase] = {group: fmean(seconds) for group, seconds in groups.items()}

        @functools.cache
        def average_groups(phase: int, is_control: bool) -> float:
            """Return the mean seconds of all controls in a phase, or of all competitors; 0 without any."""
            alike = [mean for group, mean in means[phase].items() if (group in self._controls) is is_control]
            return fmean(alike) if alike else 0.0

        def expected(group: Group, phase: int) -> float:
            """Return the expected seconds of a trial of a group in a phase.

            They are the mean of the group, else the mean of all controls for a control, of all others else.
            """
            key = _find_timing_group(group, phase)
            return means[phase][key] if key in means[phase] else average_groups(phase, key in self._controls)

        return expected


def _find_timing_group(group: Group, phase: int) -> Group:
    """Return the group whose trials take about equally long in a phase.

    For scoring it is the whole dataset, (dataset, ""), since all its generators have the same metrics.
    """
    return (group[0], "") if phase == _SCORING else group


def _estimate_trial(trial: _Trial, now: float, expected: Callable[[Group, int], float]) -> float:
    """Return the seconds that are left of a trial that runs: of its present phase and of the later ones.

    expected  returns the expected seconds of a group of trials in a phase
    """
    phase = trial.phase
    # by the steps that the trial has logged in this phase, else as long as in other trials
    whole = trial.phase_seconds().get(phase, expected(trial.group, phase))
    later = sum(expected(trial.group, after) for after in _PHASES[phase + 1 :])
    return max(0.0, whole - (now - trial.since)) + later
