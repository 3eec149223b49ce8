"""The generator `hmm`: a hidden Markov model over characters or words."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.baum_welch import expected, maximised, symbol_table, untrained
from genbench_text.chains.chain_sampler import ChainSampler, encoded
from genbench_text.chains.hidden_markov import HiddenMarkov, Packed
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
    log: Callable[..., None],
) -> ChainSampler:
    """Return a hidden Markov model fitted to the training texts by Baum and Welch's method.

    train       texts
    unit        what a symbol is: one of its "characters", or one of its "words", which single spaces part
    states      that it has
    iterations  of expectation and maximisation, from a random start
    smoothing   added to every expected count, so that nothing becomes impossible

    The end of a text is a symbol that states give. A symbol that the training texts do not hold is left a
    probability too, as Vocabulary says, and is never drawn. `log` is told the loss before each iteration, in
    nats a symbol.

    Raises Undefined if the training texts are empty.

    Source: Rabiner 1989, doi:10.1109/5.18626, sec. III.C, after Baum et al. 1970.
    """
    vocabulary = Vocabulary.of(train.data, unit)
    packed = Packed.of(encoded(vocabulary, train.data, ends(train.data, unit, train.space.longest)))
    table = symbol_table(packed, vocabulary.end + 1)
    shares = np.bincount(packed.numbers, minlength=vocabulary.end + 1) + smoothing
    model = untrained(shares / shares.sum(), states, rng)
    for step in range(1, iterations + 1):
        found = expected(model, packed, table)
        log(step, iterations, loss=-found.nats / len(packed.numbers))
        model = maximised(found, smoothing)
    return ChainSampler("hmm", vocabulary, train.space, model)


def load_hmm(folder: Path) -> ChainSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return chain_sampler.load(folder, "hmm", HiddenMarkov.of)
