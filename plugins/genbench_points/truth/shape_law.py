"""Metric `shape-law`: which shapes and sizes the fakes cover, compared with the exact law of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol, runtime_checkable

import numpy as np
from annotated_types import Ge, Gt

from genbench import Samples, Score, Undefined
from genbench_points.truth.shape_fits import FAMILIES, Fit, best_fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = ["ShapeLaw", "shape_law", "uniform_distance"]

_LEAST_POINTS = 16  # fewer points are near several kinds of shapes by chance
_FARTHEST = 0.5  # distance of the uniform law on [0, 1] from one that is always 0 or always 1
_DIMENSIONS = 3  # of all shapes that are known


@runtime_checkable
class ShapeLaw(Protocol):
    """A law of shapes, equally frequent by kind, with independent uniform sizes; `shapes-world` has one."""

    @property
    def kinds(self) -> Mapping[str, Mapping[str, tuple[float, float]]]:
        """The kinds of shapes, each with the range of each of its sizes."""


def shape_law(
    fake: Samples,
    truth: ShapeLaw | None,
    *,
    tolerance: Annotated[float, Gt(0)] = 0.03,
    bins: Annotated[int, Ge(1)] = 10,
) -> dict[str, Score]:
    """Return how far fakes are from the shapes of the law, and how their kinds and sizes follow it.

    The nearest shape of the law is fitted to each cloud by least squares: its misfit is the root of the mean
    squared distance of its points to the surface. A cloud is of the kind of this shape if the misfit is at
    most `tolerance`, else of none.

        shape-misfit    mean misfit of the clouds, >= 0; lower is better
        shape-shares    total variation of the shares of kinds, none included, from the law, in [0, 1]; lower
        shape-coverage  share of the bins of all sizes in which at least one cloud is, in [0, 1]; higher
        shape-sizes     mean over sizes of the Wasserstein distance, as a share of the range, from the uniform
                        law, in [0, 0.5]; lower. A size of a kind without clouds counts 0.5, the largest

    fake       clouds of 3 dimensions, each of at least 16 points
    truth      the law that the data were drawn from
    tolerance  in the coordinates of the data
    bins       for each size of each kind, all equally wide

    Shapes of the law have a misfit of 0, also where points are on a part of the surface only. Coverage
    depends on n: `expected` in the extra is what n draws of the law have on average, exactly. Shares and
    sizes are biased upwards at small n. Raises Undefined if the law is unknown, for other dimensions, and for
    clouds of fewer points.

    Source: Gander et al. 1994, doi:10.1007/BF01934268, on fits by least squares; Vallender 1974,
    doi:10.1137/1118101, on distances of laws on the line.
    """
    kinds = _require_law(truth).kinds
    fits = [best_fit(cloud.astype(np.float64), kinds) for cloud in _check_clouds(fake)]
    places = _places([fit for fit in fits if fit.misfit <= tolerance], kinds)
    return {
        "shape-misfit": Score(float(np.mean([fit.misfit for fit in fits]))),
        "shape-shares": _shares(fits, kinds, tolerance),
        "shape-coverage": _coverage(places, bins, len(kinds), len(fits)),
        "shape-sizes": _sizes(places),
    }


def uniform_distance(places: Reals) -> float:
    """Return the Wasserstein distance of at least one number of [0, 1] from the uniform law, in [0, 0.5].

    It is the integral over p of |quantile(p) - p|, which each number x contributes to from a to b, its ranks
    as shares: ((x - a) |x - a| + (b - x) |b - x|) / 2.
    """
    ranks = np.arange(len(places) + 1) / len(places)
    left, right = np.sort(places) - ranks[:-1], ranks[1:] - np.sort(places)
    return float(np.sum(left * np.abs(left) + right * np.abs(right)) / 2)


def _require_law(truth: ShapeLaw | None) -> ShapeLaw:
    if not isinstance(truth, ShapeLaw):
        raise Undefined(
            "the law of this dataset is unknown; expected shapes of known sizes, as shapes-world has"
        )
    if unknown := sorted(set(truth.kinds) - set(FAMILIES)):
        raise Undefined(f"the law has shapes of the kind {unknown[0]!r}; expected {', '.join(FAMILIES)}")
    return truth


def _check_clouds(fake: Samples) -> list[NDArray[np.float32]]:
    if fake.space.shape != (_DIMENSIONS,):
        raise Undefined(f"clouds have {fake.space.shape[0]} dimensions; expected 3")
    few, least = int(fake.data.lengths.argmin()), int(fake.data.lengths.min())
    if least < _LEAST_POINTS:
        raise Undefined(
            f"cloud {few} of the fakes has {least} points; expected at least {_LEAST_POINTS}, since fewer "
            f"fit a shape by chance"
        )
    return list(fake.data)


def _places(fits: list[Fit], kinds: Mapping[str, Mapping[str, tuple[float, float]]]) -> dict[str, Reals]:
    """Return where the sizes are in their ranges, from 0 to 1, by kind and size."""
    found = {}
    for kind, ranges in kinds.items():
        for name, (low, high) in ranges.items():
            sizes = np.array([fit.sizes[name] for fit in fits if fit.kind == kind], np.float64)
            found[f"{kind} {name}"] = (sizes - low) / (high - low)
    return found


def _shares(fits: list[Fit], kinds: Mapping[str, object], tolerance: float) -> Score:
    given = [fit.kind if fit.misfit <= tolerance else "none" for fit in fits]
    shares = {kind: given.count(kind) / len(given) for kind in (*kinds, "none")}
    apart = sum(abs(shares[kind] - 1 / len(kinds)) for kind in kinds) + shares["none"]
    return Score(apart / 2, extra=shares)


def _coverage(places: dict[str, Reals], bins: int, kinds: int, n: int) -> Score:
    found = {
        name: len(np.unique((values * bins).astype(int).clip(max=bins - 1))) / bins
        for name, values in places.items()
    }
    expected = 1 - (1 - 1 / (kinds * bins)) ** n
    return Score(float(np.mean(list(found.values()))), extra={"expected": expected, **found})


def _sizes(places: dict[str, Reals]) -> Score:
    found = {name: uniform_distance(values) if len(values) else _FARTHEST for name, values in places.items()}
    return Score(float(np.mean(list(found.values()))), extra=found)
