"""Cards as SVG: a line for each fault with its effect in units of the floor.

It is written without a plotting library, so that the same card gives the same few kilobytes with any
versions. Verdicts differ in colour (of Okabe and Ito's palette, which colour-blind people can tell apart)
and in shape, so that a grey print is readable.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from genbench.battery.card import BAND
from genbench.board.formatting import number
from genbench.core.names import parse_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from genbench.battery.card import Card, CardRow

__all__ = ["card_svg"]

_LABELS, _PANEL, _GAP, _MARGIN = 190, 420, 24, 14  # widths in pixels
_TOP, _ROW, _AXIS, _HEAD = 62, 17, 42, 28  # heights
_ABREAST, _LEGEND_WIDTH = 3, 205  # entries of the legend in a row
_LEAST, _MOST = 8.0, 1_000.0  # floors that an axis reaches at least and at most
_TICKS = (0, 2, 10, 100, 1_000)
_BLUE, _ORANGE, _RED, _GREY, _INK = "#0072B2", "#E69F00", "#D55E00", "#767676", "#222222"
_SHADE = "#e4e4e4"

#: Verdict to its words in the legend.
_LEGENDS = {
    "right": "as expected",
    "known": "known failure",
    "wrong": "wrong way",
    "faint": "unexpected, within the floor",
    "unseen": "should have moved",
    "unjudged": "not judged",
    "no value": "no value",
    "failed": "the metric failed",
}
_FAILED = "FAILED"
#: Verdict to its mark: a circle, (radius, style), or a path, (start to the right, start below, path, style).
_DOTS = {
    "right": ("4.5", f'fill="{_BLUE}"'),
    "unseen": ("4", f'fill="#ffffff" stroke="{_BLUE}" stroke-width="1.5"'),
    "unjudged": ("2.5", f'fill="{_GREY}"'),
}
_PATHS = {
    "known": (0, -6, "l6 6l-6 6l-6 -6z", f'fill="{_ORANGE}" stroke="{_INK}"'),
    "wrong": (-4.5, -4.5, "l9 9m0 -9l-9 9", f'fill="none" stroke="{_RED}" stroke-width="3.5"'),
    "faint": (0, -5, "l5 9h-10z", f'fill="#ffffff" stroke="{_INK}" stroke-width="1.5"'),
    "failed": (-5, -5, "h10v10h-10z", f'fill="{_RED}" stroke="{_INK}"'),
}
_SIDES = {"lower": ("better", "worse"), "higher": ("worse", "better"), "target": ("nearer", "farther")}


@dataclass(frozen=True)
class _Axis:
    """The axis of effects: pixels of the scale asinh(effect / band), from `low` to `high` floors."""

    left: float
    low: float
    high: float

    def at(self, effect: float) -> float:
        """Return the pixel of an effect, clipped to the axis."""
        start, end = _scaled(self.low), _scaled(self.high)
        share = (_scaled(max(self.low, min(self.high, effect))) - start) / (end - start)
        return self.left + 10 + share * (_PANEL - 20)


def card_svg(cards: Sequence[Card]) -> str:
    """Return the cards of one metric as an SVG: a panel for each of its numbers, two of them side by side."""
    pairs = [cards[place : place + 2] for place in range(0, len(cards), 2)]
    width = _MARGIN + _LABELS + len(pairs[0]) * (_PANEL + _GAP)
    tall = len(_lines(cards[0])) * _ROW + _AXIS + _HEAD  # one pair
    verdicts = _verdicts(cards)
    legend = _TOP + len(pairs) * tall
    height = legend + 3 + len(verdicts) // _ABREAST * _ROW
    title = _title(cards)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="{_INK}" '
        'role="img">'
    )
    parts = [
        head,
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_MARGIN, 22, title, size=14, bold=True),
    ]
    for place, pair in enumerate(pairs):
        parts += [f'<g transform="translate(0 {place * tall})">', *_pair(pair), "</g>"]
    return "\n".join([*parts, *_legend(verdicts, legend - 11), "</svg>", ""])


def _pair(cards: Sequence[Card]) -> Iterator[str]:
    lines = _lines(cards[0])
    yield from _labels(lines, _MARGIN + _LABELS + len(cards) * (_PANEL + _GAP))
    for place, card in enumerate(cards):
        yield from _panel(card, place, lines)


def _lines(card: Card) -> list[tuple[str, str]]:
    return [(row.fault, row.level) for row in card.rows]


def _title(cards: Sequence[Card]) -> str:
    card = cards[0]
    names = ", ".join(parse_id(one.metric)[0] for one in cards)
    features = f" with {card.extractor}" if card.extractor else ""
    return f"{names} on {card.dataset}{features}: n = {card.n}, {card.seeds} seeds"


def _labels(lines: Sequence[tuple[str, str]], width: float) -> Iterator[str]:
    """Yield the names of faults and levels, and a rule above each fault."""
    previous = ""
    for place, (fault, level) in enumerate(lines):
        y = _TOP + place * _ROW
        if fault != previous:
            yield f'<path d="M{_MARGIN} {y}H{width - _GAP}" stroke="#dddddd"/>'
            yield _text(_MARGIN, y + 12, fault, bold=True)
        yield _text(_MARGIN + _LABELS - 8, y + 12, level, anchor="end")
        previous = fault


def _panel(card: Card, place: int, lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the axis of one number, the band of its floor, and a mark for each fault."""
    effects = [row.effect for row in card.rows if row.effect is not None]
    axis = _Axis(
        left=_MARGIN + _LABELS + place * (_PANEL + _GAP),
        low=-min(_MOST, max(_LEAST, -min(effects, default=0.0))),
        high=min(_MOST, max(_LEAST, max(effects, default=0.0))),
    )
    bottom = _TOP + len(lines) * _ROW
    left, right, tall = axis.at(-BAND), axis.at(BAND), bottom - _TOP
    yield f'<rect x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{tall}" fill="{_SHADE}"/>'
    yield f'<path d="M{axis.at(0):.1f} {_TOP}V{bottom}" stroke="#999999"/>'
    name = parse_id(card.metric)[0]
    spread = f"±{number(card.floor.sd, 2)}" if card.floor.sd > 0 else "0, so any change is beyond it"
    floor = f"{name}: real against real {number(card.floor.mean)}, floor {spread}"
    yield _text(axis.left + _PANEL / 2, _TOP - 12, floor, anchor="middle")
    yield from _scale(card, axis, bottom)
    rows = {(row.fault, row.level): row for row in card.rows}
    for number_, line in enumerate(lines):
        if line in rows:
            yield from _mark(rows[line], axis, _TOP + number_ * _ROW + _ROW / 2)


