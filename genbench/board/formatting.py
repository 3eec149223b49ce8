"""Layout of a board: the panels of its columns, and the text of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.names import parse_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.board.leaderboard import Entry, Row

__all__ = ["Panel", "arrow", "cell_text", "head", "label", "number", "panels"]

_ARROWS = {"lower": " ↓", "higher": " ↑", "none": ""}

_ROUNDING = 1e-9  # relative half-width; below it, an interval is rounding error
_PLAIN = (1e-4, 1e7)  # absolute values that are written without an exponent


@dataclass(frozen=True)
class Panel:
    """Metrics that share one table; `extractor` is the name in brackets in their ids, or ""."""

    extractor: str
    metrics: tuple[str, ...]


def number(value: float, digits: int = 4) -> str:
    """Return `value` with `digits` significant digits; from 10 ** `digits` on it is whole."""
    size = abs(value)
    if value == 0:
        return "0"
    if not _PLAIN[0] <= size < _PLAIN[1]:
        return f"{value:.{digits - 1}e}"
    text = f"{value:#.{digits}g}"
    return f"{value:.0f}" if "e" in text else text.removesuffix(".")


def head(entry: Entry) -> str:
    """Return the head of a metric's column: its name without extractor, and the arrow of its direction."""
    return parse_id(entry.metric)[0] + arrow(entry.direction, entry.best)


def arrow(direction: str, best: float | None) -> str:
    """Return the arrow of the better direction after a space; "" for a metric that is not ranked."""
    target = f" → {best:g}" if direction == "target" and best is not None else ""
    return _ARROWS.get(direction, target)


def cell_text(entry: Entry | None) -> str:
    """Return mean ± half-width, or the status and the number of seeds without a value; "" for no entry."""
    if entry is None:
        return ""
    if entry.value is None:
        return (
            entry.status
            if entry.bad == len(entry.seeds)
            else f"{entry.status} {entry.bad}/{len(entry.seeds)}"
        )
    if entry.high is None:
        return number(entry.value)
    half = entry.high - entry.value
    spread = "0" if half <= _ROUNDING * abs(entry.value) else number(half, 2)
    return f"{number(entry.value)} ± {spread}"


def label(row: Row) -> str:
    """Return the generator's id, with a mark if it is not deterministic."""
    return row.generator if row.deterministic else f"{row.generator} (deterministic: no)"


def panels(rows: Sequence[Row], room: int, width: Callable[[str], int]) -> list[Panel]:
    """Return the metrics of `rows` in panels of one extractor, each with as many columns as fit into `room`.

    `width` gives the width of a metric's column in characters. A column wider than `room` gets its own panel.
    """
    metrics = sorted({metric for row in rows for metric in row.entries}, key=lambda m: parse_id(m)[::-1])
    filled: list[Panel] = []
    used = 0
    for metric in metrics:
        extractor = parse_id(metric)[1]
        if filled and filled[-1].extractor == extractor and used + width(metric) <= room:
            filled[-1] = Panel(extractor, (*filled[-1].metrics, metric))
            used += width(metric)
        else:
            filled.append(Panel(extractor, (metric,)))
            used = width(metric)
    return filled
