"""Sketches of samples, which tell whether two draws of a generator share samples."""

from __future__ import annotations

import base64
import functools
import math
import re
import struct
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from genbench.core.samples import Samples

__all__ = ["Overlap", "Sketch", "are_independent"]

_KEPT = 64  # the most digests in a sketch that records store: the lowest ones
_ALL = 2**32 - 1  # the greatest digest
# Limits of the share of a draw or split that is also in another one, beyond chance.
_EXCESS = 0.35  # two draws that share more are not independent
_OF_ALL = 0.25  # the same for all pairs of k draws together, times k - 1
_LEAKED = 0.1  # two splits that share more are not disjoint, as they should be
_SPREADS = 3.0  # standard deviations that chance may explain
_TEXT = re.compile(r"(?P<n>[0-9]{1,18})\.(?P<counts>[A-Za-z0-9_=-]*)")
_PAIR = struct.Struct(">II")  # a digest and its count


class Overlap(NamedTuple):
    """How many samples two draws share beyond chance, counted in weighted pairs of equal samples.

    excess    the pairs beyond the number that is expected of independent draws
    variance  the variance of `excess` for independent draws
    most      the excess if all samples of the smaller draw were in the other one
    """

    excess: float
    variance: float
    most: float

    def is_beyond(self, share: float) -> bool:
        """Return whether the excess is more than this share of `most`, and more than chance explains."""
        return self.excess > max(share * self.most, _SPREADS * math.sqrt(self.variance))


