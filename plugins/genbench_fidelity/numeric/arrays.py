"""Checks of the arrays that metrics take and of the values that they return, and reading in blocks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Invalid, Steps, Undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Log

__all__ = [
    "BLOCK", "LARGEST", "SMALLEST", "at_least", "classes", "features", "finite", "log_slices", "mean",
    "require", "slices",
]  # fmt: skip

#: Rows in a block: a product of two blocks is 8 MB in float64, and large enough for BLAS to run at its peak.
BLOCK = 1024

#: Largest magnitude of features: the sixth power, which kid's kernel takes, and its sums stay inside float64.
LARGEST = 1e45

#: Smallest magnitude of the largest feature: the square of its last bit is still a normal number of float64.
SMALLEST = 1e-138

# Rows of float32 probabilities over 1,008 classes sum to 1 within about 1e-4.
_SUM_TOLERANCE = 1e-3


def at_least(bound: float, value: float) -> float:
    """Return `value`, or `bound` if rounding made it smaller; raise Undefined if it is not finite."""
    if not math.isfinite(value):
        raise Undefined(f"the computation overflows and ends at {value}; scale the features")
    return max(bound, value)


def features(**sides: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return the arrays of `sides` as `finite` does.

    Also raises Undefined if a value exceeds LARGEST, or if no side reaches SMALLEST, unless all values are 0.
    """
    arrays, reach = _read(sides)
    for side, most in reach.items():
        if most > LARGEST:
            raise Undefined(
                f"features reach {most:.3g} on the side {side}, and powers of numbers above {LARGEST:g} "
                f"overflow; scale the features"
            )
    if 0 < max(reach.values()) < SMALLEST:
        raise Undefined(
            f"no feature exceeds {max(reach.values()):.3g}, and squares of differences between numbers below "
            f"{SMALLEST:g} underflow; scale the features"
        )
    return arrays


def finite(**sides: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return the arrays (n, d) of `sides`: float32 and float64 unchanged, other types as float64.

    Nothing is copied, so memory-mapped arrays stay on disk. Raises Invalid if an array does not have two axes
    and at least one column, if it holds NaN or infinity, or if the widths of the sides differ.
    """
    return _read(sides)[0]


def classes(**sides: NDArray[Any]) -> tuple[NDArray[np.float64], ...]:
    """Return the class probabilities (n, K) of `sides` as float64.

    Raises Invalid as `finite` does, and unless every row is non-negative and sums to 1.
    """
    arrays = finite(**sides)
    for side, array in zip(sides, arrays, strict=True):
        sums = np.sum(array, axis=1, dtype=np.float64)
        if len(array) and (array.min() < 0 or np.abs(sums - 1).max() > _SUM_TOLERANCE):
            raise Invalid(
                f"expected probabilities for {side}, rows that are >= 0 and sum to 1; got values from "
                f"{array.min():.6g} and sums in [{sums.min():.6g}, {sums.max():.6g}]: apply softmax to logits"
            )
    return tuple(np.asarray(array, dtype=np.float64) for array in arrays)


def mean(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean row (d,) of x (n, d), summed in float64."""
    return np.asarray(np.mean(x, axis=0, dtype=np.float64))


def require(least: int, why: str, **sides: NDArray[Any]) -> None:
    """Raise Undefined, naming both numbers, unless each of `sides` has at least `least` rows."""
    short = {side: len(array) for side, array in sides.items() if len(array) < least}
    if short:
        got = " and ".join(f"{side} has {count}" for side, count in short.items())
        raise Undefined(f"{why} needs at least {least} samples; {got}")


def slices(n: int, start: int = 0) -> Iterator[slice]:
    """Yield slices of at most BLOCK rows that cover `start` to `n`."""
    for first in range(start, n, BLOCK):
        yield slice(first, min(first + BLOCK, n))


def log_slices(n: int, log: Log) -> Iterator[slice]:
    """Yield the slices of `slices`, and tell `log` of each when the next one is asked for."""
    return Steps(log, -(-n // BLOCK)).over(slices(n))


def _read(sides: dict[str, NDArray[Any]]) -> tuple[tuple[NDArray[Any], ...], dict[str, float]]:
    """Return the arrays as `finite` does, and the largest magnitude of each side; raises the same errors."""
    arrays = {side: _floats(array) for side, array in sides.items()}
    reach = {}
    for side, array in arrays.items():
        if array.ndim != 2 or array.shape[1] == 0:  # noqa: PLR2004 - rows and columns
            raise Invalid(f"expected features of shape (n, d) for {side}, got {array.shape}")
        reach[side] = _reach(array)
        if not math.isfinite(reach[side]):
            wrong = sum(int(np.count_nonzero(~np.isfinite(array[rows]))) for rows in slices(len(array)))
            raise Invalid(
                f"features hold {wrong} non-finite values, on the side {side}; expected finite numbers "
                "from the extractor"
            )
    widths = {side: array.shape[1] for side, array in arrays.items()}
    if len(set(widths.values())) > 1:
        raise Invalid(f"expected features of one width on all sides, got {widths}")
    return tuple(arrays.values()), reach


def _reach(array: NDArray[Any]) -> float:
    """Return the largest magnitude: NaN if any value is NaN, 0 without rows."""
    ends = [(part.min(), part.max()) for part in (array[rows] for rows in slices(len(array)))]
    return float(np.abs(ends).max(initial=0))


def _floats(array: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(array)
    if array.dtype.kind not in "fiub":
        raise Invalid(f"expected features that are real numbers, got {array.dtype}")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
