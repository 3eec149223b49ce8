"""The ends of axes, so that a control far away does not hide the differences between generators."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.board.rows import Entry

__all__ = ["axis_ends", "is_near", "log_ticks"]

_FARTHEST = 1.0  # from the generators to a control that is near, in lengths of their own range
_MARGIN = 0.04  # of the axis, at either end
_FEW_DECADES = 2  # on which an axis has three ticks a decade


def is_near(control: Entry, generators: Iterable[Entry]) -> bool:
    """Return whether a control's mean is so near to the numbers of generators that one axis can show both."""
    low, high = _span(generators)
    reach = _FARTHEST * (high - low)
    return control.value is not None and low - reach <= control.value <= high + reach


def axis_ends(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return the ends of an axis that shows the seeds, means and intervals of these entries."""
    low, high = _span(entries)
    margin = _MARGIN * (high - low) or _MARGIN * abs(low) or 1.0
    return low - margin, high + margin


def log_ticks(low: float, high: float) -> list[float]:
    """Return the ticks of a logarithmic axis from `low` to `high`: 1, 2, 5, 10, or decades if it is long."""
    first, last = (int(f"{end:e}".partition("e")[2]) for end in (low, high))
    steps = (1, 2, 5) if last - first <= _FEW_DECADES else (1,)
    ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [tick for tick in ticks if low <= tick <= high]


def _span(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return the least and the greatest number of entries; 0 and 1 if there is none."""
    numbers = [
        number
        for entry in entries
        for number in (entry.value, entry.low, entry.high, *entry.values)
        if number is not None
    ]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
