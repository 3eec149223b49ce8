"""Files of votes, read; test_preference.py shows what is refused."""

from __future__ import annotations

import json

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
    """The ballots take samples 0, 1, 2 of their generators, so the first votes of both are on one pair."""
    anna = [("b", "a", "first"), ("a", "b", "first"), ("a", "c", "tie")]
    ben = [("a", "b", "second"), ("b", "a", "bad"), ("c", "a", "second")]
    found = votes_on(read_ballots([ballot("anna", anna), ballot("ben", ben)]), fakes, "")
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


def turn_sides(file):
    """Write a copy of a file, of another task, with the sides of its votes changed; return its path."""
    body = json.loads(file.read_text()) | {"task": "1" * 64}
    body["votes"] = [vote | {"first": vote["second"], "second": vote["first"]} for vote in body["votes"]]
    copy = file.with_name("turned.json")
    copy.write_text(json.dumps(body))
    return copy


def doubled(file, extra):
    """Write votes `extra(votes)` into a file in place of its own, and return its path."""
    body = json.loads(file.read_text())
    body["votes"] = extra(body["votes"])
    file.write_text(json.dumps(body))
    return file


def test_a_second_vote_of_a_person_on_two_samples_is_refused_on_either_side(fakes, ballot):
    file = doubled(ballot("anna", [("a", "b", "first")]), lambda votes: votes * 2)
    reason = (
        r"anna\.json: the rater 'anna' votes twice on the samples [0-9a-f]{8}… and [0-9a-f]{8}…; expected"
    )
    with pytest.raises(Undefined, match=reason):
        votes_on(read_ballots([file]), fakes, "")
    once = ballot("anna", [("a", "b", "first")])
    with pytest.raises(Undefined, match=r"anna\.json and turned\.json: the rater 'anna' votes twice"):
        votes_on(read_ballots([once, turn_sides(once)]), fakes, "")


def test_a_question_with_the_text_of_another_gives_no_second_vote(fakes, ballot):
    file = ballot("anna", [("a", "b", "first")], questions=["Which?", "Which?"])
    doubled(file, lambda votes: [vote | {"question": number} for vote in votes for number in (0, 1)])
    with pytest.raises(Undefined, match="votes twice"):
        votes_on(read_ballots([file]), fakes, "")
    file = ballot("ben", [("a", "b", "first")], questions=["Which?", "Whose?"])
    doubled(file, lambda votes: [vote | {"question": number} for vote in votes for number in (0, 1)])
    assert len(votes_on(read_ballots([file]), fakes, "Which?")) == 1


def test_a_judge_votes_on_both_orders_of_two_samples_once_each(fakes, ballot):
    def both(votes):
        return [*votes, *(vote | {"first": vote["second"], "second": vote["first"]} for vote in votes)]

    file = doubled(ballot("gpt", [("a", "b", "first")], kind="judge"), both)
    assert len(votes_on(read_ballots([file]), fakes, "")) == 2
    person = doubled(ballot("anna", [("a", "b", "first")]), both)
    with pytest.raises(Undefined, match="'anna' votes twice"):
        votes_on(read_ballots([person]), fakes, "")
    with pytest.raises(Undefined, match="'gpt' votes twice"):
        votes_on(read_ballots([doubled(file, lambda votes: votes + votes[:1])]), fakes, "")


@pytest.mark.parametrize(
    "name", ["ANNA", " anna", "an\u200bna", "\uff41nna", "anna\u2060", "an\u00adna", "anna\ufe0f", "anna\t"]
)
def test_names_that_look_alike_are_of_one_rater(fakes, ballot, name):
    first = ballot("anna", [("a", "b", "first")])
    body = json.loads(ballot("other", [("a", "b", "second")]).read_text()) | {"rater": name, "task": "1" * 64}
    other = first.with_name("other.json")
    other.write_text(json.dumps(body))
    assert {read.rater for read in read_ballots([first, other])} == {"anna"}
    with pytest.raises(Undefined, match="votes twice"):
        votes_on(read_ballots([first, other]), fakes, "")


def test_names_that_differ_stay_apart(ballot):
    names = ["anna", "anna b", "annab", "änna", "रवि", "रव", "Straße"]
    assert [
        read.rater for read in read_ballots([ballot(name, [("a", "b", "tie")]) for name in names])
    ] == names


def test_a_name_without_a_visible_character_is_refused(ballot):
    with pytest.raises(Undefined, match="rater is a name without a character that can be seen"):
        read_ballots([ballot("\u200b\u3164", [("a", "b", "tie")])])
