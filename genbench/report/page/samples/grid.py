"""A grid of samples as a chart: a row for each generator, with the same slots in each."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.report.charts.theme import GLYPH, GREY, SIZE, Chart, frame
from genbench.report.page.markup import data_url
from genbench.report.page.samples.exhibits import is_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.report.page.samples.exhibits import Exhibit
    from genbench.report.page.samples.gallery import DatasetGallery, GalleryRow
    from genbench.results.galleries import Slot

__all__ = ["make_sample_grid"]

#: Pixels of a picture, and the most in a row, which fill a column of a paper beside names.
_SMALL, _LARGE = (22, 10), (46, 5)
_FIRST, _UNLABELLED = "the first ones", "without labels, in the order drawn"
_GAP, _BETWEEN = 2, 12  # pixels between two pictures, and between rows with labels and those without
_HEAD = {"titleX": -5, "titleY": -9, "titleAlign": "right", "titleBaseline": "middle", "titleAnchor": "start"}
_TITLE = {"anchor": "start", "frame": "group", "color": GREY, "fontSize": SIZE, "offset": 4}  # of a block
_UPRIGHT = -90  # degrees of the names of classes that are wider than a picture


def make_sample_grid(gallery: DatasetGallery, order: Sequence[str]) -> Chart | None:
    """Return a grid of pictures of samples: in the row of a generator, at most ten small or five larger ones.

    order  the generators in the order of the board

    Real samples, if the gallery has some, are the first row, and controls the last ones. Neighbouring rows
    are a block if all have labels, or none has. The columns of a block with labels are sorted by class, with
    the names of the classes above. Several blocks have titles. Returns None if no sample is shown as a
    picture.
    """
    rows = _list_picture_rows(gallery, order)
    if not rows:
        return None
    pictures = [each for exhibits in rows.values() for each in exhibits.values()]
    side, columns = _LARGE if any(map(is_large, pictures)) else _SMALL
    slots = _choose_columns(rows, columns)
    panels, titles = [], []
    for has_labels, names in groupby(rows, key=lambda name: _has_labels(rows[name])):
        block = {name: rows[name] for name in names}
        panels.append(_make_panel(block, slots[has_labels], gallery.classes, side))
        titles.append(_describe_classes(gallery, slots[True]) if has_labels else _UNLABELLED)
    title = one_line(f"samples on {gallery.dataset}")
    if len(panels) == 1:
        note = f"{_FIRST}, {titles[0]}" if True in slots else _FIRST  # True: the rows have labels
        return frame(panels[0], title, note)
    headed = [panel | {"title": _TITLE | {"text": text}} for panel, text in zip(panels, titles, strict=True)]
    return frame({"vconcat": headed, "spacing": _BETWEEN}, title, _FIRST)


def _choose_columns(rows: Mapping[str, Mapping[Slot, Exhibit]], columns: int) -> dict[bool, list[Slot]]:
    """Return the slots that the rows show, by whether the samples of a row have labels.

    A slot is the place of a sample, such as the second one of a class; each is a column. Rows that share
    slots show at most as many samples as the row with the fewest has, and at most `columns`.
    """
    most = min([columns, *map(len, rows.values())])
    groups = group_pairs((_has_labels(exhibits), exhibits) for exhibits in rows.values())
    return {has_labels: _select_slots(group, most, columns) for has_labels, group in groups.items()}


def _list_picture_rows(gallery: DatasetGallery, order: Sequence[str]) -> dict[str, Mapping[Slot, Exhibit]]:
    """Return the rows that have a picture: by the name of a row, its exhibits, which are the samples to show.

    Real samples come first, then generators in the order of the board, then controls.
    """
    generated = sorted(gallery.rows, key=lambda row: (row.control is not None, order.index(row.generator)))
    named = [("real", gallery.real), *((_name_row(gallery, row), row.exhibits) for row in generated)]
    return {
        one_line(name): exhibits for name, exhibits in named if any(map(_make_picture_url, exhibits.values()))
    }


def _describe_classes(gallery: DatasetGallery, slots: Iterable[Slot]) -> str:
    """Return the title of a block of rows with labels: "by class", or "by class, 5 of 12 classes".

    slots  the places of the samples that the block shows; a slot has the label of its class
    """
    labels = {slot.label for slot in slots}
    # the labels of samples in the gallery, and the labels that have a name; None: a sample without a label
    all_labels = ({slot.label for slot in (*gallery.slots, *gallery.real)} - {None}) | set(gallery.classes)
    return "by class" if labels >= all_labels else f"by class, {len(labels)} of {len(all_labels)} classes"


def _has_labels(slots: Iterable[Slot]) -> bool:
    """Return whether one of the slots, the places of samples, has the label of a class."""
    return any(slot.label is not None for slot in slots)


def _select_slots(rows: Sequence[Mapping[Slot, Exhibit]], most: int, columns: int) -> list[Slot]:
    """Return the slots that rows show, sorted by class.

    The slots are those that all rows have, at most `most`. If no slot is in all rows, they are any slots, at
    most `columns`. The first slot of each class is chosen before the second of any.
    """
    all_slots = set().union(*rows)
    shared = all_slots.intersection(*rows)
    # `or 0`: None, the label of a slot without a class, cannot be compared with numbers
    candidates = sorted(shared or all_slots, key=lambda slot: (slot.number, slot.label or 0))
    chosen = candidates[: most if shared else columns]
    return sorted(chosen, key=lambda slot: (slot.label or 0, slot.number))


def _make_panel(
    rows: Mapping[str, Mapping[Slot, Exhibit]], slots: Sequence[Slot], classes: Mapping[int, str], side: int
) -> Chart:
    """Return a chart of pictures with a column for each slot, below the names of the classes, if any.

    rows     by the name of a row, its samples
    slots    the places of samples, such as the place of the second sample of a class
    classes  names of labels
    side     pixels of a picture
    """
    cells = [
        {"row": name, "column": column, "picture": url}
        for name, exhibits in rows.items()
        for column, slot in enumerate(slots)
        if slot in exhibits and (url := _make_picture_url(exhibits[slot]))
    ]
    step = {"step": side + _GAP}
    plain = {"ticks": False, "domain": False}
    class_axis: Chart = {"axis": None}
    if _has_labels(slots):
        class_axis = {"axis": plain | _make_class_axis(slots, classes, side), "title": "class"}
    return {
        "data": {"values": cells},
        "width": step,
        "height": step,
        # small pictures have few pixels, which stay sharp
        "mark": {"type": "image", "width": side, "height": side, "smooth": side != _SMALL[0]},
        "encoding": {
            "x": {"field": "column", "type": "ordinal"} | class_axis,
            "y": {"field": "row", "type": "nominal", "title": None, "axis": plain, "sort": list(rows)},
            "url": {"field": "picture", "type": "nominal"},
        },
    }


def _make_class_axis(slots: Sequence[Slot], classes: Mapping[int, str], side: int) -> Chart:
    """Return the axis above the columns, with the name of each class above the first column of the class.

    slots    the place of the sample of each column, such as the second one of a class; sorted by class
    classes  names of labels
    side     pixels of a picture; if a name is wider, all names are upright
    """
    labels = [slot.label for slot in slots]
    names = [
        "" if label is None or label in labels[:column] else one_line(classes.get(label, str(label)))
        for column, label in enumerate(labels)
    ]
    is_long = max(map(len, names)) * GLYPH > side + _GAP
    return _HEAD | {
        "orient": "top",
        "labelAngle": _UPRIGHT if is_long else 0,
        "labelExpr": f"{json.dumps(names)}[datum.value]",  # the value is the number of the column
    }


def _name_row(gallery: DatasetGallery, row: GalleryRow) -> str:
    """Return the name of a row: "vae", "vae, seed 1" if there are several of vae, "noise (control)"."""
    several = sum(other.generator == row.generator for other in gallery.rows) > 1
    seed = f", seed {row.seed}" if several else ""
    return f"{row.generator}{seed}{' (control)' if row.control else ''}"


def _make_picture_url(exhibit: Exhibit) -> str:
    """Return the picture of a sample as a data URL, or "" if the sample is not shown as a picture."""
    rendering = exhibit.rendering
    if rendering is None or not rendering.media_type.startswith("image/"):
        return ""
    return data_url(rendering.media_type, rendering.content)
