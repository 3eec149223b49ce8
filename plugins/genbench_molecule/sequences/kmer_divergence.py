"""Metrics `kmer-divergence` and `kmer-jsd-to-truth`: distances between the frequencies of k-mers."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

import numpy as np
from annotated_types import Ge, Le

from genbench import Samples, Score, Undefined
from genbench_molecule.sequences.alphabets import alphabet_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Space
    from genbench_molecule.sequences.alphabets import Alphabet

    Reals = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = [
    "LONGEST_WORD", "USUAL_K", "KmerCounts", "check_k", "count_kmers", "default_options", "kmer_divergence",
    "kmer_jsd_to_truth", "word_count",
]  # fmt: skip

#: Letters of the longest words that are counted: numbers of words are int64, and DNA has four letters.
LONGEST_WORD = 31

#: The usual lengths of words by alphabet, the default first. At k = 3, 30 real peptides are as far from 30
#: others (0.80 bits) as from random letters (0.91).
USUAL_K = {"dna": (3, 4), "rna": (3, 4), "protein": (2, 1)}

_DEVIATIONS = 10  # standard deviations of a count, beyond which its probability is below float64's rounding
_LETTERS = 2**20  # letters that are counted at once, so that memory is bounded
_WORST_WORDS = 5  # in the extra: as many as `genbench score --details` shows
_MOST_WORDS = 10**7  # of a law whose frequencies are all in memory


class _WordCounts(NamedTuple):
    """The words that either side has, as numbers, and how often each side has each, all (u,)."""

    words: Numbers
    real: Reals
    fake: Reals


class KmerLaw(Protocol):
    """A law of sequences that knows the frequencies of its k-mers."""

    def kmer_frequencies(self, k: int) -> Reals:
        """Return the share of each word, (A^k,)."""
        ...


def kmer_divergence(
    real: Samples,
    fake: Samples,
    *,
    k: Annotated[int, Ge(1), Le(LONGEST_WORD)] | None = None,
    canonical: bool = False,
    pseudocount: Annotated[float, Ge(0)] = 1.0,
) -> dict[str, Score]:
    """Return `kmer-jsd`, `kmer-kl` and `kmer-cosine` of the k-mers of all real and all fake sequences.

        kmer-jsd     [KL(p | m) + KL(q | m)] / 2 in bits, m = (p + q) / 2; in [0, 1], lower is better
        kmer-kl      KL(p' | q') in nats, >= 0, lower is better
        kmer-cosine  p.q / (|p| |q|), in [0, 1], higher is better

    where p and q are the shares of the words in the real and the fake sequences, and p' and q' the same with
    `pseudocount` added to the count of each word that exists, so that kmer-kl is finite.

    real, fake   sequences
    k            length of the words, at most 14 for proteins; None: 3, or 2 for proteins
    canonical    count a word and its reverse complement as one: for DNA whose strand has no meaning
    pseudocount  0 leaves the shares as they are

    Words with a character that is no plain letter of the alphabet are left out. kmer-jsd is biased upwards by
    about (u - 1)(1 / N + 1 / M) / (8 ln 2) for u words in use and N and M words in all: compare at equal n.
    The root of kmer-jsd is the Jensen-Shannon distance.

    In the extra of both divergences, `bias` is their expected value if the words of both sides were mixed and
    dealt out at random, as many to each side as it has; a `warning` says so where that is over half of the
    value. `parts` has the value for each usual k of the alphabet: 3 and 4, or 1 and 2 for proteins. `words`
    of kmer-jsd has the five words with the greatest shares of the divergence, in bits.

    Raises Undefined if a side has no word, if there is no alphabet, for canonical words of proteins, for a k
    above 14 of proteins, and for a pseudocount of 0 if the fakes lack a real word.

    Source: Lin 1991, doi:10.1109/18.61115; for k-mers, Sims et al. 2009, doi:10.1073/pnas.0813249106.
    """
    alphabet = alphabet_of(real, fake)
    usual = USUAL_K[alphabet.name]
    k = usual[0] if k is None else k
    check_k(alphabet, k, canonical=canonical)

    def count(length: int) -> _WordCounts:
        """Return the words of this length; raise Undefined if a side has none."""
        sides = [count_kmers(side.data, alphabet, length, canonical=canonical) for side in (real, fake)]
        for name, side in zip(("real", "fake"), sides, strict=True):
            _require_words(side, f"the {name} sequences", length)
        return _pair_counts(*sides)

    def compare(counts: _WordCounts, length: int) -> dict[str, float]:
        """Return the three values of words of this length."""
        p, q = counts.real, counts.fake
        return {
            "kmer-jsd": _jensen_shannon(p / p.sum(), q / q.sum()),
            "kmer-kl": _smoothed_kl(p, q, word_count(alphabet, length, canonical=canonical), pseudocount),
            "kmer-cosine": float(p @ q / math.sqrt((p @ p) * (q @ q))),
        }

    counts = count(k)
    values = compare(counts, k)
    extras: dict[str, dict[str, Any]] = {name: {"parts": {}} for name in values}
    for length in sorted({k, *usual}):
        with contextlib.suppress(Undefined):  # sequences may be too short for the longer words
            for name, value in (values if length == k else compare(count(length), length)).items():
                extras[name]["parts"][f"k = {length}"] = value
    words, p, q = word_count(alphabet, k, canonical=canonical), counts.real, counts.fake
    extras["kmer-jsd"] |= {"words": _find_worst_words(counts, alphabet, k)}
    biases = {"kmer-jsd": _jsd_by_chance(p, q), "kmer-kl": _kl_by_chance(p, q, words, pseudocount)}
    return {
        name: Score(value, extra=extras[name] | _describe_bias(value, biases.get(name)))
        for name, value in values.items()
    }


def default_options(space: Space) -> dict[str, int]:
    """Return k by the alphabet of a space: 2 for proteins, else 3."""
    return {"k": USUAL_K[space.get("alphabet") or "dna"][0]}


def kmer_jsd_to_truth(
    fake: Samples, truth: KmerLaw | None, *, k: Annotated[int, Ge(1), Le(LONGEST_WORD)] | None = None
) -> Score:
    """Return the Jensen-Shannon divergence of the fakes' k-mers from their exact law; 0 is best.

        [KL(p | m) + KL(q | m)] / 2 in bits, m = (p + q) / 2; in [0, 1],

    where p are the exact shares of the words under the truth, and q those in the fakes.

    fake   sequences
    truth  provides `kmer_frequencies(k)`, as that of `kmer-world` does
    k      length of the words; None: 3, or 2 for proteins

    Only the fakes are a sample, so the bias is about (u - 1) / (8 N ln 2) for u words and N words in all. It
    is `bias` in the extra, with a `warning` where it is over half of the value.

    Raises Undefined if the law is unknown or has no `kmer_frequencies`, if there are more than ten million
    words, or if the fakes have no word.

    Source: Lin 1991, doi:10.1109/18.61115.
    """
    if truth is None or not hasattr(truth, "kmer_frequencies"):
        raise Undefined(
            "the law of the k-mers of this dataset is unknown; kmer-jsd-to-truth needs one such as kmer-world"
        )
    alphabet = alphabet_of(fake)
    k = USUAL_K[alphabet.name][0] if k is None else k
    if word_count(alphabet, k, canonical=False) > _MOST_WORDS:
        raise Undefined(f"there are more than {_MOST_WORDS:,} words of {k} letters; use a smaller k")
    found = count_kmers(fake.data, alphabet, k, canonical=False)
    _require_words(found, "the fake sequences", k)
    p = truth.kmer_frequencies(k)
    value = _jensen_shannon(p, np.bincount(found.words, found.counts, len(p)) / found.total)
    bias = (np.count_nonzero(p) - 1) / (8 * math.log(2) * found.total)
    return Score(value, extra=_describe_bias(value, min(1.0, bias)))


def _find_worst_words(counts: _WordCounts, alphabet: Alphabet, k: int) -> dict[str, float]:
    """Return the words with the greatest shares of the Jensen-Shannon divergence, in bits, by letters."""
    from scipy.special import rel_entr

    laws = [side / side.sum() for side in (counts.real, counts.fake)]
    middle = (laws[0] + laws[1]) / 2
    shares = sum(rel_entr(law, middle) for law in laws) / (2 * math.log(2))
    worst = np.argsort(-shares, kind="stable")[:_WORST_WORDS]
    digits = np.stack(np.unravel_index(counts.words[worst], (len(alphabet.letters),) * k), axis=1)
    words = ("".join(alphabet.letters[digit] for digit in word) for word in digits)
    return dict(zip(words, shares[worst].tolist(), strict=True))


def _require_words(found: KmerCounts, whose: str, k: int) -> None:
    if not found.total:
        raise Undefined(f"{whose} have no {k} plain letters in a row; use a smaller k")


def _pair_counts(real: KmerCounts, fake: KmerCounts) -> _WordCounts:
    """Return the counts of each word that either side has, float64."""
    words = np.union1d(real.words, fake.words)
    counts = [np.zeros(len(words)) for _ in range(2)]
    for side, known in zip(counts, (real, fake), strict=True):
        side[np.searchsorted(words, known.words)] = known.counts
    return _WordCounts(words, *counts)


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


# Bias: the expected divergence of two sides of one law.


def _jsd_by_chance(p: Reals, q: Reals) -> float:
    """Return the expected Jensen-Shannon divergence, in bits, of the words dealt out at random."""
    from scipy.special import xlogy

    n, m = p.sum(), q.sum()

    def weigh(a: Reals, b: Reals) -> Reals:
        one, other = a / n, b / m
        middle = (one + other) / 2
        return np.asarray(xlogy(one, one / middle) + xlogy(other, other / middle)) / (2 * math.log(2))

    return _expect_by_chance(p, q, weigh)


def _kl_by_chance(p: Reals, q: Reals, words: int, pseudocount: float) -> float | None:
    """Return the expected KL(p | q), in nats, of the words dealt out at random, or None.

    It is None without a pseudocount, since it is infinite if a word may be on one side alone.
    """
    if not pseudocount:
        return None
    n, m = (float(counts.sum()) + pseudocount * words for counts in (p, q))

    def weigh(a: Reals, b: Reals) -> Reals:
        one = (a + pseudocount) / n
        return np.asarray(one * np.log(one * m / (b + pseudocount)))

    return _expect_by_chance(p, q, weigh) + (words - len(p)) * pseudocount / n * math.log(m / n)


def _expect_by_chance(p: Reals, q: Reals, weigh: Callable[[Reals, Reals], Reals]) -> float:
    """Return the expected sum of `weigh` over the words, if all are mixed and dealt out at random.

    p, q    (u,) float64: counts of each word on both sides, whose sums stay
    weigh   the share of a word in the divergence, from its counts on both sides

    A word that occurs c times is hypergeometric: x times on the first side, of n draws from n + m words.
    """
    n, m = float(p.sum()), float(q.sum())
    expected = 0.0
    for c, times in zip(*np.unique(p + q, return_counts=True), strict=True):
        mean, reach = c * n / (n + m), 2 + _DEVIATIONS * math.sqrt(c * n * m) / (n + m)
        x = np.arange(max(0.0, c - m, math.floor(mean - reach)), min(c, n, math.ceil(mean + reach)) + 1)
        logs = _log_choose(n, x) + _log_choose(m, c - x)
        shares = np.exp(logs - logs.max())
        expected += times * float(shares @ weigh(x, c - x)) / shares.sum()
    return expected


def _log_choose(n: float, x: Reals) -> Reals:
    from scipy.special import gammaln

    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def _describe_bias(value: float, bias: float | None) -> dict[str, Any]:
    """Return the extra of a divergence: its bias, and a warning where that is over half of the value."""
    if bias is None:
        return {}
    warning = (
        f"two sides of one law would differ by about {bias:.2g} at this n, over half of the value: choose a "
        "smaller k, or give more sequences"
    )
    return {"bias": bias, **({"warning": warning} if bias > value / 2 else {})}


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
