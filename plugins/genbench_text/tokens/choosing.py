"""Choosing the next token: temperature, top-k, nucleus, and one uniform number for each choice."""

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
    """How a token is chosen.

    temperature  what log probabilities are divided by, >= 0; 0 takes the likeliest token, the first of equals
    top_k        only the k likeliest tokens can be chosen, and all as likely as the k-th; None: all
    top_p        only the fewest likeliest tokens that have this probability together, in (0, 1], can be
                 (Holtzman et al. 2020, arXiv:1904.09751); it is counted after temperature and top_k
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def of(self, logits: NDArray[np.float32], uniforms: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the tokens (n,) that uniforms (n,) in [0, 1) choose under logits (n, v).

        The distribution function is summed in float64, in the order of the tokens, and inverted. Raises
        Invalid if the logits of a row have no finite greatest one.
        """
        if not np.isfinite(logits.max(axis=1)).all():
            raise Invalid("the model gives logits of which none is finite, or one is nan or inf")
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
        """Return weights with those outside the nucleus put to 0; of equals, the first ones are inside."""
        order = np.argsort(-weights, axis=1, kind="stable")
        ranked = np.take_along_axis(weights, order, axis=1)
        before = ranked.cumsum(axis=1) - ranked
        ranked = np.where(before < self.top_p * weights.sum(axis=1, keepdims=True), ranked, 0.0)
        kept = np.zeros_like(weights)
        np.put_along_axis(kept, order, ranked, axis=1)
        return kept
