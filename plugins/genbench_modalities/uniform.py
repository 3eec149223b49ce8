"""Uniform draws for noise: values within a range, and lengths as in train."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["offsets_like", "uniform"]


def offsets_like(train: Samples, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the offsets of `n` ragged items whose lengths are drawn from those of train, (n + 1,) int64."""
    return np.concatenate([[0], np.cumsum(rng.choice(train.data.lengths, size=n), dtype=np.int64)])


def uniform(low: Any, high: Any, size: tuple[int, ...], rng: np.random.Generator) -> NDArray[Any]:
    """Return values of the dtype of `low`, uniform between `low` and `high`, which broadcast to `size`."""
    drawn = rng.uniform(low, high, size=size).astype(low.dtype)
    return drawn.clip(low, high)  # rounding to float32 can step over a bound
