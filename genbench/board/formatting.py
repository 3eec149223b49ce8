"""How a board is laid out on a page or in a terminal: which columns stand together, and each cell's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.board.leaderboard import Entry, Row

__all__ = ["Panel", "arrow", "cell_text", "head", "label", "number", "panels", "parse_id"]

_ARROWS = {"lower": " ↓", "higher": " ↑", "none": ""}

_ROUNDING = 1e-9  # of a value: a narrower interval is rounding, as of the same samples in another order
_PLAIN = (1e-4, 1e7)  # sizes that are written without an exponent


@dataclass(frozen=True)
class Panel:
    """Metrics that stand in one table; `extractor` is what their ids name in brackets, or ""."""

    extractor: str
    metrics: tuple[str, ...]


def parse_id(metric: str) -> tuple[str, str]:
    """Return a metric's id as its name and the extractor it names: `fid[pixels]` gives ("fid", "pixels")."""
    name, _, rest = metric.partition("[")
    return name, rest.removesuffix("]")


def number(value: float, digits: int = 4) -> str:
    """Return `value` with so many significant digits; from 10,000 on it is whole."""
    size = abs(value)
    if value == 0:
        return "0"
    if not _PLAIN[0] <= size < _PLAIN[1]:
        return f"{value:.{digits - 1}e}"
    text = f"{value:#.{digits}g}"
    return f"{value:.0f}" if "e" in text else text.removesuffix(".")


def head(entry: Entry) -> str:
    """Return the head of a metric's column: its name without extractor, and which way is better."""
    return parse_id(entry.metric)[0] + arrow(entry.direction, entry.best)


def arrow(direction: str, best: float | None) -> str:
    """Return the sign of which way is better, with a space before it; "" where neither is."""
    target = f" → {best:g}" if direction == "target" and best is not None else ""
    return _ARROWS.get(direction, target)


def cell_text(entry: Entry | None) -> str:
    """Return mean ± half-width, or the status and how many seeds it befell; "" where nothing was planned."""
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
    """Return the generator as a table names it, with a mark if it is not deterministic."""
    return row.generator if row.deterministic else f"{row.generator} (deterministic: no)"


def panels(rows: Sequence[Row], room: int, width: Callable[[str], int]) -> list[Panel]:
    """Return the metrics of `rows` in panels: one extractor each, as many columns as fit into `room`.

    `width` gives the characters that a metric's column takes. A column wider than the room stands alone.
    """
    metrics = sorted({metric for row in rows for metric in row.entries}, key=lambda m: parse_id(m)[::-1])
    found: list[Panel] = []
    used = 0
    for metric in metrics:
        extractor = parse_id(metric)[1]
        if found and found[-1].extractor == extractor and used + width(metric) <= room:
            found[-1] = Panel(extractor, (*found[-1].metrics, metric))
            used += width(metric)
        else:
            found.append(Panel(extractor, (metric,)))
            used = width(metric)
    return found
