"""Damage to single samples of numbers: noise and blur."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Ragged
from genbench_modalities.faults.columns import numbers_noisy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["SLIGHT", "blur", "noisy"]

#: Noise that a person would hardly notice, as a share of the range.
SLIGHT = 0.02


def noisy(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return samples with Gaussian noise of standard deviation `level` times the range of values.

    The range is that of the space, or of the data where the space has none. Values are clipped to the space
    and keep their dtype; integers are rounded. In a table, each column of numbers has its own range; raises
    Undefined for one without numbers.
    """
    if real.space.get("columns") is not None:
        return numbers_noisy(real, level, rng)
    data, low, high = real.data, real.space.get("low"), real.space.get("high")
    if isinstance(data, Ragged):
        inner = noisy(replace(real, data=data.values, labels=None), level, rng)
        return replace(real, data=Ragged(inner.data, data.offsets))
    span = float(np.ptp(data)) if low is None or high is None else high - low
    moved = data + rng.standard_normal(data.shape, dtype=np.float32) * np.float32(level * span)
    return replace(real, data=_fitting(moved, data.dtype, low, high))


def blur(real: Samples, level: float) -> Samples:
    """Return images, or the frames of clips, under a Gaussian of standard deviation `level` pixels.

    Edges are reflected and values rounded.
    """
    from scipy.ndimage import gaussian_filter

    data = real.data
    if isinstance(data, Ragged):
        inner = blur(replace(real, data=data.values, labels=None), level)
        return replace(real, data=Ragged(inner.data, data.offsets))
    soft = gaussian_filter(data.astype(np.float32), sigma=(0, level, level, 0))
    low, high = real.space.get("low"), real.space.get("high")
    return replace(real, data=_fitting(soft, data.dtype, low, high))


def _fitting(data: NDArray[Any], dtype: np.dtype[Any], low: float | None, high: float | None) -> NDArray[Any]:
    if dtype.kind in "iu":
        data = data.round()
    if low is not None or high is not None:
        data = np.clip(data, low, high)
    return data.astype(dtype)
