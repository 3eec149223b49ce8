"""What a poll shows beside its ratings: facts, raters and contested pairs."""

from __future__ import annotations

import pytest
from genbench_arena.poll import Poll
from genbench_arena.preference import preference
from genbench_arena.shown import describe_poll, rank_contested
from genbench_arena.votes import Vote, read_ballots

from genbench.results.extras import read_vote_extra


def vote(first, second, choice, numbers=(0, 0)):
    return Vote(
        rater="anna",
        first=first,
        second=second,
        pair=tuple(f"{200 - ord(name)} {n}" for name, n in zip((first, second), numbers, strict=True)),
        numbers=numbers,
        choice=choice,
        seconds=None,
        sizes=None,
    )


def test_pairs_are_counted_on_either_side_and_the_most_contested_come_first():
    votes = [
        *[vote("b", "a", "first", (1, 0)), vote("a", "b", "first", (0, 1)), vote("a", "b", "bad", (0, 1))],
        *[vote("a", "b", "first", (2, 2))] * 9,
        *[vote("a", "c", "first"), vote("c", "a", "first")] * 2,
        *[vote("b", "c", "tie")] * 3,
    ]
    assert rank_contested(votes) == [
        {"first": ["a", 0], "second": ["c", 0], "counts": [2, 2, 0]},
        {"first": ["a", 0], "second": ["b", 1], "counts": [1, 1, 1]},
    ]
    many = [vote("a", "b", side, (n, n)) for n in range(20) for side in ("first", "second")]
    assert len(rank_contested(many)) == 6


@pytest.fixture
def poll(fakes, ballot):
    wrong, right = ("held-out", "noise", "second"), ("noise", "held-out", "second")
    files = [
        ballot("anna", [("a", "b", "first"), ("b", "a", "first"), right], seconds=2.0),
        ballot("bot", [("a", "b", "first")] * 12 + [wrong, right], seconds=0.5),
        ballot("cid", [("a", "b", "second"), right]),
    ]
    return Poll.of(
        read_ballots(files), fakes, question="", ceiling="held-out", floor="noise", most_failed=0.4
    )


def test_raters_with_a_remark_or_failed_checks_come_first(poll):
    extra = read_vote_extra(describe_poll(poll, beside=("held-out", "noise")))
    assert extra.columns == ("rater", "votes", "first chosen", "failed checks", "seconds a vote", "remark")
    assert extra.raters == (
        ("bot", 12, "12 of 12", "1 of 2", 0.5, "left out, chooses one side too often"),
        ("anna", 2, "2 of 2", "0 of 1", 2.0, None),
        ("cid", 1, "0 of 1", "0 of 1", None, None),
    )
    facts = dict(extra.facts)
    assert (facts["votes"], facts["raters"], facts["median seconds of a vote"]) == (3, 2, 2.0)
    assert facts["checks of attention, which are no votes"] == 2
    assert (facts["repeated pairs"], facts["votes on repeated pairs"]) == (1, 2)
    assert "95 % interval of the agreement" not in facts
    assert "raters not listed" not in facts


def test_checks_of_attention_are_no_contested_pairs(poll):
    names = {name for pair in describe_poll(poll, beside=("held-out", "noise"))["pairs"] for name, _ in
             (pair["first"], pair["second"])}  # fmt: skip
    assert names == {"a", "b"}


def test_a_thousand_raters_make_a_record_of_a_page_and_are_counted(fakes, ballot):
    files = [ballot(f"r{n:04}", [("a", "b", "first"), ("b", "a", "first")]) for n in range(60)]
    found = preference(fakes, votes=tuple(files))
    extras = [read_vote_extra(score.extra) for score in (found["a"], found["b"])]
    assert [len(extra.raters) for extra in extras] == [50, 0]  # in one record
    assert dict(extras[0].facts)["raters not listed"] == 10


def test_errors_of_differences_are_those_of_the_ratings(fakes, ballot):
    one = [("a", "b", "first")] * 9 + [("a", "b", "second")] * 3
    other = [("a", "b", "first")] * 2 + [("b", "a", "first")] * 9
    found = preference(fakes, votes=(ballot("anna", one), ballot("ben", other), ballot("cid", one)))
    extras = {name: read_vote_extra(found[name].extra) for name in "ab"}
    assert extras["a"].votes == extras["b"].votes == 35
    assert extras["a"].errors["b"] == pytest.approx(extras["b"].errors["a"])
    assert 0 < extras["a"].freedom <= 2
    from scipy.stats import t

    half = (found["a"].high - found["a"].low) / 2
    error = half / t.ppf(0.975, extras["a"].freedom)  # of a rating, whose sum with the rival's is fixed
    assert extras["a"].errors["b"] == pytest.approx(2 * error)
