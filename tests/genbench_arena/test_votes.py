"""Files of votes, read; test_preference.py shows what is refused."""

from __future__ import annotations

import pytest
from genbench_arena.votes import Repeats, read_ballots, votes_on

from genbench import Undefined


def test_a_vote_names_the_generators_of_its_samples(fakes, ballot):
    file = ballot("anna", [("a", "b", "second"), ("noise", "c", "bad")], seconds=2.5, sizes=[3, 4])
    (read,) = read_ballots([file])
    assert (read.rater, read.kind, read.questions) == ("anna", "person", ("Which is better?",))
    first, second = votes_on([read], fakes, "")
    assert (first.first, first.second, first.outcome) == ("a", "b", 0.0)
    assert (second.first, second.second, second.outcome) == ("noise", "c", 0.5)
    assert (first.seconds, first.sizes) == (2.5, (3.0, 4.0))


def test_one_question_of_several_is_chosen_by_its_text(fakes, ballot):
    asked = ("Which is better?", "Which is new?")
    files = read_ballots([ballot("anna", [("a", "b", "first")], questions=asked)])
    assert len(votes_on(files, fakes, "Which is better?")) == 1
    assert votes_on(files, fakes, "Which is new?") == []
    with pytest.raises(Undefined, match="expected one with the option question"):
        votes_on(files, fakes, "")
    with pytest.raises(Undefined, match=r"got .Which is old.'"):
        votes_on(files, fakes, "Which is old?")


def test_two_samples_of_one_generator_are_no_vote(fakes, ballot):
    reason = r"anna\.json compares two samples of a; a vote is between two generators"
    with pytest.raises(Undefined, match=reason):
        votes_on(read_ballots([ballot("anna", [("a", "a", "first")])]), fakes, "")


def test_files_on_other_samples_alone_belong_to_another_dataset(fakes, ballot):
    files = read_ballots([ballot("anna", [("a", "b", "first")]), ballot("ben", [("c", "d", "second")])])
    here = {name: fakes[name] for name in ("a", "b")}
    assert [vote.rater for vote in votes_on(files, here, "")] == ["anna"]
    with pytest.raises(Undefined, match="no votes on this dataset"):
        votes_on(files, {"noise": fakes["noise"]}, "")
    with pytest.raises(Undefined, match=r"anna\.json has a vote on a sample that this run does not have"):
        votes_on(files, {"a": fakes["a"]}, "")


def test_repeats_are_votes_on_the_same_two_samples_on_either_side(fakes, ballot):
    """The ballot takes samples 0, 1, 2 of its generators in turn, so its votes 0 and 3 are on one pair."""
    votes = [("b", "a", "first"), ("a", "b", "first"), ("a", "c", "tie"), ("a", "b", "second"),
             ("b", "a", "bad"), ("c", "a", "second")]  # fmt: skip
    found = votes_on(read_ballots([ballot("anna", votes)]), fakes, "")
    pair, choice = Repeats.of(found)
    assert [pair.tolist().index(each) for each in pair] == [0, 1, 2, 0, 1, 2]
    places = {"first": 0, "second": 1}
    chosen = [vote.pair[places[vote.choice]] if vote.choice in places else vote.choice for vote in found]
    known = {"tie": 2, "bad": 3}
    assert choice.tolist() == [
        known.get(each, int(each == max(vote.pair))) for vote, each in zip(found, chosen, strict=True)
    ]


def test_no_votes_have_no_repeats():
    assert [each.tolist() for each in Repeats.of([])] == [[], []]
