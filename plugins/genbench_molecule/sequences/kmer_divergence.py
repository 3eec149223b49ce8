"""Metrics `kmer-divergence` and `kmer-jsd-to-truth`: distances between the frequencies of k-mers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Protocol

import numpy as np
from annotated_types import Ge, Le

from genbench import Samples, Undefined
from genbench_molecule.sequences.alphabets import alphabet_of
from genbench_molecule.sequences.kmers import LONGEST_WORD, check_k, counted, word_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench_molecule.sequences.kmers import KmerCounts

    Reals = NDArray[np.float64]

__all__ = ["kmer_divergence", "kmer_jsd_to_truth"]

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
    sides = [counted(side.data, alphabet, k, canonical=canonical) for side in (real, fake)]
    for name, side in zip(("real", "fake"), sides, strict=True):
        _require_words(side, f"the {name} sequences", k)
    p, q = _paired(*sides)
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
    found = counted(fake.data, alphabet, k, canonical=False)
    _require_words(found, "the fake sequences", k)
    p = truth.kmer_frequencies(k)
    return _jensen_shannon(p, np.bincount(found.words, found.counts, len(p)) / found.total)


def _require_words(found: KmerCounts, whose: str, k: int) -> None:
    if not found.total:
        raise Undefined(f"{whose} have no {k} plain letters in a row; use a smaller k")


def _paired(real: KmerCounts, fake: KmerCounts) -> tuple[Reals, Reals]:
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
