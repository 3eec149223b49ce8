"""Real data for the battery, split at random for each seed, and its features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.catalog.loader import shorten_reference
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.contract.specs import ExtractorSpec, MetricSpec
from genbench.core import seeds
from genbench.core.errors import DataError, SuiteError
from genbench.core.samples import Samples, concat
from genbench.core.splits import split
from genbench.store.keys import Settings
from genbench.store.store import open_store
from genbench.suite.components import extractor_outputs
from genbench.trial.datasets import hash_splits, load_data
from genbench.trial.failures import BlameError, blame, read_outcome
from genbench.trial.features import Features

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import DatasetSpec
    from genbench.core.samples import Data
    from genbench.suite.components import Group, Part

__all__ = ["BatteryData", "check_modalities", "default_dataset", "find_extractor", "open_data"]

_POOLED = ("test", "held_out")  # not train: an extractor may have been fitted to it
_SIDES = ("real", "fake", "held_out")  # in the order in which they are dealt: every metric has the first two


@dataclass(frozen=True)
class BatteryData:
    """Real data in which faults are planted.

    splits  `test` and `held_out` are pooled and split anew for each seed; `train` stays whole, since an
            extractor may have been trained on it
    truth   the exact distribution of the data, if it is known
    """

    dataset: str
    modality: Modality
    splits: Mapping[str, Samples]
    features: Features
    device: str
    truth: Any = None

    @cached_property
    def pool(self) -> Samples:
        """The real samples that nothing was trained on."""
        return concat([self.splits[name] for name in _POOLED if name in self.splits])

    @cached_property
    def hash(self) -> str:
        """The hash of all splits, which seeds the random streams of a battery on these data."""
        return hash_splits(self.splits)

    def deal(self, n: int, sides: int, seed: int) -> dict[str, Samples]:
        """Return real samples for the sides of a metric: n each for `real`, `fake` and, if asked, `held_out`.

        sides  2, or 3 with `held_out`

        The caller checks that `pool` has n samples for each side. No sample is on two sides. Each side has
        about the same share of each label, in a random order. The result also has `train`, if the data have
        it: whole, since an extractor may have been fitted to it.
        """
        rng = seeds.stream(seed, "deal", self.hash)
        order = _interleave_labels(self.pool, rng)  # any n in a row have about the label shares of all
        dealt = {
            # shuffled again, since `order` spreads each label evenly
            name: self.pool.take(rng.permutation(order[index * n : (index + 1) * n]))
            for index, name in enumerate(_SIDES[:sides])
        }
        return dealt | ({"train": self.splits["train"]} if "train" in self.splits else {})


def open_data(
    dataset: Part[DatasetSpec], modalities: Sequence[Modality], *, device: str = "cpu"
) -> BatteryData:
    """Return the data of a dataset, in which a battery plants faults.

    device  of torch

    Raises DataError if the dataset fails, or has neither `test` nor `held_out`: metrics are tested on these,
    since an extractor may have been fitted to `train`.
    """
    data = _load_data(dataset, modalities)
    splits = split(data, dataset.spec.parts)
    if not set(_POOLED) & set(splits):
        raise DataError(
            f"dataset {dataset.name!r} has neither of the splits test and held_out; name one that has, "
            "with --data"
        )
    store, _ = open_store()
    settings, data_hash = Settings(threads=1, device=device), hash_splits(splits)
    # computing features reports its progress, which a battery does not show
    features = Features(store, settings, data_hash=data_hash, find_split=splits.get, report=lambda **_: None)
    modality = find_modality(modalities, next(iter(splits.values())).space.modality)
    return BatteryData(
        dataset=dataset.name, modality=modality, splits=splits, features=features, device=device,
        truth=data.truth,
    )  # fmt: skip


def default_dataset(catalog: Catalog, metric: str) -> str:
    """Return the reference of the dataset on which a metric is tested if the user names none.

    It is the default dataset of the first modality, by name, that has one and that the metric works on.
    Raises SuiteError, with the installed datasets of these modalities, if there is none.
    """
    for modality in list_modalities(catalog):
        served = (modality.reference,)
        works = any(component.serves(served) for component in catalog.matches("metric", metric, served))
        if works and modality.default_dataset is not None:
            return modality.default_dataset
    component = catalog.find_metric(metric)[0]
    datasets = [each.reference for each in catalog.of_kind("dataset") if each.serves(component.modalities)]
    listed = ", ".join(map(shorten_reference, datasets))
    remedy = f"name one with --data: {listed}" if datasets else "install a plugin with a dataset of it"
    names = ", ".join(component.spec.modalities)
    raise SuiteError(f"no modality of {names} has a default dataset; {remedy}")


def find_extractor(
    catalog: Catalog, metric: str, extractors: Iterable[str], modality: Modality
) -> str | None:
    """Return the first of the `extractors` that a user named which has all outputs that a metric takes.

    extractors  names or references

    None means that the metric uses its canonical extractor (that of its paper), or that it takes samples.
    Raises SuiteError for an unknown metric.
    """
    spec = catalog.find_metric(metric, (modality.reference,))[0].spec
    wanted = set(extractor_outputs(spec)) if isinstance(spec, MetricSpec) else set()

    def has_outputs(extractor: str) -> bool:
        """Return whether an extractor of this name has all outputs that the metric takes."""
        specs = [component.spec for component in catalog.matches("extractor", extractor)]
        return any(isinstance(spec, ExtractorSpec) and wanted <= set(spec.outputs) for spec in specs)

    return next(filter(has_outputs, extractors), None) if wanted else None


def check_modalities(data: BatteryData, group: Group) -> None:
    """Raise SuiteError unless a metric and its extractor work on the data."""
    modality = data.pool.space.modality
    for part in group.parts:
        if not part.component.serves((modality,)):
            modalities = ", ".join(part.spec.modalities)
            raise SuiteError(f"{part.name} works on {modalities}; {data.dataset} holds {modality} samples")


def _interleave_labels(samples: Samples, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return a random order of the samples, in which every slice has about the label shares of the whole.

    The samples of a label are at equal distances in the order, from a random start on. Without labels, it is
    any random order.
    """
    if samples.labels is None:
        return rng.permutation(len(samples))
    positions = np.empty(len(samples))  # of each sample in the order, from 0 to 1
    for label in np.unique(samples.labels):
        index = rng.permutation(np.flatnonzero(samples.labels == label))
        positions[index] = (np.arange(len(index)) + rng.random()) / len(index)
    return np.argsort(positions, kind="stable")


def _load_data(part: Part[DatasetSpec], modalities: Sequence[Modality]) -> Data:
    """Return the data of a dataset; raise DataError if it fails.

    A DataError or SuiteError of the dataset itself is raised as it is, since it names the cause.
    """
    try:
        with blame(part.component):
            return load_data(part, modalities)
    except BlameError as error:
        if isinstance(error.__cause__, (DataError, SuiteError)):
            raise error.__cause__ from error
        raise DataError(f"dataset {part.name!r} failed: {read_outcome(error)[1]}") from error
