"""The noise levels of diffusion models, and the steps back through them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_image.generators.ddpm import betas, posterior_variance, steps_back

SCHEDULES = pytest.mark.parametrize("schedule", ["cosine", "linear"])


def test_the_linear_levels_are_those_of_the_paper_at_a_thousand_times():
    levels = betas(1000, "linear")
    assert levels[0] == pytest.approx(1e-4)
    assert levels[-1] == pytest.approx(0.02)
    assert np.allclose(np.diff(levels), (0.02 - 1e-4) / 999)


@pytest.mark.parametrize("timesteps", [50, 100, 1000])
def test_linear_levels_end_in_almost_nothing_but_noise_at_any_number_of_times(timesteps):
    assert np.prod(1 - betas(timesteps, "linear")) < 1e-4


@pytest.mark.parametrize("timesteps", [20, 1000])
def test_the_cosine_levels_multiply_up_to_the_squared_cosine(timesteps):
    abar = np.cumprod(1 - betas(timesteps, "cosine"))
    share = np.arange(1, timesteps + 1) / timesteps
    expected = np.cos((share + 0.008) / 1.008 * np.pi / 2) ** 2 / np.cos(0.008 / 1.008 * np.pi / 2) ** 2
    assert np.allclose(abar[:-1], expected[:-1], rtol=1e-9)


@pytest.mark.parametrize("timesteps", [1, 20, 1000])
def test_the_last_cosine_level_is_that_of_the_paper_s_code(timesteps):
    """The formula ends at 1, after which nothing could be divided by; improved-diffusion ends at 0.999."""
    assert betas(timesteps, "cosine")[-1] == 0.999


@SCHEDULES
@pytest.mark.parametrize("timesteps", [1, 2, 7, 1000])
def test_levels_lie_strictly_between_none_and_all(schedule, timesteps):
    levels = betas(timesteps, schedule)
    assert levels.shape == (timesteps,)
    assert levels.min() > 0
    assert levels.max() < 1


@SCHEDULES
def test_the_posterior_variance_is_equation_7(schedule):
    beta = betas(30, schedule)
    abar = np.cumprod(1 - beta)
    for t in range(1, 30):
        expected = (1 - abar[t - 1]) / (1 - abar[t]) * beta[t]
        assert posterior_variance(abar[t], abar[t - 1]) == pytest.approx(expected, rel=1e-9)
    assert posterior_variance(abar[0], 1.0) == 0


@SCHEDULES
def test_all_steps_with_full_noise_have_the_mean_and_variance_of_the_posterior(schedule):
    beta = betas(30, schedule)
    abar = np.cumprod(1 - beta)
    steps = steps_back(abar, 30, 1.0)
    assert [step.time for step in steps] == list(range(30, 0, -1))
    clean, noisy = 0.7, -0.4
    for step in steps:
        t = step.time - 1
        before = abar[t - 1] if t else 1.0
        noise = (noisy - math.sqrt(abar[t]) * clean) / math.sqrt(1 - abar[t])
        mean = math.sqrt(before) * beta[t] * clean + math.sqrt(1 - beta[t]) * (1 - before) * noisy
        assert math.sqrt(step.abar_before) * clean + step.direction * noise == pytest.approx(
            mean / (1 - abar[t])
        )
        assert step.sigma**2 == pytest.approx(posterior_variance(abar[t], before))


@pytest.mark.parametrize("count", [1, 3, 10, 40])
def test_a_shorter_way_starts_in_noise_ends_in_the_image_and_leaves_no_gap(count):
    abar = np.cumprod(1 - betas(40, "cosine"))
    steps = steps_back(abar, count, 0.0)
    assert len(steps) == count
    assert steps[0].time == 40
    assert steps[-1].abar_before == 1
    assert [step.abar for step in steps[1:]] == [step.abar_before for step in steps[:-1]]
    assert all(step.sigma == 0 for step in steps)
    assert all(step.direction == pytest.approx(math.sqrt(1 - step.abar_before)) for step in steps)


def test_a_step_keeps_the_variance_of_the_noise_whatever_the_fresh_share():
    abar = np.cumprod(1 - betas(40, "linear"))
    for eta in (0.0, 0.3, 1.0):
        for step in steps_back(abar, 11, eta):
            assert step.direction**2 + step.sigma**2 == pytest.approx(1 - step.abar_before, abs=1e-12)
