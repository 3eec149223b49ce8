"""Generator `hmm`: a hidden Markov model over characters, words or SELFIES symbols."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import Log, Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.chain_sampler import ChainSampler, encoded
from genbench_text.chains.hidden_markov import HiddenMarkov, Packed
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles, reopened
from genbench_text.tokens.vocabulary import Unit, Vocabulary, ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = ["Expected", "expected", "hmm", "load_hmm", "maximised", "symbol_table", "untrained"]


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
    packed = Packed.of(encoded(vocabulary, train.data, ends(train.data, unit, train.space.get("longest"))))
    table = symbol_table(packed, vocabulary.end + 1)
    shares = np.bincount(packed.numbers, minlength=vocabulary.end + 1) + smoothing
    model = untrained(shares / shares.sum(), states, rng)
    for step in range(1, iterations + 1):
        found = expected(model, packed, table)
        log(step, iterations, loss=-found.nats / len(packed.numbers))
        model = maximised(found, smoothing)
    return as_smiles(ChainSampler("hmm", vocabulary, train.space, model), space)


def load_hmm(folder: Path) -> ChainSampler | SmilesSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return reopened(folder, chain_sampler.load(folder, "hmm", HiddenMarkov.of))


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
