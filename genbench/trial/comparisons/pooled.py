"""The inputs of a comparison for one generator: its fakes of all seeds, and what all generators share."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.extracted import Extracted
from genbench.core.samples import concat
from genbench.trial.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.suite.components import Part
    from genbench.trial.context import TrialContext

__all__ = ["Pooled"]


class Pooled(Inputs):
    """The inputs from the workbenches of one generator's trials, seeds ascending."""

    def __init__(self, benches: Sequence[TrialContext]) -> None:
        self._benches = benches

    @functools.cache  # noqa: B019 - it lives as long as the process of its comparison
    def side(self, name: str) -> Samples:
        """Return the samples of a side; the fakes of all seeds are one side."""
        if name == "fake":
            return concat([bench.samples for bench in self._benches])
        return self._benches[0].split(name)

    def features(self, extractor: Part[ExtractorSpec], side: str) -> Extracted:
        """Return the features of a side, by the extractor's outputs, and which samples have them."""
        if side != "fake":
            return self._benches[0].features(extractor, side)
        parts = [bench.features(extractor, side) for bench in self._benches]
        arrays = {name: np.concatenate([part.arrays[name] for part in parts]) for name in parts[0].arrays}
        return Extracted(arrays, np.concatenate([part.valid for part in parts]))

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor."""
        return self._benches[0].extract(extractor)

    def other(self, name: str) -> Any:
        """Return the `truth`."""
        return self._benches[0].other(name)
