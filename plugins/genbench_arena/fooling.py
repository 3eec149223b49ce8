"""`two-choice-fooling-rate`: how often a generator's sample is chosen over a real one beside it."""

from __future__ import annotations

import math
from pathlib import Path  # noqa: TC003 - the host reads the type of the option
from typing import TYPE_CHECKING

import numpy as np

from genbench import Score, Undefined
from genbench_arena.poll import Poll
from genbench_arena.preference import Share  # noqa: TC001 - likewise
from genbench_arena.votes import check_kinds, read_ballots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench import Samples

__all__ = ["two_choice_fooling_rate", "wilson"]

_LEAST_RATERS = 2  # one rater has no spread over raters, so no interval


def two_choice_fooling_rate(
    fakes: Mapping[str, Samples],
    *,
    votes: tuple[Path, ...] = (),
    question: str = "",
    ceiling: str = "held-out",
    floor: str = "noise",
    most_failed: Share = 1.0,
) -> dict[str, Score | Undefined]:
    """Return by generator the share of its votes against real samples that it won, ties as half, in [0, 1].

        rate = (votes for the sample + ties / 2) / votes

    0.5 is a generator that raters cannot tell from real data. This is a two-alternative forced choice; HYPE
    (Zhou et al. 2019, arXiv:1904.01121) asks about single images, so its rates are other numbers.

    ceiling  the generator whose samples are the real ones; it has no number itself
    others   as in `preference`

    The 95 % interval is Wilson's for as many independent votes as the raters' votes are worth.
    """
    ballots = read_ballots(votes)
    check_kinds(ballots, "preference-judge", refused=("judge",))
    poll = Poll.of(ballots, fakes, question=question, ceiling=ceiling, floor=floor, most_failed=most_failed)
    return {name: _rate(poll, name, ceiling) for name in fakes}


def _rate(poll: Poll, name: str, ceiling: str) -> Score | Undefined:
    if name == ceiling:
        return Undefined("its samples are the real ones")
    own = [vote for vote in (*poll.votes, *poll.checks) if {vote.first, vote.second} == {name, ceiling}]
    if not own:
        return Undefined(f"there is no vote between it and {ceiling}")
    won = np.array([vote.outcome if vote.first == name else 1 - vote.outcome for vote in own])
    who = [vote.rater for vote in own]
    extra = {**poll.facts["remarks"], "votes": len(own)}
    raters = len(set(who))
    if raters < _LEAST_RATERS:
        return Score(float(won.mean()), extra=extra)
    return Score(float(won.mean()), *wilson(won, who), extra | {"freedom": _between(won, who)[1]})


def wilson(won: np.ndarray, raters: Sequence[str], level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share, for votes in clusters.

    won     (m,) float64 in [0, 1]
    raters  who cast each vote, at least two different ones

    The variance of the share between raters, with the correction CR2, is compared with that of independent
    votes; their ratio, the design effect, divides m. The quantile is that of t with Satterthwaite's degrees
    of freedom, which are fewer than G - 1 where raters cast unequal numbers of votes (see clustered). Raters
    who are more alike than chance are so by chance, so the plain interval of m votes is always inside.
    """
    from scipy import stats

    variance, freedom = _between(won, raters)
    share, m = float(won.mean()), len(won)
    alone = share * (1 - share) / m
    worth = m / max(variance / alone, 1 / m) if alone else m
    upper = (1 + level) / 2
    plain = _wilson(share, m, float(stats.norm.ppf(upper)))
    clustered = _wilson(share, worth, float(stats.t.ppf(upper, freedom)))
    return min(plain[0], clustered[0]), max(plain[1], clustered[1])


def _wilson(share: float, worth: float, quantile: float) -> tuple[float, float]:
    """Return Wilson's interval of a share of `worth` votes."""
    square = quantile**2 / worth
    centre = (share + square / 2) / (1 + square)
    half = math.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    return max(0.0, centre - half), min(1.0, centre + half)


def _between(won: np.ndarray, raters: Sequence[str]) -> tuple[float, float]:
    """Return the variance of a share from the spread between raters, and its degrees of freedom."""
    groups, votes = np.unique(raters, return_inverse=True, return_counts=True)[1:]
    shares = votes / votes.sum()
    scale = 1 / (1 - shares)  # of squares: a rater pulls the share towards their own
    sums = np.bincount(groups, won - won.mean())
    variance = float((sums**2 * scale).sum()) / votes.sum() ** 2
    pulled = np.sqrt(scale) * shares
    covariance = np.diag(scale * shares) - np.outer(
        pulled, pulled
    )  # of corrected sums, for independent votes
    return variance, float(np.trace(covariance) ** 2 / (covariance**2).sum())
