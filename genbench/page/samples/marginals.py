"""Distributions of parts of samples, such as columns of a table: those of each generator beside real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.modalities import find_modality, modalities_of
from genbench.charts.marginals import Marginals
from genbench.core.errors import DataError, GenbenchError, Invalid
from genbench.page.samples.real_samples import real_samples
from genbench.results.found_galleries import draws_of, find_gallery, whole_samples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.results import Results

__all__ = ["marginals_on"]


def marginals_on(
    folders: Sequence[Path], results: Results, catalog: Catalog, dataset: str
) -> tuple[list[Marginals], str]:
    """Return the distributions of the samples of each competitor at its lowest seed, and why there are none.

    folders  of the run, or of the runs that are merged

    They are compared with the test split, so the dataset is loaded. All samples that a run kept are counted,
    else those of its gallery. A modality that cannot tell distributions has none, which is no reason.
    """
    try:
        modalities = modalities_of(catalog)
        modality = _modality(results, dataset, modalities)
        if modality is None:
            return [], ""
        real = real_samples(results.plan, dataset, catalog, modalities).get("test")
        if real is None:
            raise DataError(f"{dataset} has no split test")
        return _counted(modality, real, _found(folders, results, dataset, modalities)), ""
    except Exception as error:  # the code of a dataset or a modality may raise any, which never breaks a page
        is_known = isinstance(error, GenbenchError | Invalid)
        return [], str(error) if is_known else f"{type(error).__name__}: {error}"


def _modality(results: Results, dataset: str, modalities: Sequence[Modality]) -> Modality | None:
    """Return the modality of a dataset if it can tell distributions."""
    provenance = results.plan.provenance
    runs = (provenance, *provenance.get("merged", {}).values())
    spaces = [run.get("datasets", {}).get(dataset, {}).get("space", {}) for run in runs]
    kind = next((space["kind"] for space in spaces if isinstance(space.get("kind"), str)), None)
    modality = None if kind is None else find_modality(modalities, kind)
    return modality if modality is not None and modality.has_distributions else None


def _found(
    folders: Sequence[Path],
    results: Results,
    dataset: str,
    modalities: Sequence[Modality],
) -> dict[str, tuple[Samples, int]]:
    """Return kept samples of each competitor at its lowest seed, and the number of its draw."""
    draws = draws_of(results.records.values())
    seeds: dict[str, int] = {}
    for cell in results.plan.cells:
        if cell.dataset == dataset and not cell.control:
            seeds[cell.generator] = min([*cell.seeds, seeds.get(cell.generator, cell.seeds[0])])
    found = {}
    for generator, seed in seeds.items():
        trial = dataset, generator, seed
        own = draws.get(trial, ())
        kept = _kept(folders, trial, own[0], modalities) if len(own) == 1 else None
        if kept is not None:
            found[generator] = kept
    return found


def _kept(
    folders: Sequence[Path], trial: tuple[str, str, int], draw: str, modalities: Sequence[Modality]
) -> tuple[Samples, int] | None:
    """Return all samples of a draw that a folder keeps, or those of its gallery, and their whole number."""
    try:
        for folder in folders:
            whole = whole_samples(folder, trial, draw)
            if whole is not None:
                return whole, len(whole)
        few = find_gallery(folders, trial, draw, modalities)
    except DataError:  # the gallery says that they cannot be read
        return None
    is_whole = few is not None and few.shrunk is None and not few.cut and bool(few.numbers)
    return (few.samples, few.n) if few is not None and is_whole else None


def _counted(modality: Modality, real: Samples, found: dict[str, tuple[Samples, int]]) -> list[Marginals]:
    if not found:
        return []
    sides = [modality.admit(samples, real.space) for samples, _ in found.values()]
    parts = modality.distributions([real, *sides])
    return [
        Marginals(generator=generator, side=place, parts=parts, shown=len(samples), n=n)
        for place, (generator, (samples, n)) in enumerate(found.items(), start=1)
    ]
