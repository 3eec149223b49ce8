"""The gallery of a board as values for a page's templates: tables of samples, within a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from genbench.board.numbers import typeset
from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.report.page.markup import data_url
from genbench.report.page.samples.exhibits import MOST_EXACT_PIXELS, QUALITY, is_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench.report.page.samples.exhibits import Exhibit, FrameColumn
    from genbench.report.page.samples.gallery import DatasetGallery, Gallery, GalleryRow, NearestExhibit
    from genbench.results.galleries import Slot

__all__ = ["PageRow", "PageSample", "SampleTable", "SampleTables", "describe_sample", "make_sample_tables"]

#: Bytes of renderings, and samples, of all datasets of a page together.
_MOST_BYTES, _MOST_SAMPLES = 2_000_000, 4_000
_CELL_BYTES = 40  # of the markup of a cell of a row

_TITLES = "By class", "In the order in which they were drawn"


@dataclass(frozen=True, kw_only=True)
class PageSample:
    """An image or a sound as a data URL, a text, or the reason why a sample cannot be shown.

    kind  "image" for a small picture, "picture" for a larger one, "audio", "text", "row", "reason", or "" for
          a slot that the row does not fill
    name  what it is, for readers who cannot see it, such as "sample 3 of vae, seed 0"
    head  the name of its class, or its number
    note  what of it is shown, or how far it is from the sample above
    cells of a row: the texts, and whether each is of a column of numbers; None for a missing value
    near  the nearest training sample, if it is shown
    """

    kind: str = ""
    content: str = ""
    name: str = ""
    head: str = ""
    note: str = ""
    cells: tuple[tuple[str | None, bool], ...] = ()
    near: PageSample | None = None


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """The samples of a generator at one seed, or real samples.

    kind    "control" for a control and for real samples, else ""
    reason  why some samples are missing, or ""
    """

    name: str
    seed: str
    kind: str
    reason: str
    samples: tuple[PageSample, ...]


@dataclass(frozen=True, kw_only=True)
class SampleTable:
    """Rows that fill the same slots, with the name of the class or the number of each slot.

    columns  of samples that are rows of a frame: name, and whether it has numbers; () for other samples
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[PageRow, ...]
    columns: tuple[tuple[str, bool], ...] = ()

    @property
    def rows_by_seed(self) -> list[tuple[str, list[PageRow]]]:
        """The rows by seed: under "" the first row of each generator, then the others by ascending seed.

        The page shows the first ones, and folds away the rows of each other seed until a reader opens them.
        """
        # real samples have no seed, and are always among the first rows
        first = [rows[0] for rows in group_pairs((row.name, row) for row in self.rows).values()]
        others = group_pairs((row.seed, row) for row in self.rows if row not in first)
        return [("", first), *sorted(others.items(), key=lambda fold: int(fold[0]))]


@dataclass(frozen=True, kw_only=True)
class SampleTables:
    """The samples of one dataset.

    number      of the dataset on the board
    tables      of images, sounds and texts, and of generators without samples
    row_tables  of samples that are rows of a frame; these tables have columns
    """

    number: int
    name: str
    notes: tuple[str, ...]
    tables: tuple[SampleTable, ...]
    row_tables: tuple[SampleTable, ...] = ()


