"""Mixtures of isotropic Gaussians, each with its own bandwidth, fitted to other rows by gradient steps.

    p(x) = 1/m sum_j N(x; c_j, s_j I)

All functions take squared distances (n, m) between rows and centres, which the caller keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Steps, no_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["PASS_WORK", "fit_bandwidths", "fit_work", "mean_nll"]

#: Time of a pair in a pass, in multiplications of a matrix product: about that of an exponential.
PASS_WORK = 250

# The fit of the authors (marcojira/fld): Adam at this rate, rows in batches, at most this many passes.
_RATE = 0.5
_BATCH = 10_000
_PASSES = 50

# The authors stop once the last five losses, nats per dimension, differ from the newest by less than this.
_SETTLED = 5e-4
_LAST = 5

# The authors' bounds of log s, and an offset that keeps its initial value finite for copies.
_LEAST, _MOST = -40.0, 40.0
_OFFSET = 1e-3

# Values in a temporary array: 1 MB, which a core's cache holds.
_CHUNK = 2**17


@dataclass(frozen=True, eq=False)
class _Moments:
    """Adam's running means (m,) of gradients and of their squares, after `steps` steps."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    steps: int = 0

    def after(self, gradient: NDArray[np.float64]) -> _Moments:
        first = 0.9 * self.first + 0.1 * gradient
        second = 0.999 * self.second + 0.001 * gradient**2
        return _Moments(first, second, self.steps + 1)

    def step(self) -> NDArray[np.float64]:
        first = self.first / (1 - 0.9**self.steps)
        second = self.second / (1 - 0.999**self.steps)
        return np.asarray(_RATE * first / (np.sqrt(second) + 1e-8))


def fit_bandwidths(
    squares: NDArray[Any], spread: NDArray[np.float64], d: int, log: Log = no_log
) -> NDArray[np.float64]:
    """Return (m,) log s_j, fitted to the mean log-likelihood of n rows of d dimensions.

    squares  (n, m) squared distances of the rows to the centres, with the rows in random order
    spread   (n,) squared distances of the rows to their mean

    During the fit the mixture has one more component, N(0.9 (x - mean); 0, s_0 I) with weight 1, so that the
    likelihood of no row vanishes. Each s_j starts as the squared distance to the nearest row, divided by d.
    log s stays in [-40, 40]. `log` is told of each pass over the rows.
    """
    logs = np.append(np.log((_nearest(squares) + _OFFSET) / d), 0.0)
    moments = _Moments(np.zeros(len(logs)), np.zeros(len(logs)))
    losses: list[float] = []
    steps = Steps(log, _PASSES)
    while len(losses) < _PASSES and not _is_settled(losses):
        batches = []
        for first in range(0, len(squares), _BATCH):
            rows = slice(first, first + _BATCH)
            loss, gradient = _loss(squares[rows], 0.81 * spread[rows], logs, d)
            moments = moments.after(gradient)
            logs = logs - moments.step()
            logs[:-1] = np.clip(logs[:-1], _LEAST, _MOST)
            batches.append(loss)
        losses.append(float(np.mean(batches)))
        steps.add()
    return logs[:-1]


def fit_work(n: int, m: int) -> int:
    """Return the most work of a fit of m bandwidths to n rows, in multiplications of a matrix product."""
    return _PASSES * PASS_WORK * n * m


def mean_nll(squares: NDArray[Any], logs: NDArray[np.float64], d: int) -> float:
    """Return the mean negative log-likelihood of n rows, nats per dimension, from their (n, m) `squares`."""
    total = 0.0
    weights = np.full(len(logs), -np.log(len(logs)))
    for rows in _rows(squares):
        total += float(_likelihoods(squares[rows], logs, weights, d)[0].sum())
    return -total / (len(squares) * d)


def _nearest(squares: NDArray[Any]) -> NDArray[np.float64]:
    nearest = np.full(squares.shape[1], np.inf)
    for rows in _rows(squares):
        np.minimum(nearest, squares[rows].min(axis=0), out=nearest)
    return nearest


def _is_settled(losses: list[float]) -> bool:
    if len(losses) < _LAST + 2:
        return False
    return max(abs(losses[-1] - loss) for loss in losses[-_LAST:]) < _SETTLED


def _loss(
    squares: NDArray[Any], spread: NDArray[np.float64], logs: NDArray[np.float64], d: int
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean negative log-likelihood, nats per dimension, and its gradient (m + 1,) in `logs`.

    With r_ij the responsibility of component j for row i, it is sum_i r_ij (d - D_ij / s_j) / 2 n d.
    """
    n, m = squares.shape
    weights = np.append(np.full(m, -np.log(m)), 0.0)
    loss, shares, weighted = 0.0, np.zeros(m + 1), np.zeros(m + 1)
    for rows in _rows(squares):
        every = np.column_stack([squares[rows], spread[rows]])
        found, parts, scale = _likelihoods(every, logs, weights, d)
        loss -= float(found.sum())
        shares += scale @ parts
        parts *= every
        weighted += scale @ parts
    gradient = (shares * d / 2 - weighted / (2 * np.exp(logs))) / (n * d)
    return loss / (n * d), gradient


def _likelihoods(
    squares: NDArray[Any], logs: NDArray[np.float64], weights: NDArray[np.float64], d: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (r,) log-likelihoods, and (r, k) and (r,) whose product are the components' responsibilities.

    weights  (k,) logarithms
    """
    parts = squares * (-0.5 * np.exp(-logs))
    parts += weights - d / 2 * (logs + np.log(2 * np.pi))
    most = parts.max(axis=1)
    parts -= most[:, None]
    np.exp(parts, out=parts)
    total = parts.sum(axis=1)
    return most + np.log(total), parts, 1 / total


def _rows(squares: NDArray[Any]) -> Iterator[slice]:
    step = max(1, _CHUNK // squares.shape[1])
    for first in range(0, len(squares), step):
        yield slice(first, first + step)
