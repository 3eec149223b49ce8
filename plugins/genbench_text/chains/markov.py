"""Generator `markov`: a Markov chain over characters, words or SELFIES symbols.

Shannon (1948), "A mathematical theory of communication"; smoothed as in genbench_text.chains.kneser_ney.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from annotated_types import Ge

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_text.chains import chain_sampler
from genbench_text.chains.chain_sampler import ChainSampler, encode
from genbench_text.chains.kneser_ney import KneserNey, Level, positions
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles, open_saved
from genbench_text.tokens.vocabulary import Unit, Vocabulary, ends

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

__all__ = ["MarkovLaw", "chain_of", "load_markov", "markov"]

_ORDERS = {"characters": 5, "words": 2, "selfies": 3}
_FIELDS = ("histories", "grams", "shares", "rest")


def markov(
    train: Samples, *, unit: Unit = "characters", order: Annotated[int, Ge(0)] | None = None
) -> ChainSampler | SmilesSampler:
    """Return the Markov chain of the training texts, with Kneser-Ney smoothing.

        P(text) = product over its symbols and its end of p(symbol | up to `order` symbols before it)

    train  texts
    unit   of a symbol: "characters", "words" separated by single spaces, or "selfies", those of molecules,
           which needs genbench[molecules] for SMILES
    order  number of symbols that the next one depends on; None: 5 characters, 2 words or 3 SELFIES symbols.
           0: only the shares of the symbols, discounted by the formula of genbench_text.chains.kneser_ney

    Symbols that are not in the training texts have a probability, as described in Vocabulary, and are never
    drawn. The fit is deterministic.

    Raises Undefined if the training texts are empty, SuiteError for "selfies" on samples that are no
    molecules.

    Source: Chen and Goodman 1999, doi:10.1006/csla.1999.0128, sec. 3, modified Kneser-Ney.
    """
    return as_smiles(chain_of(as_selfies(train, unit), unit, order), train.space)


def chain_of(train: Samples, unit: Unit, order: int | None) -> ChainSampler:
    """Return the chain of texts with these symbols, which are not translated."""
    vocabulary = Vocabulary.of(train.data, unit)
    rows = encode(vocabulary, train.data, ends(train.data, unit, train.space.get("longest")))
    table = KneserNey.fit(rows, _ORDERS[unit] if order is None else order, vocabulary.end + 1)
    return ChainSampler("markov", vocabulary, train.space, MarkovLaw(table))


def load_markov(folder: Path) -> ChainSampler | SmilesSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return open_saved(folder, chain_sampler.load(folder, "markov", MarkovLaw.of))


@dataclass(frozen=True, eq=False)
class MarkovLaw:
    """A Kneser-Ney table as the law of a sampler; a state is the codes of the last symbols, latest first."""

    table: KneserNey

    @property
    def parameters(self) -> int:
        """The number of shares in the table."""
        return self.table.parameters

    def nats(self, rows: Sequence[Numbers], before: Numbers) -> NDArray[np.float64]:
        """Return the log probability, (n,), of each row from place `before` on, unknown symbols left out."""
        symbols, past, owner = positions(rows, self.table.order, self.table.outcomes)
        first = np.cumsum([0, *map(len, rows)])[:-1]
        counts = (symbols < self.table.outcomes) & (np.arange(len(symbols)) >= (first + before)[owner])
        nats = np.log(self.table.probabilities(symbols[counts], past[:, counts]))
        return np.asarray(np.bincount(owner[counts], nats, len(rows)), np.float64)

    def begin(self, rows: Sequence[Numbers], rng: np.random.Generator) -> Numbers:  # noqa: ARG002 - of Law
        """Return the codes of the last symbols of each row, (n, order)."""
        blank = np.zeros(1, np.int64)
        whole = [np.append(row, blank) for row in rows]
        _, past, _ = positions(whole, self.table.order, self.table.outcomes)
        return past[:, np.cumsum([len(row) for row in whole], dtype=np.int64) - 1].T

    def advance(self, state: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """Return a symbol after each state, (n,), and the states with it, (n, order)."""
        drawn = self.table.draw(state.T, rng)
        return drawn, np.column_stack([drawn, state])[:, : state.shape[1]]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of each level by name and number."""
        return {
            f"{field}.{number}": getattr(level, field)
            for number, level in enumerate(self.table.levels)
            for field in _FIELDS
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], outcomes: int) -> Self:
        """Return the law that `arrays` describe."""
        levels = (
            Level(**{field: arrays[f"{field}.{number}"] for field in _FIELDS})
            for number in range(len(arrays) // len(_FIELDS))
        )
        return cls(KneserNey(outcomes, tuple(levels)))
