"""The modality `points`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Ragged, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.uniform import offsets_like, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Space

__all__ = ["Points"]

_SIDE = 256  # pixels of a picture
_DIMENSIONS = (2, 3)
_AXES = 3
_FEWEST, _MOST = 20, 40  # points of a cloud of `example`


class Points:
    """Point clouds: n arrays (points, dimensions) float32."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:  # noqa: ARG002 - clouds have no parameter
        """Return floating-point numbers (n, points, 2 or 3) as clouds."""
        is_cloud = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim == _AXES
        return Samples.of("points", value) if is_cloud and value.shape[2] in _DIMENSIONS else None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return the first two coordinates as a scatter plot in SVG, on one scale for all samples."""
        every, cloud = samples.data.values[:, :2], samples.data[number][:, :2]
        low, span = every.min(axis=0), max(float(np.ptp(every, axis=0).max()), 1e-12)
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{_SIDE - y:.1f}" r="1.5"/>' for x, y in (cloud - low) / span * _SIDE
        )
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {_SIDE + 4} {_SIDE + 4}">'
        return Rendering("image/svg+xml", f"{head}{dots}</svg>".encode())

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws each coordinate uniformly over its range, with numbers of train."""
        low, high = train.data.values.min(axis=0), train.data.values.max(axis=0)

        def draw(n: int, rng: np.random.Generator) -> Ragged:
            offsets = offsets_like(train, n, rng)
            return Ragged(uniform(low, high, (int(offsets[-1]), *low.shape), rng), offsets)

        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return clouds of 20 to 40 points in space, on a sphere or in a ball of radius 1."""
        labels = rng.integers(2, size=n)
        clouds = []
        for label in labels:
            points = rng.normal(size=(rng.integers(_FEWEST, _MOST + 1), _DIMENSIONS[1]))
            points /= np.linalg.norm(points, axis=1, keepdims=True)
            radii = rng.uniform(size=(len(points), 1)) ** (1 / 3) if label else 1.0
            clouds.append((radii * points).astype(np.float32))
        return Data(Samples.of("points", clouds, labels, classes=("sphere", "ball")))
