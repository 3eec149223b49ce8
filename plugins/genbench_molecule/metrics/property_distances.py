"""Wasserstein distances of the distributions of molecular properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DISTANCES", "property_distances"]

#: The numbers, in the order of the columns of `properties`.
DISTANCES = ("logp-distance", "sa-distance", "qed-distance", "weight-distance", "np-distance")


def property_distances(real: NDArray[np.float32], fake: NDArray[np.float32]) -> dict[str, float]:
    """Return the Wasserstein distance of each property, in its own unit, >= 0; lower is better.

        integral over x of | F(x) - G(x) |,    F, G the distribution functions of the two sides

    real, fake  (m, 5) and (n, 5): logP, SA, QED, weight in daltons, likeness to natural products

    Equal distributions of finite samples do not score 0: compare with the row held-out. Each looks at one
    property alone. MOSES quotes the first four.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    from scipy.stats import wasserstein_distance

    return {
        name: float(wasserstein_distance(real[:, column].astype(float), fake[:, column].astype(float)))
        for column, name in enumerate(DISTANCES)
    }
