"""Training of neural language models on pieces of texts, with AdamW and Muon.

Every random number comes from a numpy generator and is passed to torch, whose own generators are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from genbench import log_losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    from genbench import Log

__all__ = ["Training", "build_network", "pieces", "train_on"]

Network = TypeVar("Network", bound=nn.Module)

_NO_TARGET = -100  # ignored by torch's cross entropy
_MUON = 3.0  # Muon's learning rate over AdamW's
_BETAS = (0.9, 0.99)  # of AdamW
_WARM = 0.05  # of the steps: the learning rates rise
_NORM = 1.0  # maximum norm of all gradients
_DECAY = 0.1  # of weights, per unit of learning rate: as of GPT-3
_ALIKE = 10  # random difference in symbols between lengths in a batch


@dataclass(frozen=True)
class Training:
    """Hyperparameters of training.

    steps          batches
    batch_tokens   symbols in a batch, with padding, unless a piece is longer
    learning_rate  peak value for AdamW
    dropout        share of a row's activations set to 0, the same ones at each position
                   (Gal and Ghahramani 2016, arXiv:1512.05287)
    context        maximum number of symbols of a piece
    """

    steps: int
    batch_tokens: int
    learning_rate: float
    dropout: float
    context: int


def build_network(build: Callable[[], Network], rng: np.random.Generator, device: str) -> Network:
    """Return the network that `build` makes, with weights initialised from `rng`, on `device`.

    The weights are drawn on the CPU, so that every device has the same initial ones.
    """
    with torch.random.fork_rng(devices=[]):
        # torch's CPU generator uses 32 bits of a seed.
        torch.default_generator.manual_seed(int(rng.integers(2**32)))
        network = build()
    network.to(device)
    return network


def train_on(
    network: Any, rows: Sequence[Numbers], outcomes: int, unknown: float, plan: Training,
    *, rng: np.random.Generator, log: Log, device: str,
) -> None:  # fmt: skip
    """Fit a network to texts, and leave it in evaluation mode.

    network   numbers of symbols (n, t), a memory and a dropout to logits (n, t, outcomes) and a new memory;
              `blank(n)` is the initial memory
    rows      of known symbols, with their ends if these are steps
    outcomes  number of next symbols, whose last one is the end of a text
    unknown   share of the symbols masked as unknown, so that the network learns that symbol
    log       called with the loss, in nats per symbol, about a hundred times

    The learning rates rise over the first 5 % of the steps and then decay linearly to 0. Raises Invalid if
    the loss becomes NaN or infinite.
    """
    batches = _batches(pieces(rows, outcomes - 1, plan.context), plan.batch_tokens, rng)
    optimizers = _optimizers(network, plan.learning_rate)
    peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers]
    network.train()
    for step in range(1, plan.steps + 1):
        seen, follows = _sides(next(batches), outcomes, unknown, rng)
        drop = _Dropout(plan.dropout, rng)
        logits, _ = network(torch.from_numpy(seen).to(device), network.blank(len(seen)), drop)
        targets = torch.from_numpy(follows).to(device)
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=_NO_TARGET)
        network.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), _NORM)
        for optimizer, highest in zip(optimizers, peaks, strict=True):
            for group, rate in zip(optimizer.param_groups, highest, strict=True):
                group["lr"] = rate * _height(step / plan.steps)
            optimizer.step()
        log_losses(log, step, plan.steps, loss=loss)
    network.eval()


def pieces(rows: Sequence[Numbers], first: int, context: int) -> list[Numbers]:
    """Return rows, each after the symbol `first`, in pieces of at most `context` symbols and the one before.

    The symbol before a piece is the last one of the previous piece.
    """
    wholes = [np.append(first, row) for row in rows]
    return [
        whole[start : start + context + 1] for whole in wholes for start in range(0, len(whole) - 1, context)
    ]


def _optimizers(network: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices of a network, and AdamW for its vectors and embeddings.

    Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; its steps are scaled to
    those of AdamW, and weights decay, as of Liu et al. 2025, arXiv:2502.16982, sec. 2.2. On 984 sentences it
    needs a third of AdamW's steps.
    """
    weights = dict(network.named_parameters())
    matrices = [name for name, value in weights.items() if value.ndim == 2 and name != "symbols.weight"]  # noqa: PLR2004
    others = [value for name, value in weights.items() if name not in matrices]
    return [
        torch.optim.Muon(
            [weights[name] for name in matrices],
            _MUON * rate,
            weight_decay=_DECAY,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(others, rate, betas=_BETAS, weight_decay=0, fused=True),
    ]


@dataclass(frozen=True)
class _Dropout:
    """Variational dropout: sets the same activations of a row to 0 at every position, and rescales."""

    rate: float
    rng: np.random.Generator

    def __call__(self, hidden: Tensor) -> Tensor:
        """Return vectors (n, t, width) after dropout."""
        if not self.rate:
            return hidden
        kept = self.rng.random((len(hidden), 1, hidden.shape[2]), np.float32) >= self.rate
        return hidden * torch.from_numpy(kept / np.float32(1 - self.rate)).to(hidden)


def _sides(
    batch: Sequence[Numbers], outcomes: int, unknown: float, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Return the inputs and targets of a batch, (n, t) each, padded on the right.

    The share `unknown` of the inputs is masked as the unknown symbol, except the first of each piece.
    """
    seen = np.full((len(batch), max(map(len, batch)) - 1), outcomes - 1, np.int64)
    follows = np.full_like(seen, _NO_TARGET)
    for row, piece in enumerate(batch):
        seen[row, : len(piece) - 1], follows[row, : len(piece) - 1] = piece[:-1], piece[1:]
    seen[:, 1:][rng.random((len(seen), seen.shape[1] - 1)) < unknown] = outcomes
    return seen, follows


def _batches(parts: Sequence[Numbers], most: int, rng: np.random.Generator) -> Iterator[list[Numbers]]:
    """Yield an endless sequence of batches of pieces of similar length; each epoch has every piece once."""
    lengths = np.array([len(part) - 1 for part in parts])
    while True:
        order = np.argsort(lengths + _ALIKE * rng.random(len(parts)))
        batches: list[list[int]] = [[]]
        widest = 0
        for place in order.tolist():
            widest = max(widest, lengths[place])
            if batches[-1] and (len(batches[-1]) + 1) * widest > most:
                batches.append([])
                widest = lengths[place]
            batches[-1].append(place)
        for number in rng.permutation(len(batches)).tolist():
            yield [parts[place] for place in batches[number]]


def _height(share: float) -> float:
    """Return the learning rate relative to its peak, in [0, 1], after a share of the steps."""
    return min(1.0, share / _WARM) * (1 - share)
