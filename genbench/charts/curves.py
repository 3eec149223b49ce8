"""Training curves: the values that generators log while they learn, a thin line for each seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.charts.theme import ACCENT, WIDTH, Chart, framed
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["curves_plot"]

_ABREAST, _HEIGHT, _PANEL = 2, 90, WIDTH // 2 - 45


def curves_plot(history: pd.DataFrame, dataset: str, name: str | None = None) -> Chart | None:
    """Return the training curves on a dataset, a panel for each generator and value that it logs.

    history  the table of history.csv
    name     the value to show, such as "loss"; None: all

    Axes of panels differ, since the losses of two kinds of models cannot be compared. Returns None if nothing
    was logged on this dataset. Raises SuiteError if nothing was logged under this name.
    """
    own = history[history["dataset"] == dataset]
    if own.empty:
        return None
    names = sorted(set(own["name"]))
    if name is not None and name not in names:
        raise SuiteError(f"no generator on {dataset} has logged {name!r}{nearest(name, names)}")
    kept = own if name is None else own[own["name"] == name]
    columns = (kept[column].tolist() for column in ("generator", "name", "seed", "step", "value"))
    rows = [
        {"panel": one_line(f"{generator}: {logged}"), "seed": seed, "step": step, "value": value}
        for generator, logged, seed, step, value in zip(*columns, strict=True)
    ]
    view = {
        "data": {"values": rows},
        "facet": {"field": "panel", "type": "nominal", "title": None, "header": {"labelAnchor": "start"}},
        "columns": _ABREAST,
        "spec": _panel(),
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
    }
    return framed(view, one_line(f"training on {dataset}"), "a line for each seed")


def _panel() -> Chart:
    """Return the panel of one value of one generator."""
    number = {"type": "quantitative"}
    axis = {"title": None, "tickCount": 3, "format": "~s"}
    x = number | {"field": "step", "axis": axis | {"title": "step"}, "scale": {"nice": False}}
    y = number | {"field": "value", "axis": axis | {"minExtent": 30}, "scale": {"zero": False}}
    return {
        "width": _PANEL,
        "height": _HEIGHT,
        "mark": {"type": "line", "strokeWidth": 0.8, "opacity": 0.7, "color": ACCENT},
        "encoding": {"x": x, "y": y, "detail": {"field": "seed", "type": "nominal"}},
    }
