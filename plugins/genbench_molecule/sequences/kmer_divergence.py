"""Metrics `kmer-divergence` and `kmer-jsd-to-truth`: distances between the frequencies of k-mers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

import numpy as np
from annotated_types import Ge, Le

from genbench import Samples, Undefined
from genbench_molecule.sequences.alphabets import alphabet_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench_molecule.sequences.alphabets import Alphabet

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = [
    "LONGEST_WORD",
    "KmerCounts",
    "check_k",
    "count_kmers",
    "kmer_divergence",
    "kmer_jsd_to_truth",
    "word_count",
]

#: Letters of the longest words that are counted: numbers of words are int64, and DNA has four letters.
LONGEST_WORD = 31
_LETTERS = 2**20  # letters that are counted at once, so that memory is bounded


_MOST_WORDS = 10**7  # of a law whose frequencies are all in memory


class KmerLaw(Protocol):
    """A law of sequences that knows the frequencies of its k-mers."""

    def kmer_frequencies(self, k: int) -> Reals:
        """Return the share of each word, (A^k,)."""
        ...


def kmer_divergence(
    real: Samples,
    fake: Samples,
    *,
    k: Annotated[int, Ge(1), Le(LONGEST_WORD)] = 3,
    canonical: bool = False,
    pseudocount: Annotated[float, Ge(0)] = 1.0,
) -> dict[str, float]:
    """Return `kmer-jsd`, `kmer-kl` and `kmer-cosine` of the k-mers of all real and all fake sequences.

        kmer-jsd     [KL(p | m) + KL(q | m)] / 2 in bits, m = (p + q) / 2; in [0, 1], lower is better
        kmer-kl      KL(p' | q') in nats, >= 0, lower is better
        kmer-cosine  p.q / (|p| |q|), in [0, 1], higher is better

    where p and q are the shares of the words in the real and the fake sequences, and p' and q' the same with
    `pseudocount` added to the count of each word that exists, so that kmer-kl is finite.

    real, fake   sequences
    k            length of the words; at most 14 for proteins
    canonical    count a word and its reverse complement as one: for DNA whose strand has no meaning
    pseudocount  0 leaves the shares as they are

    Words with a character that is no plain letter of the alphabet are left out. kmer-jsd is biased upwards by
    about (u - 1)(1 / N + 1 / M) / (8 ln 2) for u words in use and N and M words in all: compare at equal n.
    The root of kmer-jsd is the Jensen-Shannon distance.

    Raises Undefined if a side has no word, if there is no alphabet, for canonical words of proteins, for a k
    above 14 of proteins, and for a pseudocount of 0 if the fakes lack a real word.

    Source: Lin 1991, doi:10.1109/18.61115; for k-mers, Sims et al. 2009, doi:10.1073/pnas.0813249106.
    """
    alphabet = alphabet_of(real, fake)
    check_k(alphabet, k, canonical=canonical)
    sides = [count_kmers(side.data, alphabet, k, canonical=canonical) for side in (real, fake)]
    for name, side in zip(("real", "fake"), sides, strict=True):
        _require_words(side, f"the {name} sequences", k)
    p, q = _pair_counts(*sides)
    words = word_count(alphabet, k, canonical=canonical)
    return {
        "kmer-jsd": _jensen_shannon(p / p.sum(), q / q.sum()),
        "kmer-kl": _smoothed_kl(p, q, words, pseudocount),
        "kmer-cosine": float(p @ q / math.sqrt((p @ p) * (q @ q))),
    }


def kmer_jsd_to_truth(
    fake: Samples, truth: KmerLaw | None, *, k: Annotated[int, Ge(1), Le(LONGEST_WORD)] = 3
) -> float:
    """Return the Jensen-Shannon divergence of the fakes' k-mers from their exact law; 0 is best.

        [KL(p | m) + KL(q | m)] / 2 in bits, m = (p + q) / 2; in [0, 1],

    where p are the exact shares of the words under the truth, and q those in the fakes.

    fake   sequences
    truth  provides `kmer_frequencies(k)`, as that of `kmer-world` does
    k      length of the words

    Only the fakes are a sample, so the bias is about (u - 1) / (8 N ln 2) for u words and N words in all.

    Raises Undefined if the law is unknown or has no `kmer_frequencies`, if there are more than ten million
    words, or if the fakes have no word.

    Source: Lin 1991, doi:10.1109/18.61115.
    """
    if truth is None or not hasattr(truth, "kmer_frequencies"):
        raise Undefined(
            "the law of the k-mers of this dataset is unknown; kmer-jsd-to-truth needs one such as kmer-world"
        )
    alphabet = alphabet_of(fake)
    if word_count(alphabet, k, canonical=False) > _MOST_WORDS:
        raise Undefined(f"there are more than {_MOST_WORDS:,} words of {k} letters; use a smaller k")
    found = count_kmers(fake.data, alphabet, k, canonical=False)
    _require_words(found, "the fake sequences", k)
    p = truth.kmer_frequencies(k)
    return _jensen_shannon(p, np.bincount(found.words, found.counts, len(p)) / found.total)


def _require_words(found: KmerCounts, whose: str, k: int) -> None:
    if not found.total:
        raise Undefined(f"{whose} have no {k} plain letters in a row; use a smaller k")


def _pair_counts(real: KmerCounts, fake: KmerCounts) -> tuple[Reals, Reals]:
    """Return the counts of each word that either side has, (u,) float64 both."""
    words = np.union1d(real.words, fake.words)
    counts = [np.zeros(len(words)) for _ in range(2)]
    for side, known in zip(counts, (real, fake), strict=True):
        side[np.searchsorted(words, known.words)] = known.counts
    return counts[0], counts[1]


def _jensen_shannon(p: Reals, q: Reals) -> float:
    """Return the divergence of two laws in bits, in [0, 1]."""
    middle = (p + q) / 2
    nats = sum(float((law[law > 0] * np.log(law[law > 0] / middle[law > 0])).sum()) for law in (p, q))
    return min(1.0, max(0.0, nats / (2 * math.log(2))))


def _smoothed_kl(p: Reals, q: Reals, words: int, pseudocount: float) -> float:
    """Return KL(p | q) in nats from counts, with a pseudocount for each of all `words`, seen or not."""
    if not pseudocount and bool(((p > 0) & (q == 0)).any()):
        raise Undefined("the fakes lack a real word, so kmer-kl is infinite; use a pseudocount above 0")
    totals = [float(counts.sum()) + pseudocount * words for counts in (p, q)]
    one, other = ((counts + pseudocount) / total for counts, total in zip((p, q), totals, strict=True))
    seen = one > 0
    nats = float((one[seen] * np.log(one[seen] / other[seen])).sum())
    unseen = (words - len(p)) * pseudocount / totals[0]
    return max(0.0, nats + unseen * math.log(totals[1] / totals[0]))


# Counts of k-mers: all words of k letters in sequences, on one strand or on both.


@dataclass(frozen=True, eq=False)
class KmerCounts:
    """The k-mers of sequences.

    words   (u,) int64, ascending: each different k-mer as a number, its first letter the most significant
    counts  (u,) int64, >= 1
    """

    words: Numbers
    counts: Numbers

    @property
    def total(self) -> int:
        """The number of all k-mers."""
        return int(self.counts.sum())


def check_k(alphabet: Alphabet, k: int, *, canonical: bool) -> None:
    """Raise Undefined if k is too large for the alphabet, or for canonical words without a complement."""
    most, letters = 4**LONGEST_WORD, len(alphabet.letters)
    longest = max(length for length in range(1, LONGEST_WORD + 1) if letters**length <= most)
    if k > longest:
        raise Undefined(f"k = {k} is too large for {alphabet.name}; use at most {longest}")
    if canonical and not alphabet.has_complement:
        raise Undefined(f"canonical k-mers need strands with a complement; the sequences are {alphabet.name}")


def word_count(alphabet: Alphabet, k: int, *, canonical: bool) -> int:
    """Return the number of different k-mers that exist.

    A canonical one stands for a word and its reverse complement; of 4^k words, 4^(k/2) are their own one for
    an even k, and none for an odd k.
    """
    words = int(len(alphabet.letters) ** k)
    own = 4 ** (k // 2) if k % 2 == 0 else 0
    return (words + own) // 2 if canonical else words


def count_kmers(texts: Sequence[str], alphabet: Alphabet, k: int, *, canonical: bool) -> KmerCounts:
    """Return the k-mers of sequences, pooled.

    canonical  count each word as the smaller one of itself and its reverse complement

    Words with a character that is no plain letter of the alphabet are left out, and so are sequences shorter
    than k.
    """
    words, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for block in _blocks(texts):
        found, times = np.unique(_words(block, alphabet, k, canonical=canonical), return_counts=True)
        both = np.concatenate([words, found])
        words, place = np.unique(both, return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(words)).astype(np.int64)
    return KmerCounts(words, counts)


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the sequences in blocks of about a million letters; one that is longer is a block of its own."""
    block: list[str] = []
    size = 0
    for text in texts:
        if block and size + len(text) > _LETTERS:
            yield block
            block, size = [], 0
        block.append(text)
        size += len(text)
    if block:
        yield block


def _words(texts: Iterable[str], alphabet: Alphabet, k: int, *, canonical: bool) -> Numbers:
    """Return the number of each word, (w,) int64, in order."""
    codes = _codes("\n".join(texts), alphabet)
    size = len(codes) - k + 1
    if size < 1:
        return np.zeros(0, np.int64)
    letters = len(alphabet.letters)
    strange = np.cumsum(np.concatenate([[0], codes < 0]))
    is_plain = strange[k:] == strange[:-k]
    forward, backward = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for place in range(k):
        forward = forward * letters + codes[place : place + size]
        if canonical:
            after = k - 1 - place
            backward = backward * letters + (letters - 1 - codes[after : after + size])
    words: Numbers = (np.minimum(forward, backward) if canonical else forward)[is_plain]
    return words


def _codes(text: str, alphabet: Alphabet) -> Numbers:
    """Return the number of each character in the alphabet, (t,) int64; -1 for one that is no plain letter."""
    table = np.full(256, -1, np.int64)
    table[list(alphabet.letters.encode("ascii"))] = np.arange(len(alphabet.letters))
    return table[np.frombuffer(text.encode("ascii", "replace"), np.uint8)]
