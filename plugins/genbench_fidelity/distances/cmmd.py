"""CMMD: maximum mean discrepancy of CLIP embeddings under a Gaussian kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Gt

from genbench import Steps, Undefined, no_log
from genbench_fidelity.numeric.arrays import at_least, features, require, slices
from genbench_fidelity.numeric.work import block_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["cmmd"]

# The paper's: its values are small otherwise.
_SCALE = 1000


def cmmd(
    real: NDArray[Any],
    fake: NDArray[Any],
    *,
    sigma: Annotated[float, Gt(0)] = 10.0,
    normalise: bool = True,
    log: Log = no_log,
) -> float:
    """Return the CLIP maximum mean discrepancy (CMMD) of `fake` from `real`, >= 0; lower is better.

        1000 (mean k(x, x') + mean k(y, y') - 2 mean k(x, y)),    k = exp(-|x - y|^2 / (2 sigma^2))

    real, fake  (n, d) features, float32 or float64; computed in float64
    sigma       the kernel's bandwidth
    normalise   divide each row by its length first, as the paper does

    Pairs of a row with itself count, so this is the biased estimate of the squared discrepancy: 0 for
    identical sets, and 1000 (1/n + 1/m) (1 - E k) on average for equal distributions. Compare at equal n
    only. Rows of length 1 are close together relative to a bandwidth of 10. So the value is in [0, 40) and
    close to 10 times the squared distance between the two means: it sees little else. Copies of the real data
    score best.

    The paper calls its estimator unbiased. Its code, whose values are quoted, computes this biased one, in
    float32, with errors of about 1e-3.

    Raises Undefined for fewer than 2 rows on a side, because one row has a pair with itself only, or where a
    row to be normalised is zero; raises Invalid for features that are not finite.

    Source: Jayasumana et al. 2024 (arXiv:2401.09603), sec. 4.
    """
    real, fake = features(real=real, fake=fake)
    require(2, "cmmd", real=real, fake=fake)
    x, y = _Rows.of(real, normalise), _Rows.of(fake, normalise)
    centre = x.mean()
    x, y = x.centre_rows(centre), y.centre_rows(centre)
    n, m = len(real), len(fake)
    within = sum(block_count(side, side, upper_only=True) for side in (n, m))
    steps = Steps(log, within + block_count(n, m))
    excess = sum(_mean_excess(side, side, sigma, steps) for side in (x, y))
    return at_least(0.0, _SCALE * (excess - 2 * _mean_excess(x, y, sigma, steps)))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows x (n, d), each divided by its length (n, 1), less `centre` (d,)."""

    x: NDArray[Any]
    lengths: NDArray[np.float64]
    centre: NDArray[np.float64]

    @classmethod
    def of(cls, x: NDArray[Any], normalise: bool) -> _Rows:
        lengths = np.ones((len(x), 1))
        if normalise:
            for part in slices(len(x)):
                lengths[part] = np.linalg.norm(np.asarray(x[part], np.float64), axis=1, keepdims=True)
        if not lengths.all():
            zeros = np.count_nonzero(lengths == 0)
            raise Undefined(
                f"{zeros} rows of features are zero and cannot be normalised; name another extractor"
            )
        return cls(x, lengths, np.zeros(x.shape[1]))

    def centre_rows(self, centre: NDArray[np.float64]) -> _Rows:
        return _Rows(self.x, self.lengths, centre)

    def part(self, part: slice) -> NDArray[np.float64]:
        rows: NDArray[np.float64] = self.x[part] / self.lengths[part] - self.centre
        return rows

    def mean(self) -> NDArray[np.float64]:
        total = sum(self.part(part).sum(axis=0) for part in slices(len(self.x)))
        return np.asarray(total / len(self.x))


def _mean_excess(x: _Rows, y: _Rows, sigma: float, steps: Steps) -> float:
    """Return the mean of k - 1 over all pairs; the difference from 1 keeps the digits that k would lose."""
    total = 0.0
    for rows in slices(len(x.x)):
        a = x.part(rows)
        for cols in steps.over(slices(len(y.x), start=rows.start if x is y else 0)):
            is_diagonal = x is y and rows == cols
            excess = _excess(a, a if is_diagonal else y.part(cols), sigma)
            total += excess if is_diagonal or x is not y else 2 * excess
    return total / (len(x.x) * len(y.x))


def _excess(a: NDArray[np.float64], b: NDArray[np.float64], sigma: float) -> float:
    """Return the sum of exp(-|a - b|^2 / (2 sigma^2)) - 1 over the pairs of rows."""
    squares = a @ b.T
    squares *= -2
    squares += np.einsum("ij,ij->i", a, a)[:, None]
    squares += np.einsum("ij,ij->i", b, b)
    np.maximum(squares, 0, out=squares)
    with np.errstate(over="ignore"):  # beyond all bandwidths the kernel is 0
        squares /= sigma
        squares /= -2 * sigma
    return float(np.expm1(squares, out=squares).sum())
