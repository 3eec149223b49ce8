"""What a comparison by votes shows beside its scores: facts of the poll, its raters, contested pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_arena.poll import describe_interval
from genbench_arena.votes import Repeats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench_arena.poll import Poll
    from genbench_arena.raters import Rater
    from genbench_arena.votes import Vote

__all__ = ["describe_poll", "rank_contested"]

_MOST_RATERS = 50  # the others are counted: a record is read by every command
_MOST_PAIRS = 6  # as many as a reader looks at
_COLUMNS = ("rater", "votes", "first chosen", "failed checks", "seconds a vote", "remark")


def describe_poll(poll: Poll, *, beside: Iterable[str]) -> dict[str, Any]:
    """Return the JSON-like extra of a whole poll.

    beside  generators whose pairs are left out, since they are no rivals: the ceiling and the floor
    """
    shown = sorted(poll.raters, key=lambda each: (not _remark(each, poll.left_out), -each.fails, each.name))
    rows = [_row(rater, poll.left_out) for rater in shown[:_MOST_RATERS]]
    agreement = poll.facts["agreement"]
    facts = [
        ["votes", poll.facts["votes"]],
        ["checks of attention, which are no votes", poll.facts["checks"] or None],
        ["raters", poll.facts["raters"]],
        ["agreement on repeated pairs (Krippendorff's alpha)", agreement and agreement.alpha],
        ["95 % interval of the agreement", (agreement and describe_interval(agreement).strip(" ()")) or None],
        ["repeated pairs", agreement and agreement.pairs],
        ["votes on repeated pairs", agreement and agreement.votes],
        ["share of choices for the first sample", poll.facts["first_share"]],
        ["median seconds of a vote", poll.facts["seconds"]],
        ["raters not listed", len(shown) - len(rows) or None],
    ]
    left_out = set(beside)
    return {
        "facts": [[name, value] for name, value in facts if value is not None],
        "raters": [list(_COLUMNS), *rows],
        "pairs": rank_contested([vote for vote in poll.votes if not {vote.first, vote.second} & left_out]),
    }


def _remark(rater: Rater, left_out: Sequence[str]) -> str:
    remarks = {"left out": rater.name in left_out, "chooses one side too often": rater.is_one_sided}
    return ", ".join(text for text, holds in remarks.items() if holds)


def _row(rater: Rater, left_out: Sequence[str]) -> list[Any]:
    return [
        rater.name,
        rater.votes,
        f"{rater.left} of {rater.chosen}",
        f"{rater.failed} of {rater.checks}",
        rater.seconds,
        _remark(rater, left_out) or None,
    ]


def rank_contested(votes: Sequence[Vote]) -> list[Mapping[str, Any]]:
    """Return the pairs of samples on which raters disagree most: the fewer votes of both sides, descending.

    Each has the generator of both samples with its position, and how often the first one, the second one
    and none was chosen.
    """
    repeats = Repeats.of(votes)
    _, some, place = np.unique(repeats.pair, return_index=True, return_inverse=True)
    counts = np.bincount(3 * place + np.minimum(repeats.choice, 2), minlength=3 * len(some)).reshape(-1, 3)
    fewer, total = counts[:, :2].min(axis=1, initial=len(votes)), counts.sum(axis=1)
    order = np.lexsort((-total, -fewer))[:_MOST_PAIRS]
    least = order[-1:]  # others may be as contested as the last of these
    is_most = (fewer > fewer[least]) | (fewer == fewer[least]) & (total >= total[least])
    found = [
        _orient_vote(votes[some[number]], counts[number].tolist())
        for number in np.flatnonzero(is_most & (fewer > 0))
    ]
    found.sort(key=lambda item: (-min(item[1][:2]), -sum(item[1]), item[0]))
    return [
        {"first": list(pair[0]), "second": list(pair[1]), "counts": chosen}
        for pair, chosen in found[:_MOST_PAIRS]
    ]


def _orient_vote(vote: Vote, counts: list[int]) -> tuple[list[tuple[str, int]], list[int]]:
    """Return the samples of a vote in the order of generators, and counts, given in that of digests, too."""
    first, second = (vote.first, vote.numbers[0]), (vote.second, vote.numbers[1])
    lower, upper, none = counts
    if (first < second) != (vote.pair[0] < vote.pair[1]):
        lower, upper = upper, lower
    return sorted([first, second]), [lower, upper, none]
