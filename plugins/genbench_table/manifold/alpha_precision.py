"""Alpha-precision and beta-recall, as synthcity computes them on rows without an embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid, Score, Undefined
from genbench_table.manifold.closest_points import closest_points, distances_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["alpha_precision"]

_LEVELS = 30  # synthcity's
_LEAST = 2  # rows, for the closest other one


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

    Raises Undefined if a side has fewer than 2 rows, and Invalid for features that are not finite.

    Source: Alaa et al. 2022 (arXiv:2102.08921); synthcity's AlphaPrecision without an embedding
    (its numbers ending in `_naive`, which TabSyn quotes).
    """
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    for side, name in ((real, "real"), (fake, "fake")):
        if len(side) < _LEAST:
            raise Undefined(f"alpha-precision needs at least {_LEAST} samples; {name} has {len(side)}")
        if not np.isfinite(side).all():
            raise Invalid(f"features hold non-finite values, on the side {name}")
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
