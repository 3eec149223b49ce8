"""Estimates of remaining time, on a clock that the tests move."""

from __future__ import annotations

import pytest

from genbench.runs.remaining import RunEstimate, StageClock, duration_text


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_are_texts_with_two_units_at_most(seconds, text):
    assert duration_text(seconds) == text


def test_what_is_left_of_a_stage_follows_from_its_steps():
    stage = StageClock("fit", 100.0)
    assert (stage.left(110.0), stage.whole(110.0)) == (None, None)
    stage.advance(5, 20, 110.0)
    assert (stage.left(111.0), stage.whole(111.0)) == (None, None)
    stage.advance(10, 20, 115.0)
    assert (stage.left(115.0), stage.whole(115.0)) == (10.0, 25.0)
    stage.advance(20, 20, 125.0)
    assert stage.left(125.0) == 0.0


def test_what_comes_before_the_first_step_is_counted_once():
    stage = StageClock("fit", 0.0)
    stage.advance(1, 100, 50.0)
    stage.advance(2, 100, 51.0)
    assert (stage.whole(51.0), stage.left(51.0)) == (149.0, 98.0)


def test_without_a_number_of_steps_nothing_can_be_told():
    stage = StageClock("fit", 0.0)
    stage.advance(1, None, 1.0)
    stage.advance(3, None, 2.0)
    assert stage.left(2.0) is None


def run_of(trials, running=1):
    """Return the estimate of a run with so many trials, some of which train, and its clock."""
    clock = Clock()
    estimate = RunEstimate(clock)
    estimate.due = trials
    for number in range(running):
        estimate.begin(f"trial {number}")
        estimate.progress(f"trial {number}", "fit", None, None)
    return estimate, clock


def test_the_steps_of_the_first_training_tell_how_long_a_run_takes():
    estimate, clock = run_of(trials=4)
    assert estimate.left() is None
    clock.now += 10
    estimate.progress("trial 0", "fit", 1, 10)
    assert estimate.left() is None
    clock.now += 4
    estimate.progress("trial 0", "fit", 3, 10)
    assert estimate.left() == 14 + 3 * 28  # of this one, and of those that have not begun


def test_trials_that_run_at_a_time_share_the_rest():
    estimate, clock = run_of(trials=4, running=2)
    for step in (1, 2):
        clock.now += 10
        estimate.progress("trial 0", "fit", step, 10)
        estimate.progress("trial 1", "fit", step, 20)
    assert estimate.left() == (80 + 180 + 2 * 150) / 2


def test_steps_of_other_stages_and_other_jobs_tell_nothing_of_the_run():
    estimate, clock = run_of(trials=4)
    assert estimate.progress("digits data", "prepare", 1, 2) is None
    clock.now += 10
    estimate.progress("trial 0", "extract", None, None)
    clock.now += 5
    estimate.progress("trial 0", "extract", 1, 3)
    clock.now += 5
    stage = estimate.progress("trial 0", "extract", 2, 3)
    assert stage.left(clock.now) == 5.0
    assert estimate.left() is None
    estimate.end("trial 0")
    assert estimate.left() is None
