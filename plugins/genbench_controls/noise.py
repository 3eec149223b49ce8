"""The control `noise`: samples without structure in the space of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import Modality, Samples, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

__all__ = ["NoiseSampler", "noise"]


def noise(train: Samples, modality: Modality) -> NoiseSampler:
    """Return a sampler of noise in the space of `train`: the floor of every metric.

    The modality of `train` says what noise is, such as independent uniform pixels. Where `train` has labels,
    each sample gets one of them at random, so metrics of labelled samples have a floor too. Raises Undefined
    if `train` is empty or its modality has no noise.
    """
    if len(train) == 0:
        raise Undefined(
            "noise takes its range from train, which is empty; expected at least one training sample"
        )
    return NoiseSampler(train, modality.noise(train))


@dataclass(frozen=True, eq=False)
class NoiseSampler:
    """Draws data by `draw(n, rng)`, in the space and with labels of `train`."""

    train: Samples
    draw: Callable[[int, np.random.Generator], Any]

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` samples."""
        data, labels = self.draw(n, rng), self.train.labels
        drawn = None if labels is None else rng.choice(labels, size=n)
        return Samples(data, self.train.space, drawn)
