"""The form in which scores of comparisons say what people should see."""

from __future__ import annotations

import pytest

from genbench.results.extras import Counts, SamplePair, VoteExtra, read_vote_extra

WHOLE = {
    "note": "of others",
    "wins": {"gan": [3, 2, 1]},
    "facts": [["votes", 6], ["agreement", 0.5], ["task", "abc"]],
    "raters": [["rater", "votes", "remark"], ["anna", 4, None], ["ben", 2, "left out"]],
    "pairs": [{"first": ["vae", 0], "second": ["gan", 7], "counts": [2, 1, 0]}],
    "votes": 6,
    "freedom": 4.5,
    "errors": {"gan": 20.5},
}


def test_every_part_is_read():
    assert read_vote_extra(WHOLE) == VoteExtra(
        wins={"gan": Counts(3, 2, 1)},
        facts=(("votes", 6), ("agreement", 0.5), ("task", "abc")),
        columns=("rater", "votes", "remark"),
        raters=(("anna", 4, None), ("ben", 2, "left out")),
        pairs=(SamplePair(("vae", 0), ("gan", 7), Counts(2, 1, 0)),),
        votes=6,
        freedom=4.5,
        errors={"gan": 20.5},
    )


def test_an_extra_that_says_nothing_of_votes_is_empty():
    assert read_vote_extra({}) == read_vote_extra({"spread": 1.0, "peak_bytes": 3}) == VoteExtra()


@pytest.mark.parametrize(
    "forged",
    [
        {"wins": [3, 2, 1]},
        {"wins": {"gan": [3, 2]}},
        {"wins": {"gan": [3, -2, 1]}},
        {"wins": {"gan": [3.5, 2, 1]}},
        {"wins": {"gan": "many"}},
        {"facts": "many"},
        {"facts": [["votes"], ["votes", [1]], [1, 2], "votes", None, ["nan", float("nan")]]},
        {"raters": 3},
        {"raters": []},
        {"pairs": {"first": ["vae", 0]}},
        {"pairs": [{"first": ["vae", 0], "second": ["gan", 7]}]},
        {"pairs": [{"first": ["vae", -1], "second": ["gan", 7], "counts": [1, 1, 1]}]},
        {"pairs": [{"first": ["vae", True], "second": ["gan", 7], "counts": [1, 1, 1]}]},
        {"pairs": [{"first": "vae", "second": ["gan", 7], "counts": [1, 1, 1]}]},
        {"pairs": ["vae"]},
        {"votes": True},
        {"votes": 0},
        {"votes": 2.5},
        {"freedom": 0},
        {"freedom": "many"},
        {"freedom": float("inf")},
        {"errors": {"gan": -1.0, "vae": None, "other": True}},
        {"errors": 3},
    ],
)
def test_what_has_another_form_is_left_out(forged):
    assert read_vote_extra(forged) == VoteExtra()


@pytest.mark.parametrize("row", [["anna"], ["cid", [3]], "dora"])
def test_raters_with_a_row_of_another_form_than_the_columns_are_left_out(row):
    assert read_vote_extra({"raters": [["rater", "votes"], ["ben", 2], row]}) == VoteExtra()


def test_a_forged_list_is_read_to_a_limit():
    assert len(read_vote_extra({"facts": [["votes", 1]] * 5000}).facts) == 1000
