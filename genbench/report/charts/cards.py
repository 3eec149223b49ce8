"""The picture of a card: the effect of each fault in units of the floor, with a mark for each verdict.

Verdicts differ in colour (of Okabe and Ito's palette, which colour-blind people can tell apart) and in shape,
so that a grey print is readable. All text has one font, since a PDF has several in any order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.board.numbers import format_number
from genbench.checks.battery.card import BAND
from genbench.core.escaping import one_line
from genbench.core.names import parse_id
from genbench.report.charts.theme import ACCENT, GREY, INK, Chart, frame, make_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.checks.battery.card import Card, CardRow

__all__ = ["card_chart"]

_PANEL, _ROW, _SIZE = 250, 16, 11  # pixels: width of a panel, height of a row, size of the names
_GLYPH, _BETWEEN = 6.0, 18  # pixels of a character of the names, and between a fault and a level
_ABREAST = 2  # panels beside one another
_LEAST_END, _MOST_END = 8.0, 1_000.0  # floors that an axis reaches at least and at most
_TICKS = (0, 2, 10, 100, 1_000)
_ORANGE, _RED, _SHADE = "#E69F00", "#D55E00", "#e4e4e4"


_CROSS = "M-1,-.6L-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0Z"


class _Mark(NamedTuple):
    """How a verdict is drawn, and its words in the legend; the shape is a name, or a path within -1 and 1."""

    words: str
    shape: str
    fill: str
    stroke: str
    size: int


#: Verdict to its mark, in the order of the legend.
_MARKS = {
    "right": _Mark("as expected", "circle", ACCENT, ACCENT, 55),
    "known": _Mark("known failure", "diamond", _ORANGE, INK, 75),
    "wrong": _Mark("wrong way", _CROSS, _RED, _RED, 75),
    "faint": _Mark("unexpected, within the floor", "triangle-up", "#ffffff", INK, 55),
    "unseen": _Mark("should have moved", "circle", "#ffffff", ACCENT, 55),
    "unjudged": _Mark("not judged", "circle", GREY, GREY, 18),
    "failed": _Mark("the metric failed", "square", _RED, INK, 65),
}  # fmt: skip
_NO_VALUE = {"failed": "FAILED", "no value": "no value"}
_SIDES = {"lower": ("better", "worse"), "higher": ("worse", "better"), "target": ("nearer", "farther"),
          "none": ("falls", "rises")}  # fmt: skip
_GAP = "\u00a0" * 20  # between the two sides of an axis; Vega collapses plain spaces


def card_chart(cards: Sequence[Card]) -> Chart:
    """Return the cards of one metric as a chart: a panel for each of its numbers, two beside one another.

    A card is the result of a battery: how much faults that are planted in real data, such as blur, change a
    number. The axis of these effects is linear near 0 and logarithmic beyond; an arrow marks an effect beyond
    its end.
    """
    lines = list(dict.fromkeys((row.fault, row.level) for card in cards for row in card.rows))
    legend = _make_verdict_channels({row.verdict for card in cards for row in card.rows})
    panels = [
        _make_panel(card, lines, legend, has_names=index % _ABREAST == 0) for index, card in enumerate(cards)
    ]
    if len(panels) > 1:
        panels = [{"title": _make_heading(card)} | panel for card, panel in zip(cards, panels, strict=True)]
    pairs = [panels[index : index + _ABREAST] for index in range(0, len(panels), _ABREAST)]
    rows = [{"hconcat": pair, "spacing": 16} if len(pair) > 1 else pair[0] for pair in pairs]
    chart = frame({"vconcat": rows} if len(rows) > 1 else rows[0], _write_title(cards), *_write_notes(cards))
    # labels of single marks are a third of the bytes, and of no use in an image
    return chart | {"config": chart["config"] | {"aria": False}}


def _write_title(cards: Sequence[Card]) -> str:
    """Return the title of the chart: the number, or the metric of several numbers, and its data."""
    card = cards[0]
    name = parse_id(card.metric)[0] if len(cards) == 1 else card.component.rpartition(":")[2]
    return one_line(f"{name} on {card.dataset} with planted faults")


def _write_notes(cards: Sequence[Card]) -> list[str]:
    """Return the lines below the title: features, n, seeds, floor, and the faults that were not planted.

    The floor is the standard deviation of the score between sets of real data. With several cards, each panel
    has its floor in its own title. If it is 0, there is no grey band to explain.
    """
    first = cards[0]
    features = f"features: {first.extractor}; " if first.extractor else ""
    notes = [f"{features}n = {first.n}, {first.seeds} seeds"]
    if len(cards) == 1:
        notes.append(_describe_floor(first))
    if any(card.floor.sd > 0 for card in cards):
        notes.append(f"grey band: \u00b1{BAND:g} floors, as two real sets differ")
    left_out = list(dict.fromkeys(name for card in cards for name in _faults_left_out(card)))
    return [*map(one_line, notes), *([one_line(f"not planted: {', '.join(left_out)}")] if left_out else [])]


def _faults_left_out(card: Card) -> list[str]:
    """Return the names of faults that were not planted, "FAULT LEVEL" if other levels of them were."""
    planted = {row.fault for row in card.rows}
    return [f"{row.fault} {row.level}" if row.fault in planted else row.fault for row in card.left_out]


def _make_panel(card: Card, lines: Sequence[tuple[str, str]], legend: Chart, *, has_names: bool) -> Chart:
    """Return the panel of one number: its axis, a grey band, and a mark for each fault and level.

    The floor is the standard deviation of the score between sets of real data; the band is ± 2 floors.

    lines      (fault, level) of each row of the chart, which all panels share
    legend     the channels of `_make_verdict_channels`
    has_names  whether the faults and levels are named at its left
    """
    effects = [row.effect for row in card.rows if row.effect is not None]
    # the axis reaches as far as the effects, but at least 8 floors and at most 1,000 on each side
    low = -min(_MOST_END, max(_LEAST_END, -min(effects, default=0.0)))
    high = min(_MOST_END, max(_LEAST_END, max(effects, default=0.0)))
    names = [_make_line_id(*line) for line in lines]
    # a fault has a rule above its first level, and its name there
    firsts = [_make_line_id(*line) for line, line_above in zip(lines, [("", ""), *lines], strict=False)
              if line[0] != line_above[0]]  # fmt: skip
    x = _make_effects_axis(card, low, high)
    y = {"field": "line", "type": "nominal", "sort": None, "scale": {"domain": names}, "title": None}
    of_levels = {"labelPadding": 6, "labelColor": GREY}
    of_faults = {"values": firsts, "labelAlign": "left", "labelPadding": _measure_names(lines)}
    # the two axes at the left of the panel; None: an axis without names
    levels, faults = (
        (_make_names_axis(1) | of_levels, _make_names_axis(0) | of_faults) if has_names else (None, None)
    )
    rules = [{"line": line} for line in firsts]
    rule = {"type": "rule", "color": "#dddddd", "yOffset": -_ROW / 2}
    stem = {"type": "rule", "color": "#bbbbbb"}
    rows = [_place_mark(row, low, high) for row in card.rows]
    # with a floor of 0, real data score the same at all seeds, and there is no band
    layers = [
        make_layer([{"low": -BAND, "high": BAND}] if card.floor.sd > 0 else [],
               {"type": "rect", "color": _SHADE}, {"x": x | {"field": "low"}, "x2": {"field": "high"}}),
        make_layer(rules, rule, {"y": y | {"axis": faults}}),
        make_layer([{"zero": 0}], {"type": "rule", "color": GREY}, {"x": x | {"field": "zero"}}),
        make_layer(rows, stem,
                   {"x": x | {"field": "from"}, "x2": {"field": "at"}, "y": y | {"axis": levels}}),
        *_make_mark_layers(rows, {"x": x | {"field": "at"}, "y": y | {"axis": None}}, legend),
    ]  # fmt: skip
    return {
        "width": _PANEL,
        "height": _ROW * len(names),
        "layer": [layer for layer in layers if layer["data"]["values"]],
        "resolve": {"axis": {"y": "independent"}},  # else faults and levels would share one axis
    }


def _measure_names(lines: Sequence[tuple[str, str]]) -> float:
    """Return the pixels that the names of faults and levels need beside one another."""
    faults = max((len(fault) for fault, _ in lines), default=0)
    levels = max((len(level) for _, level in lines), default=0)
    return _GLYPH * (faults + levels) + _BETWEEN


def _make_line_id(fault: str, level: str) -> str:
    """Return the id of a line of the chart, which its axes split at the tab."""
    return f"{one_line(fault)}\t{one_line(level)}"


def _make_heading(card: Card) -> Chart:
    """Return the title of a panel: the name of the number, and below it how real data score."""
    return {"text": one_line(parse_id(card.metric)[0]), "anchor": "middle", "subtitle": _describe_floor(card)}


def _describe_floor(card: Card) -> str:
    """Return the mean score of real samples against real ones, and its standard deviation, the floor."""
    spread = f"±{format_number(card.floor.sd, 2)}" if card.floor.sd > 0 else "0: any change is beyond it"
    return f"real against real {format_number(card.floor.mean)}, floor {spread}"


def _make_effects_axis(card: Card, low: float, high: float) -> Chart:
    """Return the x channel of effects from `low` to `high`, without its field.

    The unit is the floor: the standard deviation of the score between sets of real data. The axis is linear
    within `BAND` floors and logarithmic beyond.
    """
    ticks = sorted({sign * tick for tick in _TICKS for sign in (-1, 1) if low <= sign * tick <= high})
    quantity = f"distance from {card.best:g}" if card.direction == "target" else "score"
    left_word, right_word = _SIDES[card.direction]  # what a fall and a rise mean, such as "better", "worse"
    # "symlog": linear up to the constant, logarithmic beyond
    scale = {"type": "symlog", "constant": BAND, "domain": [low, high], "nice": False, "padding": 8}
    # an expression of Vega: numbers with their sign, and a minus sign in place of the hyphen
    text = (
        "datum.value > 0 ? '+' + format(datum.value, ',') : replace(format(datum.value, ','), '-', '\u2212')"
    )
    axis = {"values": ticks, "labelExpr": text, "grid": False}
    title = [f"change of the {quantity}, in floors", f"\u2190 {left_word}{_GAP}{right_word} \u2192"]
    return {"type": "quantitative", "scale": scale, "axis": axis, "title": title}


def _make_names_axis(part: int) -> Chart:
    """Return a plain axis with one part of the id that `_make_line_id` gives each line.

    part  0 for the fault, 1 for the level
    """
    expression = f"split(datum.label, '\\t')[{part}]"
    plain = {"orient": "left", "labelExpr": expression, "labelFontSize": _SIZE, "labelLimit": 0}
    return plain | dict.fromkeys(("domain", "ticks", "grid"), False)


def _place_mark(row: CardRow, low: float, high: float) -> dict[str, Any]:
    """Return the fields of a row: its position `at` on the axis, and an `arrow` if it is beyond an end.

    low, high  the ends of the axis of effects

    A line leads to the mark from 0, the field `from`. A row without a value, whose sign is None, has `words`
    such as "FAILED", at 0.
    """
    size = _MARKS[row.verdict].size if row.verdict in _MARKS else 0  # "no value" has only words
    line = {"line": _make_line_id(row.fault, row.level), "verdict": row.verdict, "size": size}
    if row.sign is None:
        return line | {"words": _NO_VALUE.get(row.verdict, row.verdict), "at": 0.0, "from": 0.0}
    effect = _effect_in_floors(row)
    arrow = {"arrow": f"triangle-{'right' if effect > 0 else 'left'}"} if not low <= effect <= high else {}
    return line | {"at": max(low, min(high, effect)), "from": 0.0} | arrow


def _effect_in_floors(row: CardRow) -> float:
    """Return the change in floors: in standard deviations of the score between sets of real data.

    If that deviation is 0, the effect is infinite, or 0 if the score neither rose nor fell at all seeds.
    """
    if row.effect is not None:
        return row.effect
    return math.copysign(math.inf, row.change) if row.sign != "0" and row.change else 0.0


def _make_mark_layers(rows: Sequence[dict[str, Any]], at: Chart, legend: Chart) -> list[Chart]:
    """Return three layers: marks of verdicts, arrows at the ends of the axis, and words such as "FAILED".

    A verdict tells whether an effect is as expected.

    rows    the fields that `_place_mark` returns
    at      the channels of the position
    legend  the channels of `_make_verdict_channels`
    """
    rows_with_mark = [row for row in rows if row["verdict"] in _MARKS]
    rows_beyond_axis = [row for row in rows if "arrow" in row]
    rows_without_value = [row for row in rows if "words" in row]
    arrow = {"type": "point", "filled": True, "size": 22, "opacity": 1, "color": INK,
             "xOffset": {"expr": "datum.at > 0 ? 9 : -9"}}  # fmt: skip
    words = {"type": "text", "align": "left", "dx": 8}
    return [
        make_layer(rows_with_mark, {"type": "point", "opacity": 1, "strokeWidth": 1.3}, at | legend),
        make_layer(rows_beyond_axis, arrow, at | {"shape": {"field": "arrow", "scale": None}}),
        make_layer(rows_without_value, words, at | {"text": {"field": "words"}}),
    ]


def _make_verdict_channels(verdicts: Iterable[str]) -> Chart:
    """Return the channels shape, fill, stroke and size by verdict, with one legend of the given verdicts.

    A verdict says whether the effect of a fault on the metric is as expected.
    """
    present = [verdict for verdict in _MARKS if verdict in set(verdicts)]
    words = {verdict: _MARKS[verdict].words for verdict in present}
    legend = {
        "title": None,
        "orient": "bottom",
        "columns": 3,
        "symbolSize": 60,
        "labelLimit": 200,
        "labelExpr": f"{words}[datum.label]",  # Vega reads the repr of a dict as an object
    }
    return {
        channel: {
            "field": "verdict",
            "type": "nominal",
            "scale": {"domain": present, "range": [getattr(_MARKS[verdict], channel) for verdict in present]},
            "legend": legend,
        }
        for channel in ("shape", "fill", "stroke")
    } | {"size": {"field": "size", "type": "quantitative", "scale": None}}
