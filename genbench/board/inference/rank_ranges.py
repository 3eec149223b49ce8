"""Ranges of ranks: which ranks of a row the runs at several seeds leave possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.board.inference.welch import find_p_values, fit_spreads
from genbench.board.ranking import LEAST_RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["adjust_by_holm", "holm", "interval_ranges", "rank_ranges"]


def rank_ranges(
    losses: Mapping[str, float], runs: Mapping[str, Sequence[float]], *, alpha: float = 0.05
) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest rank of each row with `runs`, 1 the best; {} under three runs.

    losses  the loss by which each row is ranked; lower is better
    runs    by row, the values of its runs, one per seed. Two rows differ in the means of their runs as in
            their losses, up to the sign. Rows whose runs show no spread, since all have the same samples, are
            left out: they get no range, and no other row is better or worse than they are

    A row's range goes from 1 + the number of rows that are significantly better to the number of rows less
    those that are significantly worse, by Welch's tests (see welch), with Holm's correction for the row's own
    comparisons. This is a marginal confidence set for its rank (Mogstad, Romano, Shaikh and Wilhelm,
    doi:10.1093/restud/rdad006): it holds the rank of the true mean with a probability of about 1 - alpha.
    The range holds the rank that the losses give.
    """
    rows = [row for row in losses if row in runs]
    if not rows or len(runs[rows[0]]) < LEAST_RUNS:
        return {}
    p = find_p_values(fit_spreads([runs[row] for row in rows]))  # (rows, rows)
    values = np.array([losses[row] for row in rows])
    better, worse = values[None, :] < values[:, None], values[None, :] > values[:, None]
    np.fill_diagonal(p, np.inf)  # a row is not tested against itself
    significant = holm(p, alpha)
    low = 1 + (significant & better).sum(axis=1)
    high = len(losses) - (significant & worse).sum(axis=1)
    return {row: (int(least), int(most)) for row, least, most in zip(rows, low, high, strict=True)}


def interval_ranges(
    losses: Mapping[str, float], ends: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest rank of each row whose loss has an interval, 1 the best.

    losses  the loss by which each row is ranked; lower is better
    ends    by row, the ends of the interval of its loss; rows without one get no range

    A row is better than another if its whole interval is, which is stricter than a test of the difference at
    the level of the intervals (Schenker and Gentleman 2001, doi:10.1198/000313001317097960). The range holds
    the rank that the losses give.
    """
    ranges = {}
    for row, (low, high) in ends.items():
        others = [interval for name, interval in ends.items() if name != row]
        better = sum(other_high < low for _, other_high in others)
        worse = sum(other_low > high for other_low, _ in others)
        rank = 1 + sum(other < losses[row] for other in losses.values())
        ranges[row] = min(rank, 1 + better), max(rank, len(losses) - worse)
    return ranges


def holm(p: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Return which p-values of each line are significant by Holm's step-down method at level `alpha`.

    p  (lines, tests); an infinite one is no test
    """
    order = np.argsort(p, axis=-1, kind="stable")
    tests = np.isfinite(p).sum(axis=-1, keepdims=True)
    tests_left = np.maximum(tests - np.arange(p.shape[-1]), 1)  # at each step; 1 where no test is left
    below = np.take_along_axis(p, order, axis=-1) <= alpha / tests_left
    significant = np.zeros(p.shape, dtype=bool)
    # the first p-value that is not significant ends the steps
    np.put_along_axis(significant, order, np.logical_and.accumulate(below, axis=-1), axis=-1)
    return significant


def adjust_by_holm(p: Sequence[float | None]) -> list[float | None]:
    """Return p-values corrected for their number by Holm's method: at most alpha where `holm` is true.

    None is no test, and stays None.
    """
    corrected = list(p)
    tests = sorted((value, position) for position, value in enumerate(p) if value is not None)
    greatest = 0.0
    for done, (value, position) in enumerate(tests):  # the smallest first
        # the order of the p-values stays: a corrected one is at least the one before
        greatest = max(greatest, min(1.0, (len(tests) - done) * value))
        corrected[position] = greatest
    return corrected
