"""How well a sampler predicts real texts: perplexities, and bits for each byte."""

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
    r"""Return what real texts cost a sampler, in bits a byte, and as perplexities; lower is better.

        bits-per-byte:     - sum of log2 p(text) / sum of bytes, >= 0
        byte-perplexity:   exp(- sum of log p(text) / sum of bytes), >= 1
        token-perplexity:  exp(- sum of log p(text) / sum of the sampler's own steps), >= 1

    sampler  gives `log_likelihood` and `token_counts`
    real     texts; their bytes are those of UTF-8, a lone half of a surrogate pair counting three

    All sums go over all texts, once: a mean of the perplexities of texts is another number. Only
    bits-per-byte ranks. byte-perplexity says the same, and a sampler sets its token-perplexity by what it
    calls a token: with words it has fewer and larger steps than with characters. Whether the end of a text is
    a step, and part of its probability, is the sampler's choice.

    Unbiased in n as a ratio of sums is to first order; each value has its 95 % interval over texts, which
    `cost` describes. It says how sure the value is of this sampler; another seed fits another sampler.

    Raises Undefined where the sampler has no likelihoods or the texts are all empty. Raises Invalid for
    likelihoods that no law gives, as `law_of_texts` says, for a text that is called impossible, for no steps
    at all in texts that are not all empty, and where a byte or a token costs more than a perplexity can say:
    the model is then worse than any that has a value.

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

    sampler  gives `log_likelihood`
    real     texts

    The sum is that of `perplexity`, and so is the interval: it would rank as bits-per-byte does. An empty
    text counts as one word, and white space at either end as one each, as in lm-evaluation-harness.

    Raises Undefined where the sampler has no likelihoods, or its perplexity is above what a number holds, as
    in scripts without spaces, where a word is a sentence or more. Raises Invalid for likelihoods that no
    law gives, and for a text that is called impossible.

    Source: as of `perplexity`.
    """
    texts = real.data
    nats = law_of_texts(sampler, texts, _LIKELIHOOD)
    return cost(nats, np.array([len(re.split(r"\s+", text)) for text in texts], float), "word").perplexity(
        "word"
    )
