"""The ends of axes, so that a control far away does not hide the differences between generators."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.board.rows import Entry

__all__ = ["axis_ends", "is_near", "log_ticks"]

_FARTHEST = 1.0  # from the generators to a control that is near, in lengths of their own range
_MARGIN = 0.04  # of the axis, at either end
_STEPS = ((1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9))  # ticks of a decade, on longer and shorter axes
_ENOUGH_TICKS = 3


def is_near(control: Entry, generators: Iterable[Entry]) -> bool:
    """Return whether a control's mean is so near to the numbers of generators that one axis can show both."""
    low, high = _span(generators)
    reach = _FARTHEST * (high - low)
    return control.value is not None and low - reach <= control.value <= high + reach


def axis_ends(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return the ends of an axis that shows the seeds, means and intervals of these entries."""
    low, high = _span(entries)
    margin = _MARGIN * (high - low) or _MARGIN * abs(low) or _MARGIN
    return low - margin, high + margin


def log_ticks(low: float, high: float) -> list[float]:
    """Return the ticks of a logarithmic axis between two positive ends.

    They are decades; where these are few, 1, 2, 5, 10 …; and where these are few, all multiples of a decade.
    """
    first, last = (int(f"{end:e}".partition("e")[2]) for end in (low, high))
    within: list[float] = []
    for steps in _STEPS:
        ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        within = [tick for tick in ticks if low <= tick <= high]
        if len(within) >= _ENOUGH_TICKS:
            break
    return within


def _span(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return the least and the greatest number of entries; 0 and 1 if there is none."""
    numbers = [
        number
        for entry in entries
        for number in (entry.value, entry.low, entry.high, *entry.values)
        if number is not None
    ]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
