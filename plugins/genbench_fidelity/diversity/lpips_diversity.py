"""LPIPS diversity: mean perceptual distance of random pairs of fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np  # noqa: TC002 - annotations are read at run time
from annotated_types import Ge

from genbench import Score
from genbench_fidelity.numeric.arrays import features, require
from genbench_fidelity.numeric.pairs import draw_pairs, square_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["lpips_diversity"]


def lpips_diversity(
    fake: NDArray[Any], *, pairs: Annotated[int, Ge(1)] = 1000, rng: np.random.Generator
) -> Score:
    """Return the mean squared distance between the features of random pairs of `fake`, >= 0.

        mean |f(a) - f(b)|^2 over pairs a, b

    fake   (n, d) features, float32 or float64; computed in float64. The squared distance of features of the
           extractor `lpips` is LPIPS (equation 1 of Zhang et al.)
    pairs  different pairs, drawn without replacement; all pairs if there are fewer

    Higher is more diverse and 0 is collapse, but neither direction is better: noise scores high. Compare with
    the control `held-out`. For any features f the expected value is twice their total variance, and it is
    unbiased at every n. The extra holds `spread` over the pairs (divisor n) and their number, `pairs`.

    Raises Undefined for fewer than two rows and Invalid for features that are not finite.

    Source: Zhang et al. 2018 (arXiv:1801.03924), eq. 1; as a measure of diversity Zhu et al. 2017
    (arXiv:1711.11586) and Choi et al. 2020 (arXiv:1912.01865), who take pairs of one input.
    """
    (fake,) = features(fake=fake)
    require(2, "lpips-diversity", fake=fake)
    found = square_distances(fake, draw_pairs(len(fake), pairs, rng))
    return Score(float(found.mean()), extra={"spread": float(found.std()), "pairs": len(found)})
