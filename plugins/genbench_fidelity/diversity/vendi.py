"""Vendi score: effective number of different samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Gt

from genbench import Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import at_least, finite, log_slices, require
from genbench_fidelity.numeric.work import covariance, eigenvalues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["vendi"]

# Closer to 1 than this, Rényi's formula loses more digits than its difference from Shannon's.
_NEAR_ONE = 1e-8


def vendi(
    fake: NDArray[Any], *, q: Annotated[float, Gt(0)] | Literal["inf"] = 1.0, log: Log = no_log
) -> float:
    """Return the Vendi score of `fake`, in [1, min(n, d)]; neither direction is better.

        exp( H_q(w) ),    w the eigenvalues of K / n,  K the cosines between rows,  H_q Rényi's entropy

    fake  (n, d) features, float32 or float64; computed in float64
    q     order of the entropy: 1 is Shannon's; small orders count rare samples, large ones the common ones;
          "inf" (or math.inf) is 1 / the largest eigenvalue

    The value is 1 where all rows have one direction, and n where they are orthogonal. Duplicating all rows
    does not change it. It uses no real data, and noise scores high: compare with real samples at the same n.
    It rises with n and saturates at d. Rows are not centred, so a common offset lowers it. One row scores 1
    by definition, the smallest value. Raises Undefined where a row is zero, because it has no cosine; raises
    Invalid for features that are not finite.

    Source: Friedman & Dieng 2023 (arXiv:2210.02410), def. 3.1; q: Pasarkar & Dieng 2023 (arXiv:2310.12952).
    """
    (fake,) = finite(fake=fake)
    require(1, "vendi", fake=fake)
    first, second = log_parts(log, covariance(fake), eigenvalues(min(fake.shape)))
    weights = np.maximum(np.linalg.eigvalsh(_gram(fake, first)), 0)
    second(1, 1)
    return at_least(1.0, _effective_number(weights / weights.sum(), math.inf if q == "inf" else q))


def _gram(x: NDArray[Any], log: Log) -> NDArray[np.float64]:
    """Return the matrix with the non-zero eigenvalues of the cosines between rows, (n, n) or (d, d)."""
    if len(x) <= x.shape[1]:
        rows = _directions(x)
        return rows @ rows.T
    total = np.zeros((x.shape[1], x.shape[1]))
    for part in log_slices(len(x), log):
        rows = _directions(x[part])
        total += rows.T @ rows
    return total


def _directions(x: NDArray[Any]) -> NDArray[np.float64]:
    rows = np.array(x, dtype=np.float64)
    rows /= np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise Undefined(
            f"{np.count_nonzero(lengths == 0)} rows of features are zero, which have no cosine; name "
            "another extractor"
        )
    return np.asarray(rows / lengths)


def _effective_number(weights: NDArray[np.float64], q: float) -> float:
    noise = len(weights) * np.finfo(np.float64).eps * weights.max()  # what rounding makes of a zero
    weights = weights[weights > noise]
    if math.isinf(q):
        return float(1 / weights.max())
    if abs(q - 1) < _NEAR_ONE:
        return float(np.exp(-(weights * np.log(weights)).sum()))
    largest = weights.max()  # whose share is kept out of the sum, since high powers of all would be 0
    log_sum = q * np.log(largest) + np.log(((weights / largest) ** q).sum())
    return float(np.exp(log_sum / (1 - q)))
