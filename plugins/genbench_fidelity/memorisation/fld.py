"""Feature likelihood divergence (FLD): likelihood of unseen real samples under Gaussians at the fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Steps, Undefined, log_parts, no_log
from genbench_fidelity.memorisation.mixture import PASS_WORK, fit_bandwidths, fit_work, mean_nll
from genbench_fidelity.numeric.arrays import features, require, slices
from genbench_fidelity.numeric.clusters import different_rows
from genbench_fidelity.numeric.standardised import Rows, Standard, spread, squared_distances, standard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["fld"]


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
    baseline, _ = _fitted(one, other, to, real, first)
    nll, seen = _fitted(fake, every, to, real, second)
    return {
        "fld": Score(100 * (nll - baseline), extra={"nll": nll, "baseline": baseline}),
        "fld-gap": Score(100 * (seen - nll), extra={"train": seen, "real": nll}),
    }


def _works(centres: NDArray[Any] | Rows, rows: Rows, unseen: NDArray[Any]) -> tuple[int, int, int]:
    """Return the work of distances, of the fit and of the likelihoods in `_fitted`."""
    m, n, (unseen_n, d) = len(centres), len(rows), unseen.shape
    return n * m * d, fit_work(n, m), unseen_n * m * (d + PASS_WORK)


def _fitted(
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
