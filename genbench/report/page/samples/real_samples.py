"""Real samples of a run: the splits of a dataset that its run.json names, if they are the same data here."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import DatasetSpec
from genbench.core.errors import DataError, GenbenchError, Invalid, describe_error, read_message
from genbench.core.samples import digests
from genbench.core.splits import split
from genbench.store.store import open_store
from genbench.suite.components import make_part
from genbench.suite.file import parse_suite
from genbench.trial.datasets import find_prepared, hash_splits, load_data, open_split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.galleries import KeptGallery
    from genbench.results.records import Plan
    from genbench.suite.components import Part

__all__ = ["TrainingSamples", "describe_failure", "load_real_samples"]


class TrainingSamples:
    """The training samples in full size and in the smaller sizes of galleries; each size is made once."""

    def __init__(self, train: Samples, modality: Modality) -> None:
        """Store the samples in full size; `match_size` makes smaller ones."""
        self.modality = modality
        self._by_factor = {1: train}  # the samples by the factor by which they are smaller

    @functools.cached_property
    def digests(self) -> list[bytes]:
        """The digests of the training samples in full size, in their order."""
        return digests(self._by_factor[1])

    def match_size(self, kept: KeptGallery) -> Samples:
        """Return the training samples in the size of a gallery's samples, so that both can be compared.

        A gallery may keep its samples smaller, by a factor; `shrunk` has it, and the samples' full shape.
        Raises Invalid if the gallery's samples had another shape in full size than the training samples.
        """
        whole = self._by_factor[1]
        if kept.shrunk is None:
            return whole
        factor, full_shape = kept.shrunk.factor, kept.shrunk.shape
        if full_shape != whole.space.shape:
            raise Invalid(f"its samples have the shape {full_shape}, and those of train {whole.space.shape}")
        if factor not in self._by_factor:
            smaller = self.modality.shrink(whole, factor)
            if smaller is None:  # the modality cannot shrink them
                raise Invalid("its samples are smaller than whole ones")
            self._by_factor[factor] = smaller
        return self._by_factor[factor]


def load_real_samples(
    plan: Plan, dataset: str, catalog: Catalog, modalities: Sequence[Modality]
) -> dict[str, Samples]:
    """Return the splits of a run's dataset, by name.

    The suite in run.json describes the dataset; its relative paths start in the working folder. The splits
    come from the store if it has them; else they are loaded, and not stored. Their content is compared with
    the hash in run.json, so that a page shows no data that the author of the run did not have.

    Raises SuiteError, PluginError or DataError if it cannot be loaded, or has other content.
    """
    run, described = _find_dataset(plan, dataset)
    suite = parse_suite(str(run.get("suite", "")), file="the suite in run.json", folder=Path.cwd())
    entry = next((each for each in suite.datasets if each.board_id == dataset), None)
    if entry is None:
        raise DataError(f"the suite in run.json has no dataset {dataset!r}")
    part = make_part(catalog, DatasetSpec, entry, suite.folder)
    splits = _open_stored(part, modalities, described["hash"])
    if splits is None:
        splits = split(load_data(part, modalities), part.spec.parts)
        if hash_splits(splits) != described["hash"]:
            raise DataError(
                f"the dataset {dataset!r} has other content here than in the run; restore its files"
            )
    return splits


def describe_failure(error: Exception) -> str:
    """Return the message of an error, and the type of one that is not genbench's own."""
    is_known = isinstance(error, GenbenchError | Invalid)
    return read_message(error) if is_known else describe_error(error)


def _find_dataset(plan: Plan, dataset: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return (run, dataset): the provenance of the first run with a dataset, and its entry of the dataset.

    A merged run has the provenance of each of its runs. Raises DataError if no run has the dataset, or if two
    have different data of this name.
    """
    runs = [plan.provenance, *plan.provenance.get("merged", {}).values()]
    described_runs = [(run, run["datasets"][dataset]) for run in runs if dataset in run.get("datasets", {})]
    if not described_runs:
        raise DataError(f"run.json does not describe the dataset {dataset!r}")
    if len({str(described.get("hash")) for _, described in described_runs}) > 1:
        raise DataError(f"the runs have other data under the name {dataset!r}; show them one by one")
    return described_runs[0]


def _open_stored(
    part: Part[DatasetSpec], modalities: Sequence[Modality], content: str
) -> dict[str, Samples] | None:
    """Return the splits of a dataset from the store, by name, or None if the store lacks data of this hash.

    content  the hash of the splits in run.json
    """
    store, _ = open_store()
    stored = find_prepared(part, store, modalities)
    if stored is None or stored.hash != content:
        return None
    splits = {name: open_split(store, stored, name) for name in stored.sizes}
    # for mypy: each name in `sizes` has a split
    return {name: samples for name, samples in splits.items() if samples is not None}
