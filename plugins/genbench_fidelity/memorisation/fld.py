"""Feature likelihood divergence (FLD): likelihood of unseen real samples under Gaussians at the fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Steps, Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, require, slices
from genbench_fidelity.numeric.clusters import different_rows
from genbench_fidelity.numeric.standardised import Rows, Standard, spread, squared_distances, standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["PASS_WORK", "fit_bandwidths", "fit_work", "fld", "mean_nll"]

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


def fld(
    real: NDArray[Any],
    fake: NDArray[Any],
    train: NDArray[Any],
    *,
    gaussians: Annotated[int, Ge(1)] = 10_000,
    rng: np.random.Generator,
    log: Log = no_log,
) -> dict[str, Score]:
    """Return `fld` (lower is better) and `fld-gap` (neither direction is better).

        fld      100 (L(real; fake) - L(real; half of train))
        fld-gap  100 (L(train; fake) - L(real; fake))
        L(x; g)  mean over x of -log p(x) / d,    p = 1/m sum_j N(g_j, s_j I),    s_j fitted to train

    real, fake, train  (n, d), (m, d) and (l, d) features, float32 or float64; `real` is unseen in training.
                       Computed in units of the standard deviation (divisor n - 1) of each column of `real`;
                       a column with one value there keeps its unit
    gaussians          largest number of fakes that get a Gaussian, drawn without replacement

    fld is about 0 for fresh samples, and below 0 with more fakes than half of `train`, the Gaussians of the
    baseline. It is larger for fakes that miss the distribution, and largest for copies of `train`, whose s_j
    shrink: 1e2 to 1e5, and up to 1e16 for exact copies, where the value only means that s_j fell until the
    fit ended. (For exact copies the authors' code gives about 1e8, because the rounding of its float32
    distances stops s_j.) fld-gap is slightly negative for fresh samples and strongly negative for copies;
    noise comes nearest to 0, so it is not ranked. fld falls as m grows. It depends on how `train` is halved:
    at 300 standard normal rows a side and d = 8, the standard deviation over halvings is 0.5 to 0.8. The
    extras hold the likelihoods, nats per dimension: `nll` and `baseline`; `train` and `real`.

    Raises Undefined for fewer than 2 rows of `real` or different ones of `train`, or no fake one, and Invalid
    for features that are not finite.

    Source: Jiralerspong et al. 2023 (arXiv:2302.04440), sec. 3; the fit of s_j is that of the authors'
    marcojira/fld.
    """
    real, fake, train = features(real=real, fake=fake, train=train)
    require(2, "fld", real=real, train=train)
    require(1, "fld", fake=fake)
    if different_rows(train, at_least=2) == 1:
        raise Undefined("fld needs at least 2 different training samples; all are equal")
    if len(fake) > gaussians:
        fake = fake[np.sort(rng.choice(len(fake), gaussians, replace=False))]
    to, order = standard(real), rng.permutation(len(train))
    half = min(len(fake), len(train) // 2)
    one, other, every = Rows(train, order[:half]), Rows(train, order[half:]), Rows(train, order)
    first, second = log_parts(log, sum(_works(one, other, real)), sum(_works(fake, every, real)))
    baseline, _ = _fit_likelihoods(one, other, to, real, first)
    nll, seen = _fit_likelihoods(fake, every, to, real, second)
    return {
        "fld": Score(100 * (nll - baseline), extra={"nll": nll, "baseline": baseline}),
        "fld-gap": Score(100 * (seen - nll), extra={"train": seen, "real": nll}),
    }


def _works(centres: NDArray[Any] | Rows, rows: Rows, unseen: NDArray[Any]) -> tuple[int, int, int]:
    """Return the work of distances, of the fit and of the likelihoods in `_fit_likelihoods`."""
    m, n, (unseen_n, d) = len(centres), len(rows), unseen.shape
    return n * m * d, fit_work(n, m), unseen_n * m * (d + PASS_WORK)


def _fit_likelihoods(
    centres: NDArray[Any] | Rows, rows: Rows, to: Standard, unseen: NDArray[Any], log: Log
) -> tuple[float, float]:
    """Return L of `unseen` and of `rows`, under Gaussians at `centres` that are fitted to `rows`."""
    first, second, third = log_parts(log, *_works(centres, rows, unseen))
    d = unseen.shape[1]
    squares = squared_distances(rows, centres, to, log=first)
    logs = fit_bandwidths(squares, spread(rows, to), d, log=second)
    parts = [unseen[part] for part in slices(len(unseen))]
    likelihoods = Steps(third, len(parts)).over(parts)
    sums = [len(part) * mean_nll(squared_distances(part, centres, to), logs, d) for part in likelihoods]
    return sum(sums) / len(unseen), mean_nll(squares, logs, d)


# Mixtures of isotropic Gaussians, each with its own bandwidth, fitted to other rows by gradient steps.
#
#     p(x) = 1/m sum_j N(x; c_j, s_j I)
#
# All functions take squared distances (n, m) between rows and centres, which the caller keeps.


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
