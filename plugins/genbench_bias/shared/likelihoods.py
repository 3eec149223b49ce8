"""Validated log probabilities and token counts of sentences from a sampler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from genbench import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LanguageModel", "log_likelihoods", "mean_log_likelihoods"]

_ROUNDING = 1e-6  # nats: float32 sums of log probabilities near 0 exceed 0 by less


class LanguageModel(Protocol):
    """A sampler of texts with likelihoods."""

    def log_likelihood(self, texts: Sequence[str], *, prompts: Sequence[str] | None = None) -> Any:
        """Return (n,) log probabilities in nats, of whole texts or conditional on the prompts."""
        ...

    def token_counts(self, texts: Sequence[str]) -> Any:
        """Return (n,) the number of tokens whose log probabilities sum to that of each whole text.

        An empty text has only its end: 1 if ends are counted, else 0.
        """
        ...


def log_likelihoods(
    sampler: LanguageModel, texts: Sequence[str], prompts: Sequence[str] | None = None
) -> Floats:
    """Return the (n,) log probabilities of texts in nats, finite and <= 0.

    prompts  n texts that they follow; None: whole texts

    Raises Invalid for another shape, NaN, infinity, log probabilities above 0, and texts of probability 0:
    they cannot be compared, and a model that assigns 0 must not escape the ranking.
    """
    values = _numbers(sampler.log_likelihood(texts, prompts=prompts), "log_likelihood", len(texts))
    wrong = np.flatnonzero(np.isnan(values) | (values > _ROUNDING))
    if len(wrong):
        raise Invalid(
            f"expected log probabilities, which are <= 0, got {values[wrong[0]]} for text {wrong[0] + 1} "
            f"of {len(texts)}"
        )
    impossible = np.flatnonzero(np.isneginf(values))
    if len(impossible):
        raise Invalid(
            f"the model assigns probability 0 (log probability -inf) to {len(impossible)} of {len(texts)} "
            f"texts, first to text {impossible[0] + 1}; every text must have a positive probability"
        )
    return np.minimum(values, 0.0)


def mean_log_likelihoods(
    sampler: LanguageModel, texts: Sequence[str], prompts: Sequence[str] | None = None
) -> Floats:
    """Return the (n,) mean log probabilities per token in nats.

    A whole text has as many tokens as the sampler counts, including its end if the sampler counts ends.
    A completion has no end: its tokens are reduced by those of an empty text.
    Raises what `log_likelihoods` does, and Invalid for texts of less than one token.
    """
    values = log_likelihoods(sampler, texts, prompts)
    if prompts is None:
        tokens = _numbers(sampler.token_counts(texts), "token_counts", len(texts))
    else:
        counts = _numbers(sampler.token_counts((*texts, "")), "token_counts", len(texts) + 1)
        tokens = counts[:-1] - counts[-1]
    if not (tokens >= 1).all():
        raise Invalid(
            f"expected token_counts of at least 1 in addition to the end of a text, got {tokens.min()}"
        )
    return values / tokens


def _numbers(given: Any, method: str, n: int) -> Floats:
    array = np.asarray(given)
    if array.shape != (n,) or array.dtype.kind not in "fiu":
        raise Invalid(f"expected {n} numbers from the sampler's {method}, got {array.dtype} {array.shape}")
    return array.astype(np.float64)
