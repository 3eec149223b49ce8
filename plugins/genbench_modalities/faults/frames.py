"""Damage to the order of a clip's frames: shuffled and frozen clips.

Each clip keeps its number of frames. All functions raise Undefined if no clip has two frames.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from genbench import Ragged, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["frames_frozen", "frames_shuffled"]

_FEW = 2  # frames that can swap places


def frames_shuffled(real: Samples, level: float, rng: np.random.Generator) -> Samples:
    """Return clips in which frames, each chosen with probability `level`, swap places within their clip."""

    def shuffle_places(length: int) -> NDArray[np.intp]:
        moved = np.flatnonzero(rng.random(length) < level)
        order = np.arange(length)
        order[moved] = rng.permutation(moved)
        return order

    return _reorder(real, shuffle_places)


def frames_frozen(real: Samples, level: float) -> Samples:
    """Return clips that stop at the share `level` of their frames, at least one, and then repeat its last."""

    def frozen(length: int) -> NDArray[np.intp]:
        return np.arange(length).clip(max=max(1, round(level * length)) - 1)

    return _reorder(real, frozen)


def _reorder(real: Samples, order: Callable[[int], NDArray[np.intp]]) -> Samples:
    """Return clips with the frames that `order` gives for a number of frames."""
    if max(map(len, real.data), default=0) < _FEW:
        raise Undefined("no clip has two frames; expected one of at least two")
    return replace(real, data=Ragged.of([clip[order(len(clip))] for clip in real.data]))
