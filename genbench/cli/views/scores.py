"""Scores as tables, JSON and CSV."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from genbench.board.fitted_table import FittedTable, fit_metrics, open_table
from genbench.board.numbers import arrow, format_number
from genbench.board.ranking import loss
from genbench.board.terminal import plain_text
from genbench.core.escaping import csv_text
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names, parse_id
from genbench.results.extras import list_pairs, list_part_numbers
from genbench.scoring.yardstick import BEYOND_REAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console, RenderableType

    from genbench.scoring.explain import Explained, Step
    from genbench.scoring.measurement import Measurement
    from genbench.scoring.yardstick import Yardstick

    #: By the path of the fakes, as typed: their measurements by metric id.
    Scores = Mapping[str, Mapping[str, Measurement]]

__all__ = ["as_csv", "as_json", "explained_view", "scores_view", "warning_lines"]

_COLUMNS = (
    "metric", "direction", "value", "low", "high", "spread", "n", "n_real", "status", "reason", "signature",
    "yardstick_split", "yardstick_n", "yardstick_value", "yardstick_least", "yardstick_greatest",
    "yardstick_is_beyond_real", "yardstick_reason", "caution",
)  # fmt: skip
_LEGENDS = {
    "real": "real: {n} real samples in place of the fakes, in five splits; at n: {n} fakes, against the same "
    "other real samples; copies of training samples are looked for only with --train",
    "train": "train: {n} training samples in place of the fakes, in five cuts; at n: {n} fakes",
}
_MOST_DETAILS = 5  # parts or pairs of a metric: what a line or two can hold
_LEFT_OUT = "as those that do not parse; repair them"
_HINT = f"{BEYOND_REAL}: fakes seldom score better than real samples do, unless they are blurred or copied"


def as_json(results: Scores | Sequence[Explained]) -> str:
    """Return a JSON list of objects with the fields of the measurements, or of the protocols.

    An object has the path of the fakes, too, if there are several.
    """
    if isinstance(results, Mapping):
        objects = [_name_fake(results, fake) | asdict(score) for fake, score in _list_scores(results)]
    else:
        objects = [asdict(result) for result in results]
    return json.dumps(objects, indent=2, allow_nan=False) + "\n"


def as_csv(scores: Scores) -> str:
    """Return a line for each number under the column names, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = (*_name_fake(scores, ""), *_COLUMNS)
    writer.writerow(columns)
    for fake, score in _list_scores(scores):
        yardstick = {} if score.yardstick is None else vars(score.yardstick)
        values = {**vars(score), **{f"yardstick_{name}": value for name, value in yardstick.items()}}
        values |= _name_fake(scores, fake) | {"caution": "; ".join(score.cautions)}
        writer.writerow([_plain_value(values.get(column)) for column in columns])
    return text.getvalue()


def _list_scores(scores: Scores) -> Iterator[tuple[str, Measurement]]:
    """Yield the path of the fakes and a measurement, for each measurement."""
    return ((fake, score) for fake, each in scores.items() for score in each.values())


def _name_fake(scores: Scores, fake: str) -> dict[str, str]:
    """Return {"fake": the path of the fakes} if there are several, else {}."""
    return {"fake": fake} if len(scores) > 1 else {}


def scores_view(console: Console, scores: Scores, *, details: bool = False) -> RenderableType:
    """Return a table of values, with a column for each of several fakes, and the lines below it.

    details  whether these show the worst parts of the samples, such as columns
    """
    views = [_view_fake(console, list(each.values()), details=details) for each in scores.values()]
    if len(views) == 1:
        return Group(*views[0][0], *views[0][1])
    ids = list(dict.fromkeys(score.metric for _, score in _list_scores(scores)))
    tables = fit_metrics(console, ids, functools.partial(_make_wide_table, console, scores, ids))
    has_yardstick = any(score.yardstick for _, score in _list_scores(scores))
    hint = [Text("in brackets: at n, as the real samples in the last column")] if has_yardstick else []
    shared = [line for line in views[0][1] if all(line in lines for _, lines in views)]
    below = []
    for fake, (_, lines) in zip(scores, views, strict=True):
        if own := [line for line in lines if line not in shared]:
            below += [Text(plain_text(console, f"{fake}:"), style="bold"), *own]
    return Group(*tables, *hint, *shared, *below)


