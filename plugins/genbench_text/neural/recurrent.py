"""Network of `lstm`: a recurrent network, whose memory does not grow with the text.

Hochreiter and Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735; with tied input and output embeddings,
after Press and Wolf (2017), arXiv:1608.05859.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Recurrent", "Remembered"]


@dataclass(frozen=True, eq=False)
class Remembered:
    """The state of a recurrent network for n rows: hidden and cell states, (n, layers, hidden)."""

    shown: Tensor
    kept: Tensor

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.shown)

    def __getitem__(self, rows: Any) -> Self:
        """Return what is remembered of some rows, by their numbers or a slice."""
        return type(self)(self.shown[rows], self.kept[rows])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return what is remembered of the rows of all parts, one after the other."""
        return cls(torch.cat([part.shown for part in parts]), torch.cat([part.kept for part in parts]))


class Recurrent(nn.Module):
    """Numbers of symbols (n, t) to logits of the next ones (n, t, outcomes).

    The number `outcomes` represents any unknown symbol.
    """

    def __init__(self, outcomes: int, *, width: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.symbols = nn.Embedding(outcomes + 1, width)
        self.cells = nn.LSTM(width, hidden, layers, batch_first=True)
        self.narrow = nn.Linear(hidden, width, bias=False)
        self.shares = nn.Parameter(torch.zeros(outcomes))
        nn.init.normal_(self.symbols.weight, std=0.1)
        for layer in range(layers):  # initial bias of the forget gates: Jozefowicz et al. 2015, sec. 2.2
            nn.init.ones_(getattr(self.cells, f"bias_ih_l{layer}")[hidden : 2 * hidden])

    def blank(self, n: int) -> Remembered:
        """Return what is remembered of n rows of which nothing was read."""
        zeros = self.shares.new_zeros(n, self.cells.num_layers, self.cells.hidden_size)
        return Remembered(zeros, zeros)

    def forward(
        self, numbers: Tensor, memory: Remembered, drop: Callable[[Tensor], Tensor] = lambda hidden: hidden
    ) -> tuple[Tensor, Remembered]:
        """Return the logits after each symbol, and what is remembered of the rows with these.

        memory  of the same rows
        drop    what is done to the symbols' vectors and to what the cells show: dropout in training
        """
        states = tuple(part.transpose(0, 1).contiguous() for part in (memory.shown, memory.kept))
        hidden, (shown, kept) = self.cells(drop(self.symbols(numbers)), states)
        logits = functional.linear(self.narrow(drop(hidden)), self.symbols.weight[:-1], self.shares)
        return logits, Remembered(shown.transpose(0, 1), kept.transpose(0, 1))
