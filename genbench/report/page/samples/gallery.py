"""The gallery of a board: the same slots of each generator and seed, and real samples on request."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError, GenbenchError, Invalid
from genbench.core.grouping import group_pairs
from genbench.core.samples import concat
from genbench.report.page.samples.exhibits import (
    Exhibit,
    find_common_scale,
    make_exhibits,
    make_gallery_exhibits,
)
from genbench.report.page.samples.nearest import find_neighbours, name_distance
from genbench.report.page.samples.real_samples import TrainingSamples, describe_failure, load_real_samples
from genbench.results.found_galleries import describe_unreadable, find_gallery, list_draws
from genbench.results.galleries import OF_REAL_DATA, make_gallery, share_run_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.galleries import KeptGallery, Slot
    from genbench.results.results import Results

__all__ = ["DatasetGallery", "Gallery", "GalleryRow", "NearestExhibit", "collect_gallery"]

_SEVERAL = "its scores are of several draws of samples, so none of them is shown"
_NONE = "no samples of it were kept"
_REAL = "its samples are real ones, which a page shows only with --show-real"
_NOT_KEPT = "its samples are real ones, which a run keeps only with --keep-samples"
_SMALLER = ", between samples that are made smaller; “a copy” means that the whole samples are equal"
_NO_SAMPLES = "it has no samples: see the reasons of its scores"


@dataclass(frozen=True, kw_only=True)
class NearestExhibit:
    """The training sample that is nearest to a generated one.

    exhibit   the training sample; its number is its position in train
    distance  >= 0, of the kind that `DatasetGallery.distance` names
    is_copy   whether the generated sample equals it
    """

    exhibit: Exhibit
    distance: float
    is_copy: bool


@dataclass(frozen=True, kw_only=True)
class GalleryRow:
    """The samples of one generator at one seed, or real samples.

    control   its role as a control, None for a competitor
    exhibits  by slot, as far as it has a sample for it
    nearest   the nearest training samples by slot; empty unless real samples are shown
    reason    why it has no samples here, or no nearest ones, or ""
    is_lost   whether the run kept samples, and they cannot be read
    """

    generator: str
    seed: int
    control: str | None
    exhibits: Mapping[Slot, Exhibit] = field(default_factory=dict)
    nearest: Mapping[Slot, NearestExhibit] = field(default_factory=dict)
    reason: str = ""
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class DatasetGallery:
    """The samples of all generators on a dataset.

    modality  the reference of its modality, or ""
    slots     all slots that a row fills, those of classes first
    classes   names of the labels of slots, where they have one
    notes     what holds for all samples: how they are made smaller, the extent of axes
    rows      by generator and seed, in the order of the board
    real      samples of the test split by slot; empty unless real samples are shown
    distance  the name of the distance of the nearest training samples, or ""
    reason    why real samples that were asked for are not shown, or ""
    """

    dataset: str
    modality: str
    slots: tuple[Slot, ...]
    classes: Mapping[int, str]
    rows: tuple[GalleryRow, ...]
    real: Mapping[Slot, Exhibit]
    notes: tuple[str, ...] = ()
    distance: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """The samples of a board, by dataset in its order."""

    datasets: tuple[DatasetGallery, ...]

    @property
    def lost(self) -> list[str]:
        """A line for each row whose samples cannot be read."""
        return [
            describe_unreadable((each.dataset, row.generator, row.seed), row.reason)
            for each in self.datasets
            for row in each.rows
            if row.is_lost
        ]


@dataclass(frozen=True, kw_only=True)
class _KeptRow:
    """A row with its kept samples, before they are rendered on the scale that all samples share.

    kept, modality  the samples and their modality; None if the row has none to show: `row.reason` has why
    """

    row: GalleryRow
    kept: KeptGallery | None = None
    modality: Modality | None = None


def collect_gallery(
    folders: Sequence[Path],
    results: Results,
    catalog: Catalog,
    *,
    most_seeds: int | None = None,
    show_real: bool = False,
) -> Gallery:
    """Return the samples of a board for people to look at.

    folders     of the run, or of the runs that are merged; no other folder is read, even if run.json names it
    catalog     the installed plugins, which render the samples
    most_seeds  seeds shown of each generator, the lowest; None: all
    show_real   show real samples too: those of controls, samples of the test split, and under each generated
                sample the nearest of train. The dataset is loaded for this

    Only samples that the scores of a trial were computed from are shown. A row that cannot be shown has the
    reason. Equal folders give equal galleries.
    """
    modalities = list_modalities(catalog)
    controls = {(cell.dataset, cell.generator): cell.control for cell in results.plan.cells}
    by_dataset: dict[str, list[_KeptRow]] = {}
    for (dataset, generator, seed), draws in _list_trials(results, most_seeds):
        row = GalleryRow(generator=generator, seed=seed, control=controls[dataset, generator])
        if row.control in OF_REAL_DATA and not show_real:  # a control that gives real samples
            kept_row = _KeptRow(row=replace(row, reason=_REAL))
        else:
            kept_row = _find_row(row, folders, (dataset, generator, seed), draws, modalities)
        by_dataset.setdefault(dataset, []).append(kept_row)
    galleries = (
        _load_and_fill(dataset, rows, results, catalog if show_real else None, modalities)
        for dataset, rows in sorted(by_dataset.items())
    )
    return Gallery(datasets=tuple(galleries))


def _list_trials(
    results: Results, most_seeds: int | None
) -> list[tuple[tuple[str, str, int], tuple[str, ...]]]:
    """Return ((dataset, generator, seed), content hashes of its samples) of each trial, sorted.

    most_seeds  of each generator, the lowest; None: all
    """
    draws = list_draws(results.records.values())
    cells = results.plan.cells
    seeds = group_pairs(((cell.dataset, cell.generator), seed) for cell in cells for seed in cell.seeds)
    trials = [(*names, seed) for names in sorted(seeds) for seed in sorted(set(seeds[names]))[:most_seeds]]
    return [(trial, draws.get(trial, ())) for trial in trials]


def _find_row(
    row: GalleryRow,
    folders: Sequence[Path],
    trial: tuple[str, str, int],
    draws: Sequence[str],
    modalities: Sequence[Modality],
) -> _KeptRow:
    """Return a row with its kept samples, or with the reason why it has none.

    trial  dataset, generator and seed
    draws  the content hashes of the samples that the trial's scores were computed from: several if the
           generator gave other samples when it was called again
    """
    if len(draws) != 1:
        return _KeptRow(row=replace(row, reason=_SEVERAL if draws else _NO_SAMPLES))
    try:
        kept = find_gallery(folders, trial, draws[0], modalities)
    except DataError as error:
        return _KeptRow(row=replace(row, reason=str(error), is_lost=True))
    if kept is None:
        return _KeptRow(row=replace(row, reason=_NOT_KEPT if row.control in OF_REAL_DATA else _NONE))
    try:
        modality = find_modality(modalities, kept.samples.space.modality)
    except GenbenchError as error:
        return _KeptRow(row=replace(row, reason=str(error)))
    reason = "" if kept.numbers else "each of its samples is larger than a gallery keeps"
    return _KeptRow(row=replace(row, reason=reason), kept=kept, modality=modality)


def _load_and_fill(
    dataset: str,
    rows: Sequence[_KeptRow],
    results: Results,
    catalog: Catalog | None,
    modalities: Sequence[Modality],
) -> DatasetGallery:
    """Return the gallery of a dataset, with real samples if the catalog to load them is given.

    If real samples cannot be loaded, the gallery has none, and the reason.
    """
    cells = (cell for cell in results.plan.cells if cell.seed is not None)  # comparisons have no seed
    trials = {(cell.dataset, cell.generator, cell.seed) for cell in cells}
    share = share_run_bytes(len(trials))  # bytes in the gallery of each trial, so as many of real samples
    reason = ""
    if catalog is not None:
        try:
            splits = load_real_samples(results.plan, dataset, catalog, modalities)
            return _fill_dataset(dataset, rows, splits, modalities, share)
        except Exception as error:  # a plugin's code may raise any: then real samples are left out
            reason = describe_failure(error)
    return replace(_fill_dataset(dataset, rows, {}, modalities, share), reason=reason)


def _fill_dataset(
    dataset: str,
    kept_rows: Sequence[_KeptRow],
    splits: Mapping[str, Samples],
    modalities: Sequence[Modality],
    share: int,
) -> DatasetGallery:
    """Return the gallery of a dataset with its samples, and with real ones if there are splits.

    A slot is a place in a gallery that every generator fills, such as the second sample of a class.

    kept_rows  of generators, with their kept samples
    splits     the real samples: of "test" a gallery too, of "train" the nearest one of each generated sample
    share      bytes of real samples, as many as each trial keeps, so that all are made smaller by one factor
    """
    test_rows = []
    if "test" in splits:
        modality = find_modality(modalities, splits["test"].space.modality)
        kept_test = make_gallery(splits["test"], "", share, modality)  # "": the hash of no draw
        # a row without a generator, so that test samples are rendered in the same way as generated ones
        row = GalleryRow(generator="", seed=0, control=None)
        test_rows.append(_KeptRow(row=row, kept=kept_test, modality=modality))
    # the scale of the test samples replaces the scale of generated samples of their shape
    scales = _common_scales(kept_rows) | _common_scales(test_rows)
    rendered = [_render_row(each, scales) for each in kept_rows]
    real = _render_row(test_rows[0], scales).row.exhibits if test_rows else {}
    kept = [each.kept for each in [*kept_rows, *test_rows] if each.kept is not None]
    rows = [each.row for each in rendered]
    if "train" in splits:
        modality = find_modality(modalities, splits["train"].space.modality)
        rows = _add_nearest(rendered, TrainingSamples(splits["train"], modality), scales)
    smaller_note = _SMALLER if any(each.shrunk is not None for each in kept) else ""
    exhibits = [*real.values(), *(each for row in rows for each in row.exhibits.values())]
    shrinking_notes = [note for each in kept for note in _describe_shrinking(each)]
    return DatasetGallery(
        dataset=dataset,
        modality=next((each.modality.reference for each in kept_rows if each.modality is not None), ""),
        slots=_sort_slots([*real, *(slot for row in rows for slot in row.exhibits)]),
        classes={label: name for each in kept for label, name in each.classes.items()},
        rows=tuple(rows),
        real=real,
        notes=tuple(dict.fromkeys([*shrinking_notes, *_find_shared_note(exhibits)])),  # each once
        distance=name_distance(splits["train"]) + smaller_note if "train" in splits else "",
    )


def _common_scales(rows: Sequence[_KeptRow]) -> dict[tuple[str, tuple[int, ...]], Any]:
    """Return the scale that all samples of a modality and shape share in a page, by `_scale_key`.

    The scale maps values to what is drawn, so that samples of different generators can be compared.
    """
    pairs = [(row.modality, row.kept) for row in rows if row.modality and row.kept]
    groups = group_pairs((_scale_key(*pair), pair) for pair in pairs)
    # all pairs of a key have one modality
    return {
        key: find_common_scale(same[0][0], [kept.samples for _, kept in same]) for key, same in groups.items()
    }


def _scale_key(modality: Modality, kept: KeptGallery) -> tuple[str, tuple[int, ...]]:
    """Return the reference of the modality and the shape of samples; equal ones are shown on one scale."""
    return modality.reference, kept.samples.space.shape


def _render_row(kept_row: _KeptRow, scales: Mapping[tuple[str, tuple[int, ...]], Any]) -> _KeptRow:
    """Return a row with its exhibits, the kept samples as a page shows them.

    scales  the scale that all samples of a modality and shape share, by `_scale_key`

    A row without kept samples stays as it is.
    """
    kept, modality = kept_row.kept, kept_row.modality
    if kept is None or modality is None:
        return kept_row
    exhibits = make_gallery_exhibits(modality, kept, scales.get(_scale_key(modality, kept)))
    return replace(kept_row, row=replace(kept_row.row, exhibits=dict(zip(kept.slots, exhibits, strict=True))))


def _sort_slots(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Return the different slots: those of classes first, by label and number, then the others by number.

    A slot is a place in a gallery that every generator fills, such as the second sample of a class.
    """
    # `or 0`: None has no order; slots without a label are last by the first item of the key
    return tuple(sorted(set(slots), key=lambda slot: (slot.label is None, slot.label or 0, slot.number)))


