"""What a sampler says of sentences: their log probabilities and lengths, checked as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from genbench.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LanguageModel", "log_likelihoods", "mean_log_likelihoods"]

_ROUNDING = 1e-6  # nats: log probabilities of certain texts, summed in single precision, pass 0 by less


class LanguageModel(Protocol):
    """A sampler of texts that knows how likely texts are."""

    def log_likelihood(self, texts: Sequence[str], *, prompts: Sequence[str] | None = None) -> Any:
        """Return (n,) log probabilities in nats: of whole texts, or of what follows each of the prompts."""
        ...

    def token_counts(self, texts: Sequence[str]) -> Any:
        """Return (n,) how many steps the log probability of each whole text is the sum of.

        An empty text has those of its end: 1 where ends are counted, else 0.
        """
        ...


def log_likelihoods(
    sampler: LanguageModel, texts: Sequence[str], prompts: Sequence[str] | None = None
) -> Floats:
    """Return the (n,) log probabilities of texts in nats, finite and <= 0.

    prompts  n texts that they follow; None: the texts stand alone

    Raises Invalid for another shape, NaN, infinity and log probabilities above 0, and where a text has no
    probability at all: it cannot be compared, and who says so of one text must not escape the ranking.
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
            f"to the model {len(impossible)} of {len(texts)} texts are impossible (log probability -inf), "
            f"the first of them number {impossible[0] + 1}; a model must leave every text some probability"
        )
    return np.minimum(values, 0.0)


def mean_log_likelihoods(
    sampler: LanguageModel, texts: Sequence[str], prompts: Sequence[str] | None = None
) -> Floats:
    """Return the (n,) mean log probabilities a token in nats.

    A text that stands alone has as many tokens as the sampler counts, its end among them if it counts that.
    What follows a prompt has no end, and so fewer tokens by what the sampler counts of an empty text.
    Raises as `log_likelihoods` does, and Invalid for texts of less than one token.
    """
    values = log_likelihoods(sampler, texts, prompts)
    if prompts is None:
        tokens = _numbers(sampler.token_counts(texts), "token_counts", len(texts))
    else:
        counts = _numbers(sampler.token_counts((*texts, "")), "token_counts", len(texts) + 1)
        tokens = counts[:-1] - counts[-1]
    if not (tokens >= 1).all():
        raise Invalid(
            f"expected token_counts of at least 1 beyond the end of a text, which an empty text has alone, "
            f"got {tokens.min()}"
        )
    return values / tokens


def _numbers(given: Any, method: str, n: int) -> Floats:
    array = np.asarray(given)
    if array.shape != (n,) or array.dtype.kind not in "fiu":
        raise Invalid(f"expected {n} numbers of the sampler's {method}, got {array.dtype} {array.shape}")
    return array.astype(np.float64)
