"""Counts of copies: samples of a draw that equal real ones, and how many independent draws would share."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from genbench.core.grouping import group_pairs
from genbench.results import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from genbench.core.samples import Samples

    #: Two numbers of each sample, (2, n): by the first, equal bytes are equal; by the second, also samples
    #: that differ in an order, precision or sign of zeros that means nothing.
    Numbers = NDArray[np.uint64]

__all__ = [
    "ALL", "Copies", "add_copies", "count_copies", "describe_collapse", "describe_copies", "describe_count",
    "describe_repeats", "number_samples",
]  # fmt: skip

#: The name of all splits together, beside the names of the splits.
ALL = "all"

_LIMIT = 0.2  # share of a draw: from here on beyond chance, a competitor is not ranked
_FEW = 10  # samples: among fewer, chance explains any number of copies
_SPREADS = 3.0  # standard deviations that chance may explain
_COLLAPSE = 0.05  # of a draw: from here on beyond real samples, repeated fakes are named
_DIGITS = 6  # of a number before it is rounded up, so that rounding errors add nothing
#: The samples of each split in words.
_WORDS = {"train": "training", "test": "test", "held_out": "held-out", ALL: "real"}


@dataclass(frozen=True, kw_only=True)
class Copies:
    """How many samples of a draw equal a sample of some real ones, such as those of a split.

    of         number of samples of the draw
    equal      those that equal a real sample, byte for byte, or but for an order, precision or sign of zeros
               without meaning
    identical  those of them that equal one byte for byte
    chance     how many of `of` independent draws of the distribution of the real samples would equal one
    limit      the most that chance explains: three standard deviations more than `chance`
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    of: fields.Count
    equal: fields.Count
    identical: fields.Count
    chance: fields.Count
    limit: fields.Count

    @property
    def is_beyond_chance(self) -> bool:
        """Whether more samples equal real ones than chance explains."""
        return self.equal > self.limit

    @property
    def is_untestable(self) -> bool:
        """Whether at least a fifth of all samples equal real ones, and chance explains it.

        Too many of the real samples repeat then, or the fakes are too few; of under ten, nothing is said.
        """
        return self.of >= _FEW and self.equal >= _LIMIT * self.of and not self.is_beyond_chance

    @property
    def is_excessive(self) -> bool:
        """Whether they are also a fifth of all samples, or more, beyond those of independent draws."""
        return self.is_beyond_chance and self.equal - self.chance >= _LIMIT * self.of


_FIELDS = tuple(field.name for field in dataclasses.fields(Copies))


def number_samples(samples: Samples) -> NDArray[np.uint64]:
    """Return a number for each sample, (n,): the first 64 bits of its SHA-256, so that equal ones are equal.

    Labels have no effect. Records hold none of these numbers.
    """
    import numpy as np

    from genbench.core.samples import digests

    return np.frombuffer(b"".join(digest[:8] for digest in digests(samples)), dtype=">u8").astype(np.uint64)


def count_copies(fake: Numbers, real: Numbers, others: Sequence[Numbers] = ()) -> Copies:
    """Return how many samples of a draw equal real ones, from the numbers of n fakes and of m real samples.

    others  further real samples, where genbench did not put equal samples on one side: independent draws

    The yardstick comes from the real samples themselves. If a share c of them equals another one of them,
    then about c n of n independent draws of their distribution equal a real sample: this is Good's estimate
    of coverage (1953, doi:10.1093/biomet/40.3-4.237), 1 - (samples that are there once) / m. Where genbench
    splits the data, equal samples are in one split, and the estimate is too high for it: fewer generators are
    accused. Samples that someone has repeated raise the estimate, too, so the share of `others` that equal a
    real sample replaces it if that makes the limit lower.

    `_compute_spread` returns the standard deviation of the difference for independent draws.
    """
    import numpy as np

    n, m = len(fake[1]), len(real[1])
    if not n or not m:
        return Copies(of=n, equal=0, identical=0, chance=0, limit=0)
    _, index = np.unique(np.concatenate([fake[1], real[1]]), return_inverse=True)
    # of each different sample, how often the draw and the real samples have it
    drawn, known = (np.bincount(side, minlength=n + m) for side in (index[:n], index[n:]))
    equal, share = int(drawn[known > 0].sum()), int(known[known > 1].sum()) / m
    # a sample that is in the draw alone counts once: a generator that repeats it raises no limit
    spread = _compute_spread(np.where(known > 0, drawn + known, np.minimum(drawn, 1)), n, m)
    if others:
        are_real = np.isin(np.concatenate(others, axis=1)[1], real[1], kind="sort")
        pairs = [(share, spread), _compare_shares(equal, n, int(are_real.sum()), len(are_real))]
        share, spread = min(pairs, key=lambda pair: pair[0] + _SPREADS * pair[1])  # few others show little
    chance = n * share
    limit = chance + _SPREADS * n * spread
    return Copies(
        of=n,
        equal=equal,
        identical=int(np.isin(fake[0], real[0], kind="sort").sum()),  # by a table, NumPy 1.24 overflows
        chance=math.ceil(round(chance, _DIGITS)),
        limit=math.ceil(round(limit, _DIGITS)),
    )


