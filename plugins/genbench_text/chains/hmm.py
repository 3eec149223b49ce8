"""Generator `hmm`: a hidden Markov model over characters, words or SELFIES symbols."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from annotated_types import Ge, Gt

from genbench import Log, Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.chain_sampler import ChainSampler, encode
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles, open_saved
from genbench_text.tokens.vocabulary import Unit, Vocabulary, ends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = [
    "Expected", "HiddenMarkov", "Packed", "expect_counts", "hmm", "init_model", "load_hmm",
    "maximise_likelihood", "symbol_table",
]  # fmt: skip


def hmm(
    train: Samples,
    *,
    unit: Unit = "characters",
    states: Annotated[int, Ge(1)] = 32,
    iterations: Annotated[int, Ge(1)] = 40,
    smoothing: Annotated[float, Gt(0)] = 0.01,
    rng: np.random.Generator,
    log: Log,
) -> ChainSampler | SmilesSampler:
    """Return a hidden Markov model fitted to the training texts by the Baum-Welch algorithm.

    train       texts
    unit        of a symbol: "characters", "words" separated by single spaces, or "selfies", those of
                molecules, which needs genbench[molecules] for SMILES
    states      number of hidden states
    iterations  of expectation maximisation, from a random start
    smoothing   added to every expected count, so that no probability is 0

    The end of a text is a symbol that states emit. Symbols that are not in the training texts have a
    probability, as described in Vocabulary, and are never drawn. `log` gets the loss before each iteration,
    in nats per symbol.

    Raises Undefined if the training texts are empty, SuiteError for "selfies" on samples that are no
    molecules.

    Source: Rabiner 1989, doi:10.1109/5.18626, sec. III.C, after Baum et al. 1970.
    """
    space, train = train.space, as_selfies(train, unit)
    vocabulary = Vocabulary.of(train.data, unit)
    packed = Packed.of(encode(vocabulary, train.data, ends(train.data, unit, train.space.get("longest"))))
    table = symbol_table(packed, vocabulary.end + 1)
    shares = np.bincount(packed.numbers, minlength=vocabulary.end + 1) + smoothing
    model = init_model(shares / shares.sum(), states, rng)
    for step in range(1, iterations + 1):
        found = expect_counts(model, packed, table)
        log(step, iterations, loss=-found.nats / len(packed.numbers))
        model = maximise_likelihood(found, smoothing)
    return as_smiles(ChainSampler("hmm", vocabulary, train.space, model), space)


def load_hmm(folder: Path) -> ChainSampler | SmilesSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return open_saved(folder, chain_sampler.load(folder, "hmm", HiddenMarkov.of))


# Baum-Welch training of a hidden Markov model, on all texts at once.
#
# Baum, Petrie, Soules and Weiss (1970), doi:10.1214/aoms/1177697196; scaled as in Rabiner (1989), sec. V.A.
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


def init_model(shares: Reals, states: int, rng: np.random.Generator) -> HiddenMarkov:
    """Return a random initial model, whose symbols have the (outcomes,) `shares` on average."""
    emits = shares * rng.gamma(1.0, size=(states, len(shares)))
    return HiddenMarkov(
        rng.dirichlet(np.ones(states)),
        rng.dirichlet(np.ones(states), states),
        emits / emits.sum(axis=1, keepdims=True),
    )


def expect_counts(model: HiddenMarkov, packed: Packed, table: Any) -> Expected:
    """Return the expected counts of `model`, given all rows (E step).

    table  `symbol_table` of the rows, which have no unknown symbol
    """
    forward = list(model.filter_states(packed))
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


def maximise_likelihood(found: Expected, smoothing: float) -> HiddenMarkov:
    """Return the most likely model for the expected counts, each increased by `smoothing` (M step).

    It increases nats + smoothing * (sum of the logs of all probabilities) in each iteration.
    """
    return HiddenMarkov(*(_shares(counts + smoothing) for counts in (found.start, found.moves, found.emits)))


def _shares(counts: Reals) -> Reals:
    shares: Reals = counts / counts.sum(axis=-1, keepdims=True)
    return shares


# Hidden Markov models over symbols: likelihoods, filtering and sampling.
#
#     P(x_1 ... x_t) = sum over z_1 ... z_t of start(z_1) product of emits(x_i | z_i) and moves(z_i+1 | z_i)
#
# The end of a text is one of the symbols, and the last one.
#
# Rabiner (1989), "A tutorial on hidden Markov models", doi:10.1109/5.18626, sec. III and V.


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
            for place, (_, scale) in enumerate(self.filter_states(packed)):
                found[: len(scale)] += np.where(first[: len(scale)] <= place, np.log(scale), 0.0)
        return found[np.argsort(packed.order)]

    def filter_states(self, packed: Packed) -> Iterator[tuple[Reals, Reals]]:
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
        for state, _ in self.filter_states(packed):
            law[: len(state)] = state @ self.moves
        return _draw_columns(_steps(law), np.arange(len(rows)), rng)[np.argsort(packed.order)]

    def advance(self, state: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """Return a symbol of each state, (n,), and the states that follow them, (n,)."""
        return _draw_columns(self._emit_steps, state, rng), _draw_columns(self._move_steps, state, rng)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the three tables by name."""
        return {"start": self.start, "moves": self.moves, "emits": self.emits}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], outcomes: int) -> Self:
        """Return the model that `arrays` describe; raise ValueError if their shapes do not fit together."""
        found = cls(arrays["start"], arrays["moves"], arrays["emits"])
        states = len(found.start)
        if found.moves.shape != (states, states) or found.emits.shape != (states, outcomes):
            raise ValueError(
                f"its tables are not those of {states} states and {outcomes} symbols; fit it again"
            )
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


def _draw_columns(steps: Reals, rows: Numbers, rng: np.random.Generator) -> Numbers:
    """Return a column of each of the (n,) rows, drawn by the `_steps` of their laws."""
    width = steps.shape[1]
    found: Numbers = np.searchsorted(steps.ravel(), rows + rng.random(len(rows)), side="right") - rows * width
    return found.clip(max=width - 1)
