"""Dataset `kmer-world`: sequences from an exactly known law of k-mers, which is their truth.

A sequence belongs to one of several families. Its length is uniform, and its letters are a Markov chain of
order k - 1 in equilibrium:

    P(sequence) = P(length) * mean over families of P(first k - 1 letters) product of P(letter | k - 1 before)

Durbin, Eddy, Krogh and Mitchison 1998, "Biological sequence analysis", sec. 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Le

from genbench import Data, Samples, Space, SuiteError, stream
from genbench_molecule.sequences.alphabets import ALPHABETS, Alphabet, AlphabetName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = ["KmerWorld", "kmer_world", "law_of"]

_MOST_WORDS = 10**6  # of a table of probabilities
_UNIFORM = 0.05  # share of a uniform law in each row, so that no letter is impossible
_SETTLED = 1e-15  # change of the equilibrium in a step at which it is reached


def kmer_world(
    *,
    alphabet: AlphabetName = "dna",
    k: Annotated[int, Ge(1)] = 3,
    families: Annotated[int, Ge(1), Le(100)] = 3,
    shortest: Annotated[int, Ge(1)] = 30,
    longest: Annotated[int, Ge(1)] = 60,
    n: Annotated[int, Ge(4)] = 3000,
    seed: Annotated[int, Ge(0)] = 0,
) -> Data:
    """Return `n` independent sequences of a known law, which is the truth; labels are their families.

    alphabet           of the sequences
    k                  length of the words of the law: a letter depends on the k - 1 before it
    families           number of chains, each with probabilities of its own; all are equally frequent
    shortest, longest  lengths, all equally frequent
    n                  sequences: the first half are `train`, the next quarter `test`, the rest `held_out`
    seed               of the draw; the law is the same for every seed

    The splits are official, because they are independent draws. Raises SuiteError if there are more than a
    million words of length k, or `shortest` is below k - 1 or above `longest`.
    """
    if len(ALPHABETS[alphabet].letters) ** k > _MOST_WORDS:
        raise SuiteError(
            f"kmer-world: there are more than {_MOST_WORDS:,} words of {k} letters; use a smaller k"
        )
    if not max(1, k - 1) <= shortest <= longest:
        raise SuiteError(
            f"kmer-world: shortest is {shortest} and longest {longest}; expected k - 1 <= shortest <= longest"
        )
    world = law_of(ALPHABETS[alphabet], k, families, shortest, longest)
    samples = world.sample(n, rng=stream(seed, "data", "kmer-world"))
    train, test, held_out = np.split(np.arange(n), [n // 2, n - n // 4])
    return Data(samples, splits={"train": train, "test": test, "held_out": held_out}, truth=world)


def law_of(alphabet: Alphabet, k: int, families: int, shortest: int, longest: int) -> KmerWorld:
    """Return the law of these options; its probabilities are the same on every machine.

    The weight of a letter is (0.1 + u) v^2, with u of its family and v of its row, both uniform in [0, 1): in
    each family some letters are frequent, and in each row some dominate.
    """
    letters = len(alphabet.letters)
    rng = stream(None, "data", "kmer-world", alphabet.name, str(k), str(families))
    frequent = 0.1 + rng.random((families, 1, letters))
    weights = frequent * rng.random((families, letters ** (k - 1), letters)) ** 2
    shares = weights / weights.sum(axis=2, keepdims=True)
    return KmerWorld(alphabet, k, (1 - _UNIFORM) * shares + _UNIFORM / letters, shortest, longest)


@dataclass(frozen=True, eq=False)
class KmerWorld:
    """The law of the sequences.

    moves  (families, A^(k - 1), A) float64: the probability of a letter after k - 1 others, which are a
           number whose first letter is the most significant
    """

    alphabet: Alphabet
    k: int
    moves: Reals
    shortest: int
    longest: int

    @cached_property
    def starts(self) -> Reals:
        """The probability of k - 1 successive letters in equilibrium, (families, A^(k - 1)) float64."""
        families, contexts, _ = self.moves.shape
        starts = np.full((families, contexts), 1 / contexts)
        change = 1.0
        while change > _SETTLED:
            pairs = (starts[:, :, None] * self.moves).reshape(families, -1, contexts)
            after = pairs.sum(axis=1)  # over the letter that is no longer among the last k - 1
            after /= after.sum(axis=1, keepdims=True)
            change = float(np.abs(after - starts).max())
            starts = after
        return starts

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` independent sequences, labelled by family."""
        families, contexts, letters = self.moves.shape
        labels = rng.integers(families, size=n)
        lengths = rng.integers(self.shortest, self.longest, size=n, endpoint=True)
        u, state = rng.random(n), np.empty(n, np.int64)
        for family in range(families):
            bounds = np.cumsum(self.starts[family])[:-1]
            state[labels == family] = np.searchsorted(bounds, u[labels == family], side="right")
        codes = np.empty((n, self.longest), np.int64)
        for place in range(self.k - 1):
            codes[:, place] = state // letters ** (self.k - 2 - place) % letters
        for place in range(self.k - 1, self.longest):
            codes[:, place] = _draw_columns(self.moves[labels, state], rng)
            state = (state * letters + codes[:, place]) % contexts
        known = np.array(list(self.alphabet.letters))
        texts = tuple("".join(known[row[:length]]) for row, length in zip(codes, lengths, strict=True))
        classes = tuple(f"family {number}" for number in range(1, families + 1))
        space = Space("sequence", classes=classes, alphabet=self.alphabet.name, longest=self.longest)
        return Samples(texts, space, labels)

    def log_likelihood(self, texts: Sequence[str]) -> Reals:
        """Return the exact log probability (nats) of each whole sequence, its length included, (n,) float64.

        -inf for a sequence of another length, or with a character that is no plain letter.
        """
        return np.array([self._nats(text) for text in texts], np.float64)

    def token_counts(self, texts: Sequence[str]) -> Numbers:
        """Return the number of letters of each sequence, plus one for the end, (n,) int64."""
        return np.array([len(text) + 1 for text in texts], np.int64)

    def kmer_frequencies(self, k: int) -> Reals:
        """Return the exact share of each word of `k` letters among all of them, (A^k,) float64 of sum 1.

        Words are numbers whose first letter is the most significant, in the order of the alphabet. Each place
        of a sequence has the same law, since the chains are in equilibrium.
        """
        families, contexts, letters = self.moves.shape
        shares = self.starts
        for _ in range(k - (self.k - 1)):
            after = shares.reshape(families, -1, contexts)[:, :, :, None] * self.moves[:, None]
            shares = after.reshape(families, -1)
        shorter: Reals = shares.reshape(families, letters**k, -1).sum(axis=2).mean(axis=0)
        return shorter

    def _nats(self, text: str) -> float:
        _, contexts, letters = self.moves.shape
        if not self.shortest <= len(text) <= self.longest or not set(text) <= set(self.alphabet.letters):
            return -np.inf
        codes = [self.alphabet.letters.index(letter) for letter in text]
        state = 0
        for code in codes[: self.k - 1]:
            state = state * letters + code
        nats = np.log(self.starts[:, state])
        for code in codes[self.k - 1 :]:
            nats = nats + self._log_moves[:, state, code]
            state = (state * letters + code) % contexts
        length = np.log(self.longest - self.shortest + 1) + np.log(len(self.moves))
        return float(np.logaddexp.reduce(nats) - length)

    @cached_property
    def _log_moves(self) -> Reals:
        return np.log(self.moves)


def _draw_columns(shares: Reals, rng: np.random.Generator) -> Numbers:
    """Return a number for each row of probabilities, (n,) int64."""
    bounds = np.cumsum(shares, axis=1)[:, :-1]
    drawn: Numbers = (rng.random(len(shares))[:, None] >= bounds).sum(axis=1)
    return drawn
