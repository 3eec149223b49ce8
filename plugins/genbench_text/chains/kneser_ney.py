"""Interpolated Kneser-Ney smoothing with three discounts.

    p(w | h) = (c(h w) - D(c(h w))) / C(h)  +  rest(h) p(w | h'),    C(h) = sum over v of c(h v)

h' is h without its oldest symbol; the base of the recursion is 1 / outcomes. c(h w) is the count of w after h
if h has the maximum length or begins a text; otherwise it is the number of distinct symbols before h w. D
is one of three discounts, for the counts 1, 2 and above, and rest(h) is the discounted mass. An unseen
history backs off entirely to the shorter one.

Chen and Goodman (1999), "An empirical study of smoothing techniques for language modeling", sec. 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

__all__ = ["FALLBACK", "KneserNey", "Level", "discounts", "positions"]

#: Discounts of the counts 1, 2 and above if they cannot be estimated: KenLM's fallback.
FALLBACK = (0.5, 1.0, 1.5)


@dataclass(frozen=True, eq=False)
class Level:
    """Counts after histories of one length; a history's number is its index in `histories`.

    histories  (h,) int64, ascending: number of the history without its oldest symbol, times the number of
               codes, plus the code of that symbol; [0] for the empty one
    grams      (g,) int64, ascending: number of the history, times the number of outcomes, plus the symbol
    shares     (g,) float64: discounted counts, divided by the sum of counts after the history
    rest       (h,) float64: 1 less the shares of the history
    """

    histories: Numbers
    grams: Numbers
    shares: Reals
    rest: Reals


@dataclass(frozen=True, eq=False)
class KneserNey:
    """The distribution of the next of `outcomes` symbols, whose last one is the end, after a history.

    levels  for histories of 0, 1, ... symbols

    In a history, the code `outcomes` is an unseen symbol, `outcomes` + 1 the start of a text, and
    `outcomes` + 2 a position before the start.
    """

    outcomes: int
    levels: tuple[Level, ...]

    @classmethod
    def fit(cls, rows: Sequence[Numbers], order: int, outcomes: int) -> KneserNey:
        """Return the model with histories of up to `order` symbols, fitted to rows of symbol numbers.

        rows  one for each text, (t,) int64 in [0, outcomes), the end included where it is a step

        No history is longer than the longest text.
        """
        order = min(order, max(map(len, rows)))
        symbols, past, _ = positions(rows, order, outcomes)
        counted = list(_count(symbols, past, outcomes))
        levels = []
        for m, level in enumerate(counted):
            counts = level.occurrences
            if m < order:
                longer = counted[m + 1]
                preceding = np.bincount(level.gram_of[longer.first], minlength=len(counts))
                counts = np.where(preceding > 0, preceding, counts)  # nothing precedes the start of a text
            levels.append(_discount(level.histories, level.grams, counts, outcomes))
        return cls(outcomes, tuple(levels))

    @property
    def order(self) -> int:
        """The length of its longest histories."""
        return len(self.levels) - 1

    @property
    def parameters(self) -> int:
        """The number of its shares."""
        return sum(len(level.grams) for level in self.levels)

    def probabilities(self, symbols: Numbers, past: Numbers) -> Reals:
        """Return the probabilities, (p,), of (p,) symbols after (order, p) codes before them, latest first.

        symbols  in [0, outcomes)
        """
        found = np.full(len(symbols), 1 / self.outcomes)
        for level, history in zip(self.levels, self._histories(past), strict=True):
            gram = _find(level.grams, history * self.outcomes + symbols)
            share = np.where(gram >= 0, level.shares[gram], 0.0)
            found = np.where(history >= 0, share + level.rest[history] * found, found)
        return found

    def draw(self, past: Numbers, rng: np.random.Generator) -> Numbers:
        """Return a symbol, (p,) in [0, outcomes), after each of (order, p) codes, latest first.

        From the longest history down, each level draws one of its grams by their shares, or backs off to the
        next; the remainder is drawn uniformly.
        """
        drawn: Numbers = rng.integers(self.outcomes, size=(past.shape[1],))
        is_open: NDArray[np.bool_] = np.ones(past.shape[1], bool)
        levels = zip(self.levels, self._steps, self._histories(past), strict=True)
        for level, steps, histories in reversed(list(levels)):
            here = np.flatnonzero(is_open & (histories >= 0))
            chance = rng.random(len(here))
            takes = chance < 1 - level.rest[histories[here]]
            here, chance = here[takes], chance[takes]
            gram = np.searchsorted(steps, histories[here] + chance, side="right")
            last = np.searchsorted(level.grams, (histories[here] + 1) * self.outcomes) - 1
            drawn[here] = level.grams[np.minimum(gram, last)] % self.outcomes
            is_open[here] = False
        return drawn

    def _histories(self, past: Numbers) -> Iterator[Numbers]:
        """Yield the numbers of the histories of each length, (p,), -1 if unseen."""
        number = np.zeros(past.shape[1], np.int64)
        yield number
        for level, code in zip(self.levels[1:], past, strict=True):
            number = _find(level.histories, number * (self.outcomes + 3) + code)
            yield number

    @cached_property
    def _steps(self) -> tuple[Reals, ...]:
        """For each level, (g,) ascending: the number of the history plus the sum of its shares so far."""
        return tuple(self._sum_shares(level) for level in self.levels)

    def _sum_shares(self, level: Level) -> Reals:
        history = level.grams // self.outcomes
        sums = np.concatenate([[0.0], np.cumsum(level.shares)])
        before = sums[np.searchsorted(level.grams, history * self.outcomes)]
        steps: Reals = history + (sums[1:] - before)
        return steps


def discounts(counts: Numbers) -> tuple[float, float, float]:
    """Return the discounts of the counts 1, 2, and 3 and above.

        1 - 2 y n2 / n1,   2 - 3 y n3 / n2,   3 - 4 y n4 / n3,    y = n1 / (n1 + 2 n2)

    counts  (g,) int64 >= 1; ni of them are i

    Chen and Goodman's eq. 17. If one of n1 to n4 is 0, or a discount is not above 0, all three are FALLBACK,
    so a history always leaves mass to the shorter one.
    """
    n1, n2, n3, n4 = (int(np.count_nonzero(counts == i)) for i in (1, 2, 3, 4))
    if min(n1, n2, n3, n4) == 0:
        return FALLBACK
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return found if min(found) > 0 else FALLBACK


def positions(rows: Sequence[Numbers], order: int, outcomes: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return all symbols of texts, the codes before each, and the number of its text.

    They are (p,), (order, p) and (p,), the codes latest first.

    rows  one for each text, (t,) int64 in [0, outcomes]
    """
    start = np.full(max(order, 1), outcomes + 2)
    start[-1] = outcomes + 1
    flat = np.concatenate([part for row in rows for part in (start, row)] or [start])
    at = np.flatnonzero(flat <= outcomes)
    past = np.stack([flat[at - 1 - m] for m in range(order)]) if order else np.zeros((0, len(at)), np.int64)
    return flat[at], past, np.repeat(np.arange(len(rows)), [len(row) for row in rows])


