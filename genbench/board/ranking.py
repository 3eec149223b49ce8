"""The arithmetic of a board: intervals over seeds, ranks in a column, and mean win rates over columns."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FAILED", "SKIPPED", "column_ranks", "interval", "loss", "mean_win_rates", "ranks", "win_rates"]

#: What stands in a column in place of a loss: no value because of a failure, and no value by definition.
FAILED = math.inf
SKIPPED = None

_DIGITS = 12  # of a loss; float64 has 15, of which sums over many samples lose some


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float | None]:
    """Return the mean of `values` and the half-width of its t-interval, >= 0, or None under two values.

    half-width = t(level, k - 1) · s / sqrt(k), with s the standard deviation of k values (divisor k - 1).
    Mean and s are rounded once, from exact sums: the order of the values does not matter, and equal values
    have an interval of no width.
    """
    mean, k = statistics.mean(values), len(values)
    if k < 2:  # noqa: PLR2004 - a spread needs two
        return mean, None
    from scipy.special import stdtrit

    return mean, float(stdtrit(k - 1, (1 + level) / 2)) * statistics.stdev(values) / math.sqrt(k)


def loss(value: float, direction: str, best: float | None) -> float:
    """Return `value` turned so that lower is better: for "target", its distance from `best`.

    It has 12 significant digits, so that no rank is decided by rounding.
    """
    if direction == "lower":
        turned = value
    elif direction == "higher":
        turned = -value
    elif direction == "target" and best is not None:
        turned = abs(value - best)
    else:
        raise ValueError(f"a metric of direction {direction!r} is not ranked")
    return float(f"{turned:.{_DIGITS}g}")


def ranks(losses: Mapping[str, float]) -> dict[str, int]:
    """Return the rank of each loss, 1 the lowest; equal losses share the better rank."""
    return {key: 1 + sum(other < own for other in losses.values()) for key, own in losses.items()}


def column_ranks(column: Mapping[str, float | None]) -> dict[str, int]:
    """Return the ranks of the rows that have a loss in this column.

    A column ranks nobody if fewer than two rows take part in it; one that FAILED takes part, one that was
    SKIPPED does not.
    """
    taking_part = {key: own for key, own in column.items() if own is not None}
    if len(taking_part) < 2:  # noqa: PLR2004 - a rank needs somebody to be ranked against
        return {}
    return ranks({key: own for key, own in taking_part.items() if own != FAILED})


def win_rates(column: Mapping[str, float | None]) -> dict[str, Fraction]:
    """Return the share of the other rows that each row beats in this column, ties counted as half, in [0, 1].

        (beaten + ties / 2) / (rows taking part - 1)

    Without failures this is the win rate of HELM (Liang et al. 2022, arXiv:2211.09110). A row that FAILED
    takes part, beats nobody and is beaten by all that have a loss; one that was SKIPPED takes no part. So a
    failure never improves a rank. A column without a loss, or in which fewer than two take part, gives {}.
    """
    losses = [own for own in column.values() if own is not None]
    if len(losses) < 2 or all(own == FAILED for own in losses):  # noqa: PLR2004 - as above
        return {}
    return {key: _win_rate(own, losses) for key, own in column.items() if own is not None}


def mean_win_rates(columns: Sequence[Mapping[str, float | None]]) -> dict[str, Fraction]:
    """Return the mean of each row's win rates over the columns that give it one; a row without one is absent.

    Fractions, so that ties are exact whatever the order of the columns.
    """
    rates: dict[str, list[Fraction]] = {}
    for column in columns:
        for key, rate in win_rates(column).items():
            rates.setdefault(key, []).append(rate)
    return {key: sum(found, Fraction(0)) / len(found) for key, found in rates.items()}


def _win_rate(own: float, losses: Sequence[float]) -> Fraction:
    if own == FAILED:
        return Fraction(0)
    beaten = sum(other > own for other in losses)
    ties = sum(other == own for other in losses) - 1
    return Fraction(2 * beaten + ties, 2 * (len(losses) - 1))
