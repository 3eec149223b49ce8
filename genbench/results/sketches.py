"""Sketches of samples, which tell whether two draws of a generator share samples."""

from __future__ import annotations

import base64
import functools
import math
import re
import struct
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench.core.samples import Samples

__all__ = ["Sketch"]

_KEPT = 64  # lowest digests
_ALL = 2**32 - 1  # the greatest digest
_EXCESS = 0.35  # share of a draw that the other one holds, beyond chance, from which they are not independent
_LEAKED = 0.1  # the same share of two splits of data, which are meant to be disjoint
_SPREADS = 3.0  # standard deviations of that share which chance may explain
_TEXT = re.compile(r"(?P<n>[0-9]{1,18})\.(?P<counts>[A-Za-z0-9_=-]*)")
_PAIR = struct.Struct(">II")  # a digest and its count


@dataclass(frozen=True)
class Sketch:
    """What is kept of a draw of samples.

    n       number of samples
    counts  the lowest of their 32-bit digests, ascending, each with the number of samples that have it
    known   the digest up to which all digests are in `counts`
    """

    n: int
    counts: tuple[tuple[int, int], ...]
    known: int

    @classmethod
    def of(cls, samples: Samples) -> Sketch:
        """Return the sketch of samples, 64 digests; neither their order nor their labels count."""
        return cls._lowest(len(samples), cls.whole(samples).counts[:_KEPT])

    @classmethod
    def whole(cls, samples: Samples) -> Sketch:
        """Return the sketch of samples with all digests, which is more exact and has no short text."""
        from genbench.core.samples import digests

        counts = Counter(int.from_bytes(digest[:4], "big") for digest in digests(samples))
        return cls(len(samples), tuple(sorted(counts.items())), _ALL)

    @classmethod
    def _lowest(cls, n: int, counts: tuple[tuple[int, int], ...]) -> Sketch:
        return cls(n, counts, _ALL if len(counts) < _KEPT else counts[-1][0])

    @classmethod
    @functools.lru_cache(maxsize=2**16)
    def parse(cls, text: str) -> Sketch:
        """Return the sketch that `str` wrote; raise ValueError for other texts."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r:.80} is no sketch of samples")
        packed = base64.b64decode(match["counts"], altchars=b"-_", validate=True)
        if len(packed) % _PAIR.size or len(packed) > _PAIR.size * _KEPT:
            raise ValueError(f"{text!r:.80} holds no digests and counts, at most {_KEPT}")
        pairs = tuple(_PAIR.iter_unpack(packed))
        digests, counts = [digest for digest, _ in pairs], [count for _, count in pairs]
        found = cls._lowest(int(match["n"]), pairs)
        is_sum = sum(counts) == found.n if found.known == _ALL else sum(counts) <= found.n
        if digests != sorted(set(digests)) or 0 in counts or not is_sum:
            raise ValueError(f"{text!r:.80} is no sketch: its counts do not fit")
        return found

    def __str__(self) -> str:
        packed = b"".join(_PAIR.pack(digest, count) for digest, count in self.counts)
        return f"{self.n}.{base64.urlsafe_b64encode(packed).decode('ascii')}"

    def is_leaked_by(self, other: Sketch) -> bool:
        """Return whether over a tenth of the samples of a split are in the other one, beyond chance."""
        return self.shares_samples_with(other, beyond=_LEAKED)

    def shares_samples_with(self, other: Sketch, *, beyond: float = _EXCESS) -> bool:
        """Return whether two draws share more samples than independent draws of one distribution would.

        beyond  the share of a draw that the other one holds, beyond chance, from which this is so

        If independent draws have a sample s times in all, each time is in the first draw with probability
        q = n / (n + m), so its counts a and b have E[a b] = s (s - 1) q (1 - q). More equal pairs than that
        mean that both choose from the same finished samples, also if these repeat one another. Samples have
        weights of 1 / (s - 1), with which the frequent ones do not decide alone. The sum must be three
        standard deviations above 0.
        """
        known, n, m = min(self.known, other.known), self.n, other.n
        if not n or not m:
            return False
        one, two = (
            {digest: count for digest, count in sketch.counts if digest <= known} for sketch in (self, other)
        )
        product = n * m / (n + m) ** 2  # q (1 - q)
        excess = variance = most = 0.0
        for digest in one.keys() | two.keys():
            a, b = one.get(digest, 0), two.get(digest, 0)
            weight = 1 / max(1, a + b - 1)
            excess += weight * (a * b - math.perm(a + b, 2) * product)
            variance += weight**2 * _variance(a + b, product)
            most += weight * (a / n + b / m) / 2 * min(n, m) * (1 - 2 * product)
        return excess > max(beyond * most, _SPREADS * math.sqrt(variance))


def _variance(s: int, product: float) -> float:
    """Return the variance of a (s - a) if a is binomial: s trials, and `product` = q (1 - q)."""
    pairs = math.perm(s, 2) * product
    return math.perm(s, 4) * product**2 + math.perm(s, 3) * product + pairs - pairs**2
