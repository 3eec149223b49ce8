"""Generator `hmm`: a hidden Markov model over characters, words or SELFIES symbols."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt

from genbench import Log, Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.baum_welch import expected, maximised, symbol_table, untrained
from genbench_text.chains.chain_sampler import ChainSampler, encoded
from genbench_text.chains.hidden_markov import HiddenMarkov, Packed
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles, reopened
from genbench_text.tokens.vocabulary import Unit, Vocabulary, ends

__all__ = ["hmm", "load_hmm"]


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
