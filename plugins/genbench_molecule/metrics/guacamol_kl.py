"""GuacaMol's score of Kullback-Leibler divergences of descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score, Undefined, no_log
from genbench_molecule.chemistry.text_numbers import keys
from genbench_molecule.metrics.tanimoto import nearest_other, unpack_bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench import Log

    Side = Mapping[str, NDArray[np.float32]]

__all__ = ["NAMES", "guacamol_kl"]

#: The descriptors: the columns of `properties`, then the similarity to the nearest other molecule.
NAMES = (
    "BertzCT", "MolLogP", "MolWt", "TPSA", "NumHAcceptors", "NumHDonors", "NumRotatableBonds",
    "NumAliphaticRings", "NumAromaticRings", "internal_similarity",
)  # fmt: skip

_CONTINUOUS = ("BertzCT", "MolLogP", "MolWt", "TPSA", "internal_similarity")
_POINTS, _BINS = 1000, 10  # of the densities, and of the histograms, as in GuacaMol
_LEAST = 1e-10  # density that GuacaMol adds, so that no logarithm is infinite


def guacamol_kl(real: Side, fake: Side, *, log: Log = no_log) -> Score:
    """Return the mean over ten descriptors of exp(-KL(real || fake)), in (0, 1]; higher is better.

    real, fake  `properties` (m, 9), `fingerprint` (m, 256) and `identity` (m, 3) of molecules without
                stereochemistry; each different molecule counts once

    KL of continuous descriptors is that of Gaussian kernel density estimates on 1000 points between the
    extremes, that of counts one of ten bins of the range of the real ones. Both add 1e-10 to each density.
    The last descriptor is the Tanimoto similarity of a molecule to its nearest neighbour on its own side.
    GuacaMol takes its training set as `real`. The extra holds each divergence, in nats, by the name of the
    descriptor.

    It compares each descriptor alone, and rises with n. Raises Undefined if a side has fewer than two
    different molecules, or one value of a continuous descriptor only, and if no fake has a count within the
    range of the real ones.

    Source: Brown et al. 2019 (arXiv:1811.09621), sec. 4.1.4.
    """
    real_columns, fake_columns = _columns(real, "real", log), _columns(fake, "fake", log)
    divergences = {}
    for name, p, q in zip(NAMES, real_columns, fake_columns, strict=True):
        divergence = _of_densities if name in _CONTINUOUS else _of_bins
        divergences[name] = divergence(p, q, name)
    value = float(np.exp([-nats for nats in divergences.values()]).mean())
    return Score(min(1.0, value), extra=divergences)


def _columns(side: Side, name: str, log: Log) -> list[NDArray[np.float64]]:
    """Return the ten descriptors of the different molecules of a side."""
    first = np.sort(np.unique(keys(side["identity"]), return_index=True)[1])
    if len(first) < 2:  # noqa: PLR2004 - one molecule has no neighbour
        raise Undefined(f"guacamol-kl needs two different molecules on each side; {name} has {len(first)}")
    similarity = nearest_other(unpack_bits(side["fingerprint"][first]), log=log)
    return [*side["properties"][first].astype(np.float64).T, similarity]


def _of_densities(p: NDArray[np.float64], q: NDArray[np.float64], name: str) -> float:
    from scipy.stats import gaussian_kde

    for side, values in (("real", p), ("fake", q)):
        if np.ptp(values) == 0:
            raise Undefined(f"all {side} molecules have one value of {name}, which has no density")
    points = np.linspace(min(p.min(), q.min()), max(p.max(), q.max()), _POINTS)
    return _divergence(gaussian_kde(p)(points), gaussian_kde(q)(points))


def _of_bins(p: NDArray[np.float64], q: NDArray[np.float64], name: str) -> float:
    edges = np.histogram_bin_edges(p, bins=_BINS)
    if not ((q >= edges[0]) & (q <= edges[-1])).any():
        raise Undefined(
            f"no fake molecule has {name} in the range of the real ones, which the bins cover; expected "
            "fakes nearer to the real molecules"
        )
    return _divergence(*(np.histogram(side, bins=edges, density=True)[0] for side in (p, q)))


def _divergence(p: NDArray[Any], q: NDArray[Any]) -> float:
    """Return the Kullback-Leibler divergence of two densities, in nats, >= 0."""
    p, q = ((side + _LEAST) / (side + _LEAST).sum() for side in (p, q))
    return max(0.0, float((p * np.log(p / q)).sum()))