def _make_wide_table(
    console: Console, scores: Scores, ids: Sequence[str], name_metric: Callable[[str], str]
) -> FittedTable:
    """Return a table of values with a column for each of the fakes, then one for the real samples."""
    splits = list(dict.fromkeys(each.yardstick.split for _, each in _list_scores(scores) if each.yardstick))
    real = [" or ".join(splits)] if splits else []
    table = open_table(
        ("metric", "left"), *((fake, "left") for fake in scores), *((name, "left") for name in real),
        wrapped=["metric"],
    )  # fmt: skip
    for each in ids:
        row = [measurements.get(each) for measurements in scores.values()]
        known = [score for score in row if score is not None]
        cells = ["" if score is None else _format_beside(score) for score in row]
        ends = dict.fromkeys(
            _format_yardstick(replace(score.yardstick, is_beyond_real=False), has_split=len(splits) > 1)
            for score in known if score.yardstick
        )  # fmt: skip
        name = name_metric(each) + arrow(known[0].direction, known[0].best)
        texts = (name, *cells, *(["; ".join(ends)] if real else []))
        table.add_row(*(Text(plain_text(console, text).replace("; ", "\n")) for text in texts))
    return table


def _format_beside(score: Measurement) -> str:
    """Return a value as a cell beside others, with the value at the yardstick's n in brackets."""
    if score.value is None:
        return score.status
    if score.yardstick is None:
        return format_number(score.value)
    mark = f"; {BEYOND_REAL}" if score.yardstick.is_beyond_real else ""
    return f"{format_number(score.value)} ({format_number(score.yardstick.value, 3)}){mark}"


def _view_fake(
    console: Console, measurements: Sequence[Measurement], *, details: bool
) -> tuple[list[RenderableType], list[Text]]:
    """Return the table of values of one of the fakes, and the lines below it.

    These are counts, missing yardsticks, details, warnings and reasons. A line of several metrics is printed
    once, after their names. The warnings are the `cautions` of scores, and that a value is beyond real
    samples. Columns without a cell are left out.
    """
    filled = [score.yardstick for score in measurements if score.yardstick]
    ids = [score.metric for score in measurements]
    tables = fit_metrics(console, ids, functools.partial(_make_table, console, measurements))
    # None: statistics that do not contain their number of samples took the place of real samples
    sizes = {(score.n, "moments of" if score.n_real is None else score.n_real) for score in measurements}
    lines = [("", f"{n} fakes, {n_real} real samples") for n, n_real in sizes]
    lines += [("", line) for line in dict.fromkeys(_LEGENDS[each.split].format(n=each.n) for each in filled)]
    lines += _group_by_text(
        ("", f"no yardstick: {score.yardstick_reason}", score.metric)
        for score in measurements if score.yardstick_reason
    )  # fmt: skip
    reasons = [
        ("yellow" if score.status == "skipped" else "red", score.reason, score.metric)
        for score in measurements if score.status != "ok"
    ]  # fmt: skip
    worst = list(_list_details(measurements)) if details else []
    below = [*lines, *worst, *_list_warnings(measurements), *_group_by_text(reasons)]
    return tables, [Text(plain_text(console, line), style=style) for style, line in below]


def _list_details(measurements: Iterable[Measurement]) -> Iterator[tuple[str, str]]:
    """Yield (style, line) for the worst parts of samples, then the worst pairs, of each metric that has some.

    Parts are what the extra of a score has numbers of: columns, k-mers, classes. Those of a metric without a
    direction are sorted by their numbers, the greatest first. Outputs of one metric may share their parts,
    which are shown once.
    """
    shown: list[dict[str, float]] = []
    for score in measurements:
        for name, numbers in list_part_numbers(score.extra).items():
            if numbers in shown:
                continue
            shown.append(numbers)
            is_directed = score.direction != "none"
            order = {
                each: loss(number, score.direction, score.best) if is_directed else number
                for each, number in numbers.items()
            }
            worst = sorted(numbers, key=order.__getitem__, reverse=True)[:_MOST_DETAILS]
            texts = [f"{each} {format_number(numbers[each], 3)}" for each in worst]
            yield "", f"{score.metric}, worst {name}: {', '.join(texts)}"
        pairs = list_pairs(score.extra)[:_MOST_DETAILS]
        if pairs:
            texts = [
                f"{first} and {second} {format_number(fake, 3)} (real {format_number(real, 3)})"
                for first, second, real, fake in pairs
            ]
            yield "", f"{score.metric}, worst pairs: {', '.join(texts)}"


