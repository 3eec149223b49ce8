"""Inception score: confidence of a classifier on each sample and evenness over its classes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score
from genbench_fidelity.numeric.arrays import at_least, classes, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["inception_score"]

# torch-fidelity's: the order of the samples decides which of them share a split.
_SEED = 2020

_TINY = np.finfo(np.float64).tiny


def inception_score(
    fake: NDArray[Any], *, splits: Annotated[int, Ge(1)] = 10, shuffle: bool = True
) -> Score:  # fmt: skip
    """Return the inception score of `fake`, in [1, K]; higher is better.

        exp( mean over x of KL( p(y|x) || p(y) ) ),  averaged over the splits; p(y) the mean within a split

    fake     (n, K) class probabilities, float32 or float64; computed in float64, with 0 log 0 = 0
    splits   parts of the samples; the i-th starts at i n // splits, so no sample is lost
    shuffle  shuffle the samples first, by one fixed stream; without it their order affects the value, as in
             the code of the paper

    The value is K for certain predictions spread evenly over K classes, and 1 where all predictions are
    equal. It rises with n, most where a split has few samples per class. It sees neither the real data nor
    copies nor collapse within a class, and is meaningful only for the classes of the classifier. The extra
    holds `spread`, the standard deviation (divisor n) over the splits.

    Raises Undefined for fewer than 2 samples a split, because one sample alone always scores 1; raises
    Invalid for rows that are not probabilities.

    Source: Salimans et al. 2016 (arXiv:1606.03498), sec. 4; splits and shuffle as torch-fidelity's.
    """
    (fake,) = classes(fake=fake)
    require(2 * splits, f"inception-score with splits = {splits}", fake=fake)
    n = len(fake)
    # A legacy stream, and one fixed seed: both are part of the quoted definition.
    order = np.random.RandomState(_SEED).permutation(n) if shuffle else np.arange(n)
    bounds = [i * n // splits for i in range(splits + 1)]
    parts = [fake[order[first:last]] for first, last in itertools.pairwise(bounds)]
    scores = np.array([_of_split(part) for part in parts])
    return Score(at_least(1.0, float(scores.mean())), extra={"spread": float(scores.std())})


def _of_split(p: NDArray[np.float64]) -> float:
    logs = np.log(np.maximum(p, _TINY)) - np.log(np.maximum(p.mean(axis=0), _TINY))
    return float(np.exp((p * logs).sum(axis=1).mean()))
