"""Sentence embeddings: the mean of an encoder's last layer over the word pieces of a text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from genbench import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Log, Samples

__all__ = ["Encoder", "SentenceEncoder", "load_encoder"]

_EPSILON = 1e-12  # of the normalisations, in the paper's code


_BATCH = 64  # texts in one pass


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """Maps texts to `features`: the mean of the encoder's last layer, normalised to length 1.

    tokenizer  a `tokenizers.Tokenizer`; Any, because that package may not be installed
    """

    encoder: Encoder
    tokenizer: Any
    device: str
    log: Log

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32."""
        pieces = [self.tokenizer.encode(text).ids for text in samples.data]
        d = self.encoder.state["embeddings.word_embeddings.weight"].shape[1]
        features = np.zeros((len(pieces), d), np.float32)
        done = 0
        for batch in _batches(pieces):
            with torch.inference_mode():
                hidden = self.encoder(torch.tensor([pieces[i] for i in batch], device=self.device))
                features[batch] = functional.normalize(hidden.mean(dim=1), dim=1).cpu().numpy()
            done += len(batch)
            self.log(done, len(pieces))
        return {"features": features}


def load_encoder(folder: Path, *, pieces: int, device: str, log: Log) -> SentenceEncoder:
    """Return the encoder of the files config.json, model.safetensors and tokenizer.json in `folder`.

    pieces  maximum number of word pieces of a text, including special tokens

    Raises DataError if a file is missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        config = json.loads((folder / "config.json").read_bytes())
        state = load_file(folder / "model.safetensors", device=device)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        encoder = Encoder(state, config["num_attention_heads"], config["num_hidden_layers"])
    except Exception as error:  # safetensors and tokenizers raise several unrelated types
        raise DataError(
            f"the network in {folder.parent.name} cannot be read: {error}; reinstall it"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(pieces)
    return SentenceEncoder(encoder, tokenizer, device, log)


def _batches(pieces: list[list[int]]) -> Iterator[list[int]]:
    """Yield batches of text indices, each of one length, so that no padding is needed."""
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    for _, group in groupby(order, key=lambda i: len(pieces[i])):
        equal = list(group)
        for start in range(0, len(equal), _BATCH):
            yield equal[start : start + _BATCH]


# BERT encoder as a function of its tensors.


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