def _describe_shrinking(kept: KeptGallery) -> Iterator[str]:
    """Yield a sentence on how the samples were made smaller, if `kept.shrunk` states their size before."""
    if kept.shrunk is not None:
        size = " x ".join(map(str, kept.samples.space.shape))
        original_size = " x ".join(map(str, kept.shrunk.shape))
        block = f"{kept.shrunk.factor} x {kept.shrunk.factor}"
        yield f"Samples of {original_size} are shown as {size}: each value is the mean of a block of {block}."


def _find_shared_note(exhibits: Sequence[Exhibit]) -> Iterator[str]:
    """Yield the note of the renderings if all have the same one: a page shows it once, above the tables."""
    notes = {each.rendering.note for each in exhibits if each.rendering is not None}
    if len(notes) == 1:
        yield from notes - {""}


def _add_nearest(
    kept_rows: Sequence[_KeptRow], train: TrainingSamples, scales: Mapping[tuple[str, tuple[int, ...]], Any]
) -> list[GalleryRow]:
    """Return the rows with the nearest training sample of each generated one.

    scales  the scale that all samples of a modality and shape share, by `_scale_key`

    A row that cannot be compared with the training samples has the reason.
    """
    # A gallery may keep its samples smaller, by a factor. Rows of one factor are compared at once, with
    # training samples that `match_size` makes equally small.
    rows = [kept_row.row for kept_row in kept_rows]
    groups: dict[int, list[tuple[int, KeptGallery, Samples]]] = {}
    for index, kept_row in enumerate(kept_rows):
        kept = kept_row.kept
        if kept is not None and kept.numbers:  # with at least one sample
            try:
                admitted = train.modality.admit(kept.samples, train.match_size(kept).space)
            except (GenbenchError, Invalid) as error:
                rows[index] = replace(rows[index], reason=f"it cannot be compared with train: {error}")
            else:
                factor = 1 if kept.shrunk is None else kept.shrunk.factor
                groups.setdefault(factor, []).append((index, kept, admitted))
    for group in groups.values():
        kept = group[0][1]  # the first gallery, since all have one modality and shape
        scale = scales.get(_scale_key(train.modality, kept))
        for index, nearest in _find_nearest(group, train, scale):
            rows[index] = replace(rows[index], nearest=dict(zip(rows[index].exhibits, nearest, strict=True)))
    return rows


