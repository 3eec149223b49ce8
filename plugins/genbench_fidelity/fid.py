"""Fréchet distance between the Gaussians that have the means and covariances of two sets of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_fidelity.arrays import features, mean, require, slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fid"]

# Error that the fast route may have, as a share of tr(S_r) + tr(S_g); above it the slower one is taken.
_TOLERANCE = 1e-9


def fid(real: NDArray[Any], fake: NDArray[Any]) -> float:
    """Return the Fréchet distance (FID) of `fake` from `real`, >= 0; lower is better, 0 for equal moments.

        |mu_r - mu_g|^2 + tr(S_r + S_g - 2 (S_r S_g)^(1/2)),    S with divisor n - 1

    real, fake  (n, d) features, float32 or float64, at least 2 rows each; computed in float64

    Biased upwards by about c / n, where c grows like d^2: compare at equal n only. A copy of the real data
    scores best. Raises Undefined for fewer than 2 rows and Invalid for features that are not finite.

    No matrix square root is taken, since that fails or loses half of the digits where a covariance is
    singular: tr (S_r S_g)^(1/2) is the nuclear norm of A B^T, where A^T A = S_r and B^T B = S_g; which is the
    sum of the roots of the eigenvalues of the symmetric L^T S_g L, where L L^T = S_r.

    Source: Heusel et al. 2017 (arXiv:1706.08500), eq. 6; Dowson & Landau 1982 for the distance.
    """
    real, fake = features(real=real, fake=fake)
    require(2, "a covariance", real=real, fake=fake)
    mu_r, mu_g = mean(real), mean(fake)
    traces = _trace(real, mu_r) + _trace(fake, mu_g)
    root = _root_trace(real, mu_r, fake, mu_g, _TOLERANCE * traces)
    return max(0.0, float((mu_r - mu_g) @ (mu_r - mu_g)) + traces - 2 * root)


def _trace(x: NDArray[Any], mu: NDArray[np.float64]) -> float:
    return float(sum(np.square(x[rows] - mu).sum() for rows in slices(len(x)))) / (len(x) - 1)


def _root_trace(
    x: NDArray[Any], mu_x: NDArray[np.float64], y: NDArray[Any], mu_y: NDArray[np.float64], tolerance: float
) -> float:
    """Return tr (S_x S_y)^(1/2), with an error below `tolerance` or the least that float64 allows."""
    if min(len(x), len(y)) > x.shape[1]:
        found = _by_eigenvalues(_covariance(x, mu_x), _covariance(y, mu_y), tolerance)
        if found is not None:
            return found
    return float(np.linalg.svdvals(_factor(x, mu_x) @ _factor(y, mu_y).T).sum())


def _by_eigenvalues(s_x: NDArray[np.float64], s_y: NDArray[np.float64], tolerance: float) -> float | None:
    """Return the sum of the roots of the eigenvalues of L^T S_y L; None if rounding could pass `tolerance`.

    An eigenvalue w is right to eps times the largest, its root therefore to eps * largest / sqrt(w).
    """
    try:
        lower = np.linalg.cholesky(s_x)
    except np.linalg.LinAlgError:
        return None
    values = np.linalg.eigvalsh(lower.T @ s_y @ lower)
    noise = np.finfo(np.float64).eps * values[-1]
    if noise <= 0 or float((noise / np.sqrt(np.maximum(values, noise))).sum()) > tolerance:
        return None
    return float(np.sqrt(np.maximum(values, 0)).sum())


def _covariance(x: NDArray[Any], mu: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros((len(mu), len(mu)))
    for rows in slices(len(x)):
        centred = x[rows] - mu
        total += centred.T @ centred
    return total / (len(x) - 1)


def _factor(x: NDArray[Any], mu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return A (min(n, d), d) with A^T A = S: the centred rows, or R of their QR, taken block by block."""
    scale = np.sqrt(len(x) - 1)
    if len(x) <= len(mu):
        return np.asarray((x - mu) / scale)
    factor = np.zeros((0, len(mu)))
    for rows in slices(len(x)):
        stacked = np.concatenate([factor, (x[rows] - mu) / scale])
        factor = np.asarray(np.linalg.qr(stacked, mode="r"))
    return factor
