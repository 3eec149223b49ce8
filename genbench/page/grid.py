"""A grid of samples as a chart: a row for each generator, with the same slots in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.charts.theme import Chart, framed
from genbench.core.escaping import one_line
from genbench.page.exhibits import is_large
from genbench.page.markup import data_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.page.exhibits import Exhibit
    from genbench.page.gallery import DatasetGallery, GalleryRow
    from genbench.results.slots import Slot

__all__ = ["sample_grid"]

#: Pixels of a picture, and the most in a row, which fill a column of a paper beside names.
_SMALL, _LARGE = (22, 10), (46, 5)
_FIRST, _BY_CLASS = "the first ones", "the first ones, by class where they have labels"
_NOT_REAL = "real samples and copies of them: with --show-real"
_GAP = 2  # pixels between two pictures


def sample_grid(shown: DatasetGallery, order: Sequence[str]) -> Chart | None:
    """Return a grid of the pictures of a dataset's samples, at most ten small or five larger ones a row.

    All rows have as many, those of the row with the fewest.

    order  the generators in the order of the board

    Real samples, if the gallery has some, are the first row, and controls the last ones. Samples with labels
    are in the order of their classes. Returns None if no sample is shown as a picture.
    """
    generated = sorted(shown.rows, key=lambda row: (row.control is not None, order.index(row.generator)))
    rows = [("real", shown.real), *((_name(shown, row), row.exhibits) for row in generated)]
    pictures = [each for _, exhibits in rows for each in exhibits.values()]
    side, columns = _LARGE if any(map(is_large, pictures)) else _SMALL
    most = min([columns, *(len(exhibits) for _, exhibits in rows if exhibits)])
    cells = [cell for name, exhibits in rows for cell in _cells(one_line(name), exhibits, most)]
    if not cells:
        return None
    axis = {"type": "nominal", "title": None, "axis": {"ticks": False, "domain": False}}
    step = {"step": side + _GAP}
    view = {
        "data": {"values": cells},
        "width": step,
        "height": step,
        "mark": {"type": "image", "width": side, "height": side, "smooth": side != _SMALL[0]},
        "encoding": {
            "x": {"field": "column", "type": "ordinal", "axis": None},
            "y": axis | {"field": "row", "sort": list(dict.fromkeys(cell["row"] for cell in cells))},
            "url": {"field": "picture", "type": "nominal"},
        },
    }
    notes = [_BY_CLASS if any(slot.label is not None for _, own in rows for slot in own) else _FIRST]
    notes += [] if shown.real else [_NOT_REAL]
    return framed(view, one_line(f"samples on {shown.dataset}"), *notes)


def _name(shown: DatasetGallery, row: GalleryRow) -> str:
    """Return the name of a row, its seed if its generator has several rows, and whether it is a control."""
    several = sum(other.generator == row.generator for other in shown.rows) > 1
    seed = f", seed {row.seed}" if several else ""
    return f"{row.generator}{seed}{' (control)' if row.control else ''}"


def _cells(name: str, exhibits: Mapping[Slot, Exhibit], most: int) -> list[dict[str, Any]]:
    """Return the pictures of a row by class, the first of each class rather than the second of another."""
    first = sorted(exhibits, key=lambda slot: (slot.number, slot.label or 0))[:most]
    chosen = sorted(first, key=lambda slot: (slot.label or 0, slot.number))
    urls = [_url(exhibits[slot]) for slot in chosen]
    return [{"row": name, "column": column, "picture": url} for column, url in enumerate(urls) if url]


def _url(exhibit: Exhibit) -> str:
    """Return the picture of a sample as a URL, or "" if it is none."""
    rendering = exhibit.rendering
    if rendering is None or not rendering.media_type.startswith("image/"):
        return ""
    return data_url(rendering.media_type, rendering.content)
