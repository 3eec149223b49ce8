"""A grid of samples as a chart: a row for each generator, with the same slots in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.charts.theme import Chart, framed
from genbench.core.escaping import one_line
from genbench.page.markup import data_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.page.exhibits import Exhibit
    from genbench.page.gallery import DatasetGallery, GalleryRow
    from genbench.results.slots import Slot

__all__ = ["sample_grid"]

_CELL, _GAP = 22, 2  # pixels of a picture, and between two: ten of them beside names fill a column of a paper
_COLUMNS = 10


def sample_grid(shown: DatasetGallery) -> Chart | None:
    """Return a grid of the pictures of a dataset's samples, at most ten a row.

    Real samples, if the gallery has some, are the first row, and controls the last ones. Samples with labels
    are in the order of their classes. Returns None if no sample is shown as a picture.
    """
    generated = sorted(shown.rows, key=lambda row: row.control is not None)
    rows = [("real", shown.real), *((_name(shown, row), row.exhibits) for row in generated)]
    cells = [cell for name, exhibits in rows for cell in _cells(one_line(name), exhibits)]
    if not cells:
        return None
    axis = {"type": "nominal", "title": None, "axis": {"ticks": False, "domain": False}}
    step = {"step": _CELL + _GAP}
    view = {
        "data": {"values": cells},
        "width": step,
        "height": step,
        "mark": {"type": "image", "width": _CELL, "height": _CELL, "smooth": False},
        "encoding": {
            "x": {"field": "column", "type": "ordinal", "axis": None},
            "y": axis | {"field": "row", "sort": list(dict.fromkeys(cell["row"] for cell in cells))},
            "url": {"field": "picture", "type": "nominal"},
        },
    }
    return framed(
        view, one_line(f"samples on {shown.dataset}"), "the first ones, by class where they have labels"
    )


def _name(shown: DatasetGallery, row: GalleryRow) -> str:
    """Return the name of a row, with its seed if its generator has several rows."""
    several = sum(other.generator == row.generator for other in shown.rows) > 1
    return f"{row.generator}, seed {row.seed}" if several else row.generator


def _cells(name: str, exhibits: Mapping[Slot, Exhibit]) -> list[dict[str, Any]]:
    """Return the pictures of a row by class, the first of each class rather than the second of another."""
    first = sorted(exhibits, key=lambda slot: (slot.number, slot.label or 0))[:_COLUMNS]
    chosen = sorted(first, key=lambda slot: (slot.label or 0, slot.number))
    urls = [_url(exhibits[slot]) for slot in chosen]
    return [{"row": name, "column": column, "picture": url} for column, url in enumerate(urls) if url]


def _url(exhibit: Exhibit) -> str:
    """Return the picture of a sample as a URL, or "" if it is none."""
    rendering = exhibit.rendering
    if rendering is None or not rendering.media_type.startswith("image/"):
        return ""
    return data_url(rendering.media_type, rendering.content)
