"""Layout of a board: the panels of its columns, and the text of its cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.names import parse_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.board.blocks import Block, Column
    from genbench.board.rows import Entry, Row

__all__ = [
    "Panel", "arrow", "cell_text", "direction_text", "distinction", "head", "interval_text", "is_cut",
    "is_point", "label",
    "number", "p_text", "panels", "rank_text",
]  # fmt: skip

_DIRECTIONS = {"lower": "lower is better", "higher": "higher is better", "none": "not ranked"}
_ARROWS = {"lower": " ↓", "higher": " ↑", "none": ""}

_ROUNDING = 1e-10  # relative; values of equal samples differ by 1e-11, as sums are in another order
_DIGITS = 4  # of a value
_END_DIGITS = range(2, 13)  # of the ends of an interval
_LEVEL = 0.05  # of the verdicts of a comparison
_PLAIN = (1e-4, 1e7)  # absolute values that are written without an exponent


@dataclass(frozen=True)
class Panel:
    """Columns that share one table; `extractor` is the name in brackets in their ids, or ""."""

    extractor: str
    columns: tuple[Column, ...]


def number(value: float, digits: int = _DIGITS) -> str:
    """Return `value` with `digits` significant digits; from 10 ** `digits` on it is whole."""
    size = abs(value)
    if value == 0:
        return "0"
    if not _PLAIN[0] <= size < _PLAIN[1]:
        return f"{value:.{digits - 1}e}"
    text = f"{value:#.{digits}g}"
    return f"{value:.0f}" if "e" in text else text.removesuffix(".")


def head(block: Block, column: Column) -> str:
    """Return the head of a column: the metric's name without extractor, and the arrow of its direction.

    Where the block has several columns of the metric, the head ends with what differs: the signature, or the
    number of the group with similar shares of samples with features.
    """
    entry = block.entries[column]
    sign = arrow(entry.facts.direction, entry.facts.best)
    return parse_id(column.metric)[0] + sign + distinction(block, column)


def distinction(block: Block, column: Column) -> str:
    """Return what tells a column from others of its metric after a space, "" if its block has no other.

    It is the signature, or the number of the group with similar shares of samples with features.
    """
    same = [other for other in block.columns if other.metric == column.metric]
    signature = f" {block.entries[column].short}" if len({other.signature for other in same}) > 1 else ""
    group = f" ({column.share_group + 1})" if len({other.share_group for other in same}) > 1 else ""
    return signature + group


def arrow(direction: str, best: float | None) -> str:
    """Return the arrow of the better direction after a space; "" for a metric that is not ranked."""
    target = f" → {best:g}" if direction == "target" and best is not None else ""
    return _ARROWS.get(direction, target)


def direction_text(direction: str, best: float | None) -> str:
    """Return which values of a metric are better, in words."""
    if direction == "target" and best is not None:
        return f"nearest to {best:g} is best"
    return _DIRECTIONS.get(direction, "")


def cell_text(entry: Entry | None) -> str:
    """Return the mean and its interval, or the status and the number of seeds without a value.

    The interval is ± its half, or its ends in brackets where a bound of the metric cuts it; "" for no entry.
    """
    if entry is None:
        return ""
    if entry.value is None:
        return (
            entry.status
            if entry.bad == len(entry.seeds)
            else f"{entry.status} {entry.bad}/{len(entry.seeds)}"
        )
    return f"{number(entry.value)} {interval_text(entry)}".rstrip()


def interval_text(entry: Entry) -> str:
    """Return the interval of an entry with a value: "± 0.25", "(0 to 1.0)" where a bound cuts it, or "".

    "± 0" means that the runs agree to ten digits.
    """
    if entry.value is None or entry.low is None or entry.high is None:
        return ""
    if is_point(entry.value, entry.low, entry.high):
        return "± 0"
    if is_cut(entry.value, entry.low, entry.high):
        return _ends_text(entry.value, entry.low, entry.high)
    return f"± {number(entry.high - entry.value, 2)}"


def is_point(value: float, low: float, high: float) -> bool:
    """Return whether the ends of an interval agree to ten digits."""
    return max(value - low, high - value) <= _ROUNDING * abs(value)


def is_cut(value: float, low: float, high: float) -> bool:
    """Return whether a bound cuts an interval around `value`, so that its ends differ in their distance."""
    below, above = value - low, high - value
    return abs(below - above) > _ROUNDING * max(below, above) + 4 * math.ulp(value)


def _ends_text(value: float, low: float, high: float) -> str:
    """Return the ends of an interval in brackets, with two digits, or more where two exclude the value.

    They have more also where both ends would look the same.
    """
    first = last = ""
    for digits in _END_DIGITS:
        first, last = number(low, digits), number(high, digits)
        shown = float(number(value, max(digits, _DIGITS)))
        if first != last and float(first) <= shown <= float(last):
            break
    return f"({first} to {last})"


def p_text(p: float) -> str:
    """Return a p-value with two significant digits, or more where two would take it across 0.05."""
    texts = (f"{p:.{digits}g}" for digits in range(2, 18))
    return next(text for text in texts if (float(text) <= _LEVEL) == (p <= _LEVEL))


def rank_text(ranked: Row | Entry) -> str:
    """Return the ranks that the seeds leave possible: "1–2", or the rank alone if there is no range."""
    if ranked.rank_low is None or ranked.rank_high is None or ranked.rank_low == ranked.rank_high:
        return "" if ranked.rank is None else str(ranked.rank)
    return f"{ranked.rank_low}–{ranked.rank_high}"


def label(row: Row) -> str:
    """Return the generator's id, with a mark if it is not deterministic, or has no records."""
    marks = ["deterministic: no"] * (not row.deterministic) + ["unverified"] * (not row.is_verifiable)
    return f"{row.generator} ({', '.join(marks)})" if marks else row.generator


def panels(block: Block, room: int, width: Callable[[Column], int]) -> list[Panel]:
    """Return the columns of a block in panels of one extractor, each with as many as fit into `room`.

    `width` gives the width of a column in characters. A column wider than `room` gets its own panel.
    """
    filled: list[Panel] = []
    used = 0
    for column in sorted(block.columns, key=lambda column: parse_id(column.metric)[::-1]):
        extractor = parse_id(column.metric)[1]
        if filled and filled[-1].extractor == extractor and used + width(column) <= room:
            filled[-1] = Panel(extractor, (*filled[-1].columns, column))
            used += width(column)
        else:
            filled.append(Panel(extractor, (column,)))
            used = width(column)
    return filled
