"""Extractor `pixels`: the pixels of an image as a vector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["pixels"]


def pixels() -> Callable[[Samples], dict[str, NDArray[np.float32]]]:
    """Return a function from n images to `features`, (n, height * width * channels) float32 in [0, 1].

    Pixels are in row-major order, the channel fastest. Nothing is fitted.
    """
    return _flatten


def _flatten(samples: Samples) -> dict[str, NDArray[np.float32]]:
    flat = samples.data.reshape(len(samples), math.prod(samples.space.shape))
    return {"features": np.divide(flat, 255, dtype=np.float32)}
