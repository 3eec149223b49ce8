"""Metric `voxel-jsd`: the Jensen-Shannon divergence of where points are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt, Le

from genbench import Ragged, Samples, Score, Steps, Undefined, log_parts, no_log
from genbench_points.set_metrics.clouds import Normalise, Protocol, prepare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["voxel_jsd"]

_MOST_DIMENSIONS = 3  # a grid of more has too many cells
_POINTS = 65_536  # whose cells are looked up at once
_MOST_OUTSIDE = 0.01  # share of points outside of the grid without a warning

#: The side of each protocol's grid: Luo and Hu compute theirs on clouds in [-1, 1] with a side of 1.
_SIDES: dict[Protocol, float] = {"pointflow": 1.0, "shapegf": 2.0, "latent-diffusion": 1.0}


def voxel_jsd(
    real: Samples,
    fake: Samples,
    *,
    protocol: Protocol = "pointflow",
    normalise: Normalise | None = None,
    resolution: Annotated[int, Ge(2), Le(128)] = 28,
    side: Annotated[float, Gt(0)] | None = None,
    in_sphere: bool = True,
    log: Log = no_log,
) -> Score:
    """Return the Jensen-Shannon divergence of points over the cells of a grid, in bits, in [0, 1].

        JSD = H((p + q) / 2) - (H(p) + H(q)) / 2,  p and q: shares of all real and all fake points by cell

    Lower is better.

    real, fake  clouds of 1, 2 or 3 dimensions; a cloud counts by its points
    protocol, normalise  as in `chamfer`; the side of the grid is 1 with "pointflow" and "latent-diffusion",
                and 2 with "shapegf"
    resolution  cells along each axis; their centres are at both ends and evenly between
    side        length of the grid's axes, around the origin; None: the protocol's
    in_sphere   leave out cells whose centres are beyond side / 2 from the origin

    Each point counts for the cell with the nearest centre, so that points outside of the grid count at its
    border. The extra has the share of points that are outside, and a warning if it is above 1 %: with
    `in_sphere` and a protocol that normalises clouds to its grid, these are outside of the sphere alone. The
    divergence sees where points are, but not which belong to one cloud: clouds that mix points of all shapes
    score as well as real ones. It is biased upwards for few points. Raises Undefined for a cloud without
    points, or of more than 3 dimensions.

    Source: Achlioptas et al. 2018 (arXiv:1707.02392), sec. 2; Yang et al. 2019 (arXiv:1906.12320), eq. 11.
    """
    left, right = prepare(real, fake, protocol=protocol, normalise=normalise)
    dimensions = left.values.shape[1]
    if dimensions > _MOST_DIMENSIONS:
        raise Undefined(f"clouds have {dimensions} dimensions; a grid takes at most {_MOST_DIMENSIONS}")
    length = _SIDES[protocol] if side is None else side
    centres = _centres(resolution, length, dimensions, in_sphere=in_sphere)
    logs = log_parts(log, len(left.values), len(right.values))
    shares = [_shares(clouds, centres, part) for clouds, part in zip((left, right), logs, strict=True)]
    apart = _entropy((shares[0] + shares[1]) / 2) - (_entropy(shares[0]) + _entropy(shares[1])) / 2
    reach = length / 2 * (1 + 1 / (resolution - 1))  # half a cell beyond the outermost centres
    share = _outside([left, right], reach, in_sphere=in_sphere)
    fits = protocol != "pointflow" and normalise is None and side is None
    return Score(min(max(apart, 0.0), 1.0), extra={"outside": share, **_caution(share, fits=fits)})


def _centres(resolution: int, side: float, dimensions: int, *, in_sphere: bool) -> NDArray[np.float64]:
    """Return the (cells, d) centres of the grid."""
    axis = np.linspace(-side / 2, side / 2, resolution)
    grid = np.stack(np.meshgrid(*[axis] * dimensions, indexing="ij"), axis=-1).reshape(-1, dimensions)
    inside = np.linalg.norm(grid, axis=1) <= side / 2
    return grid[inside] if in_sphere and inside.any() else grid


def _shares(clouds: Ragged, centres: NDArray[np.float64], log: Log) -> NDArray[np.float64]:
    """Return the share of points by cell, (cells,) float64."""
    from scipy.spatial import KDTree

    tree, counts = KDTree(centres), np.zeros(len(centres), np.int64)
    starts = range(0, len(clouds.values), _POINTS)
    for start in Steps(log, len(starts)).over(starts):
        cells = tree.query(clouds.values[start : start + _POINTS])[1]
        counts += np.bincount(cells, minlength=len(centres))
    return counts / len(clouds.values)


def _entropy(shares: NDArray[np.float64]) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


def _outside(sides: list[Ragged], reach: float, *, in_sphere: bool) -> float:
    """Return the larger share of points beyond the grid."""
    order = 2 if in_sphere else np.inf
    return max(float((np.linalg.norm(clouds.values, ord=order, axis=1) > reach).mean()) for clouds in sides)


def _caution(share: float, *, fits: bool) -> dict[str, str]:
    """Return a warning if the share of points outside is large.

    fits  whether the cube of the grid holds all points, so that these are outside of the sphere alone
    """
    if share <= _MOST_OUTSIDE:
        return {}
    where = "grid: set side, or normalise"
    if fits:
        where = "sphere to which in_sphere = true limits the grid, and count at its border"
    return {"warning": f"{share:.0%} of the points of a side are outside of the {where}"}
