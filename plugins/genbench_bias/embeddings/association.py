"""Effect sizes and permutation tests for differences of association in an embedding."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from genbench import Invalid, Undefined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["EXACT", "Chance", "associations", "chance", "effect_size"]

#: Maximum number of partitions for an exact test; above it, partitions are sampled.
EXACT = 100_000

# Relative to a sum: reordering the terms changes it by less.
_ROUNDING = 1e-12


class Chance(NamedTuple):
    """The share of partitions whose statistic is at least the observed one, with ties.

    error       standard error of that share if partitions are sampled, 0 if the test is exact
    partitions  number of partitions evaluated
    """

    p: float
    error: float
    partitions: int
    is_exact: bool


def associations(targets: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> Floats:
    """Return the (n,) mean cosine of targets (n, d) with `first` (a, d), less that with `second` (b, d).

    Raises Invalid unless all rows are finite and of one width, Undefined if a row is 0 and has no direction.
    """
    rows, near, far = (_directions(array) for array in (targets, first, second))
    if not rows.shape[1] == near.shape[1] == far.shape[1]:
        raise Invalid(
            f"expected vectors of one width, got {rows.shape[1]}, {near.shape[1]} and {far.shape[1]}"
        )
    return np.asarray((rows @ near.T).mean(axis=1) - (rows @ far.T).mean(axis=1))


def effect_size(x: Floats, y: Floats) -> float:
    """Return (mean x - mean y) / sd of both (divisor n - 1), for (n,) and (m,) associations, in (-2, 2).

    Raises Undefined where all are equal.
    """
    both = np.concatenate([x, y])
    spread = float(both.std(ddof=1))
    if spread <= _ROUNDING * float(np.abs(both).max()):
        raise Undefined("all targets have the same association with both sets of attributes: no scale")
    return float(x.mean() - y.mean()) / spread


def chance(x: Floats, y: Floats, *, partitions: int, rng: np.random.Generator) -> Chance:
    """Return the p-value of sum x - sum y in a permutation test of the two sets.

    x, y        (n,) associations each
    partitions  number to sample if there are more than EXACT, without replacement, with the observed one

    Source: Caliskan et al. 2017, doi:10.1126/science.aal4230; one-sided and with ties, as in sent-bias.
    """
    both, size = np.concatenate([x, y]), len(x)
    total = math.comb(len(both), size)
    is_exact = total <= EXACT
    chosen = (
        list(itertools.combinations(range(len(both)), size))
        if is_exact
        else _drawn(len(both), size, partitions, rng)
    )
    # sum x - sum y = 2 sum x - (sum of both), so it depends on sum x alone
    sums = both[np.array(chosen)].sum(axis=1)
    p = float((sums >= x.sum() - _ROUNDING * np.abs(both).sum()).mean())
    error = 0.0 if is_exact else math.sqrt(p * (1 - p) / len(chosen) * (1 - len(chosen) / total))
    return Chance(p, error, len(chosen), is_exact)


def _drawn(n: int, size: int, count: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return `count` distinct subsets of range(n) of `size` elements, including the first `size`."""
    chosen = dict.fromkeys([tuple(range(size))])
    while len(chosen) < count:
        chosen[tuple(np.sort(rng.choice(n, size, replace=False)).tolist())] = None
    return list(chosen)


def _directions(array: NDArray[Any]) -> Floats:
    """Return the rows of an array, normalised to length 1."""
    rows = np.asarray(array)
    if rows.ndim != 2 or rows.dtype.kind not in "fiu" or not np.isfinite(rows).all():  # noqa: PLR2004 - (n, d)
        raise Invalid(f"expected finite vectors (n, d), got {rows.dtype} {rows.shape}")
    rows = rows.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    unknown = int((lengths == 0).sum())
    if unknown:
        raise Undefined(
            f"the extractor returns the zero vector, without a direction, for {unknown} of {len(rows)} texts"
        )
    return np.asarray(rows / lengths[:, None])
