"""Metric `mauve`: area under the divergence curve of two histograms over clusters of features."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import Invalid, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["area", "histograms", "mauve"]

# The mixture weights of Pillutla et al.: 25 in (0, 1), a millionth away from both ends.
_WEIGHTS = np.linspace(1e-6, 1 - 1e-6, 25)
_VARIANCE = 0.9  # that the principal components keep
_STARTS, _ITERATIONS = 5, 500  # of k-means


def mauve(
    real: NDArray[Any], fake: NDArray[Any], *, buckets: Annotated[int, Ge(2)] | None = None,
    scaling: Annotated[float, Gt(0)] = 5.0, rng: np.random.Generator,
) -> Score:  # fmt: skip
    """Return the MAUVE score of `fake` against `real`, in (0, 1]; higher is better, 1 for equal histograms.

        area under the curve  ( exp(-c KL(Q|R)), exp(-c KL(P|R)) ),    R = w P + (1 - w) Q,  0 < w < 1

        P, Q  shares of real and of fake rows in each cluster of k-means on both sides together, after rows
              are scaled to length 1 and projected on the principal components that keep 90 % of the variance

    real, fake  (n, d) and (m, d) features, float32 or float64; computed in float64
    buckets     clusters; None: a tenth of the smaller side, as in the paper
    scaling     c

    The curve has 25 weights from 1e-6 to 1 - 1e-6, and the end points (0, 1) and (1, 0). The score is biased
    below 1 for equal distributions: a cluster has about ten rows of a side, and their number differs by
    chance. 300 to 600 standard normal rows a side scored 0.92 to 0.99 (d = 8, 64 and 256). k-means has 5
    random starts from `rng`, which add variance: for 500 rows a side of two distributions, this alone moved
    0.56 by 0.05. The paper uses 5,000 rows a side. Compare only at equal n, extractor and buckets. The extra
    has `buckets`, and `star`, the score of histograms with 1/2 added in each cluster, which is less biased.

    It depends on the features: with an extractor that ignores the order of words, shuffled words score like
    sentences. Copies of training samples score like held-out ones. A zero row stays zero. Raises
    Invalid for features that are not finite, or differ in width.

    Source: Pillutla et al. 2021 (arXiv:2102.01454); `star`: Pillutla et al. 2023 (arXiv:2212.14578), the
    estimator of Krichevsky and Trofimov.
    """
    real, fake = _directions(real), _directions(fake)
    if real.shape[1] != fake.shape[1]:
        raise Invalid(f"expected features of one width, got {real.shape[1]} and {fake.shape[1]}")
    count = buckets or max(2, round(min(len(real), len(fake)) / 10))
    p, q = histograms(real, fake, count, rng)
    smooth = (p + 0.5) / (p + 0.5).sum(), (q + 0.5) / (q + 0.5).sum()
    star = area(*smooth, scaling)
    return Score(area(p / p.sum(), q / q.sum(), scaling), extra={"buckets": len(p), "star": star})


def area(p: NDArray[np.float64], q: NDArray[np.float64], scaling: float) -> float:
    """Return the area under the divergence curve of two histograms (k,) of sum 1, in (0, 1]."""
    points = [(0.0, 1.0), (1.0, 0.0)]
    for weight in _WEIGHTS:
        mixed = weight * p + (1 - weight) * q
        points.append((np.exp(-scaling * _kl(q, mixed)), np.exp(-scaling * _kl(p, mixed))))
    x, y = np.array(sorted(points, key=lambda point: (point[0], -point[1]))).T
    return float(np.trapezoid(y, x))


def histograms(
    real: NDArray[np.float64], fake: NDArray[np.float64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the counts of each side's rows in at most `count` joint clusters, (k,) each."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    rows = _project(np.concatenate([real, fake]))
    seed = int(rng.integers(2**31))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # equal rows leave empty clusters, which have a count of 0
        means = KMeans(min(count, len(rows)), n_init=_STARTS, max_iter=_ITERATIONS, random_state=seed)
        cluster = means.fit_predict(rows)
    p, q = (np.bincount(side, minlength=count) for side in np.split(cluster, [len(real)]))
    return p.astype(np.float64), q.astype(np.float64)


def _project(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows (n, d) on the fewest principal components that keep 90 % of their variance."""
    from scipy.linalg import eigh

    rows = rows - rows.mean(axis=0)
    is_wide = rows.shape[1] > len(rows)
    values, vectors = eigh(rows @ rows.T if is_wide else rows.T @ rows)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    k = int(np.searchsorted(np.cumsum(values), _VARIANCE * values.sum())) + 1
    return np.asarray(vectors[:, :k] * np.sqrt(values[:k]) if is_wide else rows @ vectors[:, :k])


def _directions(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rows of x (n, d) scaled to length 1, except zero rows; raise Invalid if not finite."""
    rows = np.asarray(x, np.float64)
    if rows.ndim != 2 or 0 in rows.shape:  # noqa: PLR2004 - rows and columns
        raise Invalid(f"expected features of shape (n, d), got {rows.shape}")
    if not np.isfinite(rows).all():
        raise Invalid(
            f"features have {np.count_nonzero(~np.isfinite(rows))} non-finite values; expected finite "
            "numbers from the extractor"
        )
    largest = np.abs(rows).max(axis=1, keepdims=True)
    rows = rows / np.where(largest > 0, largest, 1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1))


def _kl(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Return the divergence of p from q, nats; q is positive where p is."""
    held = p > 0
    return max(0.0, float((p[held] * np.log(p[held] / q[held])).sum()))
