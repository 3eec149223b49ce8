"""Noise schedules of diffusion models, and their sampling steps.

With alpha_t = 1 - beta_t and abar_t = alpha_1 ... alpha_t, a noisy image is
x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise. Time t = 1..T has the index t - 1; abar_0 = 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Step", "betas", "posterior_variance", "steps_back"]


@dataclass(frozen=True)
class Step:
    """One step back, from x_t to x_s with s < t.

        x_s = sqrt(abar_s) x_0 + sqrt(1 - abar_s - sigma^2) noise_t + sigma z,  z ~ N(0, I)

    with x_0 and noise_t as the network predicts them from x_t: equation 12 of Song et al. (2020).

    time         t, 1 <= t <= T
    abar         abar_t, in (0, 1)
    abar_before  abar_s, in (abar_t, 1]; 1 at the last step
    sigma        standard deviation of the fresh noise, >= 0
    """

    time: int
    abar: float
    abar_before: float
    sigma: float

    @property
    def direction(self) -> float:
        """The weight of noise_t in x_s, >= 0."""
        return math.sqrt(max(0.0, 1 - self.abar_before - self.sigma**2))


def betas(timesteps: int, schedule: str) -> NDArray[np.float64]:
    """Return beta_1..beta_T, (T,) float64 in (0, 1).

    "linear": from 1e-4 to 0.02 at T = 1,000 (Ho et al. 2020, section 4), scaled by 1,000 / T, so that shorter
    schedules end in as much noise. "cosine": abar_t = f(t) / f(0) with f(t) = cos^2((t / T + s) / (1 + s) pi
    / 2) and s = 0.008 (Nichol & Dhariwal 2021, equation 17). Both are clipped at 0.999, as there.
    """
    if schedule == "linear":
        raw = np.linspace(1e-4, 0.02, timesteps) * 1000 / timesteps
    else:
        share = np.arange(timesteps + 1) / timesteps
        level = np.cos((share + 0.008) / 1.008 * np.pi / 2) ** 2
        raw = 1 - level[1:] / level[:-1]
    return raw.clip(0, 0.999)


def posterior_variance(abar: float, abar_before: float) -> float:
    """Return the variance of q(x_s | x_t, x_0), >= 0: equation 7 of Ho et al. (2020), for any s < t."""
    return (1 - abar_before) / (1 - abar) * (1 - abar / abar_before)


def steps_back(abar: NDArray[np.float64], count: int, eta: float) -> list[Step]:
    """Return `count` steps from T = len(abar) down to 0, at integer times, evenly spaced up to rounding.

    `eta` in [0, 1] scales the fresh noise, from none to that of the posterior (Song et al., equation 16).
    The last step adds none, and with count = T and eta = 1 the steps are those of Ho et al. (2020).
    """
    times = np.linspace(len(abar), 0, count + 1).round().astype(int)
    before = np.concatenate([[1.0], abar])
    steps = []
    for time, earlier in zip(times[:-1].tolist(), times[1:].tolist(), strict=True):
        levels = float(before[time]), float(before[earlier])
        steps.append(Step(time, *levels, eta * math.sqrt(posterior_variance(*levels))))
    return steps