@dataclass(frozen=True, eq=False)
class _Counted:
    """The grams of histories of one length.

    histories    as of a Level
    grams        as of a Level
    occurrences  (g,) counts
    first        (g,) a position of each
    gram_of      (p,) the gram at each position, -1 if its history would begin before the text
    """

    histories: Numbers
    grams: Numbers
    occurrences: Numbers
    first: Numbers
    gram_of: Numbers


def _count(symbols: Numbers, past: Numbers, outcomes: int) -> Iterator[_Counted]:
    """Yield the grams after histories of 0, 1, ... symbols."""
    at, number = np.arange(len(symbols)), np.zeros(len(symbols), np.int64)
    histories = np.zeros(1, np.int64)
    for m in range(len(past) + 1):
        if m:
            inside = past[m - 1, at] <= outcomes + 1
            at = at[inside]
            keys = number[inside] * (outcomes + 3) + past[m - 1, at]
            histories, number = np.unique(keys, return_inverse=True)
        grams, first, inverse, occurrences = np.unique(
            number * outcomes + symbols[at], return_index=True, return_inverse=True, return_counts=True
        )
        gram_of = np.full(len(symbols), -1)
        gram_of[at] = inverse
        yield _Counted(histories, grams, occurrences, at[first], gram_of)


def _discount(histories: Numbers, grams: Numbers, counts: Numbers, outcomes: int) -> Level:
    history = grams // outcomes
    total = np.bincount(history, counts, len(histories))
    taken = np.array([0.0, *discounts(counts)])[np.minimum(counts, 3)]
    rest = np.bincount(history, taken, len(histories)) / total
    return Level(histories, grams, (counts - taken) / total[history], rest)


def _find(ascending: Numbers, keys: Numbers) -> Numbers:
    """Return the index of each key, -1 if it is missing."""
    place = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    return np.where(ascending[place] == keys, place, -1)
