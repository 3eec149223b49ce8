"""Intervals over seeds, ranks within a column, and mean win rates over columns."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FAILED", "SKIPPED", "column_ranks", "interval", "loss", "mean_win_rates", "ranks", "win_rates"]

#: Placeholders for a loss in a column: a failed cell has no value, a skipped one has none by definition.
FAILED = math.inf
SKIPPED = None

_DIGITS = 12  # significant digits of a loss; float64 has 15, and sums over many samples lose some


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float | None]:
    """Return the mean of `values` and the half-width of its t-interval, >= 0, or None under two values.

    half-width = t(level, k - 1) · s / sqrt(k), with s the standard deviation of k values (divisor k - 1).
    Mean and s come from exact sums and are rounded once: the order of the values does not matter, and equal
    values have an interval of width 0.
    """
    mean, k = statistics.mean(values), len(values)
    if k < 2:  # noqa: PLR2004 - a spread needs two
        return mean, None
    from scipy.special import stdtrit

    return mean, float(stdtrit(k - 1, (1 + level) / 2)) * statistics.stdev(values) / math.sqrt(k)


def loss(value: float, direction: str, best: float | None) -> float:
    """Return `value` as a loss, where lower is better: for "target", its distance from `best`.

    A loss has 12 significant digits, so that rounding errors decide no rank. Raises ValueError for a metric
    that is not ranked.
    """
    if direction == "lower":
        exact = value
    elif direction == "higher":
        exact = -value
    elif direction == "target" and best is not None:
        exact = abs(value - best)
    else:
        raise ValueError(f"a metric of direction {direction!r} is not ranked")
    return float(f"{exact:.{_DIGITS}g}")


def ranks(losses: Mapping[str, float]) -> dict[str, int]:
    """Return the rank of each loss, 1 the lowest; equal losses share the better rank."""
    return {key: 1 + sum(other < own for other in losses.values()) for key, own in losses.items()}


def column_ranks(column: Mapping[str, float | None]) -> dict[str, int]:
    """Return the ranks of the rows that have a loss in this column.

    FAILED rows count as participants and get no rank, SKIPPED rows do not count. A column with fewer than
    two participants has no ranks.
    """
    participants = {key: own for key, own in column.items() if own is not None}
    if len(participants) < 2:  # noqa: PLR2004 - a rank needs a competitor
        return {}
    return ranks({key: own for key, own in participants.items() if own != FAILED})


def win_rates(column: Mapping[str, float | None]) -> dict[str, Fraction]:
    """Return each row's win rate in this column: the share of the other rows that it beats, in [0, 1].

        (beaten + ties / 2) / (participants - 1)

    Without failures this is the win rate of HELM (Liang et al. 2022, arXiv:2211.09110). A FAILED row is a
    participant with win rate 0, beaten by every row with a loss; a SKIPPED row is no participant. So a
    failure never improves a rank. A column with no loss or fewer than two participants gives {}.
    """
    losses = [own for own in column.values() if own is not None]
    if len(losses) < 2 or all(own == FAILED for own in losses):  # noqa: PLR2004 - as above
        return {}
    return {key: _win_rate(own, losses) for key, own in column.items() if own is not None}


def mean_win_rates(columns: Sequence[Mapping[str, float | None]]) -> dict[str, Fraction]:
    """Return each row's mean win rate over the columns that give it one; a row without any is absent.

    Fractions keep ties exact in any order of the columns.
    """
    rates: dict[str, list[Fraction]] = {}
    for column in columns:
        for key, rate in win_rates(column).items():
            rates.setdefault(key, []).append(rate)
    return {key: sum(own, Fraction(0)) / len(own) for key, own in rates.items()}


def _win_rate(own: float, losses: Sequence[float]) -> Fraction:
    if own == FAILED:
        return Fraction(0)
    beaten = sum(other > own for other in losses)
    ties = sum(other == own for other in losses) - 1
    return Fraction(2 * beaten + ties, 2 * (len(losses) - 1))
