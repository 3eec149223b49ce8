"""A plugin file with generators for data of any modality, for tests of datasets, extractors and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import GeneratorSpec, hookimpl

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["Collapsed", "Failing", "Resampled", "genbench_generators"]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the specs of the toy generators."""
    return [
        GeneratorSpec(
            name="toy-resampled", make=Resampled, summary="training samples, drawn with replacement"
        ),
        GeneratorSpec(name="toy-collapsed", make=Collapsed, summary="one training sample, again and again"),
        GeneratorSpec(name="toy-broken", make=Failing, summary="fails when it draws"),
    ]


class Resampled:
    """Draws from the training samples with replacement."""

    def __init__(self, train: Samples) -> None:
        self._train = train

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n of the training samples, some of them twice."""
        return self._train.take(rng.integers(len(self._train), size=n))


class Collapsed(Resampled):
    """Draws one training sample again and again."""

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n copies of one training sample."""
        return self._train.take(np.full(n, rng.integers(len(self._train))))


class Failing(Resampled):
    """Fails when it draws."""

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:  # noqa: ARG002 - the signature of a sampler
        """Raise RuntimeError."""
        raise RuntimeError(f"toy-broken cannot draw {n} samples")
