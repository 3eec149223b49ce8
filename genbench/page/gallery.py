"""The gallery of a board: the same slots of each generator and seed, and real samples on request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from genbench.catalog.modalities import find_modality, modalities_of
from genbench.core.errors import DataError, GenbenchError, Invalid
from genbench.core.samples import concat
from genbench.page.exhibits import Exhibit, exhibits_of
from genbench.page.nearest import measure_of, neighbours
from genbench.page.real_samples import real_samples
from genbench.results.found_galleries import draws_of, find_gallery, unreadable
from genbench.results.galleries import MOST_BYTES, OF_REAL_DATA, gallery_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.galleries import KeptGallery
    from genbench.results.results import Results
    from genbench.results.slots import Slot

__all__ = ["DatasetGallery", "Gallery", "GalleryRow", "NearestExhibit", "gallery"]

_SEVERAL = "its scores are of several draws of samples, so none of them is shown"
_NONE = "no samples of it were kept"
_REAL = "its samples are real ones, which are shown on request alone"
_NOT_KEPT = "its samples are real ones, which a run keeps with --keep-samples alone"
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
    exhibits: Mapping[Slot, Exhibit]
    nearest: Mapping[Slot, NearestExhibit]
    reason: str = ""
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class DatasetGallery:
    """The samples of all generators on a dataset.

    modality  the reference of its modality, or ""
    slots     all slots that a row fills, those of classes first
    classes   names of the labels of slots, where they have one
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
            unreadable((each.dataset, row.generator, row.seed), row.reason)
            for each in self.datasets
            for row in each.rows
            if row.is_lost
        ]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A row with its kept samples, before real samples are known."""

    row: GalleryRow
    kept: KeptGallery | None
    modality: Modality | None


def gallery(
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

    Only samples that the scores of a trial were computed from are shown. All that cannot be shown has a
    reason; equal folders give equal galleries.
    """
    modalities = modalities_of(catalog)
    by_dataset: dict[str, list[_Found]] = {}
    controls = {(cell.dataset, cell.generator): cell.control for cell in results.plan.cells}
    for (dataset, generator, seed), draws in _trials(results, most_seeds):
        row = GalleryRow(
            generator=generator, seed=seed, control=controls[dataset, generator], exhibits={}, nearest={}
        )
        trial = dataset, generator, seed
        if row.control in OF_REAL_DATA and not show_real:
            found = _Found(row=replace(row, reason=_REAL), kept=None, modality=None)
        else:
            found = _found(row, folders, trial, draws, modalities)
        by_dataset.setdefault(dataset, []).append(found)
    return Gallery(
        datasets=tuple(
            _dataset(dataset, by_dataset[dataset], results, catalog, modalities, show_real=show_real)
            for dataset in sorted(by_dataset)
        )
    )


def _trials(results: Results, most_seeds: int | None) -> list[tuple[tuple[str, str, int], tuple[str, ...]]]:
    """Return the trials of a board in its order, each with the content hashes of its samples."""
    draws = draws_of(results.records.values())
    seeds: dict[tuple[str, str], set[int]] = {}
    for cell in results.plan.cells:
        seeds.setdefault((cell.dataset, cell.generator), set()).add(cell.seed)
    trials = [(*names, seed) for names in sorted(seeds) for seed in sorted(seeds[names])[:most_seeds]]
    return [(trial, draws.get(trial, ())) for trial in trials]


def _found(
    row: GalleryRow,
    folders: Sequence[Path],
    trial: tuple[str, str, int],
    draws: Sequence[str],
    modalities: Sequence[Modality],
) -> _Found:
    """Return a row with its exhibits, or with the reason why it has none."""
    if len(draws) != 1:
        reason = _SEVERAL if draws else _NO_SAMPLES
        return _Found(row=replace(row, reason=reason), kept=None, modality=None)
    try:
        kept = find_gallery(folders, trial, draws[0])
    except DataError as error:
        return _Found(row=replace(row, reason=str(error), is_lost=True), kept=None, modality=None)
    try:
        modality = None if kept is None else find_modality(modalities, kept.samples.space.modality)
    except GenbenchError as error:
        return _Found(row=replace(row, reason=str(error)), kept=None, modality=None)
    if kept is None or modality is None:
        reason = _NOT_KEPT if row.control in OF_REAL_DATA else _NONE
        return _Found(row=replace(row, reason=reason), kept=None, modality=None)
    exhibits = exhibits_of(modality, kept.samples, kept.numbers, kept.cut)
    shown = dict(zip(kept.slots, exhibits, strict=True))
    reason = "" if shown else "each of its samples is larger than a gallery keeps"
    return _Found(row=replace(row, exhibits=shown, reason=reason), kept=kept, modality=modality)


