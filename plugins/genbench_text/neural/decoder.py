"""Network of `transformer`: a decoder with a limited context and a cache of keys and values.

Vaswani et al. (2017), arXiv:1706.03762, as in GPT-2: normalised before each part, with tied input and output
embeddings. Positions are rotary (Su et al. 2021, arXiv:2104.09864) and depend on distances alone, so a text
of any length can be read in blocks. Before the first layer each vector is mixed with the three before it (So
et al. 2021, arXiv:2109.08668, do so in every layer), which helps short trainings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["Cache", "Decoder"]

_PERIOD = 10_000.0  # of the slowest rotation, as of Su et al.
_MIXED = 4  # vectors that are mixed before the first layer: the present one and those before it


@dataclass(frozen=True, eq=False)
class Cache:
    """The cache of n rows: keys and values of their last symbols, in each layer.

    layers  rotated keys and values, (n, heads, t, width of a head) each
    recent  (n, 3, width) the vectors of the last symbols, before mixing; 0 if there were none
    read    (n,) int64: number of symbols read in each row. If it is less than t, the first positions of the
            row are padding
    """

    layers: tuple[tuple[Tensor, Tensor], ...]
    recent: Tensor
    read: NDArray[np.int64]

    @property
    def places(self) -> int:
        """The number of cached positions of each row."""
        return self.layers[0][0].shape[2]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.read)

    def __getitem__(self, rows: Any) -> Self:
        """Return what is remembered of some rows, by their numbers or a slice."""
        layers = tuple((keys[rows], values[rows]) for keys, values in self.layers)
        return type(self)(layers, self.recent[rows], self.read[rows])

    @classmethod
    def join(cls, caches: Sequence[Self]) -> Self:
        """Return what is remembered of the rows of all caches, one after the other."""
        most = max(cache.places for cache in caches)
        layers = tuple(
            (
                torch.cat([_pad(keys, most) for keys, _ in layer]),
                torch.cat([_pad(values, most) for _, values in layer]),
            )
            for layer in zip(*(cache.layers for cache in caches), strict=True)
        )
        recent = torch.cat([cache.recent for cache in caches])
        return cls(layers, recent, np.concatenate([cache.read for cache in caches]))


class Decoder(nn.Module):
    """Numbers of symbols (n, t) to logits of the next ones (n, t, outcomes).

    The number `outcomes` represents any unknown symbol. Each layer sees `context` symbols: the present one
    and those before it.
    """

    def __init__(self, outcomes: int, *, width: int, layers: int, heads: int, context: int) -> None:
        super().__init__()
        self.context, self.heads = context, heads
        self.symbols = nn.Embedding(outcomes + 1, width)
        self.mix = nn.Conv1d(width, width, _MIXED, groups=width, bias=False)
        self.layers = nn.ModuleList(_Layer(width, heads, layers) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        nn.init.normal_(self.symbols.weight, std=width**-0.5)

    def blank(self, n: int) -> Cache:
        """Return what is remembered of n rows of which nothing was read."""
        table = self.symbols.weight
        none = table.new_zeros(n, self.heads, 0, table.shape[1] // self.heads)
        recent = table.new_zeros(n, _MIXED - 1, table.shape[1])
        return Cache(((none, none),) * len(self.layers), recent, np.zeros(n, np.int64))

    def forward(
        self, numbers: Tensor, memory: Cache, drop: Callable[[Tensor], Tensor] = lambda hidden: hidden
    ) -> tuple[Tensor, Cache]:
        """Return the logits after each symbol, and what is remembered of the rows with these.

        memory  of the same rows
        drop    what is done to the symbols' vectors and to what each part adds: dropout in training
        """
        turns = _turns(memory.read, numbers.shape[1], memory.layers[0][0])
        seen = self._attention_mask(memory, numbers.shape[1])
        vectors = torch.cat([memory.recent, self.symbols(numbers)], 1)
        mixed = vectors[:, _MIXED - 1 :] + self.mix(vectors.transpose(1, 2)).transpose(1, 2)
        hidden, kept = drop(mixed), []
        for layer, before in zip(self.layers, memory.layers, strict=True):
            hidden, keys, values = layer(hidden, before, turns, seen, drop)
            last = slice(max(0, keys.shape[2] + 1 - self.context), None)
            kept.append((keys[:, :, last], values[:, :, last]))
        logits = functional.linear(self.norm(hidden), self.symbols.weight[:-1])
        return logits, Cache(tuple(kept), vectors[:, 1 - _MIXED :], memory.read + numbers.shape[1])

    def _attention_mask(self, memory: Cache, t: int) -> Tensor | None:
        """Return the attention mask, (n or 1, 1, t, places + t) bool; None: all keys but later ones.

        A padded position sees itself, so that no softmax is empty.
        """
        places = memory.places
        missing = places - np.minimum(memory.read, places)
        if not missing.any() and places + t <= self.context and (t == 1 or places == 0):
            return None
        query, key = np.arange(places, places + t)[:, None], np.arange(places + t)
        seen = (key <= query) & (query - key < self.context)
        rows = seen & (key >= missing[:, None, None]) if missing.any() else seen[None]
        return torch.from_numpy(rows[:, None]).to(self.symbols.weight.device)


class _Layer(nn.Module):
    """Attention, then an MLP, each with normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_maps = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asks = nn.Linear(width, 3 * width, bias=False)
        self.answers = nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        for part in (self.answers, self.down):  # scaled by the number of layers, as in GPT-2
            nn.init.normal_(part.weight, std=0.5 * part.in_features**-0.5 / math.sqrt(2 * layers))

    def forward(
        self, hidden: Tensor, before: tuple[Tensor, Tensor], turns: tuple[Tensor, Tensor],
        seen: Tensor | None, drop: Callable[[Tensor], Tensor],
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        """Return the new vectors (n, t, width), and keys and values with those `before` them."""
        n, t, width = hidden.shape
        asks = self.asks(self.before_attention(hidden)).view(n, t, 3, self.heads, -1)
        queries, keys, values = asks.permute(2, 0, 3, 1, 4)
        keys = torch.cat([before[0], _rotate(keys, turns)], 2)
        values = torch.cat([before[1], values], 2)
        found = functional.scaled_dot_product_attention(
            _rotate(queries, turns), keys, values, seen, is_causal=seen is None and t > 1
        )
        hidden = hidden + drop(self.answers(found.transpose(1, 2).reshape(n, t, width)))
        added = self.down(functional.gelu(self.up(self.before_maps(hidden))))
        return hidden + drop(added), keys, values


def _turns(read: NDArray[np.int64], t: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return cosine and sine, (n or 1, 1, t, half a head) of `like`'s type, of t places after those read."""
    starts = read[:1] if (read == read[:1]).all() else read
    places = starts[:, None, None, None] + np.arange(t)[:, None]
    half = like.shape[-1] // 2
    angles = places * _PERIOD ** -(np.arange(half) / half)  # float64: positions may be large
    return torch.from_numpy(np.cos(angles)).to(like), torch.from_numpy(np.sin(angles)).to(like)


def _rotate(vectors: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Return vectors (n, heads, t, width of a head) with rotary position embeddings."""
    (cosine, sine), (first, second) = turns, vectors.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


def _pad(part: Tensor, places: int) -> Tensor:
    """Return keys or values with padding before them, up to `places`."""
    return functional.pad(part, (0, 0, places - part.shape[2], 0))
