"""Distributions of parts of samples, such as columns of a table: those of each generator beside real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names
from genbench.report.charts.marginals import Marginals
from genbench.report.page.metrics import read_modalities
from genbench.report.page.samples.real_samples import describe_failure, load_real_samples
from genbench.results.found_galleries import find_gallery, list_draws, read_whole_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.results import Results

__all__ = ["find_marginals"]

_MOST_NAMES = 6  # of generators in a reason
_FEW = (
    "of {names} the run kept a few samples alone, which tell no distribution; genbench run with "
    "--keep-samples keeps all, also after the run"
)


def find_marginals(
    folders: Sequence[Path], results: Results, catalog: Catalog, dataset: str
) -> tuple[list[Marginals], str]:
    """Return (marginals, reason) of the competitors on a dataset.

    marginals  for each competitor, the distribution of the values of each part of samples, such as a column
    reason     why some competitors have none, or ""

    folders  of the run, or of the runs that are merged

    Samples of the lowest seed are compared with the test split, so the dataset is loaded. Only generators
    with all samples of a draw are shown: a gallery, the few samples that a run keeps for people, would make
    every generator look bad. A modality that cannot count distributions has no marginals; the reason is "".
    """
    try:
        modalities = list_modalities(catalog)
        modality = _dataset_modality(results, dataset, modalities)
        if modality is None:
            return [], ""
        samples, incomplete = _find_samples(folders, results, dataset, modalities)
        reason = _FEW.format(names=join_names(incomplete, _MOST_NAMES)) if incomplete else ""
        if not samples:
            return [], reason
        real = load_real_samples(results.plan, dataset, catalog, modalities).get("test")
        if real is None:
            raise DataError(f"{dataset} has no split test; name a dataset with one")
        return _count_values(modality, real, samples), reason
    except Exception as error:  # the code of a dataset or a modality may raise any, which never breaks a page
        return [], describe_failure(error)


def _dataset_modality(results: Results, dataset: str, modalities: Sequence[Modality]) -> Modality | None:
    """Return the modality of a dataset if it can count distributions, else None."""
    # merged runs may have data of several modalities under one name: then the first by name is taken
    kind = min(read_modalities(results.plan.provenance).get(dataset, ()), default=None)
    modality = None if kind is None else find_modality(modalities, kind)
    return modality if modality is not None and modality.has("distributions") else None


def _find_samples(
    folders: Sequence[Path], results: Results, dataset: str, modalities: Sequence[Modality]
) -> tuple[dict[str, Samples], list[str]]:
    """Return (samples, incomplete) of the competitors at their lowest seeds.

    samples     all samples of each generator
    incomplete  the generators of which the folders have only some samples

    A generator without kept samples that can be read is in neither. Nor is one with several draws at that
    seed: it gave other samples when its work was repeated, so its records belong to different samples.
    """
    draws = list_draws(results.records.values())  # content hashes of samples by (dataset, generator, seed)
    seeds = group_pairs(
        (cell.generator, min(cell.seeds))  # the cell of a comparison has several seeds
        for cell in results.plan.cells
        if cell.dataset == dataset and not cell.control
    )
    samples: dict[str, Samples] = {}
    incomplete = []
    for generator, cell_seeds in seeds.items():
        trial = dataset, generator, min(cell_seeds)
        digests = draws.get(trial, ())
        if len(digests) == 1:
            whole, has_some = _read_samples(folders, trial, digests[0], modalities)
            if whole is not None:
                samples[generator] = whole
            elif has_some:
                incomplete.append(generator)
    return samples, incomplete


def _read_samples(
    folders: Sequence[Path], trial: tuple[str, str, int], draw: str, modalities: Sequence[Modality]
) -> tuple[Samples | None, bool]:
    """Return (samples, has_some): all samples of a draw, or None, and whether a folder has readable ones.

    draw  the content hash of the samples

    If no folder has kept all samples, a gallery (a few samples for people to look at) may contain all of a
    small draw. It does if none is left out, cut off, or made smaller (`shrunk`).
    """
    try:
        for folder in folders:
            whole = read_whole_samples(folder, trial, draw)
            if whole is not None:
                return whole, True
        few = find_gallery(folders, trial, draw, modalities)
    except DataError:  # the gallery on the page has a line for samples that cannot be read
        return None, False
    is_whole = few is not None and few.shrunk is None and not few.cut and len(few.numbers) == few.n
    return few.samples if few is not None and is_whole else None, few is not None


def _count_values(modality: Modality, real: Samples, samples: Mapping[str, Samples]) -> list[Marginals]:
    """Return the distributions of each generator, beside those of the real samples.

    samples  of each generator, by its name

    Side 0 of each distribution is that of the real samples, so the generators are numbered from 1.
    """
    # `admit` checks the samples and returns them in the space (modality and parameters) of the real ones
    sides = [modality.admit(fakes, real.space) for fakes in samples.values()]
    parts = modality.distributions([real, *sides])
    return [
        Marginals(generator=generator, side=index, parts=parts)
        for index, generator in enumerate(samples, start=1)
    ]