def make_sample_tables(gallery: Gallery, orders: Mapping[str, Sequence[str]]) -> list[SampleTables]:
    """Return the tables of each dataset that has samples, or that has a reason why they are missing.

    orders  by dataset, the generators in the order of the board; the datasets are in its order, too

    If all samples would make the page too large, rows of higher seeds are left out first. If the lowest seeds
    alone are too many, each row has fewer samples, the first of each class before the second of any. If one
    sample of each row is too many, rows of generators are left out from the end. Notes name what is left out.
    """
    budget = np.array([_MOST_BYTES, _MOST_SAMPLES])
    galleries = [each for each in gallery.datasets if _has_content(each)]
    tables = []
    for index, each in enumerate(galleries):
        ranks = {generator: rank for rank, generator in enumerate(orders[each.dataset])}
        rows = sorted(each.rows, key=lambda row: (row.control is not None, ranks[row.generator], row.seed))
        whole = replace(each, rows=tuple(rows))
        # each dataset may use an equal part of what those before it have left
        fitting = _fit_budget(whole, budget // (len(galleries) - index))
        budget = budget - _count_cost(_list_exhibits(fitting.rows), fitting.real.values())
        tables.append(_describe_dataset(whole, fitting, list(orders).index(each.dataset)))
    return tables


def _has_content(gallery: DatasetGallery) -> bool:
    """Return whether a dataset has samples, or a reason why they are missing.

    A row is lost if the run kept its samples, and they cannot be read; the row states the reason.
    """
    has_rows = any(row.exhibits or row.is_lost for row in gallery.rows)
    return has_rows or bool(gallery.real or gallery.reason)


def _fit_budget(gallery: DatasetGallery, budget: NDArray[np.int64]) -> DatasetGallery:
    """Return the gallery with the slots and rows that fit into a budget, (bytes, samples).

    A slot is the place of a sample in each row, such as the second one of a class.

    Slots are limited first, until the lowest seed of each generator fits. Then rows fill the budget, the
    lowest seeds first; a row that does not fit is left out, and a smaller one after it may still fit.
    """
    most = max(map(len, _split_slots(gallery.slots)))  # of the slots with labels and of those without
    # without any slot, these values remain
    fitting, count, lowest = gallery, 0, _select_lowest_seeds(gallery.rows)
    for count in range(most, 0, -1):  # one slot less each time; a single slot is kept even if it is too large
        fitting = _limit_slots(gallery, count)
        lowest = _select_lowest_seeds(fitting.rows)
        if (_count_cost(_list_exhibits(lowest), fitting.real.values()) <= budget).all():
            break
    lowest_ids = set(map(_identify_trial, lowest))
    # higher seeds follow only where the lowest ones fit with all of their slots
    others = [row for row in fitting.rows if _identify_trial(row) not in lowest_ids] if count == most else []
    remaining, kept = budget - _count_cost(fitting.real.values()), set()
    for row in (*lowest, *others):
        cost = _count_cost(_list_exhibits([row]))
        if (cost <= remaining).all():
            remaining = remaining - cost
            kept.add(_identify_trial(row))
    return replace(fitting, rows=tuple(row for row in fitting.rows if _identify_trial(row) in kept))


def _identify_trial(row: GalleryRow) -> tuple[str, int]:
    """Return the generator and the seed of a row."""
    return row.generator, row.seed


def _split_slots(slots: Iterable[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Return the slots with labels and those without, by number: the first of each class, then the second.

    A slot is the place of a sample in each row. Slots without labels are numbered through.
    """
    # `or 0` only makes labels comparable: slots with labels and without are separated below
    order = sorted(slots, key=lambda slot: (slot.number, slot.label or 0))
    return [slot for slot in order if slot.label is not None], [slot for slot in order if slot.label is None]


def _limit_slots(gallery: DatasetGallery, count: int) -> DatasetGallery:
    """Return the gallery with the first `count` slots with labels, and as many without."""
    chosen = {slot for slots in _split_slots(gallery.slots) for slot in slots[:count]}
    rows = (
        replace(
            row,
            exhibits={slot: each for slot, each in row.exhibits.items() if slot in chosen},
            nearest={slot: each for slot, each in row.nearest.items() if slot in chosen},
        )
        for row in gallery.rows
    )
    return replace(
        gallery,
        slots=tuple(slot for slot in gallery.slots if slot in chosen),
        rows=tuple(rows),
        real={slot: each for slot, each in gallery.real.items() if slot in chosen},
    )


def _select_lowest_seeds(rows: Iterable[GalleryRow]) -> list[GalleryRow]:
    """Return the row of the lowest seed of each generator; `rows` are sorted by seed for each of them."""
    return [of_generator[0] for of_generator in group_pairs((row.generator, row) for row in rows).values()]


def _list_exhibits(rows: Iterable[GalleryRow]) -> Iterator[Exhibit]:
    """Yield the samples of rows, and the nearest training samples."""
    for row in rows:
        yield from row.exhibits.values()
        yield from (near.exhibit for near in row.nearest.values())


def _count_cost(*exhibits: Iterable[Exhibit]) -> NDArray[np.int64]:
    """Return (bytes of renderings and of cells, number of samples) of exhibits, in the form of a budget."""
    sizes = [_count_bytes(exhibit) for each in exhibits for exhibit in each]
    return np.array([sum(sizes), len(sizes)])


def _count_bytes(exhibit: Exhibit) -> int:
    """Return the bytes that an exhibit takes on a page."""
    rendering_bytes = 0 if exhibit.rendering is None else len(exhibit.rendering.content)
    return rendering_bytes + sum(_CELL_BYTES + len(cell or "") for cell in exhibit.cells)


def _describe_dataset(whole: DatasetGallery, few: DatasetGallery, number: int) -> SampleTables:
    """Return the tables of a dataset, with notes on what is left out.

    Samples that are rows of data frames are in `row_tables`, which the page shows with columns.

    whole, few  the whole gallery, and the part of it that fits onto the page
    number      of the dataset on the board
    """
    tables = sorted(_build_tables(few), key=_has_no_competitor)
    frame_tables = [table for table in tables if table.columns]  # each sample is a row of a data frame
    other_tables = [table for table in tables if not table.columns]
    # A table without heads has the rows of generators without samples. If it is the only other one, its rows
    # join the last table of frames, which has a wide cell for the reasons.
    if frame_tables and len(other_tables) == 1 and not other_tables[0].heads:
        frame_tables[-1] = replace(frame_tables[-1], rows=frame_tables[-1].rows + other_tables.pop().rows)
    return SampleTables(
        number=number,
        name=one_line(whole.dataset),
        notes=tuple(map(one_line, _list_notes(whole, few))),
        tables=tuple(other_tables),
        row_tables=tuple(frame_tables),
    )


def _list_notes(whole: DatasetGallery, few: DatasetGallery) -> Iterator[str]:
    """Yield the notes above the tables: real samples, sizes, and what is left out."""
    if whole.reason:
        yield whole.reason
    if whole.distance:
        yield f"Below each sample: the nearest training sample, with its distance ({whole.distance})."
    yield from (f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in whole.notes)
    shown = [*few.real.values(), *_list_exhibits(few.rows)]
    if any(each.rendering and each.rendering.media_type == "image/jpeg" for each in shown):
        large = f"Pictures of more than {MOST_EXACT_PIXELS:,} pixels, and those made smaller,"
        yield f"{large} are JPEG files of quality {QUALITY} where these take less room."
    n_shown, n_whole = (max(map(len, _split_slots(each.slots))) for each in (few, whole))
    if n_shown < n_whole:
        yield f"Each row shows {n_shown} of {n_whole} samples, since this page would become too large."
    if len(few.rows) < len(whole.rows):
        rows = f"{len(whole.rows) - len(few.rows)} of {len(whole.rows)} rows"
        yield f"{rows} are left out, those of higher seeds first, since this page would become too large."


def _build_tables(gallery: DatasetGallery) -> Iterator[SampleTable]:
    """Yield tables of the samples with labels, of those without, and one of the rows without any sample.

    Samples that are rows of data frames with different columns are in different tables.
    """
    # the titles are in the order of `_split_slots`: with labels, without
    for title, slots in zip(_TITLES, _split_slots(gallery.slots), strict=True):
        shown = [slot for slot in gallery.slots if slot in slots]
        members = [row for row in gallery.rows if set(slots) & row.exhibits.keys()]
        pairs = [(_find_frame_columns(row.exhibits), _make_page_row(row, shown, gallery)) for row in members]
        if set(slots) & gallery.real.keys():
            pairs.insert(0, (_find_frame_columns(gallery.real), _make_real_row(gallery, shown)))
        heads = tuple(_name_slot(slot, gallery.classes) for slot in shown)
        for columns, rows in group_pairs(pairs).items():
            names = tuple((one_line(name), is_numeric) for name, is_numeric in columns)
            # what rows of frames leave out, such as columns, is stated once, in the title
            notes = {sample.note for row in rows for sample in row.samples if sample.kind == "row"} - {""}
            yield SampleTable(
                title=", ".join([title, *sorted(notes)]), heads=heads, rows=tuple(rows), columns=names
            )
    empty = [_make_page_row(row, [], gallery) for row in gallery.rows if not row.exhibits]
    if empty:
        yield SampleTable(title="Without samples", heads=(), rows=tuple(empty))


def _find_frame_columns(exhibits: Mapping[Slot, Exhibit]) -> tuple[FrameColumn, ...]:
    """Return the columns of the first sample that is a row of a frame; () if none is."""
    return next((each.columns for each in exhibits.values() if each.columns), ())


def _has_no_competitor(table: SampleTable) -> bool:
    """Return whether a table has only controls, or no samples; a page shows such a table last."""
    return not table.heads or all(row.kind == "control" for row in table.rows)


def _name_slot(slot: Slot, classes: Mapping[int, str]) -> str:
    """Return the name of the class of a slot, or for one without a class its number from 1 on."""
    if slot.label is None:
        return str(slot.number + 1)
    return one_line(classes.get(slot.label, str(slot.label)))


def _make_page_row(row: GalleryRow, slots: Sequence[Slot], gallery: DatasetGallery) -> PageRow:
    """Return a row as a page shows it, with the sample of each of `slots`."""
    owner = f"{row.generator}, seed {row.seed}"
    return PageRow(
        name=one_line(row.generator),
        seed=str(row.seed),
        kind="control" if row.control else "",
        reason=one_line(row.reason),
        samples=_make_page_samples(row.exhibits, row.nearest, slots, owner, gallery),
    )


def _make_real_row(gallery: DatasetGallery, slots: Sequence[Slot]) -> PageRow:
    """Return the row of real samples."""
    samples = _make_page_samples(gallery.real, {}, slots, "real data", gallery)
    return PageRow(name="real data", seed="", kind="control", reason="", samples=samples)


def _make_page_samples(
    exhibits: Mapping[Slot, Exhibit],
    nearest: Mapping[Slot, NearestExhibit],
    slots: Sequence[Slot],
    owner: str,
    gallery: DatasetGallery,
) -> tuple[PageSample, ...]:
    """Return the sample of each slot in their order, each with the nearest training sample if there is one.

    owner  whose samples they are, such as "vae, seed 0", for readers who cannot see them
    """
    samples = []
    for slot in slots:
        if slot not in exhibits:
            samples.append(PageSample())  # an empty place
            continue
        below = None
        near = nearest.get(slot)
        if near is not None:
            note = "a copy" if near.is_copy else typeset(f"{near.distance:.3g}")
            below = replace(describe_sample(near.exhibit, "training data", gallery.notes), note=note)
        head = _name_slot(slot, gallery.classes)
        samples.append(replace(describe_sample(exhibits[slot], owner, gallery.notes), head=head, near=below))
    return tuple(samples)


def describe_sample(exhibit: Exhibit, owner: str, stated_notes: Sequence[str]) -> PageSample:
    """Return an exhibit as a page shows it.

    owner         whose sample it is, for readers who cannot see it: "vae, seed 0"
    stated_notes  notes that are above the tables, and not repeated here
    """
    notes = [exhibit.note, "" if exhibit.rendering is None else exhibit.rendering.note]
    note = "; ".join(note for note in notes if note and note not in stated_notes)
    text = "" if exhibit.rendering is None else exhibit.rendering.text
    name = f"sample {exhibit.number} of {owner}{text and f': {text}'}"
    sample = PageSample(name=one_line(name), note=one_line(note))
    if exhibit.columns:
        cells = zip(exhibit.cells, exhibit.columns, strict=True)
        shown = tuple((None if text is None else one_line(text), column.is_numeric) for text, column in cells)
        return replace(sample, kind="row", cells=shown)
    if exhibit.rendering is None:
        return replace(sample, kind="reason", content=one_line(exhibit.reason))
    media_type, content = exhibit.rendering.media_type, exhibit.rendering.content
    kind = "picture" if is_large(exhibit) else media_type.partition("/")[0]
    if kind == "text":
        return replace(sample, kind=kind, content=content.decode("utf-8", "backslashreplace"))
    return replace(sample, kind=kind, content=data_url(media_type, content))
