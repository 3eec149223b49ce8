"""Class coverage: how many classes the fakes reach, and how far their shares are from the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench.errors import Undefined
from genbench.scores import Score
from genbench_fidelity.arrays import classes, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["class_coverage"]


def class_coverage(
    real: NDArray[Any], fake: NDArray[Any], *, min_count: Annotated[int, Ge(1)] = 1
) -> dict[str, Score]:
    """Return `modes` (higher is better) and `reverse-kl` (>= 0, lower is better) of `fake`.

        modes:       the number of classes with at least `min_count` fake samples
        reverse-kl:  sum over classes of p_fake log(p_fake / p_real), in nats

    A sample's class is the one of the highest probability, the first of equal ones.

    real, fake  (n, K) and (m, K) class probabilities, float32 or float64
    min_count   fakes that make a class count: above 1 it keeps a classifier's slips from counting as modes

    Both depend wholly on the classifier. reverse-kl is biased upwards by about (K - 1) / 2 (1 / n + 1 / m);
    modes rises with m. The extra of `modes` has `of`, the number of classes among the real samples.

    Raises Undefined where a class has fakes and no real sample: there the divergence is infinite, and the
    reference too small or the classifier unfit. Raises Invalid for rows that are not probabilities.

    Source: Metz et al. 2017 (arXiv:1611.02163), sec. 3.3; Lin et al. 2018 (arXiv:1712.04086), sec. 4.
    """
    real, fake = classes(real=real, fake=fake)
    require(1, "class-coverage", real=real, fake=fake)
    in_real, in_fake = (np.bincount(side.argmax(axis=1), minlength=side.shape[1]) for side in (real, fake))
    stray = (in_real == 0) & (in_fake > 0)
    if stray.any():
        raise Undefined(
            f"{in_fake[stray].sum()} fakes fall into {stray.sum()} classes that none of the {len(real)} real "
            f"samples has, so that the divergence is infinite"
        )
    modes = Score(int((in_fake >= min_count).sum()), extra={"of": int((in_real > 0).sum())})
    return {"modes": modes, "reverse-kl": Score(_divergence(in_fake, in_real))}


def _divergence(of: NDArray[np.intp], from_: NDArray[np.intp]) -> float:
    held = of > 0
    p, q = of[held] / of.sum(), from_[held] / from_.sum()
    return max(0.0, float((p * np.log(p / q)).sum()))
