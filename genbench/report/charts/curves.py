"""Training curves: the values that generators log while they learn, a thin line for each seed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import suggest_names
from genbench.report.charts.theme import ACCENT, WIDTH, Chart, frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["curve_plot", "curves_plot", "list_logged_values"]

_NOTE = "a line for each seed"
_LABELS = 51  # pixels of the ticks and numbers at the axis of values, in every panel
_AXIS = _LABELS + 15  # pixels of a panel beside its plot, with those between two panels
_ABREAST, _HEIGHT, _PANEL = 2, 90, WIDTH // 2 - _AXIS  # panels in a line, and pixels of a plot
_ABOVE = 8  # pixels from a panel to its name, more than numbers at the axis take
_SPACING = {"row": 14, "column": 8}  # pixels between panels

#: A number at the axis of values, which is as short as 2.5e-4, 0.0025 or 1.5k.
_SHORT = (
    "abs(datum.value) >= 1000 ? format(datum.value, '~s') : "
    "datum.value != 0 && abs(datum.value) < 0.001 ? format(datum.value, '~e') : datum.label"
)


def curves_plot(history: pd.DataFrame, dataset: str, name: str | None = None) -> Chart | None:
    """Return the training curves on a dataset, a panel for each generator and value that it logs.

    history  the table of history.csv
    name     the value to show, such as "loss"; None: all

    Axes of panels differ, since the losses of two kinds of models cannot be compared. Returns None if nothing
    was logged on this dataset. Raises SuiteError if nothing was logged under this name.
    """
    logs = history[history["dataset"] == dataset]
    if logs.empty:
        return None
    logged = sorted(set(logs["name"]))
    if name is not None and name not in logged:
        raise SuiteError(f"no generator on {dataset} has logged {name!r}{suggest_names(name, logged)}")
    rows = _make_rows(logs if name is None else logs[logs["name"] == name])
    names = sorted({row["panel"] for row in rows})
    panels = [_make_panel(panel, [row for row in rows if row["panel"] == panel]) for panel in names]
    return frame({"concat": panels, "columns": _ABREAST, "spacing": _SPACING}, "training", _NOTE)


def list_logged_values(history: pd.DataFrame, dataset: str) -> list[tuple[str, str, int]]:
    """Return (generator, name of a value, number of its points at all seeds) on a dataset, sorted."""
    logs = history[history["dataset"] == dataset]
    counts = Counter(zip(logs["generator"].tolist(), logs["name"].tolist(), strict=True))
    return [(generator, name, counts[generator, name]) for generator, name in sorted(counts)]


def curve_plot(history: pd.DataFrame, dataset: str, generator: str, name: str) -> Chart:
    """Return the chart of one value that a generator logs on a dataset, over steps.

    history  the table of history.csv
    name     of the value, such as "loss"
    """
    is_own = (history["dataset"] == dataset) & (history["generator"] == generator)
    rows = _make_rows(history[is_own & (history["name"] == name)])
    view = {"data": {"values": rows}, "width": WIDTH - _AXIS, "height": _HEIGHT, **_make_layer()}
    return frame(view, one_line(f"{generator}: {name}"), _NOTE)


def _make_rows(history: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a history as data of a chart, each with the name of the panel that shows it."""
    columns = (history[column].tolist() for column in ("generator", "name", "seed", "step", "value"))
    return [
        {"panel": one_line(f"{generator}: {name}"), "seed": seed, "step": step, "value": value}
        for generator, name, seed, step, value in zip(*columns, strict=True)
    ]


def _make_panel(name: str, rows: list[dict[str, Any]]) -> Chart:
    """Return the panel of one value of one generator, with its name at the same height in every panel."""
    text = {"type": "text", "text": name, "align": "left", "baseline": "bottom", "limit": _PANEL + _LABELS}
    # one empty row of data, so that the text is drawn once
    head = {"data": {"values": [{}]}, "mark": text | {"x": 0, "y": -_ABOVE}}
    return {"data": {"values": rows}, "width": _PANEL, "height": _HEIGHT, "layer": [_make_layer(), head]}


def _make_layer() -> Chart:
    """Return the Vega-Lite mark and encoding of a logged value: a line over steps for each seed."""
    number = {"type": "quantitative"}
    axis = {"title": None, "tickCount": 3}
    x = number | {"field": "step", "axis": axis | {"title": "step", "format": "~s"}, "scale": {"nice": False}}
    # numbers at every axis of values take equally many pixels, so that panels are aligned, and are short
    labels = {"minExtent": _LABELS, "maxExtent": _LABELS, "labelExpr": _SHORT}
    y = number | {"field": "value", "axis": axis | labels, "scale": {"zero": False}}
    return {
        "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.75, "color": ACCENT},
        "encoding": {"x": x, "y": y, "detail": {"field": "seed", "type": "nominal"}},
    }
