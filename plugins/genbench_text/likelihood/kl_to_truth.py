"""How far a sampler is from the known law of the data."""

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
_IMPOSSIBLE = math.log(1e9)


def kl_to_truth(sampler: LanguageModel, truth: LanguageModel | None, real: Samples) -> Score:
    """Return the Kullback-Leibler divergence of a sampler from the truth, nats a text; 0 is best.

        mean over real texts of  log p(text) - log q(text),    p the truth, q the sampler

    sampler  gives `log_likelihood`
    truth    so does it: the law that the real texts were drawn from
    real     two texts or more

    Unbiased at any n, for texts drawn from p; so a value a little below 0 is chance. The interval is 1.96
    standard errors over texts to either side: with it the divergence itself is estimated, which is never
    below 0, and an interval that reaches below 0 says that these texts do not tell q from p. Its extra has
    `entropy`, the mean of - log p, which is what a text costs the truth.

    No law q is likelier than p on texts that p drew, all n together, by t nats with a probability above
    exp(-t), whatever n. Where q is so by more than log 1e9, 20.7 nats, it is no law over texts, or has seen
    them.

    Raises Undefined if the law of the data is not known, if there is one text, and if the sampler has no
    likelihoods; Invalid for likelihoods that no law gives, by itself or, as above, beside the truth, and if q
    calls a text impossible, since the divergence is then infinite.

    Source: Theis et al. 2016 (arXiv:1511.01844), sec. 2; the bound is Markov's inequality.
    """
    texts, n = real.data, len(real)
    if truth is None:
        raise Undefined("the law of these data is not known; kl-to-truth needs a world such as grammar-world")
    if n == 1:
        raise Undefined("the standard error of kl-to-truth needs two real texts, and there is one")
    p = law_of_texts(truth, texts, "the truth's log_likelihood")
    q = law_of_texts(sampler, texts, "the sampler's log_likelihood")
    gaps = p - q
    if -gaps.sum() > _IMPOSSIBLE:
        raise Invalid(
            f"the sampler's log_likelihood is {-gaps.sum():.4g} nats above the truth's on all {n} texts: a "
            "law over texts would be with a probability below 1e-9; do its probabilities sum to 1?"
        )
    value, error = float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(n)
    return Score(value, value - _Z * error, value + _Z * error, {"entropy": 0.0 - float(np.mean(p))})
