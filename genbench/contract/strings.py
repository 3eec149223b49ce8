"""Base class of modalities of strings: opening, showing and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.rendering import Rendering
from genbench.core.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.core.spaces import Space

__all__ = ["Strings"]


class Strings:
    """A modality of strings, for plugins to derive their own from.

    It opens lists of str, shows a string as plain text, and draws noise. Samples are tuples of str.
    """

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:
        """Return a list or tuple of str as samples of `space`; None for other values, or without a space.

        An empty list shows no modality, so it gives None too.
        """
        is_strings = (
            isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value)
        )
        return Samples(tuple(value), space) if is_strings and space is not None else None

    def render(self, samples: Samples, number: int) -> Rendering:
        """Return the string as plain text."""
        return Rendering("text/plain", samples.data[number].encode())

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function `(n, rng)` of n random strings with the alphabet and the lengths of `train`.

        Each character is drawn uniformly, and each length from those of the training samples.
        """
        alphabet = sorted(set("".join(train.data)))
        train_lengths = np.array([len(item) for item in train.data])

        def draw(n: int, rng: np.random.Generator) -> tuple[str, ...]:
            """Return n texts of random characters; without an alphabet, all lengths are 0."""
            lengths = rng.choice(train_lengths, size=n)
            indices = rng.integers(max(1, len(alphabet)), size=int(lengths.sum()))
            text = "".join(alphabet[i] for i in indices)
            ends = np.cumsum(lengths)
            return tuple(text[end - length : end] for end, length in zip(ends, lengths, strict=True))

        return draw
