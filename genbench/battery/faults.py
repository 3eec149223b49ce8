"""The planted faults: their names, levels and effects on the sides that a metric compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.battery.faults_numeric import blurred, noisy
from genbench.battery.faults_resampling import (
    collapsed,
    dropped,
    fewer,
    shifted,
    shuffled,
    with_copies,
    with_duplicates,
)
from genbench.battery.faults_text import looped, truncated, words_dropped, words_replaced, words_shuffled
from genbench.core.errors import Undefined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from genbench.core.samples import Samples

    Sides = Mapping[str, Samples]
    Damage = Callable[[Samples, float, np.random.Generator], Samples]
    Plant = Callable[[Sides, float, np.random.Generator], Sides]

__all__ = ["AWAY", "BATCH", "FAULTS", "FEWER", "KINDS", "PUNISHED", "STILL", "Fault", "faults_on"]

#: Fault to its levels, mildest first. docs/battery.md describes them.
FAULTS: dict[str, tuple[str, ...]] = {
    "noise": ("0.1 of range", "0.2", "0.4"),
    "blur": ("0.4 px", "0.7 px", "1 px"),
    "shuffled-words": ("25 %", "50 %", "100 %"),
    "replaced-words": ("10 %", "30 %", "100 %"),
    "dropped-words": ("10 %", "20 %", "40 %"),
    "truncation": ("to 75 %", "to 50 %", "to 25 %"),
    "loops": ("10 % of texts", "30 %", "100 %"),
    "dropped-modes": ("20 % of labels", "50 %", "80 %"),
    "collapse": ("to 200", "to 50", "to 10"),
    "duplicates": ("n draws of n",),
    "label-shift": ("60 % one",),
    "train-copies": ("25 %", "50 %", "100 %"),
    "near-copies": ("100 %",),
    "smaller-n": ("n/2", "n/4"),
    "row-order": ("shuffled",),
    "batch-size": ("7 a batch",),
}

_NUMBERS = ("image", "audio", "points", "vector")

#: Fault to the kinds of space that it applies to; the others apply to all kinds.
KINDS: dict[str, tuple[str, ...]] = {
    "noise": _NUMBERS,
    "blur": ("image",),
    "shuffled-words": ("text",),
    "replaced-words": ("text",),
    "dropped-words": ("text",),
    "truncation": ("text",),
    "loops": ("text",),
    "near-copies": (*_NUMBERS, "text"),
}

#: Changes that are no faults: they must not move a score.
STILL = ("row-order", "batch-size")

#: The fault that changes how many fakes there are, and nothing else.
FEWER = "smaller-n"

#: Faults that move the fakes away from the law.
AWAY = (
    "noise",
    "blur",
    "shuffled-words",
    "replaced-words",
    "dropped-words",
    "truncation",
    "loops",
    "dropped-modes",
    "collapse",
    "label-shift",
)

#: Faults that should make any ranked metric worse: not to see one, or to reward it, is a failure.
PUNISHED = (*AWAY, "train-copies", "near-copies")

#: Samples in a batch of the extractor under the fault `batch-size`: few, and no divisor of a round number.
BATCH = 7


@dataclass(frozen=True)
class Fault:
    """One fault at one level.

    level  as printed; `number` is its index, 0 the mildest
    batch  samples in a batch of the extractor on the fakes; None: all at once
    """

    name: str
    level: str
    number: int
    value: float
    batch: int | None = None

    def plant(self, sides: Sides, rng: np.random.Generator) -> Sides:
        """Return the sides with this fault; raise Undefined if it does not apply."""
        return _PLANTS[self.name](sides, self.value, rng)


def faults_on(kind: str) -> tuple[Fault, ...]:
    """Return every fault that applies to a kind of space, at every level, in the order of the card."""
    return tuple(
        Fault(name, level, number, value, BATCH if name == "batch-size" else None)
        for name, levels in FAULTS.items()
        if kind in KINDS.get(name, (kind,))
        for number, (level, value) in enumerate(zip(levels, _VALUES[name], strict=True))
    )


def _on_fake(damage: Damage) -> Plant:
    return lambda sides, value, rng: {**sides, "fake": damage(sides["fake"], value, rng)}


def _train(sides: Sides) -> Samples:
    if "train" not in sides:
        raise Undefined("the dataset has no train split")
    return sides["train"]


def _copies(sides: Sides, share: float, rng: np.random.Generator) -> Sides:
    return {**sides, "fake": with_copies(sides["fake"], _train(sides), share, rng)}


def _near_copies(sides: Sides, share: float, rng: np.random.Generator) -> Sides:
    copied = _copies(sides, share, rng)
    damage, little = _SLIGHT.get(copied["fake"].space.kind, _NOISE)
    return _on_fake(damage)(copied, little, rng)


def _shuffled(sides: Sides, _: float, rng: np.random.Generator) -> Sides:
    return {name: shuffled(samples, rng) for name, samples in sides.items()}


#: Damage that a person would not notice on a copy: noise of 0.02 of the range, or another by kind.
_NOISE: tuple[Damage, float] = (noisy, 0.02)
_SLIGHT: dict[str, tuple[Damage, float]] = {"text": (words_replaced, 0.1)}

#: Fault to its levels' numbers: shares of the range, pixels, shares of words, labels or fakes, counts.
_VALUES: dict[str, tuple[float, ...]] = {
    "noise": (0.1, 0.2, 0.4),
    "blur": (0.4, 0.7, 1.0),
    "shuffled-words": (0.25, 0.5, 1.0),
    "replaced-words": (0.1, 0.3, 1.0),
    "dropped-words": (0.1, 0.2, 0.4),
    "truncation": (0.75, 0.5, 0.25),
    "loops": (0.1, 0.3, 1.0),
    "dropped-modes": (0.2, 0.5, 0.8),
    "collapse": (200, 50, 10),
    "duplicates": (1.0,),
    "label-shift": (0.6,),
    "train-copies": (0.25, 0.5, 1.0),
    "near-copies": (1.0,),
    "smaller-n": (0.5, 0.25),
    "row-order": (1.0,),
    "batch-size": (BATCH,),
}

_PLANTS: dict[str, Plant] = {
    "noise": _on_fake(noisy),
    "blur": _on_fake(lambda samples, value, _: blurred(samples, value)),
    "shuffled-words": _on_fake(words_shuffled),
    "replaced-words": _on_fake(words_replaced),
    "dropped-words": _on_fake(words_dropped),
    "truncation": _on_fake(lambda samples, value, _: truncated(samples, value)),
    "loops": _on_fake(looped),
    "dropped-modes": _on_fake(dropped),
    "collapse": _on_fake(lambda samples, value, rng: collapsed(samples, int(value), rng)),
    "duplicates": _on_fake(lambda samples, _, rng: with_duplicates(samples, rng)),
    "label-shift": _on_fake(shifted),
    "train-copies": _copies,
    "near-copies": _near_copies,
    "smaller-n": _on_fake(fewer),
    "row-order": _shuffled,
    "batch-size": lambda sides, _value, _rng: sides,
}
