"""Baum-Welch training of a hidden Markov model, on all texts at once.

Baum, Petrie, Soules and Weiss (1970), doi:10.1214/aoms/1177697196; scaled as in Rabiner (1989), sec. V.A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_text.chains.hidden_markov import HiddenMarkov

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_text.chains.hidden_markov import Packed

    Reals = NDArray[np.float64]

__all__ = ["Expected", "expected", "maximised", "symbol_table", "untrained"]


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected counts of a model's events, given the texts.

    nats   log probability of the texts
    start  (s,) float64: texts that began in a state
    moves  (s, s) float64: transitions from a state to another
    emits  (s, outcomes) float64: symbols that a state emitted
    """

    nats: float
    start: Reals
    moves: Reals
    emits: Reals


def symbol_table(packed: Packed, outcomes: int) -> Any:
    """Return the sparse (outcomes, p) one-hot matrix of the symbols at each position."""
    from scipy.sparse import csr_array

    p = len(packed.numbers)
    return csr_array((np.ones(p), (packed.numbers, np.arange(p))), shape=(outcomes, p))


def untrained(shares: Reals, states: int, rng: np.random.Generator) -> HiddenMarkov:
    """Return a random initial model, whose symbols have the (outcomes,) `shares` on average."""
    emits = shares * rng.gamma(1.0, size=(states, len(shares)))
    return HiddenMarkov(
        rng.dirichlet(np.ones(states)),
        rng.dirichlet(np.ones(states), states),
        emits / emits.sum(axis=1, keepdims=True),
    )


def expected(model: HiddenMarkov, packed: Packed, table: Any) -> Expected:
    """Return the expected counts of `model`, given all rows (E step).

    table  `symbol_table` of the rows, which have no unknown symbol
    """
    forward = list(model.filtered(packed))
    scales = np.concatenate([scale for _, scale in forward])
    states = np.empty((len(packed.numbers), len(model.start)))
    moves = np.zeros_like(model.moves)
    ahead = np.empty((0, len(model.start)))
    for where, (law, scale) in zip(reversed(list(packed.places())), reversed(forward), strict=True):
        behind = np.ones_like(law)
        behind[: len(ahead)] = ahead @ model.moves.T
        moves += law[: len(ahead)].T @ ahead
        states[where] = law * behind
        ahead = model.likelihoods[packed.numbers[where]] * behind / scale[:, None]
    return Expected(
        nats=float(np.log(scales).sum()),
        start=states[: packed.bounds[1]].sum(axis=0),
        moves=model.moves * moves,
        emits=(table @ states).T,
    )


def maximised(found: Expected, smoothing: float) -> HiddenMarkov:
    """Return the most likely model for the expected counts, each increased by `smoothing` (M step).

    It increases nats + smoothing * (sum of the logs of all probabilities) in each iteration.
    """
    return HiddenMarkov(*(_shares(counts + smoothing) for counts in (found.start, found.moves, found.emits)))


def _shares(counts: Reals) -> Reals:
    shares: Reals = counts / counts.sum(axis=-1, keepdims=True)
    return shares
