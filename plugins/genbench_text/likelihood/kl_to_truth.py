"""Metric `kl-to-truth`: divergence of a model from the known distribution of the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from genbench import Invalid, Score, Undefined
from genbench_text.likelihood.likelihoods import law_of_texts

if TYPE_CHECKING:
    from genbench import Samples
    from genbench_text.likelihood.likelihoods import LanguageModel

__all__ = ["kl_to_truth"]

_Z = 1.959963984540054  # quantile 0.975 of the standard normal law
_IMPOSSIBLE = math.log(1e9)  # nats: a law exceeds the truth by more once in a billion draws


def kl_to_truth(sampler: LanguageModel, truth: LanguageModel | None, real: Samples) -> Score:
    """Return the Kullback-Leibler divergence of a sampler from the truth, nats a text; 0 is best.

        mean over real texts of  log p(text) - log q(text),    p the truth, q the sampler

    sampler  provides `log_likelihood`
    truth    provides it too: the distribution that the real texts were drawn from
    real     at least two texts

    Unbiased at any n for texts drawn from p, so a value slightly below 0 is chance. The interval is 1.96
    standard errors over texts to either side. The divergence itself is never below 0; an interval that
    includes 0 means that these texts do not distinguish q from p. The extra has `entropy`, the mean of
    - log p, the cost of a text under the truth.

    On n texts drawn from p, the probability that a distribution q has a higher total log likelihood by t nats
    is at most exp(-t), for any n. If q exceeds p by more than log 1e9, 20.7 nats, it is not a distribution
    over texts, or it has seen them.

    Raises Undefined if the distribution of the data is unknown, there is only one text, or the sampler has no
    likelihoods; Invalid for likelihoods that are not those of a distribution, on their own or, as above,
    relative to the truth, and if q assigns probability 0 to a text: the divergence is then infinite.

    Source: Theis et al. 2016 (arXiv:1511.01844), sec. 2; the bound is Markov's inequality.
    """
    texts, n = real.data, len(real)
    if truth is None:
        raise Undefined(
            "the distribution of this dataset is unknown; kl-to-truth needs one such as grammar-world"
        )
    if n == 1:
        raise Undefined("the standard error of kl-to-truth needs at least two real texts, got one")
    p = law_of_texts(truth, texts, "the truth's log_likelihood")
    q = law_of_texts(sampler, texts, "the sampler's log_likelihood")
    gaps = p - q
    if -gaps.sum() > _IMPOSSIBLE:
        raise Invalid(
            f"the sampler's log_likelihood is {-gaps.sum():.4g} nats above the truth's on all {n} texts, "
            "which has a probability below 1e-9 for a distribution over texts; do its probabilities sum to 1?"
        )
    value, error = float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(n)
    return Score(value, value - _Z * error, value + _Z * error, {"entropy": 0.0 - float(np.mean(p))})
