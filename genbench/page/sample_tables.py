"""The gallery of a board as values for a page's templates: tables of samples, within a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.escaping import one_line
from genbench.page.markup import data_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.page.exhibits import Exhibit
    from genbench.page.gallery import DatasetGallery, Gallery, GalleryRow, NearestExhibit
    from genbench.results.slots import Slot

__all__ = ["SampleTable", "SampleTables", "ShownRow", "ShownSample", "sample_tables"]

#: Bytes of renderings, and samples, of all datasets of a page together.
_MOST_BYTES, _MOST_SAMPLES = 2_000_000, 4_000

_COPY = "a copy"


@dataclass(frozen=True, kw_only=True)
class ShownSample:
    """An image or a sound as a data URL, a text, or the reason why a sample cannot be shown.

    kind  "image", "audio", "text", "reason", or "" for a slot that the row does not fill
    name  what it is, for readers who cannot see it
    note  what of it is shown, or how far it is from the sample above
    near  the nearest training sample, if it is shown
    """

    kind: str = ""
    content: str = ""
    name: str = ""
    note: str = ""
    near: ShownSample | None = None


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """The samples of a generator at one seed, or real samples; `reason` says why some are missing."""

    name: str
    seed: str
    kind: str
    reason: str
    samples: tuple[ShownSample, ...]


@dataclass(frozen=True, kw_only=True)
class SampleTable:
    """Rows that fill the same slots, with the name of the class or the number of each slot."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True, kw_only=True)
class SampleTables:
    """The samples of one dataset; `number` is that of the dataset on the board."""

    number: int
    name: str
    notes: tuple[str, ...]
    tables: tuple[SampleTable, ...]


def sample_tables(gallery: Gallery, orders: Mapping[str, Sequence[str]]) -> list[SampleTables]:
    """Return the samples of each dataset that has some, or should have: its samples, or data, cannot be read.

    orders  the generators in the order of the board, by dataset in its order

    If all of them would make the page too large, rows of higher seeds are left out first, and counted.
    """
    budget, datasets = [_MOST_BYTES, _MOST_SAMPLES], list(orders)
    return [
        _of_dataset(found, datasets.index(found.dataset), orders[found.dataset], budget)
        for found in gallery.datasets
        if any(row.exhibits or row.is_lost for row in found.rows) or found.real or found.reason
    ]


def _of_dataset(found: DatasetGallery, number: int, order: Sequence[str], budget: list[int]) -> SampleTables:
    places = {generator: place for place, generator in enumerate(order)}
    rows = sorted(found.rows, key=lambda row: (row.control is not None, places[row.generator], row.seed))
    kept = _within(rows, budget)
    notes = [found.reason] if found.reason else []
    if found.distance:
        notes.append(f"Below each sample: the nearest training sample, with its distance ({found.distance}).")
    if len(kept) < len(rows):
        left_out = len(rows) - len(kept)
        notes.append(f"{left_out} of {len(rows)} rows are left out, since this page would become too large.")
    return SampleTables(
        number=number,
        name=one_line(found.dataset),
        notes=tuple(map(one_line, notes)),
        tables=tuple(sorted(_tables(found, kept), key=_has_no_competitor)),
    )


def _within(rows: Sequence[GalleryRow], budget: list[int]) -> list[GalleryRow]:
    """Return the rows that fit into the bytes and samples that are left, the lowest seeds first."""
    ranks: dict[str, int] = {}
    order = []
    for place, row in enumerate(rows):
        ranks[row.generator] = ranks.get(row.generator, -1) + 1
        order.append((ranks[row.generator], place))
    kept = set()
    for _, place in sorted(order):
        cost = _cost(rows[place])
        if all(own <= left for own, left in zip(cost, budget, strict=True)):
            budget[:] = [left - own for own, left in zip(cost, budget, strict=True)]
            kept.add(place)
    return [row for place, row in enumerate(rows) if place in kept]


def _cost(row: GalleryRow) -> tuple[int, int]:
    """Return the bytes and the number of the samples of a row."""
    exhibits = [*row.exhibits.values(), *(near.exhibit for near in row.nearest.values())]
    return sum(len(each.rendering.content) for each in exhibits if each.rendering), len(exhibits)


def _tables(found: DatasetGallery, rows: Sequence[GalleryRow]) -> Iterator[SampleTable]:
    """Yield a table of the rows with classes, one of those without, and one of those without any sample."""
    for title, has_label in (("By class", True), ("In the order in which they were drawn", False)):
        slots = [slot for slot in found.slots if (slot.label is not None) is has_label]
        members = [row for row in rows if set(slots) & row.exhibits.keys()]
        shown = [_row(row, slots) for row in members]
        if set(slots) & found.real.keys():
            shown.insert(0, _real(found.real, slots))
        if shown:
            heads = tuple(_head(slot, found.classes) for slot in slots)
            yield SampleTable(title=title, heads=heads, rows=tuple(shown))
    empty = [_row(row, []) for row in rows if not row.exhibits]
    if empty:
        yield SampleTable(title="Without samples", heads=(), rows=tuple(empty))


def _has_no_competitor(table: SampleTable) -> bool:
    """Return whether a table has controls or no samples alone; it comes after the others."""
    return not table.heads or all(row.kind == "control" for row in table.rows)


def _head(slot: Slot, classes: Mapping[int, str]) -> str:
    if slot.label is None:
        return str(slot.number + 1)
    return one_line(classes.get(slot.label, str(slot.label)))


def _row(row: GalleryRow, slots: Sequence[Slot]) -> ShownRow:
    who = f"{row.generator}, seed {row.seed}"
    return ShownRow(
        name=one_line(row.generator),
        seed=str(row.seed),
        kind="control" if row.control else "",
        reason=one_line(row.reason),
        samples=tuple(_sample(row.exhibits.get(slot), who, row.nearest.get(slot)) for slot in slots),
    )


def _real(real: Mapping[Slot, Exhibit], slots: Sequence[Slot]) -> ShownRow:
    samples = tuple(_sample(real.get(slot), "real data") for slot in slots)
    return ShownRow(name="real data", seed="", kind="control", reason="", samples=samples)


def _sample(exhibit: Exhibit | None, who: str, near: NearestExhibit | None = None) -> ShownSample:
    """Return an exhibit of a row, and the nearest training sample below it."""
    if exhibit is None:
        return ShownSample()
    below = None if near is None else _sample(near.exhibit, "training data")
    if below is not None and near is not None:
        note = _COPY if near.is_copy else f"{near.distance:.3g}"
        below = ShownSample(kind=below.kind, content=below.content, name=below.name, note=note)
    name = one_line(f"sample {exhibit.number} of {who}")
    if exhibit.rendering is None:
        return ShownSample(kind="reason", content=one_line(exhibit.reason), name=name, near=below)
    media_type, content = exhibit.rendering.media_type, exhibit.rendering.content
    kind = media_type.partition("/")[0]
    shown = content.decode("utf-8", "backslashreplace") if kind == "text" else data_url(media_type, content)
    return ShownSample(kind=kind, content=shown, name=name, note=one_line(exhibit.note), near=below)
