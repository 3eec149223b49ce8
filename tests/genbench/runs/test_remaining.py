"""Estimates of remaining time, on a clock that the tests move."""

from __future__ import annotations

from genbench.runs import remaining
from genbench.runs.remaining import RunEstimate, StageClock


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_what_is_left_of_a_stage_follows_from_its_steps():
    stage = StageClock("fit", 100.0)
    assert (stage.seconds_left(110.0), stage.estimate_whole()) == (None, None)
    stage.advance(5, 20, 110.0)
    assert (stage.seconds_left(111.0), stage.estimate_whole()) == (None, None)
    stage.advance(10, 20, 115.0)
    assert (stage.seconds_left(115.0), stage.estimate_whole()) == (10.0, 25.0)
    stage.advance(20, 20, 125.0)
    assert stage.seconds_left(125.0) == 0.0


def test_a_large_step_is_waited_for_until_it_is_overdue():
    stage = StageClock("score", 0.0)
    stage.advance(0, 100, 1.0)
    stage.advance(10, 100, 3.0)
    assert (stage.estimate_whole(), stage.seconds_left(13.0), stage.seconds_left(21.0)) == (21.0, 8.0, 0.0)
    assert stage.seconds_left(21.5) is None


def test_what_comes_before_the_first_step_is_counted_once():
    stage = StageClock("fit", 0.0)
    stage.advance(1, 100, 50.0)
    stage.advance(2, 100, 51.0)
    assert (stage.estimate_whole(), stage.seconds_left(51.0)) == (149.0, 98.0)


def test_other_work_in_one_stage_begins_anew():
    stage = StageClock("extract", 0.0)
    for step, total, now in ((1, 2, 1.0), (2, 2, 2.0), (0, 40, 3.0), (10, 40, 13.0)):
        stage.advance(step, total, now)
    assert stage.seconds_left(13.0) == 30.0
    stage.advance(2, 40, 14.0)
    assert stage.seconds_left(14.0) is None


def test_without_a_number_of_steps_nothing_can_be_told():
    stage = StageClock("fit", 0.0)
    stage.advance(1, None, 1.0)
    stage.advance(3, None, 2.0)
    assert stage.seconds_left(2.0) is None


class Told:
    """A run whose trials a test begins and ends, on its clock."""

    def __init__(self, *trials):
        self.clock = Clock()
        self.estimate = RunEstimate(self.clock)
        ids = [dict(zip(("dataset", "generator", "seed", "control"), trial, strict=True)) for trial in trials]
        self.estimate.start(ids)

    def begin(self, job, generator):
        self.estimate.begin(job, "digits", generator)

    def stage(self, job, stage, *, after=0.0):
        self.clock.now += after
        self.estimate.progress(job, stage, None, None)

    def step(self, job, step, total, *, after, stage="fit"):
        self.clock.now += after
        return self.estimate.progress(job, stage, step, total)

    def whole(self, job, generator, *, fit=0.0, sample=0.0, score=0.0):
        """Tell all of a trial that took so many seconds in its stages."""
        self.begin(job, generator)
        self.stage(job, "fit")
        self.stage(job, "sample", after=fit)
        self.stage(job, "score", after=sample)
        self.clock.now += score
        self.estimate.end(job, fit + sample + score)

    @property
    def left(self):
        return self.estimate.estimate_left()


def seeds_of(generator, count, control=None):
    return [("digits", generator, seed, control) for seed in range(count)]


def test_the_steps_of_the_first_training_tell_how_long_the_other_seeds_take():
    run = Told(*seeds_of("vae", 4))
    run.begin("a", "vae")
    run.stage("a", "fit", after=6)
    assert run.left is None
    run.step("a", 1, 10, after=10)
    assert run.left is None
    run.step("a", 3, 10, after=4)
    assert run.left == (14 + 3 * 34, False)  # of this one, and of those that have not begun


def test_trials_that_run_at_a_time_share_the_rest_and_the_longest_one_ends_last():
    run = Told(*seeds_of("vae", 3), *seeds_of("gan", 1))
    run.whole("a", "vae", fit=10)
    run.begin("b", "vae")
    run.begin("c", "gan")
    run.stage("c", "fit")
    run.step("c", 1, 21, after=1)
    run.step("c", 2, 21, after=1)
    assert run.left == (19, False)  # b and the last one after it end before c


