"""The control `jittered-copies`: training clouds whose points have a little noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Gt

from genbench import Ragged, Samples, Undefined

__all__ = ["JitteredClouds", "jittered_copies"]


def jittered_copies(train: Samples, *, noise: Annotated[float, Gt(0)] = 0.01) -> JitteredClouds:
    """Return a sampler of training clouds with Gaussian noise on every coordinate.

    A copy that no comparison of bytes can find, while it is as good as a real cloud for metrics that compare
    sets: only a metric that looks for the nearest training cloud detects it.

    noise  standard deviation, as a share of the range of all coordinates of `train`. The default is the
           jitter with which networks of clouds are trained, 0.02 in a ball of radius 1 (Qi et al. 2017,
           arXiv:1612.00593, sec. 5.1)
    """
    return JitteredClouds(train, noise * float(np.ptp(train.data.values)))


@dataclass(frozen=True, eq=False)
class JitteredClouds:
    """Draws from `pool` without replacement, and adds noise of the standard deviation `spread`."""

    pool: Samples
    spread: float

    @property
    def available(self) -> int:
        """The most samples that it can draw."""
        return len(self.pool)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return noisy copies of `n` different clouds, with their labels, in an order drawn from `rng`.

        Raises Undefined if there are fewer than `n`.
        """
        if n > len(self.pool):
            raise Undefined(f"asked for {n} clouds; train holds {len(self.pool)}, each copied once; lower n")
        copies = self.pool.take(rng.choice(len(self.pool), size=n, replace=False))
        points = copies.data.values
        noise = self.spread * rng.standard_normal(points.shape)
        return replace(copies, data=Ragged((points + noise).astype(points.dtype), copies.data.offsets))
