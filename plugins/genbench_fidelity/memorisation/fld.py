"""Feature likelihood divergence (FLD): likelihood of unseen real samples under Gaussians at the fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Undefined
from genbench_fidelity.memorisation.mixture import fit_bandwidths, mean_nll
from genbench_fidelity.numeric.arrays import features, require, slices
from genbench_fidelity.numeric.clusters import different_rows
from genbench_fidelity.numeric.standardised import Rows, Standard, spread, squared_distances, standard

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fld"]


def fld(
    real: NDArray[Any],
    fake: NDArray[Any],
    train: NDArray[Any],
    *,
    gaussians: Annotated[int, Ge(1)] = 10_000,
    rng: np.random.Generator,
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
    baseline, _ = _fitted(Rows(train, order[:half]), Rows(train, order[half:]), to, real)
    nll, seen = _fitted(fake, Rows(train, order), to, real)
    return {
        "fld": Score(100 * (nll - baseline), extra={"nll": nll, "baseline": baseline}),
        "fld-gap": Score(100 * (seen - nll), extra={"train": seen, "real": nll}),
    }


def _fitted(
    centres: NDArray[Any] | Rows, rows: Rows, to: Standard, unseen: NDArray[Any]
) -> tuple[float, float]:
    """Return L of `unseen` and of `rows`, under Gaussians at `centres` that are fitted to `rows`."""
    d = unseen.shape[1]
    squares = squared_distances(rows, centres, to)
    logs = fit_bandwidths(squares, spread(rows, to), d)
    parts = [unseen[part] for part in slices(len(unseen))]
    sums = [len(part) * mean_nll(squared_distances(part, centres, to), logs, d) for part in parts]
    return sum(sums) / len(unseen), mean_nll(squares, logs, d)
