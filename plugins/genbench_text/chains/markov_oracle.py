"""Extractor `markov-oracle`: log probabilities of texts under a chain of the training texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from annotated_types import Ge

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.markov import MarkovLaw, chain_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_text.chains.chain_sampler import ChainSampler

__all__ = ["MarkovOracle", "load", "markov_oracle"]


def markov_oracle(
    train: Samples,
    *,
    unit: Literal["characters", "words"] = "characters",
    order: Annotated[int, Ge(0)] | None = None,
) -> MarkovOracle:
    """Return a function of texts to their likelihoods under the chain that `markov` fits to `train`.

    It returns `nats`, the log probability of each text with its end, and `tokens`, its number of symbols and
    its end: (n, 1) float32 each, so nats have a relative rounding error of 6e-8.

    unit, order  as in `markov`

    Raises Undefined if the training texts are empty.
    """
    return MarkovOracle(chain_of(train, unit, order))


def load(folder: Path) -> MarkovOracle:
    """Return the oracle that `save(folder)` wrote; raise DataError if it cannot be read."""
    return MarkovOracle(chain_sampler.load(folder, "markov", MarkovLaw.of))


@dataclass(frozen=True, eq=False)
class MarkovOracle:
    """A Markov chain as a function of texts."""

    chain: ChainSampler

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `nats` and `tokens` of texts, (n, 1) float32 each."""
        nats, tokens = self.chain.log_likelihood(samples.data), self.chain.token_counts(samples.data)
        return {"nats": nats.astype(np.float32)[:, None], "tokens": tokens.astype(np.float32)[:, None]}

    def save(self, folder: Path) -> None:
        """Write the chain into `folder`; `load` reads it."""
        self.chain.save(folder)
