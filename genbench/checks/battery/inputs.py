"""Inputs of a metric under a fault: damaged samples, and their cached features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import freeze
from genbench.core.canonical_json import digest
from genbench.core.errors import Undefined
from genbench.core.extracted import Extracted
from genbench.trial.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["FeatureCache", "PlantedInputs"]


class FeatureCache:
    """A cache of features, shared by all metrics with the same extractor."""

    def __init__(self, extract: Callable[[Part[ExtractorSpec]], Callable[[Samples], Extracted]]) -> None:
        """Start with an empty cache.

        extract  returns a fitted extractor, a function from samples to features
        """
        self.extract = extract
        # by extractor, `id(samples)` and batch; while an entry holds its samples, no others get their id
        self._features: dict[tuple[str, int, int | None], tuple[Samples, Extracted]] = {}

    def get(self, part: Part[ExtractorSpec], samples: Samples, batch: int | None = None) -> Extracted:
        """Return the features of samples, from the cache or newly extracted.

        batch  samples in each batch of the extraction; None: all at once

        The cache knows samples by their object, whose id is part of the key.
        """
        key = (digest([part.component.reference, dict(part.canonical)]), id(samples), batch)
        if key not in self._features:
            self._features[key] = (samples, self._extract(part, samples, batch or len(samples)))
        return self._features[key][1]

    def keep_only(self, samples: Mapping[str, Samples]) -> None:
        """Forget the features of all samples that are none of these objects."""
        kept_ids = {id(side) for side in samples.values()}
        self._features = {key: entry for key, entry in self._features.items() if key[1] in kept_ids}

    def _extract(self, part: Part[ExtractorSpec], samples: Samples, size: int) -> Extracted:
        """Return the features of samples, extracted in batches of `size` and joined; arrays are read-only."""
        extract = self.extract(part)
        # no samples are one empty batch, since the names and shapes of the arrays come from a batch
        starts = range(0, max(1, len(samples)), max(1, size))
        batches = [extract(samples.take(slice(start, start + size))) for start in starts]
        names = batches[0].arrays
        arrays = {name: freeze(np.concatenate([batch.arrays[name] for batch in batches])) for name in names}
        return Extracted(arrays, freeze(np.concatenate([batch.valid for batch in batches])))


class PlantedInputs(Inputs):
    """The inputs of a metric under a fault, with arrays that are read-only, as in a run."""

    def __init__(
        self, sides: Mapping[str, Samples], cache: FeatureCache, batch: int | None = None, truth: Any = None
    ) -> None:
        """Take real data with a fault, by side, and the cache of their features.

        batch  the size of the extractor's batches on the fakes; None: all at once
        truth  the exact distribution of the real data, None if it is unknown
        """
        self._sides = sides
        self._truth = truth
        self._cache = cache
        self._batch = batch

    def side(self, name: str) -> Samples:
        """Return the samples of a side; raise Undefined if the dataset has none."""
        if name not in self._sides:
            raise Undefined(f"the dataset has no samples for {name}; name one that has, with --data")
        return self._sides[name]

    def features(self, extractor: Part[ExtractorSpec], side: str) -> Extracted:
        """Return the features of a side, by output; a fault of batches concerns only the fakes."""
        return self._cache.get(extractor, self.side(side), self._batch if side == "fake" else None)

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function from samples to features."""
        return self._cache.extract(extractor)

    def other_input(self, name: str) -> Any:
        """Return the `truth`; raise Undefined for what only a generator has, a sampler and its history."""
        if name == "truth":
            return self._truth
        raise Undefined(f"the battery has no {name}; only a trial of a suite has one")
