"""Fréchet distance between two sets of features (FID)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench import Moments, Score, log_parts, no_log
from genbench_fidelity.distances.gaussians import Gaussian, caution_of_rank, check, frechet_distance
from genbench_fidelity.numeric.arrays import require
from genbench_fidelity.numeric.work import covariance, eigenvalues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["fid", "score_fid"]


def score_fid(real: NDArray[Any] | Moments, fake: NDArray[Any], *, log: Log = no_log) -> float | Score:
    """Return `fid`, with a `warning` in the extra if a side has no more rows than columns."""
    value, caution = fid(real, fake, log=log), caution_of_rank(real, fake)
    return Score(value, extra=caution) if caution else value


def fid(real: NDArray[Any] | Moments, fake: NDArray[Any], *, log: Log = no_log) -> float:
    """Return the Fréchet distance (FID) of `fake` from `real`, >= 0; lower is better, 0 for equal moments.

        |mu_r - mu_g|^2 + tr(S_r + S_g - 2 (S_r S_g)^(1/2)),    S with divisor n - 1

    real, fake  (n, d) features, float32 or float64, at least 2 rows each; computed in float64. `real` may be
                the moments of features

    Biased upwards by about c / n, where c grows like d^2: compare at equal n only. Copies of the real data
    score best. Raises Undefined for fewer than 2 rows and Invalid for features that are not finite.

    The computation needs no matrix square root, which fails or loses half of its digits where a covariance is
    singular; see `frechet_distance`.

    Source: Heusel et al. 2017 (arXiv:1706.08500), eq. 6; Dowson & Landau 1982 for the distance.
    """
    real, fake = check(real, fake)
    require(2, "a covariance", fake=fake)
    first, second, last = log_parts(log, covariance(real), covariance(fake), eigenvalues(min(fake.shape)))
    value = frechet_distance(Gaussian.of(real, log=first), Gaussian.of(fake, log=second))
    last(1, 1)
    return value
