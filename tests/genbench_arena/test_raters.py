"""What is said of raters."""

from __future__ import annotations

from itertools import product

import pytest
from genbench_arena.raters import find_equal_raters, raters_of, summary
from genbench_arena.votes import Vote


def vote(first, second, choice, rater="anna", seconds=None, numbers=(0, 0)):
    return Vote(
        rater=rater,
        first=first,
        second=second,
        pair=(f"{first}{numbers[0]}", f"{second}{numbers[1]}"),
        numbers=numbers,
        choice=choice,
        seconds=seconds,
        sizes=None,
    )


def test_checks_are_votes_between_ceiling_and_floor_on_either_side():
    votes = [
        vote("real", "noise", "first"),
        vote("noise", "real", "second"),
        vote("noise", "real", "first"),
        vote("real", "noise", "tie"),
        vote("a", "noise", "second"),
    ]
    (rater,) = raters_of(votes, ceiling="real", floor="noise")
    assert (rater.votes, rater.failed, rater.checks, rater.fails) == (1, 2, 4, 0.5)
    (unchecked,) = raters_of(votes, ceiling="", floor="")
    assert (unchecked.votes, unchecked.checks, unchecked.fails) == (5, 0, 0.0)


def test_a_side_is_favoured_if_chance_does_not_explain_it():
    (even,) = raters_of([vote("a", "b", "first"), vote("a", "b", "second")] * 10, ceiling="", floor="")
    (left,) = raters_of([vote("a", "b", "first")] * 20, ceiling="", floor="")
    assert (even.left, even.chosen, even.is_one_sided) == (10, 20, False)
    assert left.is_one_sided
    (tied,) = raters_of([vote("a", "b", "tie")] * 20, ceiling="", floor="")
    assert (tied.chosen, tied.is_one_sided) == (0, False)


def test_nobody_agrees_with_themselves():
    twice = [vote("a", "b", "first"), vote("b", "a", "second")]
    assert summary(twice, raters_of(twice, ceiling="", floor=""))["agreement"] is None


def test_agreement_does_not_depend_on_sides():
    votes = [
        vote("a", "b", "first", "anna"),
        vote("b", "a", "second", "ben"),
        vote("a", "c", "first", "anna"),
        vote("a", "c", "first", "ben"),
        vote("b", "c", "second", "anna"),
        vote("b", "c", "second", "ben"),
    ]
    found = summary(votes, raters_of(votes, ceiling="", floor=""))
    assert found["agreement"][0] == 1
    assert (found["votes"], found["raters"], found["first_share"]) == (6, 2, pytest.approx(0.5))


def test_agreement_does_not_depend_on_the_names_of_generators():
    votes = [
        vote("a", "b", choice, rater, numbers=(unit, unit))
        for unit, both in enumerate([("first", "first")] * 5 + [("second", "first"), ("second", "second")])
        for rater, choice in zip(("anna", "ben"), both, strict=True)
    ]
    known = summary(votes, raters_of(votes, ceiling="", floor=""))["agreement"].alpha
    renamed = [each._replace(first="b", second="a") if each.numbers[0] % 2 else each for each in votes]
    assert summary(renamed, raters_of(renamed, ceiling="", floor=""))["agreement"].alpha == known


def test_raters_who_throw_coins_agree_as_chance_does():
    """Each two raters choose each of four combinations once, between other samples: half of them agree.

    With values half and half among 8, chance disagrees in 8 * 4 / (8 * 7) = 4 / 7: alpha = 1 - 1/2 * 7/4.
    """
    votes = [
        vote("a", "b", choice, rater, numbers=(unit, unit))
        for unit, both in enumerate(product(("first", "second"), repeat=2))
        for rater, choice in zip(("anna", "ben"), both, strict=True)
    ]
    assert summary(votes, raters_of(votes, ceiling="", floor=""))["agreement"].alpha == pytest.approx(1 / 8)


def test_the_time_of_a_vote_is_the_median():
    votes = [vote("a", "b", "tie", seconds=seconds) for seconds in (1.0, 2.0, 60.0)]
    (rater,) = raters_of(votes, ceiling="", floor="")
    assert rater.seconds == summary(votes, [rater])["seconds"] == 2.0
    assert summary([vote("a", "b", "tie")], [])["seconds"] is None


def cast(rater, choices):
    """Return the votes of a rater on as many pairs as there are choices."""
    return [vote("a", "b", choice, rater, numbers=(at, at)) for at, choice in enumerate(choices)]


def test_raters_with_equal_votes_are_found_where_chance_does_not_explain_it():
    long, short = ["first", "second"] * 5, ["first"] * 3
    assert find_equal_raters(cast("anna", long) + cast("ben", long)) == [["anna", "ben"]]
    turned = [
        each._replace(first=each.second, second=each.first, pair=each.pair[::-1])
        for each in cast("ben", long)
    ]
    swapped = {"first": "second", "second": "first"}
    turned = [each._replace(choice=swapped[each.choice]) for each in turned]
    assert find_equal_raters(cast("anna", long) + turned) == [["anna", "ben"]]
    assert find_equal_raters(cast("anna", long) + cast("ben", [*long[:9], "first"])) == []
    assert find_equal_raters(cast("anna", short) + cast("ben", short)) == []
    names = [f"bot {at}" for at in range(6)]
    assert find_equal_raters([each for name in names for each in cast(name, short)]) == [names]