def _dataset(
    dataset: str,
    found: Sequence[_Found],
    results: Results,
    catalog: Catalog,
    modalities: Sequence[Modality],
    *,
    show_real: bool,
) -> DatasetGallery:
    kept = [each.kept for each in found if each.kept is not None]
    known = [each.modality for each in found if each.modality is not None]
    made = DatasetGallery(
        dataset=dataset,
        modality=known[0].reference if known else "",
        slots=_slots(slot for each in found for slot in each.row.exhibits),
        classes={label: name for each in kept for label, name in each.classes.items()},
        rows=tuple(each.row for each in found),
        real={},
    )
    if not show_real:
        return made
    try:
        splits = real_samples(results.plan, dataset, catalog, modalities)
        return _with_real(made, found, splits, modalities)
    except (GenbenchError, Invalid) as error:
        return replace(made, reason=str(error))
    except Exception as error:  # the code of a dataset or modality may raise any, which never breaks a page
        return replace(made, reason=f"{type(error).__name__}: {error}")


def _slots(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Return the different slots, those of classes first."""
    return tuple(sorted(set(slots), key=lambda slot: (slot.label is None, slot.label or 0, slot.number)))


def _with_real(
    made: DatasetGallery,
    found: Sequence[_Found],
    splits: Mapping[str, Samples],
    modalities: Sequence[Modality],
) -> DatasetGallery:
    """Return the gallery of a dataset with samples of its test split, and the nearest of train."""
    train = splits["train"]
    modality = find_modality(modalities, train.space.modality)
    if "test" in splits:
        few = gallery_of(splits["test"], "", MOST_BYTES)
        exhibits = exhibits_of(modality, few.samples, few.numbers, few.cut)
        made = replace(
            made,
            real=dict(zip(few.slots, exhibits, strict=True)),
            slots=_slots([*made.slots, *few.slots]),
            classes={**few.classes, **made.classes},
        )
    return replace(made, rows=_with_nearest(found, train, modality), distance=measure_of(train))


def _with_nearest(found: Sequence[_Found], train: Samples, modality: Modality) -> tuple[GalleryRow, ...]:
    """Return the rows with the nearest training sample of each generated one."""
    comparable: dict[int, Samples] = {}
    rows = [each.row for each in found]
    for place, each in enumerate(found):
        if each.kept is not None and each.kept.numbers:
            try:
                comparable[place] = modality.admit(each.kept.samples, train.space)
            except (GenbenchError, Invalid) as error:
                rows[place] = replace(rows[place], reason=f"it cannot be compared with train: {error}")
    if not comparable:
        return tuple(rows)
    cut = [
        number in each.kept.cut
        for place, each in enumerate(found)
        if place in comparable and each.kept is not None
        for number in each.kept.numbers
    ]
    near = iter(neighbours(concat(list(comparable.values())), train, cut))
    nearest = {place: [next(near) for _ in range(len(samples))] for place, samples in comparable.items()}
    numbers = sorted({each.number for row in nearest.values() for each in row})
    exhibits = exhibits_of(modality, train.take(np.array(numbers, dtype=np.intp)), numbers)
    shown = dict(zip(numbers, exhibits, strict=True))
    for place, row in nearest.items():
        exhibited = [
            NearestExhibit(exhibit=shown[each.number], distance=each.distance, is_copy=each.is_copy)
            for each in row
        ]
        rows[place] = replace(rows[place], nearest=dict(zip(rows[place].exhibits, exhibited, strict=True)))
    return tuple(rows)
