"""Metrics `perplexity` and `word-perplexity`: perplexities and bits per byte of real texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from genbench import Invalid
from genbench_text.likelihood.likelihoods import cost, law_of_texts, step_counts

if TYPE_CHECKING:
    from genbench import Samples, Score
    from genbench_text.likelihood.likelihoods import LanguageModel

__all__ = ["perplexity", "word_perplexity"]

_LIKELIHOOD = "the sampler's log_likelihood"


def perplexity(sampler: LanguageModel, real: Samples) -> dict[str, Score]:
    r"""Return the cost of real texts under a sampler, in bits per byte, and as perplexities; lower is better.

        bits-per-byte:     - sum of log2 p(text) / sum of bytes, >= 0
        byte-perplexity:   exp(- sum of log p(text) / sum of bytes), >= 1
        token-perplexity:  exp(- sum of log p(text) / sum of the sampler's own steps), >= 1

    sampler  provides `log_likelihood` and `token_counts`
    real     texts; their bytes are those of UTF-8, where an unpaired surrogate counts three

    All sums are over all texts: the mean of the perplexities of texts is another number. Only bits-per-byte
    ranks. byte-perplexity is equivalent to it. token-perplexity depends on the sampler's tokens: with words
    it has fewer and larger steps than with characters. The sampler also decides whether the end of a text is
    a step, and part of its probability.

    A ratio of sums is unbiased to first order. Each value has its 95 % interval over texts, as described in
    `cost`: it is the uncertainty for this fitted sampler, and another seed fits another one.

    Raises Undefined if the sampler has no likelihoods or all texts are empty. Raises Invalid for likelihoods
    that are not those of a distribution, as described in `law_of_texts`, for a text of probability 0, for a
    step count of 0 in non-empty texts, and if a perplexity overflows: the model is then worse than any that
    has a value.

    Source: Jelinek et al. 1977, doi:10.1121/1.2016299; units as in lm-evaluation-harness, Biderman et al.
    2024 (arXiv:2405.14782).
    """
    texts = real.data
    nats = law_of_texts(sampler, texts, _LIKELIHOOD)
    tokens = step_counts(sampler.token_counts(texts), len(texts), "the sampler's token_counts")
    sizes = np.array([len(text.encode("utf-8", "surrogatepass")) for text in texts], float)
    byte = cost(nats, sizes, "byte")
    if not tokens.any():
        raise Invalid(f"the sampler's token_counts of all {len(texts)} texts is 0, and not all are empty; "
                      "expected the number of steps that its log_likelihood is the sum of")  # fmt: skip
    return {
        "bits-per-byte": byte.bits(),
        "byte-perplexity": byte.perplexity("byte", Invalid),
        "token-perplexity": cost(nats, tokens, "token").perplexity("token", Invalid),
    }


def word_perplexity(sampler: LanguageModel, real: Samples) -> Score:
    r"""Return the perplexity of real texts for each word, >= 1; lower is better.

        exp(- sum of log p(text) / sum of words),    words of a text: len(re.split(r"\s+", text))

    sampler  provides `log_likelihood`
    real     texts

    Sum and interval are those of `perplexity`: it would rank like bits-per-byte. An empty text counts as one
    word, and white space at either end as one each, as in lm-evaluation-harness.

    Raises Undefined if the sampler has no likelihoods, or if the perplexity overflows, as in scripts without
    spaces, where a word is a sentence or more. Raises Invalid for likelihoods that are not those of a
    distribution, and for a text of probability 0.

    Source: as in `perplexity`.
    """
    texts = real.data
    nats = law_of_texts(sampler, texts, _LIKELIHOOD)
    return cost(nats, np.array([len(re.split(r"\s+", text)) for text in texts], float), "word").perplexity(
        "word"
    )
