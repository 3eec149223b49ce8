"""Alpha-precision and beta-recall, as synthcity computes them on rows without an embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["alpha_precision", "closest_points", "distances_to"]

_PAIRS = 2**21  # in memory at once: 16 MB


_LEVELS = 30  # synthcity's


def alpha_precision(real: NDArray[Any], fake: NDArray[Any]) -> dict[str, Score]:
    """Return `alpha-precision` and `beta-recall` of `fake`, both in [0, 1]; higher is better.

        1 - sum over levels a of |a - curve(a)| / sum of a,    a = 0, 1/29, ..., 1

        alpha-precision  curve(a): the share of fakes in the ball around the mean of real that holds the
                         share a of real rows
        beta-recall      curve(a): the share of real rows whose closest fake is at most as far as their
                         closest other real row, and is in the ball around the mean of fake that holds the
                         share a of these closest fakes

    real, fake  (n, d) and (m, d) features, float32 or float64; computed in float64

    Only distances to one centre count in alpha-precision, and no direction: fakes on a sphere can score 1.
    beta-recall of fresh rows is near 0.5, since the closest of as many fresh rows is closer than the closest
    real row half of the time; only copies of the real rows score near 1. Compare at equal n, and with the
    control `held-out`. The extra of each holds its `curve`, from a = 0 to 1.

    synthcity's third number, authenticity, indexes distances of real rows with numbers of fake rows, and is
    left out: use the metric `authenticity`.

    Raises Invalid for features that are not finite.

    Source: Alaa et al. 2022 (arXiv:2102.08921); synthcity's AlphaPrecision without an embedding
    (its numbers ending in `_naive`, which TabSyn quotes).
    """
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    for side, name in ((real, "real"), (fake, "fake")):
        if not np.isfinite(side).all():
            raise Invalid(
                f"features hold non-finite values, on the side {name}; expected finite numbers from the "
                "extractor"
            )
    levels = np.linspace(0, 1, _LEVELS)
    centre = real.mean(axis=0)
    radii = np.quantile(distances_to(real, centre), levels)
    precision = (distances_to(fake, centre) <= radii[:, None]).mean(axis=1)
    own, _ = closest_points(real)
    found, which = closest_points(real, fake)
    reach = distances_to(fake[which], fake.mean(axis=0))
    is_inside = reach <= np.quantile(reach, levels)[:, None]
    recall = (is_inside & (found <= own)).mean(axis=1)
    return {"alpha-precision": _score(levels, precision), "beta-recall": _score(levels, recall)}


def _score(levels: NDArray[np.float64], curve: NDArray[np.float64]) -> Score:
    value = 1 - np.abs(levels - curve).sum() / levels.sum()
    return Score(float(min(1.0, max(0.0, value))), extra={"curve": curve.tolist()})


# Euclidean distances to closest points, by blocks of bounded memory.


def closest_points(
    x: NDArray[np.float64], y: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (n,) the distance of each row of x (n, d) to its closest row of y (m, d), and which that is.

    Without y, to its closest other row of x. Distances are exact: only the choice among rows that are equally
    close up to rounding is by |a|^2 + |b|^2 - 2 a.b.
    """
    other = x if y is None else y
    centre = other.mean(axis=0)
    a, b = x - centre, other - centre
    norms = np.einsum("ij,ij->i", b, b)
    which = np.empty(len(x), np.intp)
    step = max(1, _PAIRS // len(other))
    for first in range(0, len(x), step):
        rows = np.arange(first, min(first + step, len(x)))
        squares = norms - 2 * (a[rows] @ b.T)
        if y is None:
            squares[rows - first, rows] = np.inf
        which[rows] = squares.argmin(axis=1)
    return np.sqrt(np.square(x - other[which]).sum(axis=1)), which


def distances_to(x: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) the distances of the rows of x (n, d) to a point (d,)."""
    distances: NDArray[np.float64] = np.sqrt(np.square(x - point).sum(axis=1))
    return distances
