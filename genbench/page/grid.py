"""A grid of samples as a chart: a row for each generator, with the same slots in each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from genbench.charts.theme import GLYPH, Chart, framed
from genbench.core.escaping import one_line
from genbench.page.exhibits import is_large
from genbench.page.markup import data_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.page.exhibits import Exhibit
    from genbench.page.gallery import DatasetGallery, GalleryRow
    from genbench.results.slots import Slot

__all__ = ["sample_grid"]

#: Pixels of a picture, and the most in a row, which fill a column of a paper beside names.
_SMALL, _LARGE = (22, 10), (46, 5)
_FIRST, _BY_CLASS = "the first ones", "the first ones, by class where they have labels"
_NOT_REAL = "real samples and copies of them: with --show-real"
_GAP, _BETWEEN = 2, 12  # pixels between two pictures, and between rows with labels and those without
_HEAD = {"titleX": -5, "titleY": -9, "titleAlign": "right", "titleBaseline": "middle", "titleAnchor": "start"}
_UPRIGHT = -90  # degrees of the names of classes that are wider than a picture


def sample_grid(shown: DatasetGallery, order: Sequence[str]) -> Chart | None:
    """Return a grid of the pictures of a dataset's samples, at most ten small or five larger ones a row.

    All rows have as many, those of the row with the fewest.

    order  the generators in the order of the board

    Real samples, if the gallery has some, are the first row, and controls the last ones. Rows of samples with
    labels and rows without are apart: the former have a column for each class, with its name above it.
    Returns None if no sample is shown as a picture.
    """
    generated = sorted(shown.rows, key=lambda row: (row.control is not None, order.index(row.generator)))
    named = [("real", shown.real), *((_name(shown, row), row.exhibits) for row in generated)]
    rows = {one_line(name): exhibits for name, exhibits in named if any(map(_url, exhibits.values()))}
    if not rows:
        return None
    pictures = [each for exhibits in rows.values() for each in exhibits.values()]
    side, columns = _LARGE if any(map(is_large, pictures)) else _SMALL
    most = min([columns, *map(len, rows.values())])
    groups: dict[bool, dict[str, Mapping[Slot, Exhibit]]] = {}
    for name, exhibits in rows.items():
        groups.setdefault(_has_labels(exhibits), {})[name] = exhibits
    panels = [_panel(group, _slots(group, most, columns), shown.classes, side) for group in groups.values()]
    view = panels[0] if len(panels) == 1 else {"vconcat": panels, "spacing": _BETWEEN}
    notes = [_BY_CLASS if True in groups else _FIRST, *([] if shown.real else [_NOT_REAL])]
    return framed(view, one_line(f"samples on {shown.dataset}"), *notes)


def _has_labels(slots: Iterable[Slot]) -> bool:
    return any(slot.label is not None for slot in slots)


def _slots(rows: Mapping[str, Mapping[Slot, Exhibit]], most: int, columns: int) -> list[Slot]:
    """Return the slots that rows show, by class: at most `most` that all have, the first of each class first.

    If no slot is in all rows, they are at most `columns` that any of them has.
    """
    every = set().union(*rows.values())
    shared = every.intersection(*rows.values())
    first = sorted(shared or every, key=lambda slot: (slot.number, slot.label or 0))
    first = first[: most if shared else columns]
    return sorted(first, key=lambda slot: (slot.label or 0, slot.number))


def _panel(
    rows: Mapping[str, Mapping[Slot, Exhibit]], slots: Sequence[Slot], classes: Mapping[int, str], side: int
) -> Chart:
    """Return the pictures of rows in the same slots, below the names of their classes, if they have any."""
    cells = [
        {"row": name, "column": column, "picture": url}
        for name, exhibits in rows.items()
        for column, slot in enumerate(slots)
        if slot in exhibits and (url := _url(exhibits[slot]))
    ]
    step = {"step": side + _GAP}
    plain = {"ticks": False, "domain": False}
    heads = (
        {"axis": plain | _heads(slots, classes, side), "title": "class"}
        if _has_labels(slots)
        else {"axis": None}
    )
    return {
        "data": {"values": cells},
        "width": step,
        "height": step,
        "mark": {"type": "image", "width": side, "height": side, "smooth": side != _SMALL[0]},
        "encoding": {
            "x": {"field": "column", "type": "ordinal"} | heads,
            "y": {"field": "row", "type": "nominal", "title": None, "axis": plain, "sort": list(rows)},
            "url": {"field": "picture", "type": "nominal"},
        },
    }


def _heads(slots: Sequence[Slot], classes: Mapping[int, str], side: int) -> Chart:
    """Return the axis of the classes of slots, each named above its first slot, upright if a name is long."""
    labels = [slot.label for slot in slots]
    names = [
        "" if label is None or label in labels[:column] else one_line(classes.get(label, str(label)))
        for column, label in enumerate(labels)
    ]
    is_long = max(map(len, names)) * GLYPH > side + _GAP
    return _HEAD | {
        "orient": "top",
        "labelAngle": _UPRIGHT if is_long else 0,
        "labelExpr": f"{json.dumps(names)}[datum.value]",
    }


def _name(shown: DatasetGallery, row: GalleryRow) -> str:
    """Return the name of a row, its seed if its generator has several rows, and whether it is a control."""
    several = sum(other.generator == row.generator for other in shown.rows) > 1
    seed = f", seed {row.seed}" if several else ""
    return f"{row.generator}{seed}{' (control)' if row.control else ''}"


def _url(exhibit: Exhibit) -> str:
    """Return the picture of a sample as a URL, or "" if it is none."""
    rendering = exhibit.rendering
    if rendering is None or not rendering.media_type.startswith("image/"):
        return ""
    return data_url(rendering.media_type, rendering.content)
