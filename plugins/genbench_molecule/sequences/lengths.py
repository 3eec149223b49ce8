"""Metric `length-distance`: distances between the lengths of real and fake sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["length_distance"]


def length_distance(real: Samples, fake: Samples) -> dict[str, float]:
    """Return `length-wasserstein` and `length-ks` of the lengths of the sequences; lower is better.

        length-wasserstein  integral of |F(t) - G(t)| dt: characters, >= 0
        length-ks           greatest |F(t) - G(t)|, in [0, 1]

    with F and G the distribution functions of the lengths.

    real, fake  sequences

    Both are biased upwards at small n: compare at equal n.

    Source: Wasserstein distance of order 1 and Kolmogorov-Smirnov statistic; Ramdas et al. 2017,
    doi:10.3390/e19020047.
    """
    lengths = [np.sort([len(text) for text in side.data]) for side in (real, fake)]
    places = np.union1d(*lengths)
    f, g = (np.searchsorted(side, places, side="right") / len(side) for side in lengths)
    gaps = np.abs(f - g)
    return {"length-wasserstein": float(gaps[:-1] @ np.diff(places)), "length-ks": float(gaps.max())}