def _compare_shares(equal: int, n: int, shared: int, k: int) -> tuple[float, float]:
    """Return shared / k and the standard deviation of equal / n - shared / k, for two independent draws."""
    pooled = (equal + shared) / (n + k)
    return shared / k, math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / k))


def _compute_spread(totals: NDArray[np.int64], n: int, m: int) -> float:
    """Return the standard deviation of (share of the n in the m) - (share of the m that are there again).

    Both shares have the same mean for independent draws of n and m samples of one distribution.

    totals  of each different sample, its number s in both draws together

    Given s, the number b in the m is binomial with probability r = m / (n + m), and a sample adds x = (s - b)
    / n at b = 1, else x = c (s r - b), with c = 1 / n + 1 / m, and 0 at b = 0. The mean of x is 0. The sum of
    all b is m, so what x has in common with b is taken out: the variance is V(x) - C(x, b)² / V(b).
    """
    import numpy as np

    sizes, counts = np.unique(totals[totals > 0], return_counts=True)
    s, r, c = sizes.astype(np.float64), m / (n + m), 1 / n + 1 / m
    q = 1 - r
    none, once = q**s, s * r * q ** (s - 1)  # the probabilities of b = 0 and b = 1
    variance = c**2 * (s * r * q - (s * r) ** 2 * none - (s * r - 1) ** 2 * once) + once * ((s - 1) / n) ** 2
    covariance = once / m - c * s * r * q
    together = float(counts @ variance) - float(counts @ covariance) ** 2 / ((n + m) * r * q)
    return math.sqrt(max(together, 0.0))  # rounding may give a small negative number


def add_copies(draws: Iterable[Mapping[str, Copies]]) -> dict[str, Copies]:
    """Return the copies of several draws together, by split.

    Their limits are added, as if chance went the same way in all draws: all have the same real samples.
    """
    by_split = group_pairs(pair for draw in draws for pair in draw.items())
    return {
        name: Copies(**{field: sum(getattr(count, field) for count in counts) for field in _FIELDS})
        for name, counts in by_split.items()
    }


def describe_copies(copies: Mapping[str, Copies], *, excessive: bool) -> str:
    """Return which real samples a generator's samples equal beyond chance, in words; "" if they do not.

    excessive  count only what excludes a generator from the ranks

    An example is "599 of 599 samples are, byte for byte, training samples".
    """
    is_counted = attrgetter("is_excessive" if excessive else "is_beyond_chance")
    names = [name for name, count in copies.items() if is_counted(count)]
    if not names:
        return ""
    splits = [name for name in names if name != ALL]
    if len(splits) == 1:
        return describe_count(copies[splits[0]], f"{_WORDS[splits[0]]} samples")
    parts = [f"{copies[name].equal:,} {_WORDS[name]}" for name in copies if name != ALL]
    return describe_count(copies[ALL], f"real samples ({', '.join(parts)})")


def describe_collapse(fake: Numbers, real: Numbers) -> str:
    """Return how many fakes repeat another one, in words, if real samples repeat far less; else "".

    The larger side is thinned out to the size of the smaller one, since more samples repeat more often.
    """
    n = min(len(fake[1]), len(real[1]))
    fakes, reals = _count_repeats(fake, n), _count_repeats(real, n)
    if fakes - reals <= max(_COLLAPSE * n, _SPREADS * math.sqrt(fakes + reals)):
        return ""
    return f"{fakes:,.0f} of {n:,} fakes repeat another one; of as many real samples, {reals:,.0f}"


def _count_repeats(numbers: Numbers, n: int) -> float:
    """Return how many of n of some samples are there before, expected where the n are chosen at random."""
    import numpy as np

    _, counts = np.unique(numbers[1], return_counts=True)
    share = n / max(len(numbers[1]), 1)  # without samples, none is there before
    return max(0.0, n - float(np.sum(1 - (1 - share) ** counts)))  # rounding may give -1e-14


def describe_repeats(which: str = "real samples") -> str:
    """Return the reason why copies cannot be counted, in words; `which` names the real samples."""
    return f"too many {which} repeat, or the fakes are too few, to tell which are copies"


def describe_count(count: Copies, which: str) -> str:
    """Return how many samples of a draw equal real ones, and how, in words.

    which  the real samples, such as "training samples"
    """
    verb = "is" if count.equal == 1 else "are"
    how = "byte for byte" if count.identical == count.equal else "but for order, precision or spelling"
    text = f"{count.equal:,} of {count.of:,} samples {verb}, {how}, {which}"
    if 0 < count.identical < count.equal:
        text += f", {count.identical:,} of them byte for byte"
    return f"{text}; independent draws would share about {count.chance:,}" if count.chance else text
