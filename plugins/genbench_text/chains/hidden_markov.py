"""Hidden Markov models over symbols: likelihoods, filtering and sampling.

    P(x_1 ... x_t) = sum over z_1 ... z_t of start(z_1) product of emits(x_i | z_i) and of moves(z_i+1 | z_i)

The end of a text is one of the symbols, and the last one.

Rabiner (1989), "A tutorial on hidden Markov models", doi:10.1109/5.18626, sec. III and V.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

__all__ = ["HiddenMarkov", "Packed"]


@dataclass(frozen=True, eq=False)
class Packed:
    """Rows of unequal lengths by position: all first symbols, then all second ones, longest row first.

    numbers  (p,) int64 symbols
    order    (n,) int64 the rows, longest first
    bounds   (t + 1,) int64: the symbols at position i are numbers[bounds[i] : bounds[i + 1]]
    """

    numbers: Numbers
    order: Numbers
    bounds: Numbers

    @classmethod
    def of(cls, rows: Sequence[Numbers]) -> Packed:
        """Return the rows, (t,) symbols each, packed."""
        lengths = np.array([len(row) for row in rows], np.int64)
        order = np.argsort(-lengths, kind="stable")
        rank = np.argsort(order)
        owner = np.repeat(np.arange(len(rows)), lengths)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        flat = np.concatenate([np.zeros(0, np.int64), *rows])
        bounds = np.concatenate([[0], np.cumsum(np.bincount(place))])
        return cls(flat[np.lexsort((rank[owner], place))], order, bounds)

    def places(self) -> Iterator[slice]:
        """Yield the slice of `numbers` for each position."""
        return (slice(first, last) for first, last in pairwise(self.bounds.tolist()))


@dataclass(frozen=True, eq=False)
class HiddenMarkov:
    """A hidden Markov model as the law of a sampler; its state after a text is the next hidden state.

    start  (s,) float64 probabilities of the first state
    moves  (s, s) float64: of the next state (columns) after each
    emits  (s, outcomes) float64: of each symbol in each state; the last symbol is the end

    The number `outcomes` represents any unknown symbol, equally likely in all states.
    """

    start: Reals
    moves: Reals
    emits: Reals

    @property
    def parameters(self) -> int:
        """The number of its free probabilities."""
        return sum(
            table.size - table.size // table.shape[-1] for table in (self.start, self.moves, self.emits)
        )

    def nats(self, rows: Sequence[Numbers], before: Numbers) -> Reals:
        """Return the log probability, (n,), of each row from place `before` on, unknown symbols left out."""
        packed = Packed.of(rows)
        found, first = np.zeros(len(rows)), before[packed.order]
        with np.errstate(divide="ignore"):
            for place, (_, scale) in enumerate(self.filtered(packed)):
                found[: len(scale)] += np.where(first[: len(scale)] <= place, np.log(scale), 0.0)
        return found[np.argsort(packed.order)]

    def filtered(self, packed: Packed) -> Iterator[tuple[Reals, Reals]]:
        """Yield the state distributions, (k, s), and symbol probabilities, (k,), for each position.

        Both are conditional on the symbols before, the state distributions also on that symbol. The k rows
        are those that are long enough.
        """
        law = np.broadcast_to(self.start, (len(packed.order), len(self.start)))
        for where in packed.places():
            likelihood = self.likelihoods[packed.numbers[where]]
            joint = law[: len(likelihood)] * likelihood
            scale = joint.sum(axis=1)
            joint /= np.where(scale > 0, scale, 1.0)[:, None]
            yield joint, scale
            law = joint @ self.moves

    def begin(self, rows: Sequence[Numbers], rng: np.random.Generator) -> Numbers:
        """Return a next state after each row, (n,), drawn from its distribution."""
        packed = Packed.of(rows)
        law = np.tile(self.start, (len(rows), 1))
        for state, _ in self.filtered(packed):
            law[: len(state)] = state @ self.moves
        return _drawn(_steps(law), np.arange(len(rows)), rng)[np.argsort(packed.order)]

    def advance(self, state: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """Return a symbol of each state, (n,), and the states that follow them, (n,)."""
        return _drawn(self._emit_steps, state, rng), _drawn(self._move_steps, state, rng)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the three tables by name."""
        return {"start": self.start, "moves": self.moves, "emits": self.emits}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], outcomes: int) -> Self:
        """Return the model that `arrays` describe; raise ValueError if their shapes do not fit together."""
        found = cls(arrays["start"], arrays["moves"], arrays["emits"])
        states = len(found.start)
        if found.moves.shape != (states, states) or found.emits.shape != (states, outcomes):
            raise ValueError(f"its tables are not those of {states} states and {outcomes} symbols")
        return found

    @cached_property
    def likelihoods(self) -> Reals:
        """(outcomes + 1, s): the probability of each symbol in each state, 1 for the unknown ones."""
        return np.vstack([self.emits.T, np.ones(len(self.start))])

    @cached_property
    def _emit_steps(self) -> Reals:
        return _steps(self.emits)

    @cached_property
    def _move_steps(self) -> Reals:
        return _steps(self.moves)


def _steps(laws: Reals) -> Reals:
    """Return cumulative sums of each row of probabilities, plus the row index: ascending, for sampling."""
    sums = np.cumsum(laws, axis=1)
    steps: Reals = sums / sums[:, -1:] + np.arange(len(laws))[:, None]
    return steps


def _drawn(steps: Reals, rows: Numbers, rng: np.random.Generator) -> Numbers:
    """Return a column of each of the (n,) rows, drawn by the `_steps` of their laws."""
    width = steps.shape[1]
    found: Numbers = np.searchsorted(steps.ravel(), rows + rng.random(len(rows)), side="right") - rows * width
    return found.clip(max=width - 1)
