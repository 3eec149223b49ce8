"""Sampling of the next token: temperature, top-k and top-p, with one uniform number for each token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genbench import Invalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Choice"]


@dataclass(frozen=True)
class Choice:
    """Sampling parameters for a token.

    temperature  divisor of log probabilities, >= 0; 0 takes the likeliest token, the first one of ties
    top_k        restricts sampling to the k likeliest tokens, with ties of the k-th; None: no restriction
    top_p        restricts sampling to the smallest set of likeliest tokens with this probability, in (0, 1]
                 (Holtzman et al. 2020, arXiv:1904.09751); applied after temperature and top_k
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def of(self, logits: NDArray[np.float32], uniforms: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the tokens (n,) that uniforms (n,) in [0, 1) choose under logits (n, v).

        The cumulative distribution is summed in float64, in the order of the tokens, and inverted. Raises
        Invalid if the logits of a row have no finite maximum.
        """
        if not np.isfinite(logits.max(axis=1)).all():
            raise Invalid("the model returns logits that are nan or inf, or all -inf; expected finite ones")
        if self.temperature == 0:
            return np.asarray(logits.argmax(axis=1))
        scaled = logits.astype(np.float64) / self.temperature
        if self.top_k is not None and self.top_k < scaled.shape[1]:
            least = np.partition(scaled, -self.top_k, axis=1)[:, [-self.top_k]]
            scaled = np.where(scaled < least, -np.inf, scaled)
        weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        if self.top_p < 1:
            weights = self._nucleus(weights)
        total = weights.cumsum(axis=1)
        return np.asarray((total > uniforms[:, None] * total[:, -1:]).argmax(axis=1))

    def _nucleus(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return weights, set to 0 outside the nucleus; of ties, the first ones are inside."""
        order = np.argsort(-weights, axis=1, kind="stable")
        ranked = np.take_along_axis(weights, order, axis=1)
        before = ranked.cumsum(axis=1) - ranked
        ranked = np.where(before < self.top_p * weights.sum(axis=1, keepdims=True), ranked, 0.0)
        kept = np.zeros_like(weights)
        np.put_along_axis(kept, order, ranked, axis=1)
        return kept
