"""Real data for the battery, split at random for each seed, and its features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from genbench.battery.faults_resampling import interleaved
from genbench.core import seeds
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, SuiteError
from genbench.core.samples import Samples, concat, content_hash
from genbench.core.splits import split
from genbench.store.keys import Settings
from genbench.store.store import open_store
from genbench.trial.datasets import load_data
from genbench.trial.failures import BlameError, blame, outcome_of
from genbench.trial.features import Features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.contract.specs import DatasetSpec
    from genbench.suite.components import Group, Part

__all__ = ["BatteryData", "check_spaces", "open_data"]

_POOLED = ("test", "held_out")
_SIDES = ("real", "fake", "held_out")


@dataclass(frozen=True)
class BatteryData:
    """Real data in which faults are planted.

    splits  `test` and `held_out` are pooled and split anew for each seed; `train` stays whole, since an
            extractor may have been trained on it
    """

    dataset: str
    splits: Mapping[str, Samples]
    features: Features
    device: str

    @cached_property
    def pool(self) -> Samples:
        """The real samples that nothing was trained on."""
        return concat([self.splits[name] for name in _POOLED if name in self.splits])

    @cached_property
    def hash(self) -> str:
        """The name of the data in random streams."""
        return _hash(self.splits)

    def deal(self, n: int, sides: int, seed: int) -> dict[str, Samples]:
        """Return the first 2 or 3 of `real`, `fake` and `held_out`, n samples each, disjoint; and `train`.

        Each side has the same share of each label; the order within a side is random.
        """
        rng = seeds.stream(seed, "deal", self.hash)
        order = interleaved(self.pool, rng)
        dealt = {
            name: self.pool.take(rng.permutation(order[place * n : (place + 1) * n]))
            for place, name in enumerate(_SIDES[:sides])
        }
        return dealt | {name: self.splits[name] for name in ("train",) if name in self.splits}


def open_data(dataset: Part[DatasetSpec], *, device: str = "cpu") -> BatteryData:
    """Return the data of a dataset; raise DataError if it fails or has neither of the splits."""
    splits = _split(dataset)
    if not set(_POOLED) & set(splits):
        raise DataError(f"dataset {dataset.name!r} has neither of the splits test and held_out")
    store, _ = open_store()
    features = Features(store, Settings(threads=1, device=device), data_hash=_hash(splits), whole=splits.get,
                        report=lambda **_: None)  # fmt: skip
    return BatteryData(dataset=dataset.name, splits=splits, features=features, device=device)


def check_spaces(data: BatteryData, group: Group) -> None:
    """Raise SuiteError unless a metric and its extractor work on the data."""
    kind = data.pool.space.kind
    for part in (group.metric, group.extractor):
        if part is not None and part.spec.spaces and kind not in part.spec.spaces:
            spaces = ", ".join(part.spec.spaces)
            raise SuiteError(f"{part.name} works on {spaces}; {data.dataset} holds {kind} samples")


def _split(part: Part[DatasetSpec]) -> dict[str, Samples]:
    try:
        with blame(part.component):
            data = load_data(part)
    except BlameError as error:
        if isinstance(error.__cause__, (DataError, SuiteError)):
            raise error.__cause__ from error
        raise DataError(f"dataset {part.name!r} failed: {outcome_of(error)[1]}") from error
    return split(data, part.spec.parts)


def _hash(splits: Mapping[str, Samples]) -> str:
    return digest({name: content_hash(samples) for name, samples in splits.items()})