def _make_table(
    console: Console, measurements: Sequence[Measurement], name_metric: Callable[[str], str]
) -> FittedTable:
    """Return the table of values, given a function that returns the name of a metric in it."""
    yardsticks = [score.yardstick for score in measurements]
    splits = list(dict.fromkeys(yardstick.split for yardstick in yardsticks if yardstick))
    values = [score.status if score.value is None else format_number(score.value) for score in measurements]
    width = max(map(len, values))
    columns: list[tuple[str, list[str]]] = [
        ("at n", ["" if each is None else format_number(each.value, 3) for each in yardsticks]),
        (" or ".join(splits), [_format_yardstick(each, has_split=len(splits) > 1) for each in yardsticks]),
    ]
    columns = [(name, cells) for name, cells in columns if any(cells)]
    table = open_table(
        ("metric", "left"), ("value", "left"), *((name, "left") for name, _ in columns),
        ("signature", "left"), wrapped=["metric", "value", " or ".join(splits)], optional=["signature"],
    )  # fmt: skip
    for score, value, *cells in zip(measurements, values, *(cells for _, cells in columns), strict=True):
        style = "" if score.value is not None else "yellow" if score.status == "skipped" else "red"
        number = Text(f"{value:>{width}} {_format_interval(score)}".rstrip(), style=style)
        texts = (name_metric(score.metric) + arrow(score.direction, score.best), *cells, score.signature)
        name, *rest = (Text(plain_text(console, text).replace("; ", "\n")) for text in texts)
        table.add_row(name, number, *rest)
    return table


def _format_yardstick(yardstick: Yardstick | None, *, has_split: bool) -> str:
    """Return the values of real samples, after their split if it is asked for, and a mark after "; "."""
    if yardstick is None:
        return ""
    mark = f"; {BEYOND_REAL}" if yardstick.is_beyond_real else ""
    return (f"{yardstick.split} " if has_split else "") + yardstick.ends + mark


def warning_lines(measurements: Sequence[Measurement]) -> list[str]:
    """Return a line for samples without features, then the warnings, each with the metrics concerned."""
    return [line for _, line in _list_warnings(measurements)]


def _list_warnings(measurements: Sequence[Measurement]) -> list[tuple[str, str]]:
    """Return (style, line) for samples without features, then for warnings, with the metrics concerned."""
    counts = [
        (
            "cyan",
            f"{count.of - count.n} of {count.of} samples of {side} have no features, {_LEFT_OUT}",
            score.metric,
        )
        for score in measurements
        for side, count in score.valid.items()
    ]
    cautions = [("yellow", text, score.metric) for score in measurements for text in score.cautions]
    cautions += [
        ("yellow", _HINT, score.metric)
        for score in measurements
        if score.yardstick and score.yardstick.is_beyond_real
    ]
    warnings = [(style, f"warning: {line}") for style, line in _group_by_text(cautions)]
    return [*_group_by_text(counts), *warnings]


