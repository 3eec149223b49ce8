"""Reverse KL: divergence of the fakes' class shares from the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Undefined
from genbench_fidelity.classes.modes import class_counts
from genbench_fidelity.numeric.arrays import at_least

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["reverse_kl"]


def reverse_kl(real: NDArray[Any], fake: NDArray[Any]) -> float:
    """Return KL(fake || real) between the shares of classes, >= 0 and in nats; lower is better.

        sum over the classes with fakes of p_fake log(p_fake / p_real)

    A sample's class is the one of the highest probability, the first of equal ones.

    real, fake  (n, K) and (m, K) class probabilities, float32 or float64

    The value depends entirely on the classifier, and is biased upwards by about (K - 1) / 2 (1 / n + 1 / m).

    Raises Undefined where a class has fakes and no real sample: the divergence is then infinite, because the
    reference is too small or the classifier unsuitable. Also raises Undefined for fewer than 2 samples on a
    side, because one sample has no shares; raises Invalid for rows that are not probabilities.

    Source: Metz et al. 2017 (arXiv:1611.02163), sec. 3.3; Lin et al. 2018 (arXiv:1712.04086), sec. 4.
    """
    in_real, in_fake = class_counts("reverse-kl", real, fake, least=2)
    stray = (in_real == 0) & (in_fake > 0)
    if stray.any():
        raise Undefined(
            f"{in_fake[stray].sum()} fakes fall into {stray.sum()} classes that none of the {in_real.sum()} "
            f"real samples has, so that the divergence is infinite"
        )
    held = in_fake > 0
    p, q = in_fake[held] / in_fake.sum(), in_real[held] / in_real.sum()
    return at_least(0.0, float((p * np.log(p / q)).sum()))
