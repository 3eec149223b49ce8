"""Changes of the battery's own that are no faults: fewer fakes, another order, and smaller batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from genbench.core.samples import Samples

    Sides = Mapping[str, Samples]
    Change = Callable[[Sides, float, np.random.Generator], Sides]

__all__ = ["BATCH", "FEWER", "INVARIANCES", "Invariance", "fewer", "shuffled"]

#: Samples in a batch of the extractor: few, and no divisor of a round number.
BATCH = 7

#: The effect of a change of the number of fakes: a ranked metric should not depend on it, others may.
FEWER = "fewer"


@dataclass(frozen=True)
class Invariance:
    """A change of the sides that should not move a score.

    effect  "unchanged", as of a fault, or FEWER
    levels  the text of each level, and its number
    batch   samples in a batch of the extractor on the fakes; None: all at once
    """

    name: str
    effect: str
    levels: Mapping[str, float] = field(hash=False)
    change: Change
    batch: int | None = None


def fewer(samples: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Return that `share` of the samples, at least one, drawn at random."""
    count = max(1, round(share * len(samples)))
    return samples.take(rng.choice(len(samples), size=count, replace=False))


def shuffled(samples: Samples, rng: np.random.Generator) -> Samples:
    """Return the same samples in another order."""
    return samples.take(rng.permutation(len(samples)))


INVARIANCES = (
    Invariance(
        "smaller-n",
        FEWER,
        {"n/2": 0.5, "n/4": 0.25},
        lambda sides, share, rng: {**sides, "fake": fewer(sides["fake"], share, rng)},
    ),
    Invariance(
        "row-order",
        "unchanged",
        {"shuffled": 1.0},
        lambda sides, _, rng: {name: shuffled(samples, rng) for name, samples in sides.items()},
    ),
    Invariance("batch-size", "unchanged", {f"{BATCH} a batch": BATCH}, lambda sides, _, __: sides, BATCH),
)
