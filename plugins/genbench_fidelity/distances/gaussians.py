"""Gaussians with the moments of features, and the Fréchet distance between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Moments, Undefined, no_log
from genbench_fidelity.numeric.arrays import LARGEST, at_least, features, log_slices, mean, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["Gaussian", "caution_of_rank", "check", "frechet_distance"]

# Largest error of a fast method, as a share of tr(S_x) + tr(S_y); above it the next method runs.
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Gaussian:
    """The Gaussian with the mean and covariance (divisor n - 1) of rows (n, d), in float64; n >= 2.

    mean        (d,)
    trace       of the covariance S
    covariance  (d, d) S, its upper triangle only, where n > d or only the moments are known; else None
    rows        (n, d) A with A^T A = S, where `covariance` is None; else (0, d)
    """

    mean: NDArray[np.float64]
    trace: float
    covariance: NDArray[np.float64] | None
    rows: NDArray[np.float64]

    @classmethod
    def of(cls, x: NDArray[Any] | Moments, *, log: Log = no_log) -> Gaussian:
        """Return the Gaussian of x (n, d) or of its moments, reading x in blocks, of which `log` is told.

        Raises Undefined for moments that would overflow.
        """
        if isinstance(x, Moments):
            return cls._of_moments(x)
        mu = mean(x)
        if len(x) <= x.shape[1]:
            rows = (x - mu) / np.sqrt(len(x) - 1)
            return cls(mu, float(np.square(rows).sum()), None, rows)
        covariance = _covariance(x, mu, log)
        return cls(mu, float(np.trace(covariance)), covariance, np.empty((0, len(mu))))

    @classmethod
    def _of_moments(cls, given: Moments) -> Gaussian:
        most = max(float(np.abs(given.mean).max()), float(np.sqrt(np.abs(given.covariance).max())))
        if most > LARGEST:
            raise Undefined(f"the moments of real reach those of features of {most:.3g}; scale the features")
        upper = np.asfortranarray(np.triu(given.covariance))
        return cls(given.mean, float(np.trace(upper)), upper, np.empty((0, len(given.mean))))

    @cached_property
    def root(self) -> NDArray[np.float64]:
        """A (r, d) with A^T A = S."""
        return self.rows if self.covariance is None else _pivoted_cholesky(self.covariance)


def check(real: NDArray[Any] | Moments, fake: NDArray[Any]) -> tuple[NDArray[Any] | Moments, NDArray[Any]]:
    """Return `real`, features (n, d) or their moments, and the features `fake`.

    Raises Undefined for fewer than 2 rows and Invalid for features that are not finite.
    """
    if isinstance(real, Moments):
        (fake,) = features(fake=fake)
        return real, fake
    real, fake = features(real=real, fake=fake)
    require(2, "a covariance", real=real)
    return real, fake


def frechet_distance(x: Gaussian, y: Gaussian) -> float:
    """Return |mu_x - mu_y|^2 + tr(S_x + S_y - 2 (S_x S_y)^(1/2)), >= 0.

    tr (S_x S_y)^(1/2) is the nuclear norm of A B^T, where A^T A = S_x and B^T B = S_y. It is also the sum of
    the roots of the eigenvalues of L^T S_y L, where L L^T = S_x, and of A B^T B A^T. These are faster to
    compute, and are used where rounding cannot cost more than 1e-9 of the traces.
    """
    traces = x.trace + y.trace
    root = _by_covariances(x, y, _TOLERANCE * traces)
    if root is None:
        root = _nuclear_norm(x.root @ y.root.T, _TOLERANCE * traces)
    gap = x.mean - y.mean
    return at_least(0.0, float(gap @ gap) + traces - 2 * root)


def _covariance(x: NDArray[Any], mu: NDArray[np.float64], log: Log) -> NDArray[np.float64]:
    """Return the covariance (d, d) of x; only its upper triangle is written."""
    from scipy.linalg.blas import dsyrk

    total = np.zeros((len(mu), len(mu)), order="F")
    for rows in log_slices(len(x), log):
        total = dsyrk(1.0, (x[rows] - mu).T, beta=1.0, c=total, overwrite_c=True)
    total /= len(x) - 1
    return total


def _by_covariances(x: Gaussian, y: Gaussian, tolerance: float) -> float | None:
    """Return tr (S_x S_y)^(1/2) from the eigenvalues of S_x S_y; None without both, or if S_x is singular."""
    if x.covariance is None or y.covariance is None:
        return None
    import scipy.linalg

    try:
        values = scipy.linalg.eigh(
            y.covariance, x.covariance, type=2, lower=False, eigvals_only=True, check_finite=False
        )
    except np.linalg.LinAlgError:
        return None
    return _sum_of_roots(values, tolerance)


def _nuclear_norm(product: NDArray[np.float64], tolerance: float) -> float:
    if product.size == 0:  # one side does not vary at all
        return 0.0
    short = product if len(product) <= product.shape[1] else product.T
    found = _sum_of_roots(np.linalg.eigvalsh(short @ short.T), tolerance)
    return float(np.linalg.svdvals(product).sum()) if found is None else found


def _sum_of_roots(values: NDArray[Any], tolerance: float) -> float | None:
    """Return the sum of the roots of ascending eigenvalues; None if rounding could exceed `tolerance`.

    The error of an eigenvalue w is eps times the largest one, so that of its root is eps * largest / sqrt(w).
    """
    noise = np.finfo(np.float64).eps * values[-1]
    if noise <= 0 or float((noise / np.sqrt(np.maximum(values, noise))).sum()) > tolerance:
        return None
    return float(np.sqrt(np.maximum(values, 0)).sum())


def _pivoted_cholesky(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return A (r, d) with A^T A = `covariance`, r its rank to d eps of its largest variance."""
    import scipy.linalg

    upper, order, rank, _ = scipy.linalg.lapack.dpstrf(covariance)
    factor = np.zeros((rank, len(covariance)))
    factor[:, order - 1] = np.triu(upper[:rank])
    return factor


def caution_of_rank(real: NDArray[Any] | Moments, fake: NDArray[Any]) -> dict[str, str]:
    """Return the `warning` for the extra of a score if a side has at most as many rows as columns, else {}.

    Its covariance is singular then, and the bias of a Fréchet distance exceeds most differences. Moments that
    do not say their number of rows count as enough.
    """
    n_real = real.n if isinstance(real, Moments) else len(real)
    n, d = len(fake) if n_real is None else min(n_real, len(fake)), fake.shape[1]
    if n > d:
        return {}
    return {
        "warning": f"{n} samples do not determine the covariance of {d} features: the value depends on n "
        "more than on the samples"
    }