def _find_nearest(
    group: Sequence[tuple[int, KeptGallery, Samples]], train: TrainingSamples, scale: Any
) -> Iterator[tuple[int, list[NearestExhibit]]]:
    """Yield the position of each row, and the nearest training sample of each of its samples.

    group  rows whose samples are made smaller by one factor: position, gallery and admitted samples
    scale  on which the training samples are rendered, as the generated ones are
    """
    train_samples = train.match_size(group[0][1])  # one factor for all rows of the group
    # for each sample, whether the gallery keeps only its beginning
    cut = [number in kept.cut for _, kept, _ in group for number in kept.numbers]
    # two samples that were made smaller may be equal although the whole ones differ: so digests of the whole
    # ones decide which are copies
    shrunk = [kept.shrunk for _, kept, _ in group if kept.shrunk is not None]
    whole_digests = [bytes.fromhex(digest) for each in shrunk for digest in each.digests]
    digest_pair = (whole_digests, train.digests) if whole_digests else None
    generated = concat([samples for _, _, samples in group])
    nearest_of_all = find_neighbours(generated, train_samples, cut, digest_pair)
    numbers = sorted({each.number for each in nearest_of_all})
    exhibits = make_exhibits(
        train.modality,
        train_samples.take(np.array(numbers, dtype=np.intp)),
        numbers,
        scale=scale,
        is_shrunk=bool(whole_digests),
    )
    by_number = dict(zip(numbers, exhibits, strict=True))
    # nearest_of_all has the samples of the first row, then the samples of the second, and so on
    remaining = iter(nearest_of_all)
    for index, kept, _ in group:
        nearest = [
            NearestExhibit(exhibit=by_number[each.number], distance=each.distance, is_copy=each.is_copy)
            for each in itertools.islice(remaining, len(kept.numbers))
        ]
        yield index, nearest
