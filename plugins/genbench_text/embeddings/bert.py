"""BERT encoder as a function of its tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

__all__ = ["Encoder"]

_EPSILON = 1e-12  # of the normalisations, in the paper's code


@dataclass(frozen=True, eq=False)
class Encoder:
    """Maps word pieces to the last layer, without a pooler.

    state   its tensors, under transformers' names
    heads   attention heads of a layer
    layers  number of layers

    Source: Devlin et al. 2019, arXiv:1810.04805.
    """

    state: Mapping[str, Tensor]
    heads: int
    layers: int

    def __call__(self, ids: Tensor) -> Tensor:
        """Return the last layer (n, t, d) of word pieces (n, t), without a mask."""
        places = self.state["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = self.state["embeddings.token_type_embeddings.weight"][0]
        hidden = self.state["embeddings.word_embeddings.weight"][ids] + places + kind
        hidden = self._norm("embeddings", hidden)
        for number in range(self.layers):
            hidden = self._layer(f"encoder.layer.{number}", hidden)
        return hidden

    def _layer(self, name: str, hidden: Tensor) -> Tensor:
        names = (f"{name}.attention.self.{what}" for what in ("query", "key", "value"))
        parts = (self._linear(what, hidden) for what in names)  # each (n, t, d)
        query, key, value = (part.view(*part.shape[:2], self.heads, -1).transpose(1, 2) for part in parts)
        seen = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        hidden = self._norm(
            f"{name}.attention.output", hidden + self._linear(f"{name}.attention.output.dense", seen)
        )
        wide = functional.gelu(self._linear(f"{name}.intermediate.dense", hidden))
        return self._norm(f"{name}.output", hidden + self._linear(f"{name}.output.dense", wide))

    def _linear(self, name: str, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def _norm(self, name: str, hidden: Tensor) -> Tensor:
        weight = self.state[f"{name}.LayerNorm.weight"]
        bias = self.state[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(hidden, weight.shape, weight, bias, eps=_EPSILON)
