"""Scores as tables, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from genbench.board.numbers import arrow, number
from genbench.board.terminal import open_table, plain_text
from genbench.board.warnings import listed
from genbench.core.escaping import csv_text
from genbench.core.names import parse_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType

    from genbench.scoring.explain import Explained, Step
    from genbench.scoring.measurement import Measurement

__all__ = ["as_csv", "as_json", "explained_view", "scores_view", "warning_lines"]

_COLUMNS = (
    "metric", "direction", "value", "low", "high", "spread", "n", "n_real", "status", "reason", "signature",
)  # fmt: skip


def as_json(found: Sequence[Measurement] | Sequence[Explained]) -> str:
    """Return a JSON list of objects with the fields of the measurements, or of the protocols."""
    return json.dumps([asdict(one) for one in found], indent=2, allow_nan=False) + "\n"


def as_csv(found: Sequence[Measurement]) -> str:
    """Return a line for each number under the column names, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_plain_value(getattr(one, column)) for column in _COLUMNS] for one in found)
    return text.getvalue()


def scores_view(console: Console, found: Sequence[Measurement]) -> RenderableType:
    """Return a table of values, then lines: samples without features, cautions, and reasons of no value.

    A line of several metrics is printed once, after their names.
    """
    table = open_table(
        ("metric", "left"), ("value", "right"), ("", "left"), ("n", "right"), ("real", "right"),
        ("signature", "left"), wrapped=["value"],
    )  # fmt: skip
    for one in found:
        value = Text(one.status, style="yellow" if one.status == "skipped" else "red")
        value = value if one.value is None else Text(number(one.value))
        name = one.metric + arrow(one.direction, one.best)
        n_real = "moments" if one.n_real is None else str(one.n_real)
        cells = (_format_interval(one), str(one.n), n_real, one.signature)
        metric, *rest = (Text(plain_text(console, cell)) for cell in (name, *cells))
        table.add_row(metric, value, *rest)
    reasons = [
        ("yellow" if one.status == "skipped" else "red", one.reason, one.metric)
        for one in found if one.status != "ok"
    ]  # fmt: skip
    below = [*_list_warnings(found), *_group_by_text(reasons)]
    return Group(table, *(Text(plain_text(console, line), style=style) for style, line in below))


def warning_lines(found: Sequence[Measurement]) -> list[str]:
    """Return a line for samples without features, then the cautions, each with the metrics concerned."""
    return [line for _, line in _list_warnings(found)]


def _list_warnings(found: Sequence[Measurement]) -> list[tuple[str, str]]:
    """Return (style, text) of each line of `warning_lines`."""
    counts = [
        ("cyan", f"{count.of - count.n} of {count.of} samples of {side} have no features", one.metric)
        for one in found
        for side, count in one.valid.items()
    ]
    cautions = [("yellow", text, one.metric) for one in found for text in one.cautions]
    warnings = [(style, f"warning: {line}") for style, line in _group_by_text(cautions)]
    return [*_group_by_text(counts), *warnings]


def _group_by_text(lines: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Return (style, line) for each style and text, with the names of its metrics before the text.

    lines  (style, text, metric)
    """
    metrics: dict[tuple[str, str], list[str]] = {}
    for style, text, metric in lines:
        metrics.setdefault((style, text), []).append(metric)
    return [(style, f"{listed(names)}: {text}") for (style, text), names in metrics.items()]


def explained_view(console: Console, found: Sequence[Explained]) -> RenderableType:
    """Return a table of the numbers of each protocol, its source, and a table of the extractor's steps.

    The second table also has further numbers of the metrics, such as standard errors.
    """
    metrics = [parse_id(name)[0] for name in found[0].measurements]
    scores = open_table(
        ("protocol", "left"), *((name, "right") for name in metrics), ("options", "left"), wrapped=["options"]
    )
    for one in found:
        values = [Text(each.status if each.value is None else number(each.value))
                  for each in one.measurements.values()]  # fmt: skip
        options = " ".join(f"{key}={value}" for key, value in one.options.items())
        scores.add_row(Text(one.protocol), *values, Text(plain_text(console, options or "the defaults")))
    parts, step_rows = [_extra(found, name) for name in _extras(found)], list(_step_rows(found))
    steps = open_table(("step", "left"), *((one.protocol, "right") for one in found))
    for name, cell in [*step_rows, *parts]:
        steps.add_row(Text(name), *(Text(plain_text(console, text)) for text in cell))
    title = "Each step of the first fakes: mean ± standard deviation over all numbers"
    if not step_rows:
        title = "Further numbers of the metrics"
    if any(step.apart for one in found for step in one.steps):
        title += f", and in brackets the mean absolute difference from {found[0].protocol}"
    first = next(iter(found[0].measurements.values()))
    sizes = f"{first.n} fakes, {first.n_real} real samples, the same under each protocol"
    told = [". ".join(filter(None, (one.summary, one.source))) for one in found]
    sources = [
        Text(plain_text(console, f"{one.protocol}: {text}")) for one, text in zip(found, told, strict=True)
    ]
    return Group(Text(sizes), scores, Text(""), *sources, Text(""), Text(plain_text(console, title)), steps)


def _step_rows(found: Sequence[Explained]) -> Iterable[tuple[str, list[str]]]:
    """Yield the name of each step with its cell for each protocol."""
    names = list(dict.fromkeys(step.name for one in found for step in one.steps))
    for name in names:
        yield name, [next((_step(step) for step in one.steps if step.name == name), "") for one in found]


def _step(step: Step) -> str:
    """Return mean ± standard deviation of a step, with its distance from the first protocol."""
    apart = "" if not step.apart else f" ({number(step.apart, 2)})"
    return f"{number(step.mean, 3)} ± {number(step.spread, 3)}{apart}"


def _extras(found: Sequence[Explained]) -> list[tuple[str, str]]:
    """Return (metric, name) of each further number of the metrics, such as a standard error."""
    return [
        (parse_id(name)[0], key)
        for name, each in found[0].measurements.items()
        for key, value in each.extra.items()
        if isinstance(value, (int, float))
    ]


def _extra(found: Sequence[Explained], which: tuple[str, str]) -> tuple[str, list[str]]:
    """Return the label of a metric's further number, and its cell for each protocol.

    which  (metric, name) of the number, from `_extras`
    """
    metric, key = which
    values = [each.extra.get(key) for one in found for name, each in one.measurements.items()
              if parse_id(name)[0] == metric]  # fmt: skip
    return f"{metric}: {key}", ["" if value is None else number(value) for value in values]


def _format_interval(one: Measurement) -> str:
    """Return the interval of a score, or else its spread, for a cell."""
    if one.low is not None and one.high is not None:
        return f"[{number(one.low)}, {number(one.high)}]"
    return "" if one.spread is None else f"spread {number(one.spread, 3)}"


def _plain_value(value: Any) -> Any:
    """Return a value as CSV writes it: texts cannot be formulas, and floats keep all digits."""
    if isinstance(value, str):
        return csv_text(value)
    return "" if value is None else repr(value) if isinstance(value, float) else value