def _group_by_text(lines: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Return (style, line) for each style and text, with the names of its metrics before the text.

    lines  (style, text, metric)
    """
    metrics = group_pairs(((style, text), metric) for style, text, metric in lines)
    return [(style, f"{join_names(names)}: {text}") for (style, text), names in metrics.items()]


def explained_view(console: Console, explained: Sequence[Explained]) -> RenderableType:
    """Return a table of the numbers of each protocol, its source, and a table of the extractor's steps.

    A protocol is a named choice of an extractor and of options of metrics, such as those of a paper. A step
    is a stage of an extractor, such as resizing. The second table also has further numbers of the metrics,
    such as standard errors.

    explained  the result of each protocol
    """
    # all protocols have the same metrics; the extractors in their ids may differ
    metrics = [parse_id(name)[0] for name in explained[0].measurements]
    table = open_table(
        ("protocol", "left"), *((name, "right") for name in metrics), ("options", "left"),
        wrapped=["protocol", "options"],
    )  # fmt: skip
    sources = []
    for result in explained:
        values = [Text(score.status if score.value is None else format_number(score.value))
                  for score in result.measurements.values()]  # fmt: skip
        options = " ".join(f"{key}={value}" for key, value in result.options.items())
        table.add_row(Text(result.protocol), *values, Text(plain_text(console, options or "the defaults")))
        origin = ". ".join(filter(None, (result.summary, result.source)))
        sources.append(Text(plain_text(console, f"{result.protocol}: {origin}")))
    step_rows = list(_make_step_rows(explained))
    extra_rows = [_make_extra_row(explained, *extra) for extra in _list_extras(explained)]
    steps = open_table(
        ("step", "left"), *((result.protocol, "right") for result in explained), wrapped=["step"]
    )
    for name, cell in [*step_rows, *extra_rows]:
        steps.add_row(Text(name), *(Text(plain_text(console, text)) for text in cell))
    title = "Each step of the first fakes: mean ± standard deviation over all numbers"
    if not step_rows:
        title = "Further numbers of the metrics"
    # `apart` is the mean absolute difference from the same step of the first protocol
    if any(step.apart for result in explained for step in result.steps):
        title += f", and in brackets the mean absolute difference from {explained[0].protocol}"
    first = next(iter(explained[0].measurements.values()))
    sizes = f"{first.n} fakes, {first.n_real} real samples, the same under each protocol"
    return Group(Text(sizes), table, Text(""), *sources, Text(""), Text(plain_text(console, title)), steps)


def _make_step_rows(explained: Sequence[Explained]) -> Iterable[tuple[str, list[str]]]:
    """Yield the name of each step with its cell for each protocol."""
    for name in dict.fromkeys(step.name for result in explained for step in result.steps):
        steps = (next((step for step in result.steps if step.name == name), None) for result in explained)
        yield name, ["" if step is None else _format_step(step) for step in steps]


def _format_step(step: Step) -> str:
    """Return mean ± standard deviation of a step, with its difference from the first protocol in brackets."""
    # 0 in the first protocol, and None where shapes differ: neither is shown
    apart = "" if not step.apart else f" ({format_number(step.apart, 2)})"
    return f"{format_number(step.mean, 3)} ± {format_number(step.spread, 3)}{apart}"


def _list_extras(explained: Sequence[Explained]) -> list[tuple[str, str]]:
    """Return (metric, name) of each further number of the metrics, such as a standard error."""
    return [
        (parse_id(name)[0], key)
        for name, score in explained[0].measurements.items()
        for key, value in score.extra.items()
        if isinstance(value, (int, float))
    ]


def _make_extra_row(explained: Sequence[Explained], metric: str, key: str) -> tuple[str, list[str]]:
    """Return the label of a further number of a metric, and its cell for each protocol.

    key  the name of the number in the `extra` of the metric's scores, such as "standard error"
    """
    # the name alone, since the extractor in a metric's id may differ between protocols
    values = [score.extra.get(key) for result in explained for name, score in result.measurements.items()
              if parse_id(name)[0] == metric]  # fmt: skip
    return f"{metric}: {key}", ["" if value is None else format_number(value) for value in values]


def _format_interval(score: Measurement) -> str:
    """Return the interval of a score, or else its spread, for a cell."""
    if score.low is not None and score.high is not None:
        return f"[{format_number(score.low)}, {format_number(score.high)}]"
    return "" if score.spread is None else f"spread {format_number(score.spread, 3)}"


def _plain_value(value: Any) -> Any:
    """Return a value as CSV writes it: texts cannot be formulas, and floats keep all digits."""
    if isinstance(value, str):
        return csv_text(value)
    return "" if value is None else repr(value) if isinstance(value, float) else value
