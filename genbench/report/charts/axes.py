"""Axes of charts: their ends, so that a control far away does not hide generators, and logarithmic ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.rows import Entry
    from genbench.report.charts.theme import Chart

__all__ = ["Axis", "fit_axis", "is_near", "log_axis", "log_ticks"]

_FARTHEST = 1.0  # from the generators to a control that is near, in lengths of their own range
_MARGIN = 0.04  # of the axis, at either end
_ROOM = 0.1  # the same where names are beside the points
_LOG_MARGIN = 1.25  # factor between the outer numbers and the ends of a logarithmic axis
_CROWD = 0.1  # of a linear axis: where half of the means are within it, the axis is logarithmic
_STEPS = ((1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9))  # ticks of a decade, on longer and shorter axes
_TICKS, _ENOUGH_TICKS = 5, 3  # of a linear axis, about, and of a logarithmic one, at least


@dataclass(frozen=True, kw_only=True)
class Axis:
    """An axis with its title and ends, and whether it is logarithmic."""

    title: str
    low: float
    high: float
    is_log: bool = False

    def position(self, value: float) -> float:
        """Return the position of a value on the axis, from 0 at the low end to 1 at the high end."""
        within = min(max(value, self.low), self.high)  # a value beyond an end is shown at this end
        low, high, position = (math.log(v) if self.is_log else v for v in (self.low, self.high, within))
        return (position - low) / (high - low)

    def cut_ends(self, entry: Entry) -> list[str]:
        """Return which ends of the interval of an entry, "low" and "high", lie beyond the axis."""
        low, high = entry.display_interval
        is_cut = {"low": low is not None and low < self.low, "high": high is not None and high > self.high}
        return [end for end, beyond in is_cut.items() if beyond]

    @property
    def encoding(self) -> Chart:
        """The x or y channel of Vega-Lite without its field; numbers beyond an end are shown at this end."""
        kind = "log" if self.is_log else "linear"
        scale = {"domain": [self.low, self.high], "nice": False, "type": kind, "clamp": True}
        ticks: Chart = {"tickCount": _TICKS}
        if self.is_log:
            ticks = {"values": log_ticks(self.low, self.high), "format": "~r"}
        return {"type": "quantitative", "scale": scale, "title": self.title, "axis": ticks}


def fit_axis(title: str, entries: Sequence[Entry], *, has_names: bool = False) -> Axis:
    """Return the axis that shows the numbers of entries of one metric: seeds, means and intervals.

    has_names  whether names are beside the points, which need room at the ends

    The axis is logarithmic if half of the means are at most a tenth of the largest one, all seeds and means
    are positive, and the metric has no largest possible value. The ends of the axis leave a margin around the
    numbers, which stops at the ends of the metric's range.
    """
    if _is_crowded(entries):
        # without the low ends of intervals, which may be 0 or less
        ends = [high for entry in entries if (high := entry.display_interval[1]) is not None]
        return log_axis(title, [*_list_numbers(entries), *ends])
    low, high = _number_range(entries)
    share = _ROOM if has_names else _MARGIN
    # a share of the range; equal numbers have no range, so a share of the number, or of 1 if the number is 0
    margin = share * (high - low) or share * abs(low) or share
    bounds = [entry.facts.range for entry in entries]
    least = max((bound for bound, _ in bounds if bound is not None), default=-math.inf)
    most = min((bound for _, bound in bounds if bound is not None), default=math.inf)
    # `min` and `max` inside: a number beyond the metric's range is shown, but without a margin
    return Axis(title=title, low=max(low - margin, min(low, least)), high=min(high + margin, max(high, most)))


def log_axis(title: str, numbers: Sequence[float]) -> Axis:
    """Return the logarithmic axis that shows positive numbers."""
    return Axis(
        title=f"{title} (logarithmic)",
        low=min(numbers) / _LOG_MARGIN,
        high=max(numbers) * _LOG_MARGIN,
        is_log=True,
    )


def is_near(control: Entry, generators: Iterable[Entry]) -> bool:
    """Return whether a control's mean is so near to the numbers of generators that one axis can show both.

    It may be as far from their range as this range is long: farther away, it would make the differences
    between generators too small to see.
    """
    low, high = _number_range(generators)
    reach = _FARTHEST * (high - low)
    return control.value is not None and low - reach <= control.value <= high + reach


def log_ticks(low: float, high: float) -> list[float]:
    """Return the ticks of a logarithmic axis between two positive ends.

    They are 1, 10, 100 …; if fewer than 3 of these lie on the axis, 1, 2, 5, 10, 20 …; if these are still too
    few, 1, 2, 3, … 9, 10, 20 ….
    """
    # the exponents, read from texts such as "1.2e+03": a logarithm of a power of ten may be off by rounding
    first, last = (int(f"{end:e}".partition("e")[2]) for end in (low, high))
    within: list[float] = []
    for steps in _STEPS:
        ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        within = [tick for tick in ticks if low <= tick <= high]
        if len(within) >= _ENOUGH_TICKS:
            break
    return within


def _is_crowded(entries: Sequence[Entry]) -> bool:
    """Return whether half of the means would lie in the first tenth of a linear axis from 0 to the largest.

    Return False, too, where a logarithmic axis is impossible, since a number is not positive, or misleading,
    since the metric has a largest possible value.
    """
    numbers = _list_numbers(entries)
    is_bounded = any(entry.facts.range[1] is not None for entry in entries)
    if is_bounded or not numbers or min(numbers) <= 0:
        return False
    means = [entry.value for entry in entries if entry.value is not None]
    # the lower median: at least half of the means are at most this number
    return median_low(means) <= _CROWD * max(means)


def _list_numbers(entries: Iterable[Entry]) -> list[float]:
    """Return the mean of each entry and its value at each seed, as far as they are known."""
    return [number for entry in entries for number in (entry.value, *entry.values) if number is not None]


def _number_range(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return the least and the greatest mean, value of a seed or end of an interval; 0 and 1 without any."""
    all_entries = list(entries)
    ends = [end for entry in all_entries for end in entry.display_interval if end is not None]
    numbers = [*_list_numbers(all_entries), *ends]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