def _scale(card: Card, axis: _Axis, bottom: float) -> Iterator[str]:
    yield f'<path d="M{axis.left} {bottom}H{axis.left + _PANEL}" stroke="{_INK}"/>'
    ticks = sorted({sign * tick for tick in _TICKS for sign in (-1, 1)})
    for tick in (tick for tick in ticks if axis.low <= tick <= axis.high):
        x = axis.at(tick)
        yield f'<path d="M{x:.1f} {bottom}v4" stroke="{_INK}"/>'
        yield _text(x, bottom + 16, f"{tick:+d}".replace("-", "\u2212") if tick else "0", anchor="middle")
    moved = f"the distance from {card.best:g}" if card.direction == "target" else "the score"
    yield _text(axis.left + _PANEL / 2, bottom + 32, f"change of {moved}, in floors", anchor="middle")
    if card.direction in _SIDES:
        less, more = _SIDES[card.direction]
        yield _text(axis.left, bottom + 32, f"\u2190 {less}", fill=_GREY)
        yield _text(axis.left + _PANEL, bottom + 32, f"{more} \u2192", anchor="end", fill=_GREY)


def _mark(row: CardRow, axis: _Axis, y: float) -> Iterator[str]:
    if row.sign is None:
        failed = row.verdict == "failed"
        if failed:
            yield _shape(row.verdict, axis.at(0), y)
        said = _FAILED if failed else _LEGENDS[row.verdict]
        yield _text(
            axis.at(0) + (10 if failed else 6), y + 4, said, bold=failed, fill=_RED if failed else _GREY
        )
        return
    effect = _effect(row)
    x = axis.at(effect)
    yield f'<path d="M{axis.at(0):.1f} {y}H{x:.1f}" stroke="#bbbbbb"/>'
    yield _shape(row.verdict, x, y)
    if not axis.low <= effect <= axis.high:  # an arrow: the change lies beyond the end of the axis
        back = -math.copysign(4, effect)
        path = f"M{x - 1.5 * back:.1f} {y - 4}l{-back:g} 4l{back:g} 4"
        yield f'<path d="{path}" fill="none" stroke="{_INK}"/>'


def _effect(row: CardRow) -> float:
    """Return the change in floors, infinite where the floor has no spread and the score moved."""
    if row.effect is not None:
        return row.effect
    return math.copysign(math.inf, row.change) if row.sign != "0" and row.change else 0.0


def _shape(verdict: str, x: float, y: float) -> str:
    """Return the mark of a verdict, distinct in shape and in lightness."""
    if verdict in _PATHS:
        right, down, path, style = _PATHS[verdict]
        return f'<path d="M{x + right:.1f} {y + down}{path}" {style}/>'
    radius, style = _DOTS[verdict]
    return f'<circle cx="{x:.1f}" cy="{y}" r="{radius}" {style}/>'


def _verdicts(cards: Sequence[Card]) -> list[str]:
    """Return the verdicts in the legend, in its order; a line without a value needs none."""
    found = {row.verdict for card in cards for row in card.rows} - {"no value"}
    return [verdict for verdict in _LEGENDS if verdict in found]


def _legend(verdicts: Sequence[str], top: float) -> Iterator[str]:
    for place, verdict in enumerate(("", *verdicts)):
        x = _MARGIN + place % _ABREAST * _LEGEND_WIDTH
        y = top + place // _ABREAST * _ROW
        band = f'<rect x="{x}" y="{y - 9}" width="18" height="11" fill="{_SHADE}"/>'
        yield _shape(verdict, x + 9, y - 4) if verdict else band
        yield _text(x + 24, y, _LEGENDS[verdict] if verdict else "within the floor, ±2")


def _text(
    x: float, y: float, text: str, *, size: int = 0, bold: bool = False, anchor: str = "", fill: str = ""
) -> str:  # fmt: skip
    attributes = "".join(
        (
            f' font-size="{size}"' * bool(size),
            ' font-weight="bold"' * bold,
            f' text-anchor="{anchor}"' * bool(anchor),
            f' fill="{fill}"' * bool(fill),
        )
    )
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'


def _scaled(effect: float) -> float:
    return math.asinh(effect / BAND)
