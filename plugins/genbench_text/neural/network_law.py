"""Adapter from neural networks over symbols to the sampler of texts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import torch

from genbench import Invalid, canonical
from genbench_text.tokens.choosing import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

__all__ = ["NetworkLaw", "restore_law"]

_FEW = 0.75  # share of active rows at which memory is compacted
_BLOCK = 512  # symbols of a row in one forward pass
_BATCH = 8192  # symbols of all rows, with padding, in one forward pass
_SETTINGS = "settings"


class Memory(Protocol):
    """What a network remembers of rows."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        ...

    def __getitem__(self, rows: Any) -> Self:
        """Return what is remembered of some rows, by their numbers or a slice."""
        ...

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return what is remembered of the rows of all parts, one after the other."""
        ...


@dataclass(frozen=True, eq=False)
class Rows:
    """The state of rows in a draw: their last symbols, and the network's memory of those before.

    Computing some finished rows is faster than copying the memory of the others, so `memory` may have more
    rows than are active.

    last    (k,) int64
    memory  of at least k rows
    at      (k,) int64: indices of the active rows
    """

    last: Numbers
    memory: Memory
    at: Numbers

    def __getitem__(self, chosen: NDArray[Any]) -> Self:
        """Return the rows that a mask or indices select."""
        last, at = self.last[chosen], self.at[chosen]
        if len(at) > _FEW * len(self.memory):
            return replace(self, last=last, at=at)
        return replace(self, last=last, memory=self.memory[at], at=np.arange(len(at)))


@dataclass(frozen=True, eq=False)
class NetworkLaw:
    """A network as the law of a sampler.

    network   numbers of symbols (n, t) and a memory to logits (n, t, outcomes) and the memory after them; the
              end of a text, the last of the outcomes, also precedes its beginning
    outcomes  number of possible next symbols, the end included
    choice    sampling parameters, which do not affect likelihoods
    settings  of the network's construction, JSON values
    device    of the network
    """

    network: Any  # a module of torch with `blank`
    outcomes: int
    choice: Choice
    settings: Mapping[str, Any]
    device: str

    @property
    def parameters(self) -> int:
        """How many numbers the network has learnt."""
        return sum(weights.numel() for weights in self.network.parameters())

    def nats(self, rows: Sequence[Numbers], before: Numbers) -> Reals:
        """Return the log probability, (n,), of each row from place `before` on, unknown symbols left out.

        Logits are normalised in float32 and summed in float64. Raises Invalid for NaN.
        """
        found = np.zeros(len(rows))
        order = np.argsort([-len(row) for row in rows], kind="stable")
        for batch in _batches(order, [len(row) for row in rows]):
            found[batch] = self._nats([rows[place] for place in batch], before[batch])
        if np.isnan(found).any():
            raise Invalid(
                f"the network returns nan as the log probability of text {np.isnan(found).argmax()}"
            )
        return found

    @torch.inference_mode()
    def begin(self, rows: Sequence[Numbers], rng: np.random.Generator) -> Rows:  # noqa: ARG002 - of Law
        """Return the state of the rows, after reading all symbols of each but the last."""
        wholes = [np.append(self.outcomes - 1, row) for row in rows]
        lengths = [len(whole) - 1 for whole in wholes]
        parts, order = [self.network.blank(0)], np.argsort(lengths, kind="stable")
        for batch in _batches(order, lengths, alike=True):
            memory = self.network.blank(len(batch))
            seen = np.stack([wholes[place][:-1] for place in batch])
            for start in range(0, seen.shape[1], _BLOCK):
                _, memory = self._read(seen[:, start : start + _BLOCK], memory)
            parts.append(memory)
        last = np.array([whole[-1] for whole in wholes], np.int64)
        return Rows(last, type(parts[0]).join(parts)[np.argsort(order)], np.arange(len(rows)))

    @torch.inference_mode()
    def advance(self, state: Rows, rng: np.random.Generator) -> tuple[Numbers, Rows]:
        """Return a symbol after each row, (n,), and the rows with it."""
        numbers = np.zeros((len(state.memory), 1), np.int64)
        numbers[state.at, 0] = state.last
        logits, memory = self._read(numbers, state.memory)
        law = logits[:, -1].float().cpu().numpy()[state.at]
        drawn = self.choice.of(law, rng.random(len(law))).astype(np.int64)
        return drawn, Rows(drawn, memory, state.at)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the network's weights by name, and its settings as the bytes of a JSON object."""
        about = canonical({"network": dict(self.settings), "choice": asdict(self.choice)}).encode()
        weights = {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}
        return weights | {_SETTINGS: np.frombuffer(about, np.uint8)}

    @torch.inference_mode()
    def _nats(self, rows: Sequence[Numbers], before: Numbers) -> Reals:
        """Return the log probabilities of a batch of rows, the longest first."""
        found, memory = np.zeros(len(rows)), self.network.blank(len(rows))
        lengths = np.array([len(row) for row in rows])
        for start in range(0, int(lengths.max(initial=0)), _BLOCK):
            going = int((lengths > start).sum())
            parts = [row[start : start + _BLOCK] for row in rows[:going]]
            follows = _pad_rows(parts, self.outcomes)
            firsts = [row[start - 1] if start else self.outcomes - 1 for row in rows[:going]]
            logits, memory = self._read(np.column_stack([firsts, follows[:, :-1]]), memory[:going])
            places = start + np.arange(follows.shape[1])
            counts = (follows < self.outcomes) & (places >= before[:going, None])
            chosen = torch.from_numpy(np.where(counts, follows, 0)[..., None]).to(self.device)
            nats = logits.gather(-1, chosen)[..., 0] - logits.logsumexp(-1)
            found[:going] += np.where(counts, nats.double().cpu().numpy(), 0.0).sum(1)
        return found

    def _read(self, numbers: Numbers, memory: Memory) -> tuple[torch.Tensor, Memory]:
        """Return the logits (n, t, outcomes) after each of (n, t) symbols, and the new memory."""
        read: tuple[torch.Tensor, Memory] = self.network(torch.from_numpy(numbers).to(self.device), memory)
        return read