def test_a_generator_that_has_not_begun_takes_the_mean_of_the_others_and_that_is_a_guess():
    run = Told(*seeds_of("ddpm", 1), *seeds_of("gan", 1), *seeds_of("vae", 1))
    run.whole("a", "ddpm", fit=100, sample=20, score=3)
    assert run.left == (2 * 123, True)
    run.whole("b", "gan", fit=40, score=3)
    assert run.left == (70 + 10 + 3, True)
    run.begin("c", "vae")
    assert run.left == (70 + 10 + 3, False)


def test_a_generator_takes_as_long_at_each_seed():
    run = Told(*seeds_of("ddpm", 2), *seeds_of("vae", 3))
    run.whole("a", "ddpm", fit=100, sample=20, score=2)
    run.whole("b", "vae", fit=10, score=2)
    assert run.left == (122 + 2 * 12, False)
    run.whole("c", "vae", fit=12, score=2)
    assert run.left == (122 + 13, False)


def test_controls_do_not_train_and_one_tells_of_the_others():
    run = Told(*seeds_of("vae", 1), *seeds_of("noise", 1, "floor"), *seeds_of("copies", 1, "exploit"))
    run.whole("a", "vae", fit=100, score=4)
    assert run.left == (2 * 4, False)
    run.whole("b", "noise", fit=1, score=4)
    assert run.left == (1 + 4, False)


def test_a_trial_that_runs_needs_what_is_left_of_its_phase_and_the_later_ones():
    run = Told(*seeds_of("vae", 2))
    run.whole("a", "vae", fit=50, sample=10, score=4)
    run.begin("b", "vae")
    run.stage("b", "fit")
    run.clock.now += 20
    assert run.left == (30 + 10 + 4, False)
    run.stage("b", "sample", after=40)
    assert run.left.seconds == 14
    run.clock.now += 12
    assert run.left.seconds == 4  # later than expected
    run.stage("b", "score", after=1)
    run.stage("b", "extract", after=1)
    assert run.left.seconds == 3
    run.stage("b", "fit", after=1)  # for a metric that asks for the sampler
    assert run.left.seconds == 2


def test_the_steps_of_sampling_count_and_those_of_scoring_do_not():
    run = Told(*seeds_of("vae", 1))
    run.begin("a", "vae")
    run.stage("a", "sample", after=5)
    run.step("a", 1, 10, after=1, stage="sample")
    run.step("a", 2, 10, after=1, stage="sample")
    assert run.left.seconds == 8
    run.stage("a", "extract", after=8)
    run.step("a", 1, 10, after=1, stage="extract")
    clock = run.step("a", 2, 10, after=1, stage="extract")
    assert clock.seconds_left(run.clock.now) == 8.0
    assert run.left.seconds == 0


def test_where_only_ends_are_told_the_work_that_was_done_tells_how_many_run_at_a_time():
    run = Told(*seeds_of("vae", 8))
    run.clock.now += 10
    for job in "abcd":  # which began together, on four machines
        run.begin(job, "vae")
        run.estimate.end(job, 10)
    assert run.left == (10, False)


def test_jobs_that_are_no_trials_tell_nothing_and_a_run_without_trials_has_nothing_left():
    run = Told(*seeds_of("vae", 1))
    assert run.step("digits data", 1, 2, after=1) is None
    assert run.left is None
    assert Told().left == (0.0, False)


def test_a_trial_that_begins_again_takes_no_place_of_another():
    run = Told(*seeds_of("vae", 1), *seeds_of("gan", 1))
    run.whole("a", "vae", fit=10)
    run.begin("a", "vae")
    assert run.left == (10 + 10, True)


def test_the_mean_of_a_kind_is_computed_once_for_all_generators_that_have_not_begun(monkeypatch):
    calls = []
    monkeypatch.setattr(remaining, "fmean", lambda values: calls.append(values) or 1.0)
    run = Told(*(trial for number in range(100) for trial in seeds_of(f"g{number}", 1)))
    for number in range(40):
        run.whole(str(number), f"g{number}", fit=1, sample=1, score=1)
    assert run.left.seconds == 60 * 3
    assert len(calls) == 40 + 40 + 1 + 2  # of each group in each phase, and of the kind twice
