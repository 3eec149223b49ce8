"""The planted faults: what each does to the sides that a metric compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.checks.damage import blurred, noisy
from genbench.checks.resampling import (
    collapsed,
    dropped,
    fewer,
    shifted,
    shuffled,
    with_copies,
    with_duplicates,
)
from genbench.errors import Undefined
from genbench.expects import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from genbench.samples import Samples

    Sides = Mapping[str, Samples]
    Plant = Callable[[Sides, float, np.random.Generator], Sides]

__all__ = ["BATCH", "Fault", "all_faults"]

#: Samples in a batch of the extractor under the fault `batch-size`: few, and no divisor of a round number.
BATCH = 7
_NEAR = 0.02  # of the range: noise on a copy that nobody would see


@dataclass(frozen=True)
class Fault:
    """One fault at one level.

    level  as printed; `number` says its place, 0 the mildest
    batch  samples in a batch of the extractor on the fakes; None: all at once
    """

    name: str
    level: str
    number: int
    value: float
    batch: int | None = None

    def plant(self, sides: Sides, rng: np.random.Generator) -> Sides:
        """Return the sides with this fault; raise Undefined where it has no meaning."""
        return _PLANTS[self.name](sides, self.value, rng)


def all_faults() -> tuple[Fault, ...]:
    """Return every fault at every level, in the order of the card."""
    return tuple(
        Fault(name, level, number, value, BATCH if name == "batch-size" else None)
        for name, levels in FAULTS.items()
        for number, (level, value) in enumerate(zip(levels, _VALUES[name], strict=True))
    )


def _on_fake(damage: Callable[[Samples, float, np.random.Generator], Samples]) -> Plant:
    return lambda sides, value, rng: {**sides, "fake": damage(sides["fake"], value, rng)}


def _train(sides: Sides) -> Samples:
    if "train" not in sides:
        raise Undefined("the dataset has no train split")
    return sides["train"]


def _copies(sides: Sides, share: float, rng: np.random.Generator) -> Sides:
    return {**sides, "fake": with_copies(sides["fake"], _train(sides), share, rng)}


def _near_copies(sides: Sides, share: float, rng: np.random.Generator) -> Sides:
    return {**sides, "fake": noisy(with_copies(sides["fake"], _train(sides), share, rng), _NEAR, rng)}


def _shuffled(sides: Sides, _: float, rng: np.random.Generator) -> Sides:
    return {name: shuffled(samples, rng) for name, samples in sides.items()}


#: Fault to its levels' numbers: shares of the range, pixels, shares of labels, counts, shares of the fakes.
_VALUES: dict[str, tuple[float, ...]] = {
    "noise": (0.1, 0.2, 0.4),
    "blur": (0.4, 0.7, 1.0),
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