def restore_law(
    build: Callable[[int, Mapping[str, Any]], torch.nn.Module], device: str
) -> Callable[[Mapping[str, NDArray[Any]], int], NetworkLaw]:
    """Return a function that restores a law from its arrays and its number of outcomes.

    build  builds a network from its number of outcomes and its settings
    """

    def law(arrays: Mapping[str, NDArray[Any]], outcomes: int) -> NetworkLaw:
        about = json.loads(bytes(arrays[_SETTINGS]))
        network = build(outcomes, about["network"])
        network.load_state_dict(
            {name: torch.from_numpy(array) for name, array in arrays.items() if name != _SETTINGS}
        )
        network.to(device).eval()
        return NetworkLaw(network, outcomes, Choice(**about["choice"]), about["network"], device)

    return law


def _batches(order: Numbers, lengths: Sequence[int], *, alike: bool = False) -> Iterator[Numbers]:
    """Yield batches of `order` that can be read together, each of one length if `alike`."""
    batch: list[int] = []
    for place in order.tolist():
        widest = min(_BLOCK, max([lengths[place], *(lengths[one] for one in batch[:1])]))
        if batch and ((len(batch) + 1) * widest > _BATCH or (alike and lengths[place] != lengths[batch[0]])):
            yield np.array(batch)
            batch = []
        batch.append(place)
    if batch:
        yield np.array(batch)


def _pad_rows(rows: Sequence[Numbers], filling: int) -> Numbers:
    """Return rows of unequal lengths as one array, (n, t), padded with `filling`."""
    found = np.full((len(rows), max(map(len, rows))), filling, np.int64)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found
