"""The control `noise`: uniform noise in the space of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Samples, Undefined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Space

__all__ = ["ArrayNoise", "ImageNoise", "StringNoise", "noise"]


def noise(train: Samples) -> ImageNoise | ArrayNoise | StringNoise:
    """Return a sampler of uniform noise in the space of `train`: the floor of every metric.

    Images have uniform pixels in 0..255. Vectors and points are uniform between the smallest and the largest
    value of each coordinate in `train`, and audio between those of all values. Texts and sequences have
    lengths drawn from `train` and independent characters, uniform over its alphabet. Where `train` has
    labels, each sample gets one of them at random, so metrics of labelled samples have a floor too. Raises
    Undefined if `train` is empty or its space has no noise.
    """
    if len(train) == 0:
        raise Undefined("noise takes its range from train, which is empty")
    kind = train.space.kind
    if kind == "image":
        return ImageNoise(train.space, train.labels)
    if kind in ("text", "sequence"):
        lengths = np.array([len(item) for item in train.data])
        return StringNoise(train.space, tuple(sorted(set("".join(train.data)))), lengths, train.labels)
    if kind in ("audio", "points", "vector"):
        axes = None if kind == "audio" else tuple(range(train.data.ndim - 1))
        return ArrayNoise(train.space, train.data.min(axis=axes), train.data.max(axis=axes), train.labels)
    raise Undefined(f"there is no noise for samples of kind {kind}")


@dataclass(frozen=True, eq=False)
class ImageNoise:
    """Draws images (n, height, width, channels) uint8 with independent uniform pixels."""

    space: Space
    labels: NDArray[np.int64] | None

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` images."""
        data = rng.integers(256, size=(n, *self.space.shape), dtype=np.uint8)
        return Samples(data, self.space, _labels(self.labels, n, rng))


@dataclass(frozen=True, eq=False)
class ArrayNoise:
    """Draws arrays of independent values, uniform in [`low`, `high`], with their dtype."""

    space: Space
    low: NDArray[Any]
    high: NDArray[Any]
    labels: NDArray[np.int64] | None

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` arrays."""
        drawn = rng.uniform(self.low, self.high, size=(n, *self.space.shape)).astype(self.low.dtype)
        # rounding to float32 can step over a bound
        return Samples(drawn.clip(self.low, self.high), self.space, _labels(self.labels, n, rng))


@dataclass(frozen=True, eq=False)
class StringNoise:
    """Draws strings of independent characters of `alphabet`, with lengths drawn from `lengths`."""

    space: Space
    alphabet: tuple[str, ...]
    lengths: NDArray[np.intp]
    labels: NDArray[np.int64] | None

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` strings."""
        lengths = rng.choice(self.lengths, size=n)
        drawn = rng.integers(max(1, len(self.alphabet)), size=int(lengths.sum()))
        text = "".join(self.alphabet[i] for i in drawn)
        ends = np.cumsum(lengths)
        items = tuple(text[end - length : end] for end, length in zip(ends, lengths, strict=True))
        return Samples(items, self.space, _labels(self.labels, n, rng))


def _labels(labels: NDArray[np.int64] | None, n: int, rng: np.random.Generator) -> NDArray[np.int64] | None:
    return None if labels is None else rng.choice(labels, size=n)
