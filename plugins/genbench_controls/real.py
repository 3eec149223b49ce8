"""The controls `held-out` and `train-copies`: real samples, each drawn once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench import Undefined

if TYPE_CHECKING:
    import numpy as np

    from genbench import Samples

__all__ = ["RealSampler", "held_out", "train_copies"]


@dataclass(frozen=True, eq=False)
class RealSampler:
    """Draws from `pool` without replacement; messages call the pool `name`."""

    pool: Samples
    name: str

    @property
    def available(self) -> int:
        """The most samples that it can draw."""
        return len(self.pool)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` different samples of the pool, with their labels, in an order drawn from `rng`.

        Raises Undefined if the pool holds fewer than `n`.
        """
        if n > len(self.pool):
            raise Undefined(
                f"asked for {n} samples, {self.name} holds {len(self.pool)}; it is drawn without replacement"
            )
        return self.pool.take(rng.choice(len(self.pool), size=n, replace=False))


def held_out(held_out: Samples) -> RealSampler:
    """Return a sampler of held-out real samples, which score as a perfect generator would."""
    return _sampler(held_out, "held_out")


def train_copies(train: Samples) -> RealSampler:
    """Return a sampler of copies of the training samples, which a memorisation metric must detect."""
    return _sampler(train, "train")


def _sampler(pool: Samples | None, name: str) -> RealSampler:
    if pool is None:
        raise Undefined(f"the dataset has no split {name}")
    return RealSampler(pool, name)
