"""What raters did: agreement, sides, attention and time."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from genbench_arena.votes import Repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench_arena.votes import Vote

__all__ = ["Agreement", "Rater", "find_equal_raters", "measure_agreement", "raters_of", "summary"]

_SIGNIFICANT = 0.001  # of a test for one rater among many
_COINS = 10  # votes that are equal by chance, of two choices, with a probability of 2^-10, about _SIGNIFICANT
_LEAST_PAIRS = 2  # from which a spread over pairs follows


@dataclass(frozen=True, kw_only=True)
class Rater:
    """What one rater did.

    votes    number of all but the checks of attention
    left     how often the first was chosen, of `chosen` votes with a choice
    side_p   the p-value of a test for equal sides, in [0, 1]
    failed   how many of the `checks` were failed: votes between the ceiling and the floor not for the ceiling
    seconds  median time of a vote, or None
    """

    name: str
    votes: int
    left: int
    chosen: int
    side_p: float
    failed: int
    checks: int
    seconds: float | None

    @property
    def fails(self) -> float:
        """The share of attention checks that were failed, in [0, 1]; 0 without any."""
        return self.failed / self.checks if self.checks else 0.0

    @property
    def is_one_sided(self) -> bool:
        """Whether the choices favour a side more than chance explains."""
        return self.side_p < _SIGNIFICANT


def raters_of(votes: Sequence[Vote], *, ceiling: str, floor: str) -> list[Rater]:
    """Return what each rater did, by name.

    ceiling, floor  the participants that attention checks are between; "" for none
    """
    by_rater: dict[str, tuple[list[Vote], list[Vote]]] = {}
    for vote in votes:
        is_check = {vote.first, vote.second} == {ceiling, floor}
        by_rater.setdefault(vote.rater, ([], []))[is_check].append(vote)
    return [_rater(name, own, checks, ceiling) for name, (own, checks) in sorted(by_rater.items())]


def _rater(name: str, votes: Sequence[Vote], checks: Sequence[Vote], ceiling: str) -> Rater:
    from scipy.stats import binomtest

    choices = Counter(vote.choice for vote in votes)
    chosen = choices["first"] + choices["second"]
    right = sum(vote.outcome == float(vote.first == ceiling) for vote in checks)
    return Rater(
        name=name,
        votes=len(votes),
        left=choices["first"],
        chosen=chosen,
        side_p=float(binomtest(choices["first"], chosen).pvalue) if chosen else 1.0,
        failed=len(checks) - right,
        checks=len(checks),
        seconds=_median_seconds(votes),
    )


def _median_seconds(votes: Sequence[Vote]) -> float | None:
    times = [vote.seconds for vote in votes if vote.seconds is not None]
    return median(times) if times else None


def summary(votes: Sequence[Vote], raters: Sequence[Rater]) -> dict[str, Any]:
    """Return facts of the votes, without checks of attention: counts, agreement, sides, checks and times."""
    first = sum(rater.left for rater in raters)
    return {
        "votes": len(votes),
        "checks": sum(rater.checks for rater in raters),
        "raters": len(raters),
        "agreement": _agreement(votes),
        "first_share": first / chosen if (chosen := sum(rater.chosen for rater in raters)) else None,
        "one_sided": [rater.name for rater in raters if rater.is_one_sided],
        "failed_checks": {rater.name: [rater.failed, rater.checks] for rater in raters if rater.failed},
        "equal": find_equal_raters(votes),
        "seconds": _median_seconds(votes),
    }


def find_equal_raters(votes: Sequence[Vote]) -> list[list[str]]:
    """Return groups of raters who cast the same votes on the same samples, more than chance explains.

    Raters who throw coins agree on n votes with a probability of 2^-n, and g of them with 2^-(n(g - 1)).
    """
    repeats = Repeats.of(votes)
    marks = 4 * repeats.pair + repeats.choice  # four choices
    by_rater: dict[str, list[int]] = {}
    for vote, mark in zip(votes, marks.tolist(), strict=True):
        by_rater.setdefault(vote.rater, []).append(mark)
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, own in sorted(by_rater.items()):
        groups.setdefault(tuple(sorted(own)), []).append(name)
    return [names for own, names in groups.items() if len(own) * (len(names) - 1) >= _COINS]


def _agreement(votes: Sequence[Vote]) -> Agreement | None:
    """Return the agreement of the first vote of each rater on each pair: a rater is no other one."""
    repeats = Repeats.of(votes)
    number: dict[str, int] = {}
    who = np.fromiter((number.setdefault(vote.rater, len(number)) for vote in votes), dtype=np.int64)
    pair = np.unique(repeats.pair, return_inverse=True)[1]
    first = np.unique(pair * max(len(number), 1) + who, return_index=True)[1]
    return measure_agreement(repeats.pair[first], repeats.choice[first])


# How far raters agree.


class Agreement(NamedTuple):
    """How far raters agree, and what that rests on.

    alpha      1 for perfect agreement, 0 for that of chance
    low, high  the 95 % interval, or None where no spread over pairs follows
    pairs      number of pairs that several raters judged
    votes      number of votes on them
    """

    alpha: float
    low: float | None
    high: float | None
    pairs: int
    votes: int


def measure_agreement(unit: NDArray[np.int64], value: NDArray[np.int64]) -> Agreement | None:
    """Return Krippendorff's alpha of nominal choices, or None if nothing repeats or all choices are equal.

    unit, value  (m,) int64: of each judgement, what was judged, and the choice, from 0 on; things of one
                 judgement count for nothing

        alpha = 1 - observed / expected disagreement

    The interval is that of a jackknife over the things that were judged, by Student's t. It says how alpha
    would vary with other pairs of the same raters; without a difference between pairs there is none.
    Source: Krippendorff, Content Analysis (2004), chapter 11; Miller, Biometrika 61 (1974), on the jackknife.
    """
    from scipy.stats import t

    place, sizes = np.unique(unit, return_inverse=True, return_counts=True)[1:]
    repeated = sizes[place] > 1
    place, value = np.unique(place[repeated], return_inverse=True)[1], value[repeated]
    pairs, kinds = int(place.max(initial=-1)) + 1, int(value.max(initial=0)) + 1
    counts = np.bincount(place * kinds + value, minlength=pairs * kinds).reshape(pairs, kinds)
    sizes = counts.sum(axis=1)
    agreed = (counts * (counts - 1)).sum(axis=1) / (sizes - 1)
    alpha = float(_alpha(len(value), counts.sum(axis=0), agreed.sum()))
    if math.isnan(alpha):
        return None
    without = _alpha(len(value) - sizes, counts.sum(axis=0) - counts, agreed.sum() - agreed)
    error = math.sqrt((pairs - 1) * np.var(without))
    if pairs < _LEAST_PAIRS or not error > 0:  # NaN: without a pair, all choices are the same one
        return Agreement(alpha, None, None, pairs, len(value))
    half = error * float(t.ppf(0.975, pairs - 1))
    return Agreement(alpha, alpha - half, min(1.0, alpha + half), pairs, len(value))


def _alpha(n: Any, totals: NDArray[np.int64], agreed: Any) -> NDArray[np.float64]:
    """Return alpha of n judgements, of totals (…, kinds) by choice; NaN if no two choices differ."""
    different = np.asarray(np.square(n) - np.square(totals).sum(axis=-1), dtype=np.float64)
    different[different == 0] = np.nan
    return np.asarray(1 - (n - agreed) * (n - 1) / different)
