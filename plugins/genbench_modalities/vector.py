"""The modality `vector`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.uniform import uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Space

__all__ = ["Vector"]

_AXES = 2  # samples and columns
_DIMENSIONS, _GROUPS = 4, 3  # of the vectors of `example`


class Vector:
    """Vectors (n, d) float32 or float64."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:  # noqa: ARG002 - a vector says all
        """Return floating-point numbers (n, d) as vectors."""
        is_vector = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim == _AXES
        return Samples.of("vector", value) if is_vector else None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return the coordinates as text, with 6 digits each."""
        text = " ".join(f"{value:.6g}" for value in samples.data[number])
        return Rendering("text/plain", text.encode())

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws each coordinate uniformly over its range in train."""
        low, high = train.data.min(axis=0), train.data.max(axis=0)
        return lambda n, rng: uniform(low, high, (n, *low.shape), rng)

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return vectors of 4 numbers in three groups: label g is normal around (3 g, 3 g, 3 g, 3 g)."""
        labels = rng.integers(_GROUPS, size=n)
        return Data(
            Samples.of("vector", rng.normal(3.0 * labels[:, None], 1.0, (n, _DIMENSIONS))), labels=labels
        )
