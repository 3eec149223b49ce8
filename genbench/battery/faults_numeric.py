"""Damage to single samples of numbers: noise and blur."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench.core.samples import Samples

__all__ = ["blurred", "noisy"]


def noisy(samples: Samples, sigma: float, rng: np.random.Generator) -> Samples:
    """Return samples with Gaussian noise of standard deviation `sigma` times the range of values.

    The range is that of the space, or of the data where the space has none. Values are clipped to the space
    and keep their dtype; integers are rounded.
    """
    data, low, high = samples.data, samples.space.low, samples.space.high
    span = float(np.ptp(data)) if low is None or high is None else high - low
    moved = data + rng.standard_normal(data.shape, dtype=np.float32) * np.float32(sigma * span)
    return replace(samples, data=_fitting(moved, data.dtype, low, high))


def blurred(samples: Samples, sigma: float) -> Samples:
    """Return images under a Gaussian of standard deviation `sigma` pixels, edges reflected, and rounded."""
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(samples.data.astype(np.float32), sigma=(0, sigma, sigma, 0))
    return replace(samples, data=_fitting(soft, samples.data.dtype, samples.space.low, samples.space.high))


def _fitting(data: NDArray[Any], dtype: np.dtype[Any], low: float | None, high: float | None) -> NDArray[Any]:
    if dtype.kind in "iu":
        data = data.round()
    if low is not None or high is not None:
        data = np.clip(data, low, high)
    return data.astype(dtype)