@dataclass(frozen=True)
class Sketch:
    """A short summary of a draw of samples, which shows whether two draws share samples.

    n        number of samples
    counts   the lowest of their 32-bit digests, ascending, each with the number of samples that have it
    covered  a digest: all digests of the samples up to it are in `counts`
    """

    n: int
    counts: tuple[tuple[int, int], ...]
    covered: int

    @classmethod
    def of(cls, samples: Samples, items: Sequence[bytes] | None = None) -> Sketch:
        """Return the sketch of samples with their 64 lowest digests; order and labels have no effect.

        items  the `digests` of the samples, if they are known; None: they are computed
        """
        return cls._from_lowest(len(samples), cls.whole(samples, items).counts[:_KEPT])

    @classmethod
    def whole(cls, samples: Samples, items: Sequence[bytes] | None = None) -> Sketch:
        """Return the sketch of samples with all digests: more exact, but too long to be stored as a text.

        items  as for `of`
        """
        from genbench.core.samples import digests

        items = digests(samples) if items is None else items
        counts = Counter(int.from_bytes(item[:4], "big") for item in items)  # 32 bits
        return cls(len(samples), tuple(sorted(counts.items())), _ALL)

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.uint64]) -> Sketch:
        """Return the sketch of samples by small numbers, equal for equal samples, in place of their digests.

        It can be compared with sketches of such numbers alone.
        """
        import numpy as np

        different, counts = np.unique(numbers, return_counts=True)
        return cls(len(numbers), tuple(zip(different.tolist(), counts.tolist(), strict=True)), _ALL)

    @classmethod
    def _from_lowest(cls, n: int, counts: tuple[tuple[int, int], ...]) -> Sketch:
        """Return the sketch of n samples from their lowest digests, each with its count.

        Fewer than 64 digests are all that the samples have. Else, there may be others above the last one.
        """
        return cls(n, counts, _ALL if len(counts) < _KEPT else counts[-1][0])

    @classmethod
    @functools.lru_cache(maxsize=2**16)  # all records of a trial have the same text
    def parse(cls, text: str) -> Sketch:
        """Return the sketch whose text, from `str(sketch)`, is given; raise ValueError for other texts."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r:.80} is no sketch of samples")
        packed = base64.b64decode(match["counts"], altchars=b"-_", validate=True)
        if len(packed) % _PAIR.size or len(packed) > _PAIR.size * _KEPT:
            raise ValueError(f"{text!r:.80} holds no digests and counts, at most {_KEPT}")
        pairs = tuple(_PAIR.iter_unpack(packed))
        digests = [digest for digest, _ in pairs]
        counts = [count for _, count in pairs]
        sketch = cls._from_lowest(int(match["n"]), pairs)
        # A sketch of all digests counts each of the n samples; the lowest digests alone may count fewer.
        is_right_sum = sum(counts) == sketch.n if sketch.covered == _ALL else sum(counts) <= sketch.n
        is_ascending = digests == sorted(set(digests))
        if not is_ascending or 0 in counts or not is_right_sum:
            raise ValueError(f"{text!r:.80} is no sketch: its counts do not fit")
        return sketch

    def __str__(self) -> str:
        """Return the sketch as records store it: the number of samples, ".", and the counts in base64."""
        packed = b"".join(_PAIR.pack(digest, count) for digest, count in self.counts)
        return f"{self.n}.{base64.urlsafe_b64encode(packed).decode('ascii')}"

    def has_samples_of(self, other: Sketch) -> bool:
        """Return whether over a tenth of the samples of the smaller of two splits are in the other split.

        Samples that two draws of one distribution share by chance do not count: `_is_leaked` estimates their
        number from the repeated samples of a split. Both splits are tested, since only one may have repeated
        samples.
        """
        small, large = sorted((self, other), key=lambda split: split.n)
        # by (times in small, times in large), the number of different samples
        pairs = Counter(_count_in_both(small, large))
        # total: the samples of `small` whose digests both sketches cover; shared: those that `large` has, too
        total = sum(count * a for (a, _), count in pairs.items())
        shared = sum(count * a for (a, b), count in pairs.items() if b)
        swapped = Counter({(b, a): count for (a, b), count in pairs.items()})
        return shared > 0 and (
            _is_leaked(pairs, small.n, large.n, shared / total)
            or _is_leaked(swapped, large.n, small.n, shared / total)
        )

    def shares_samples_with(self, other: Sketch) -> bool:
        """Return whether two draws share more samples than independent draws of one distribution would."""
        return self.overlap(other).is_beyond(_EXCESS)

    def overlap(self, other: Sketch) -> Overlap:
        """Return the Overlap of two draws: what they share beyond independent draws of one distribution.

        It is all 0 if a draw has no samples.

        A sample that one draw has a times and the other b times is in a b equal pairs. For independent draws
        of n and m samples with s = a + b, a is hypergeometric and E[a b] = s (s - 1) n m / ((n + m)
        (n + m - 1)). More pairs mean that both draws choose from the same finished samples. The pairs of a
        sample have the weight 2 / (s (s - 1)), so that each sample counts about once, and one output that a
        collapsed generator repeats does not outweigh all others. The variance is computed for a binomial a:
        it is greater than the variance of the hypergeometric a.
        """
        n, m = self.n, other.n
        if not n or not m:
            return Overlap(0.0, 0.0, 0.0)
        product = n * m / (n + m) ** 2  # q (1 - q), where q = n / (n + m) is the share of the first draw
        rate = product * (n + m) / (n + m - 1)  # E[a b] / (s (s - 1))
        excess = variance = most = 0.0
        for a, b in _count_in_both(self, other):
            weight = 2 / max(2, math.perm(a + b, 2))  # perm(s, 2) = s (s - 1), which is 0 at s = 1
            excess += weight * (a * b - math.perm(a + b, 2) * rate)
            variance += weight**2 * _compute_pair_variance(a + b, product)
            # the excess if the smaller draw were in the larger one: about 1 - 2 * product for each sample
            most += weight * (a / n + b / m) / 2 * min(n, m) * (1 - 2 * product)
        return Overlap(excess, variance, most)


def are_independent(draws: Sequence[Sketch]) -> bool:
    """Return whether the draws of a generator at several seeds are independent enough to show its spread.

    Draws that share samples differ less than independent ones, so their spread is too small. If draws of n
    come from N finished samples, so that one holds the share r = n / N of another, the mean over k seeds has
    (1 + r (k - 1)) / (1 - r) times the variance that the seeds show. The result is False if r (k - 1) is over
    1/4, or if one pair shares over 0.35, each beyond chance. Two pairs with a draw in common are correlated
    by at most 1/4, so the variance of all pairs together is at most k / 2 times the sum of theirs.
    """
    k = len(draws)
    overlaps = [first.overlap(second) for first, second in combinations(draws, 2)]
    if not overlaps:
        return True
    excess, variance, most = map(sum, zip(*overlaps, strict=True))
    together = Overlap(excess, variance * k / 2, most)
    return not (together.is_beyond(_OF_ALL / (k - 1)) or any(pair.is_beyond(_EXCESS) for pair in overlaps))


def _count_in_both(one: Sketch, two: Sketch) -> list[tuple[int, int]]:
    """Return (count in one, count in two) for each different sample of two draws.

    Only digests that both sketches cover are compared: above, a sketch may lack digests that its draw has.
    """
    covered = min(one.covered, two.covered)
    first, second = (
        {digest: count for digest, count in sketch.counts if digest <= covered} for sketch in (one, two)
    )
    return [(first.get(digest, 0), second.get(digest, 0)) for digest in sorted(first.keys() | second.keys())]


def _is_leaked(pairs: Mapping[tuple[int, int], int], n: int, m: int, share: float) -> bool:
    """Return whether a split of `m` samples holds more of another split's `n` samples than chance explains.

    pairs  by (a, b), the number of different samples that are a times in the n, and b times in the m
    share  part of the smaller split that is in the larger split, in [0, 1]

    Two numbers are compared: how many of the n have an equal sample among k of the m (held), and how many
    have one among k of the other n - 1 (expected). For draws of one distribution, both are expected to be
    equal, so the excess of the first is beyond chance. The part of `share` that is beyond chance must also be
    over a tenth.
    """
    # the m and the other n - 1 must both have k samples to choose from
    k = min(m, n - 1)

    def count_held(a: int, b: int) -> tuple[float, float]:
        """Return how many of `a` equal samples of the n have an equal one in (k of the m, k others of the n).

        b  how many of the m equal them
        """
        return a * _compute_chance(m, b, k), (a * _compute_chance(n - 1, a - 1, k) if a else 0.0)

    held = sum(count * count_held(*pair)[0] for pair, count in pairs.items())
    expected = sum(count * count_held(*pair)[1] for pair, count in pairs.items())
    totals = Counter[int]()  # by s, the number of different samples that both splits together have s times
    for (a, b), count in pairs.items():
        totals[a + b] += count
    # The variance of held - expected. If only chance decides which of s equal samples are in the m, their
    # number b is binomial.
    variance = 0.0
    for s, count in totals.items():
        for b in range(s + 1):
            in_other, in_rest = count_held(s - b, b)
            variance += count * _compute_binomial(s, b, m / (n + m)) * (in_other - in_rest) ** 2
    excess = held - expected
    return excess > _SPREADS * math.sqrt(variance) and share * excess > _LEAKED * held


def _compute_chance(n: int, copies: int, k: int) -> float:
    """Return the probability that k of n samples include at least one of `copies` equal ones among the n.

    The k are drawn without replacement.
    """
    if n - copies < k:  # too few others to draw k of them alone
        return 1.0
    # 1 - C(n - copies, k) / C(n, k), by logarithms of factorials: lgamma(x + 1) = log(x!)
    lgamma = math.lgamma
    logarithm = lgamma(n - copies + 1) - lgamma(n - copies - k + 1) - lgamma(n + 1) + lgamma(n - k + 1)
    return -math.expm1(logarithm)


def _compute_binomial(s: int, b: int, q: float) -> float:
    """Return the probability of b successes in s trials, each with the probability q, 0 < q < 1."""
    # C(s, b) by logarithms of factorials, which cannot overflow: lgamma(x + 1) = log(x!)
    log_ways = math.lgamma(s + 1) - math.lgamma(b + 1) - math.lgamma(s - b + 1)
    return math.exp(log_ways + b * math.log(q) + (s - b) * math.log1p(-q))


def _compute_pair_variance(s: int, product: float) -> float:
    """Return the variance of a (s - a), where a is binomial of s trials with probability q.

    Two draws that have a sample a and s - a times have as many equal pairs of it.

    product  q (1 - q)
    """
    # E[X^2] - E[X]^2 for X = a (s - a), by factorial moments such as E[a (a - 1)] = s (s - 1) q^2
    pairs = math.perm(s, 2) * product  # E[X]
    return math.perm(s, 4) * product**2 + math.perm(s, 3) * product + pairs - pairs**2
