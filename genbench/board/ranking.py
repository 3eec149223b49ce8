"""Intervals over seeds, ranks within a column, and mean win rates over columns."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING

from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ALPHA", "FAILED", "LEAST_RUNS", "NO_LOSS", "column_ranks", "interval", "loss", "mean_votes",
    "mean_win_rates", "ranks", "round_number", "win_rates",
]  # fmt: skip

#: The fewest runs of a row from which a range follows: two say next to nothing about a spread.
LEAST_RUNS = 3

#: The level of all tests, which is that of the 95 % intervals beside them.
ALPHA = 0.05

#: Placeholders for a loss in a column: of a row that failed, and of one that takes no part in it, since it
#: was skipped there or has not run.
FAILED = math.inf
NO_LOSS = None

_DIGITS = 12  # significant digits of a loss; float64 has 15, and sums over many samples lose some


def interval(
    values: Sequence[float], bounds: tuple[float | None, float | None] = (None, None), level: float = 0.95
) -> tuple[float, float | None, float | None]:
    """Return the mean of `values` and both ends of its t-interval within `bounds`; None under two values.

    half-width = t(level, k - 1) · s / sqrt(k), with s the standard deviation of k values (divisor k - 1).
    Mean and s come from exact sums and are rounded once: the order of the values does not matter, and equal
    values have an interval of width 0. An end beyond a bound is cut to the bound: the true mean is never
    beyond it, so the interval contains the mean as often as without bounds.
    """
    mean, k = statistics.mean(values), len(values)
    if k < 2:  # noqa: PLR2004 - a spread needs two
        return mean, None, None
    from scipy.special import stdtrit

    half = float(stdtrit(k - 1, (1 + level) / 2)) * statistics.stdev(values) / math.sqrt(k)
    least, greatest = bounds
    low = mean - half if least is None else max(mean - half, least)
    high = mean + half if greatest is None else min(mean + half, greatest)
    return mean, low, high


def loss(value: float, direction: str, best: float | None) -> float:
    """Return `value` as a loss, where lower is better: for "target", its distance from `best`.

    A loss has 12 significant digits, so that rounding errors decide no rank. Raises ValueError for a metric
    that is not ranked.
    """
    if direction == "lower":
        return round_number(value)
    if direction == "higher":
        return round_number(-value)
    if direction == "target" and best is not None:
        return round_number(abs(value - best))
    raise ValueError(f"a metric of direction {direction!r} is not ranked")


def round_number(value: float) -> float:
    """Return `value` rounded to 12 significant digits, so that rounding errors decide no comparison."""
    return float(f"{value:.{_DIGITS}g}")


def ranks(losses: Mapping[str, float]) -> dict[str, int]:
    """Return the rank of each loss, 1 the lowest; equal losses share the better rank."""
    return {key: 1 + sum(other < value for other in losses.values()) for key, value in losses.items()}


def column_ranks(column: Mapping[str, float | None]) -> dict[str, int]:
    """Return the ranks of the rows that have a loss in a column: one metric of several rows.

    FAILED rows count as participants and get no rank, rows with NO_LOSS do not count. A column with fewer
    than two participants has no ranks.
    """
    participants = {key: value for key, value in column.items() if value is not None}
    if len(participants) < 2:  # noqa: PLR2004 - a rank needs a competitor
        return {}
    return ranks({key: value for key, value in participants.items() if value != FAILED})


def win_rates(column: Mapping[str, Sequence[float] | None]) -> dict[str, tuple[Fraction, ...]]:
    """Return the win rate of each run in this column: the share of all other runs that it beats, in [0, 1].

        (beaten + ties / 2) / (runs - 1)

    column  by row, the loss of each of its runs, or one loss, of its mean over runs; FAILED for each run
            of a row that failed, NO_LOSS for a row that takes no part

    With one loss a row, this is the win rate of HELM (Liang et al. 2022, arXiv:2211.09110). With more, the
    mean rate of a row is the probability that one of its runs beats a run of another row (Mann and Whitney
    1947). A FAILED run has win rate 0 and is beaten by every run with a loss, so a failure never improves a
    rank. A row with NO_LOSS is no participant. A column with no loss or fewer than two participants gives {}.
    """
    participants = {key: losses for key, losses in column.items() if losses is not None}
    every = sorted(loss for losses in participants.values() for loss in losses)  # the losses of all runs
    if len(participants) < 2 or all(loss == FAILED for loss in every):  # noqa: PLR2004 - a win needs a rival
        return {}
    return {key: tuple(_win_rate(loss, every) for loss in losses) for key, losses in participants.items()}


def mean_win_rates(
    columns: Sequence[Mapping[str, Sequence[float] | None]],
) -> dict[str, tuple[Fraction, ...]]:
    """Return the win rate of each row's runs, averaged over the columns that give it one.

    A row without any is absent. The runs of a row are in the same order in each column, so its first win rate
    is the mean of the first ones in the columns. Fractions keep ties exact in any order of the columns.
    """
    return _average_rates(pair for column in columns for pair in win_rates(column).items())


def mean_votes(
    aspects: Sequence[Sequence[Mapping[str, Sequence[float] | None]]],
) -> dict[str, tuple[Fraction, ...]]:
    """Return the mean over aspects of each row's mean win rates: each aspect has one vote.

    aspects  the columns of each, as `mean_win_rates` takes them
    """
    return _average_rates(pair for columns in aspects for pair in mean_win_rates(columns).items())


def _average_rates(rates: Iterable[tuple[str, tuple[Fraction, ...]]]) -> dict[str, tuple[Fraction, ...]]:
    """Return the mean rates of each row's runs, from pairs of a row and the rates of its runs."""
    return {
        key: tuple(sum(run, Fraction(0)) / len(run) for run in zip(*of_row, strict=True))
        for key, of_row in group_pairs(rates).items()
    }


def _win_rate(run_loss: float, every: Sequence[float]) -> Fraction:
    """Return the share of the other runs that a run beats, a tie for half, given its loss; 0 if it failed.

    every  the losses of all runs, of which it is one, sorted
    """
    if run_loss == FAILED:
        return Fraction(0)
    least, most = bisect_left(every, run_loss), bisect_right(every, run_loss)
    beaten, ties = len(every) - most, most - least - 1  # the run itself is no tie
    return Fraction(2 * beaten + ties, 2 * (len(every) - 1))
