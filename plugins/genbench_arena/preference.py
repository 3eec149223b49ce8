"""`preference`: how strong generators are in the eyes of raters, from votes between their samples."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path  # noqa: TC003 - the host reads the types of options
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_arena.clustered import plain_sandwich, sandwich
from genbench_arena.paired import Comparisons, fit, has_finite_ties
from genbench_arena.poll import Poll
from genbench_arena.shown import describe_poll
from genbench_arena.systems import average_win_rate, counting, eigenvector, elo, pagerank
from genbench_arena.votes import check_kinds, read_ballots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_arena.clustered import Spread
    from genbench_arena.paired import Fit

__all__ = ["Rating", "Ties", "log_evidence", "preference", "preference_judge", "rate"]

Ties = Literal["half", "davidson", "rao-kupper"]

Share = Annotated[float, Ge(0), Le(1)]

POINTS = 400 / np.log(10)  # of the scale of chess, for a strength of one natural logarithm

MEAN = 1000.0  # of the ratings, as in published arenas
_MODELS = {"half": "bradley-terry", "davidson": "davidson", "rao-kupper": "rao-kupper"}

_COEFFICIENTS = {
    "davidson": "nu of Davidson's model of ties",
    "rao-kupper": "theta of Rao and Kupper's model of ties",
}

_RIDGE = 0.5  # with style control, as in FastChat
_UNVOTED = ("no vote connects it with the rated generators", "there is no vote on it")

_CHECKED = "its votes are checks of attention, which rate nothing"
_GROUPS = (
    "generators form groups without votes, or with wins of one side alone, between them, and no group is the "
    "largest, so no ratings fit all"
)

_UNBOUNDED = (
    "no finite ratings fit a model of ties: the votes are likelier the farther apart all strengths are; "
    'expected ties = "half", or more votes'
)

# Of each array of a corrected sandwich: 256 MiB. The correction for thousands of raters changes little.
_MOST_NUMBERS = 2**25

_LEAST_RATERS = 2  # from which a spread over raters follows
_LEAST_RATED = 2  # generators between which a strength has a meaning


def preference(
    fakes: Mapping[str, Samples],
    *,
    votes: tuple[Path, ...] = (),
    question: str = "",
    ties: Ties = "half",
    style_control: bool = False,
    ceiling: str = "held-out",
    floor: str = "noise",
    most_failed: Share = 1.0,
) -> dict[str, Score | Undefined]:
    """Return the rating of each generator: 1000 is the mean of all, 400 more are odds of 10 to 1.

        P(first is chosen) = 1 / (1 + 10^((second - first) / 400))

    votes          files of votes, each of one person (or script)
    question       the text of the question, where the files ask several
    ties           a tie, or both bad, is half a win of both; or a model that gives ties a chance (see paired)
    style_control  whether ratings are those at equal lengths of texts, or sizes of pictures and sounds
    ceiling, floor  votes between these generators are checks of attention, at which the ceiling is right
    most_failed    raters who fail a larger share of the checks are left out, in [0, 1]

    The 95 % interval is clustered by rater (see clustered); with one rater there is none. An Undefined says
    that a generator has no finite rating, since it won or lost all votes against the rated ones, or that no
    vote is on it.
    """
    ballots = read_ballots(votes)
    check_kinds(ballots, "preference-judge", refused=("judge",))
    poll = Poll.of(ballots, fakes, question=question, ceiling=ceiling, floor=floor, most_failed=most_failed)
    if not poll.votes:
        raise Undefined("all votes are checks of attention; expected votes on samples")
    return _ratings(poll, list(fakes), ties, style=style_control, beside=(ceiling, floor))


def preference_judge(
    fakes: Mapping[str, Samples],
    *,
    votes: tuple[Path, ...] = (),
    question: str = "",
    ties: Ties = "half",
    style_control: bool = False,
) -> dict[str, Score | Undefined]:
    """Return the same as `preference` from votes of programs, which are never mixed with those of people.

        P(first is chosen) = 1 / (1 + 10^((second - first) / 400))

    The options are those of `preference`.
    """
    ballots = read_ballots(votes)
    check_kinds(ballots, "preference", refused=("person", "script"))
    poll = Poll.of(ballots, fakes, question=question, ceiling="", floor="", most_failed=1.0)
    return _ratings(poll, list(fakes), ties, style=style_control)


def _ratings(
    poll: Poll, names: list[str], ties: Ties, *, style: bool, beside: Sequence[str] = ()
) -> dict[str, Score | Undefined]:
    """Return the ratings; pairs with the generators `beside` are not among those that are shown."""
    votes = poll.comparisons(names, style=style)
    rating = rate(votes, poll.who, names, ties, ridge=_RIDGE if style else 0.0)
    why = dict(rating.why)
    if poll.checks:
        why |= {name: _CHECKED for name in beside if why.get(name) in _UNVOTED}
    scores = {
        name: replace(score, extra=poll.facts["remarks"] | score.extra)
        for name, score in rating.scores.items()
    }
    if scores:
        first = next(iter(scores))  # what holds of all of them is in one record
        extra = describe_poll(poll, beside=beside)
        extra["facts"] += rating.coefficients
        scores[first] = replace(scores[first], extra={**scores[first].extra, **extra})
    return {name: scores[name] if name in scores else Undefined(why[name]) for name in names}


class Rating(NamedTuple):
    """The ratings that fit comparisons.

    scores        by participant that has a rating
    why           by any other one, why it has none
    coefficients  [name, number] of each coefficient beside the strengths
    """

    scores: dict[str, Score]
    why: dict[str, str]
    coefficients: list[list[Any]]


def rate(
    votes: Comparisons, who: NDArray[np.int64] | None, names: Sequence[str], ties: Ties, *, ridge: float = 0.0
) -> Rating:
    """Return the ratings of participants with their intervals.

    who    (m,) int64: who cast each vote, so that intervals are clustered by rater; None: each vote is
           independent of the others
    names  of the participants
    ridge  the penalty of `fit`

    Raises Undefined if all votes are ties, or if no finite ratings fit a model of ties.
    """
    if not np.isin(votes.outcome, (0, 1)).any():
        raise Undefined(f"no vote prefers a sample: all {len(votes.outcome)} are ties; collect more votes")
    rated, why = _largest_circle(votes, names)
    if len(rated) < _LEAST_RATED:
        return Rating({}, why, [])
    inside = np.isin(votes.first, rated) & np.isin(votes.second, rated)
    few = _among(votes, rated, inside)
    if ties != "half" and not ridge and not has_finite_ties(few):
        raise Undefined(_UNBOUNDED)
    found = fit(few, _MODELS[ties], ridge=ridge)
    wins = count_outcomes(votes, names)
    spread = _spread(few, found, None if who is None else who[inside])
    scores = _scores(few, found, spread, {names[number]: wins[names[number]] for number in rated})
    return Rating(scores, why, _describe_coefficients(few, found, ties))


def _spread(few: Comparisons, found: Fit, who: NDArray[np.int64] | None) -> Spread | None:
    """Return the spread of a fit over raters, or over single votes if `who` is None; None for one rater."""
    if who is None:
        return plain_sandwich(few, found)
    raters = len(np.unique(who))
    if raters < _LEAST_RATERS:
        return None
    is_large = raters * few.count**2 > _MOST_NUMBERS
    return plain_sandwich(few, found, who) if is_large else sandwich(few, found, who)


def _scores(few: Comparisons, found: Fit, spread: Spread | None, wins: Mapping[str, Any]) -> dict[str, Score]:
    """Return the ratings with their intervals, of the generators in `wins`.

    few     the votes between these generators
    spread  of the parameters over raters, or None
    """
    names = list(wins)
    others = _other_systems(few)
    axes = np.eye(len(names), len(found.theta))
    scores = {}
    for place, name in enumerate(names):
        rating = MEAN + POINTS * float(found.strengths[place])
        extra: dict[str, Any] = {
            "wins": wins[name],
            "log_evidence": {
                rival: float(log_evidence(won, lost)) for rival, (won, lost, _) in wins[name].items()
            },
            "other_systems": {system: float(values[place]) for system, values in others.items()},
            "own_votes": sum(map(sum, wins[name].values())),
            "votes": len(few.outcome),
        }
        half = math.inf if spread is None else POINTS * spread.half_width(axes[place])
        if spread is None or math.isinf(half):
            scores[name] = Score(rating, extra=extra)
            continue
        if math.isfinite(freedom := spread.freedom(axes[place])):
            extra["freedom"] = freedom
        errors = {
            rival: POINTS * spread.error(axes[place] - axes[other])
            for other, rival in enumerate(names)
            if other != place
        }
        extra["errors"] = {rival: float(error) for rival, error in errors.items() if math.isfinite(error)}
        scores[name] = Score(rating, rating - half, rating + half, extra)
    return _add_arena_ranks(scores)


def _add_arena_ranks(scores: Mapping[str, Score]) -> dict[str, Score]:
    """Return the scores with Chatbot Arena's rank in the extra of those that have an interval.

    It is 1 + the number of generators whose lower end exceeds this one's upper end (arXiv:2403.04132,
    section 5).
    """
    lows = [score.low for score in scores.values() if score.low is not None]
    return {
        name: score
        if score.high is None
        else replace(
            score, extra={**score.extra, "arena_rank": 1 + int(sum(low > score.high for low in lows))}
        )
        for name, score in scores.items()
    }


def _describe_coefficients(few: Comparisons, found: Fit, ties: Ties) -> list[list[Any]]:
    """Return the facts of a fit of these votes beside the strengths: the coefficients of size and of ties."""
    facts: list[list[Any]] = []
    if few.covariates.shape[1]:
        facts.append(["coefficient of the standardised difference in size", float(found.theta[few.count])])
    if ties in _COEFFICIENTS and not np.isin(few.outcome, (0, 1)).all():
        facts.append([_COEFFICIENTS[ties], math.exp(found.tie)])
    return facts


def _largest_circle(votes: Comparisons, names: Sequence[str]) -> tuple[list[int], dict[str, str]]:
    """Return the largest set of generators that beat one another, directly or not, and why others are out."""
    from scipy.sparse.csgraph import connected_components

    wins = votes.wins()
    _, parts = connected_components(wins > 0, directed=True, connection="strong")
    sizes = np.bincount(parts)
    largest = np.flatnonzero(sizes == sizes.max())
    if sizes.max() < _LEAST_RATED:
        rated = []
    elif len(largest) > 1:
        return [], dict.fromkeys(names, _GROUPS)
    else:
        rated = [int(number) for number in np.flatnonzero(parts == largest[0])]
    why = {}
    for number in sorted(set(range(len(names))) - set(rated)):
        won, lost = wins[number, rated or slice(None)].sum(), wins[rated or slice(None), number].sum()
        why[names[number]] = _reason(float(won), float(lost), has_rated=bool(rated))
    return rated, why


def _reason(won: float, lost: float, *, has_rated: bool) -> str:
    against = "its votes against the rated generators" if has_rated else "its votes"
    if not won and not lost:
        return _UNVOTED[0 if has_rated else 1]
    if not lost:
        return f"it won all {won:g} of {against}, so no finite rating fits: it is better than they are"
    if not won:
        return f"it lost all {lost:g} of {against}, so no finite rating fits: it is worse than they are"
    return "no two generators won against each other, so no finite ratings fit"


def _among(votes: Comparisons, rated: Sequence[int], inside: Any) -> Comparisons:
    """Return the votes between these generators, numbered in this order."""
    place = np.zeros(votes.count, dtype=np.int64)
    place[list(rated)] = np.arange(len(rated))
    return Comparisons(
        count=len(rated),
        first=place[votes.first[inside]],
        second=place[votes.second[inside]],
        outcome=votes.outcome[inside],
        covariates=votes.covariates[inside],
    )


def _other_systems(votes: Comparisons) -> dict[str, Any]:
    wins = votes.wins()
    return {
        "elo": elo(votes), "win_rate": average_win_rate(wins), "wins": counting(wins),
        "eigenvector": eigenvector(wins), "pagerank": pagerank(wins),
    }  # fmt: skip


def count_outcomes(votes: Comparisons, names: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """Return by generator, and by the rival that it met, how often it won, lost and neither."""
    kind = np.select([votes.outcome == 1, votes.outcome == 0], [0, 1], 2)
    places = (votes.first * votes.count + votes.second) * 3 + kind
    one_way = np.bincount(places, minlength=votes.count**2 * 3).reshape(votes.count, votes.count, 3)
    table = one_way + one_way.transpose(1, 0, 2)[:, :, [1, 0, 2]]
    return {
        name: {rival: row.tolist() for rival, row in zip(names, rows, strict=True) if row.any()}
        for name, rows in zip(names, table, strict=True)
    }


# Evidence that one of two is preferred, which may be looked at after every vote.


def log_evidence(won: Any, lost: Any) -> Any:
    """Return the logarithm of the e-process against even chances, after votes of these numbers.

    won, lost  how often the one and the other was chosen: numbers, or (n,) arrays, as after each vote

        log E = log B(won + 1/2, lost + 1/2) - log B(1/2, 1/2) + (won + lost) log 2

    It is a mixture over all chances with the density Beta(1/2, 1/2) (Robbins, Annals of Mathematical
    Statistics 41, 1970). If chances are even, it ever exceeds log(1 / alpha) with a probability of at most
    alpha, however often one looks.
    """
    from scipy.special import betaln

    return betaln(won + 0.5, lost + 0.5) - betaln(0.5, 0.5) + (won + lost) * np.log(2)
