"""Data-copying test C_T: distances of fakes and of unseen real samples to the training samples, by cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Steps, Undefined, log_parts, no_log
from genbench_fidelity.numeric.arrays import features, log_slices, mean, require, slices
from genbench_fidelity.numeric.clusters import cell_of, centres
from genbench_fidelity.numeric.neighbours import kth_nearest
from genbench_fidelity.numeric.work import covariance, eigenvalues, pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["copying_test", "over_cells", "principal", "rank_z"]

# As dgm-eval partitions.
_STARTS = 10

# Passes of a start of k-means over the rows, about: they only tell how long it takes.
_PASSES = 20


def copying_test(
    real: NDArray[Any],
    fake: NDArray[Any],
    train: NDArray[Any],
    *,
    cells: Annotated[int, Ge(1)] = 3,
    dimensions: Annotated[int, Ge(1)] = 64,
    min_fakes: Annotated[int, Ge(0)] = 20,
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return C_T of the copying test; fresh samples have mean 0, and neither direction is better.

        C_T = sum_c w_c z_c / sum_c w_c,    w_c the share of `real` in cell c
        z_c = (U_c - (n m / 2 - 1/2)) / sqrt(n m (n + m + 1) / 12)

    U_c is the Mann-Whitney statistic of cell c: of its m fakes and n real samples, the pairs in which the
    fake is farther from the nearest training sample of the cell than the real one is; ties count as half.

    real, fake, train  (n, d), (m, d) and (l, d) features, float32 or float64; `real` is unseen in training
    cells              of a k-means on `train`, the best of 10 starts
    dimensions         features beyond so many are first projected on so many principal components of `train`
    min_fakes          a cell counts if it has more fakes than this, and a real sample

    Copies score far below 0 (under about -3). Fakes that are farther from the training data than real samples
    are, above all noise, score far above 0. For a fixed fault the value grows with the square root of n. With
    one cell, a change in the shares of classes looks like copying. Cells without fakes do not count, so the
    test does not see missing modes. The extra holds `cells`: for each, [fakes, real samples, training
    samples, z or null].

    Raises Undefined if a side is empty, no cell counts, or `train` has fewer different rows than cells, and
    Invalid for features that are not finite.

    Source: Meehan et al. 2020 (arXiv:2004.05675), sec. 3; cells, projection and 20 fakes as in Stein et al.
    2023 (arXiv:2306.04675), dgm-eval.
    """
    real, fake, train = features(real=real, fake=fake, train=train)
    require(1, "c-t", real=real, fake=fake, train=train)
    is_wide, d = train.shape[1] > dimensions, min(train.shape[1], dimensions)
    first, second, third = log_parts(
        log,
        covariance(train) + eigenvalues(train.shape[1]) if is_wide else 0,
        _STARTS * _PASSES * len(train) * cells * d,
        (pairs(real, train) + pairs(fake, train)) / cells,
    )
    if is_wide:
        real, fake, train = principal(train, dimensions, real, fake, train, log=first)
    middles = centres(train, cells, starts=_STARTS, rng=rng, log=second)
    where = (cell_of(real, middles), cell_of(fake, middles), cell_of(train, middles))
    return over_cells(real, fake, train, where, min_fakes=min_fakes, log=third)


def over_cells(
    real: NDArray[Any],
    fake: NDArray[Any],
    train: NDArray[Any],
    where: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    *,
    min_fakes: int,
    log: Log = no_log,
) -> Score:
    """Return C_T over given cells; everything else is as in `copying_test`.

    where  the cell numbers (n,), (m,) and (l,) of the rows of real, fake and train
    """
    every = int(np.concatenate(where).max()) + 1
    rows = [tuple(side[at == cell] for side, at in zip((real, fake, train), where, strict=True))
            for cell in range(every)]  # fmt: skip
    steps = Steps(log, every)
    found = [_cell(*sides, min_fakes=min_fakes) for sides in steps.over(rows)]
    counts = [[len(b), len(a), len(c), z] for (a, b, c), z in zip(rows, found, strict=True)]
    counted = [(len(sides[0]), z) for sides, z in zip(rows, found, strict=True) if z is not None]
    if not counted:
        raise Undefined(
            f"no cell has more than {min_fakes} fakes beside real and training samples; fakes in the "
            f"{every} cells: {[row[0] for row in counts]}: raise n, or lower cells or min_fakes"
        )
    weight = sum(n for n, _ in counted)
    return Score(sum(n * z for n, z in counted) / weight, extra={"cells": counts})


def rank_z(fake: NDArray[np.float64], real: NDArray[np.float64]) -> float:
    """Return z of the Mann-Whitney U of `fake` (m,) over `real` (n,), as in `copying_test`; m, n >= 1."""
    m, n = len(fake), len(real)
    ordered = np.sort(real)
    # Twice U: real ones below each fake, and those below or equal.
    twice = int(np.searchsorted(ordered, fake, "left").sum() + np.searchsorted(ordered, fake, "right").sum())
    return (twice / 2 - (n * m / 2 - 0.5)) / math.sqrt(n * m * (n + m + 1) / 12)


def _cell(real: NDArray[Any], fake: NDArray[Any], train: NDArray[Any], *, min_fakes: int) -> float | None:
    """Return z of one cell's rows, or None if it does not count."""
    if len(fake) <= min_fakes or not len(real) or not len(train):
        return None
    return rank_z(kth_nearest(fake, train, 1)[0], kth_nearest(real, train, 1)[0])


# Projection onto principal components.


def principal(x: NDArray[Any], k: int, *sides: NDArray[Any], log: Log = no_log) -> list[NDArray[np.float64]]:
    """Return `sides` (m, d), centred by the mean of x, projected onto the first k principal components of x.

    x is (n, d) and k <= d; the arrays are (m, k) float64. The sign of a component is arbitrary.
    """
    from scipy.linalg import eigh

    first, second = log_parts(log, covariance(x), eigenvalues(x.shape[1]))
    centre, d = mean(x), x.shape[1]
    scatter = np.zeros((d, d))
    for rows in log_slices(len(x), first):
        block = x[rows] - centre
        scatter += block.T @ block
    axes = eigh(scatter, subset_by_index=[d - k, d - 1])[1][:, ::-1]
    second(1, 1)
    return [np.concatenate([(side[rows] - centre) @ axes for rows in slices(len(side))]) for side in sides]
