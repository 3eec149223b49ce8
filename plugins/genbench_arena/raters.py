"""What raters did: agreement, sides, attention and time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_arena.votes import Repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench_arena.votes import Vote

__all__ = ["Rater", "krippendorff_alpha", "raters_of", "summary"]

_SIGNIFICANT = 0.001  # of a test for one rater among many


@dataclass(frozen=True, kw_only=True)
class Rater:
    """What one rater did.

    votes    number of all
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
    by_rater: dict[str, list[Vote]] = {}
    for vote in votes:
        by_rater.setdefault(vote.rater, []).append(vote)
    return [_rater(name, own, ceiling, floor) for name, own in sorted(by_rater.items())]


def _rater(name: str, votes: Sequence[Vote], ceiling: str, floor: str) -> Rater:
    from scipy.stats import binomtest

    choices = Counter(vote.choice for vote in votes)
    chosen = choices["first"] + choices["second"]
    checks = [vote for vote in votes if {vote.first, vote.second} == {ceiling, floor}]
    right = sum(vote.outcome == float(vote.first == ceiling) for vote in checks)
    times = [vote.seconds for vote in votes if vote.seconds is not None]
    return Rater(
        name=name,
        votes=len(votes),
        left=choices["first"],
        chosen=chosen,
        side_p=float(binomtest(choices["first"], chosen).pvalue) if chosen else 1.0,
        failed=len(checks) - right,
        checks=len(checks),
        seconds=median(times) if times else None,
    )


def summary(votes: Sequence[Vote], raters: Sequence[Rater]) -> dict[str, Any]:
    """Return JSON-like facts of the votes: counts, agreement, sides, checks and times."""
    times = [vote.seconds for vote in votes if vote.seconds is not None]
    first = sum(rater.left for rater in raters)
    return {
        "votes": len(votes),
        "raters": len(raters),
        "alpha": _agreement(votes),
        "first_share": first / chosen if (chosen := sum(rater.chosen for rater in raters)) else None,
        "one_sided": [rater.name for rater in raters if rater.is_one_sided],
        "failed_checks": {rater.name: [rater.failed, rater.checks] for rater in raters if rater.failed},
        "seconds": median(times) if times else None,
    }


def _agreement(votes: Sequence[Vote]) -> float | None:
    """Return Krippendorff's alpha of the first vote of each rater on each pair: a rater is no other one."""
    repeats = Repeats.of(votes)
    number: dict[str, int] = {}
    who = np.fromiter((number.setdefault(vote.rater, len(number)) for vote in votes), dtype=np.int64)
    pair = np.unique(repeats.pair, return_inverse=True)[1]
    first = np.unique(pair * max(len(number), 1) + who, return_index=True)[1]
    return krippendorff_alpha(repeats.pair[first], repeats.choice[first])


# How far raters agree.


def krippendorff_alpha(unit: NDArray[np.int64], value: NDArray[np.int64]) -> float | None:
    """Return the agreement on nominal choices: 1 for perfect, 0 for that of chance; None if nothing repeats.

    unit, value  (m,) int64: of each judgement, what was judged, and the choice, from 0 on; things of one
                 judgement count for nothing

        alpha = 1 - observed / expected disagreement

    Source: Krippendorff, Content Analysis (2004), chapter 11.
    """
    place, sizes = np.unique(unit, return_inverse=True, return_counts=True)[1:]
    repeated = sizes[place] > 1
    place, value = place[repeated], value[repeated]
    n, totals = len(value), np.bincount(value)
    different = n**2 - int((totals**2).sum())
    if different == 0:  # nothing repeats, or all choices are the same one
        return None
    cells, counts = np.unique(place * len(totals) + value, return_counts=True)
    agreed = (counts * (counts - 1) / (sizes[cells // len(totals)] - 1)).sum()
    return float(1 - (1 - agreed / n) * n * (n - 1) / different)
