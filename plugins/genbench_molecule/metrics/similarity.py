"""Similarity to the nearest real molecule, and diversity of the fakes, by Morgan fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import no_log
from genbench_molecule.metrics.tanimoto import mean_powers, nearest, unpack_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["internal_diversity", "snn"]


def snn(real: NDArray[np.float32], fake: NDArray[np.float32], *, log: Log = no_log) -> float:
    """Return the mean similarity of a fake to the nearest real molecule, in [0, 1]; higher is better.

        mean over g of  max over x  |g and x| / |g or x|,    g, x the sets of bits

    real, fake  (m, 64) and (n, 64) Morgan fingerprints, 16 bits a number

    It rises with the number of real molecules, and is blind to which of them have no fake nearby: one typical
    molecule, repeated, scores well.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    return float(nearest(unpack_bits(fake), unpack_bits(real), log=log).mean())


def internal_diversity(fake: NDArray[np.float32], *, log: Log = no_log) -> dict[str, float]:
    """Return MOSES's internal diversities of the fakes, each in [0, 1].

        intdiv   1 - mean over g of  mean over h  t(g, h)
        intdiv2  1 - mean over g of  sqrt(mean over h  t(g, h)^2)

    with t the Tanimoto similarity, h running over all fakes, g included

    fake  (n, 64) Morgan fingerprints, 16 bits a number

    The root is inside the mean over g; the root of the mean over all pairs is smaller. n equal molecules
    score 0, and random ones more than real ones: compare with the row held-out. The pairs of a molecule with
    itself lower intdiv by (1 - mean t) / n.

    Source: Benhenda 2017 (arXiv:1708.08227); Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    first, second = mean_powers(unpack_bits(fake), log=log)
    return {
        "intdiv": max(0.0, float(1 - first.mean())),
        "intdiv2": max(0.0, float(1 - np.sqrt(second).mean())),
    }
