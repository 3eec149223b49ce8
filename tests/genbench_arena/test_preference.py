"""Ratings from files of votes: closed forms, who is not rated, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from genbench_arena.preference import log_evidence, preference, preference_judge
from scipy.stats import chi2, t

from genbench import Samples, Score, Undefined


def values(found):
    return {name: score.value for name, score in found.items() if isinstance(score, Score)}


def reasons(found):
    return {name: str(score) for name, score in found.items() if isinstance(score, Undefined)}


THREE_TO_ONE = [("a", "b", "first"), ("b", "a", "second"), ("a", "b", "first"), ("a", "b", "second")]


def test_odds_of_three_to_one_are_191_points_around_1000(fakes, ballot):
    found = preference(fakes, votes=(ballot("anna", THREE_TO_ONE),))
    assert values(found) == pytest.approx({"a": 1095.42425094, "b": 904.57574906})
    assert found["a"].low is None  # one rater


def test_two_raters_who_are_alike_have_an_interval_nonetheless(fakes, ballot):
    same = preference(fakes, votes=(ballot("anna", THREE_TO_ONE), ballot("ben", THREE_TO_ONE)))
    by_vote = 400 / np.log(10) / 2 / np.sqrt(8 * 0.75 * 0.25)  # of half of the logarithm of the odds
    half = t.ppf(0.975, 1) * np.sqrt(chi2.ppf(0.05, 1)) * by_vote
    assert same["a"].high - same["a"].low == pytest.approx(2 * half)
    other = [(second, first, choice) for first, second, choice in THREE_TO_ONE] + THREE_TO_ONE
    found = preference(fakes, votes=(ballot("anna", THREE_TO_ONE), ballot("cid", other)))
    assert found["a"].low < found["a"].value < found["a"].high


def test_a_tie_and_both_bad_are_half_a_win_of_both(fakes, ballot):
    wins = [("a", "b", "first"), ("a", "b", "second")]
    tied = preference(fakes, votes=(ballot("anna", [*wins, ("a", "b", "tie"), ("b", "a", "bad")]),))
    assert values(tied) == pytest.approx({"a": 1000, "b": 1000})


def test_a_generator_without_a_finite_rating_says_why(fakes, ballot):
    cycle = [("a", "b", "first"), ("b", "c", "first"), ("c", "a", "first")]
    votes = [*cycle, ("d", "a", "first"), ("noise", "b", "second"), ("noise", "b", "second")]
    found = preference(fakes, votes=(ballot("anna", votes),))
    assert values(found) == pytest.approx({"a": 1000, "b": 1000, "c": 1000})
    assert reasons(found) == {
        "d": "it won all 1 of its votes against the rated generators, so no finite rating fits: it is better "
        "than they are",
        "noise": "it lost all 2 of its votes against the rated generators, so no finite rating fits: it is "
        "worse than they are",
        "held-out": "no vote connects it with the rated generators",
    }


def test_where_nobody_beats_each_other_there_is_no_rating_at_all(fakes, ballot):
    found = preference(fakes, votes=(ballot("anna", [("a", "b", "first"), ("b", "c", "first")]),))
    assert set(reasons(found)) == set(fakes)
    assert reasons(found)["d"] == "there is no vote on it"


def test_names_and_the_order_of_generators_and_files_do_not_matter(fakes, ballot):
    rng = np.random.default_rng(0)
    pairs = [tuple(rng.permutation(["a", "b", "c", "d"])[:2]) for _ in range(60)]
    files = tuple(
        ballot(name, [(one, two, ("first", "second", "tie")[rng.integers(3)]) for one, two in pairs])
        for name in ("anna", "ben", "cid")
    )
    found = preference(fakes, votes=files)
    turned = preference(dict(reversed(fakes.items())), votes=files[::-1])
    assert values(turned) == pytest.approx(values(found))
    assert [turned[name].low for name in "abcd"] == pytest.approx([found[name].low for name in "abcd"])


def test_raters_who_fail_checks_are_named_and_left_out_only_if_asked(fakes, ballot):
    right, wrong = ("held-out", "noise", "first"), ("held-out", "noise", "second")
    good = ballot("anna", [*THREE_TO_ONE, right, right])
    bad = ballot("bot", [("b", "a", "first")] * 6 + [wrong, wrong, right])
    kept, left = (preference(fakes, votes=(good, bad), most_failed=most) for most in (1.0, 0.5))
    assert kept["a"].value < 1000 < left["a"].value
    assert ["bot", 6, "6 of 6", "2 of 3", None, None] in kept["a"].extra["raters"]
    assert "failed checks of attention: bot 2 of 3" in kept["a"].extra["note"]
    assert left["a"].extra["raters"][1] == ["bot", 6, "6 of 6", "2 of 3", None, "left out"]
    assert "left out: bot" in left["a"].extra["note"]


def test_a_rater_who_always_takes_the_left_is_flagged(fakes, ballot):
    votes = [("a", "b", "first"), ("b", "a", "first")] * 10
    found = preference(fakes, votes=(ballot("lefty", votes), ballot("anna", THREE_TO_ONE)))
    rows = found["a"].extra["raters"]
    assert [row[-1] for row in rows] == ["remark", "chooses one side too often", None]
    assert dict(found["a"].extra["facts"])["share of choices for the first sample"] == pytest.approx(22 / 24)


def test_the_table_of_wins_counts_both_sides_and_ties(fakes, ballot):
    votes = [*THREE_TO_ONE, ("b", "a", "tie")]
    found = preference(fakes, votes=(ballot("anna", votes),))
    assert found["a"].extra["wins"] == {"b": [3, 1, 1]}
    assert found["b"].extra["wins"] == {"a": [1, 3, 1]}


def test_length_alone_is_no_strength_with_style_control(fakes, ballot):
    longer = [("a", "b", "first")] * 30 + [("b", "a", "second")] * 30
    mixed = [("a", "b", "second")] * 10 + [("b", "a", "first")] * 10
    files = (ballot("anna", longer, sizes=[200, 100]), ballot("ben", mixed, sizes=[100, 100]))
    plain = preference(fakes, votes=files)
    assert plain["a"].value > 1050
    bare = (ballot("cid", THREE_TO_ONE),)
    with pytest.raises(Undefined, match="style_control needs the sizes of both samples; 4 votes lack them"):
        preference(fakes, votes=bare, style_control=True)


@pytest.mark.parametrize("ties", ["davidson", "rao-kupper"])
def test_models_of_ties_keep_the_order_and_the_sum(fakes, ballot, ties):
    votes = [*THREE_TO_ONE, ("a", "b", "tie"), ("b", "a", "tie")]
    found = values(preference(fakes, votes=(ballot("anna", votes),), ties=ties))
    assert sum(found.values()) == pytest.approx(2000)
    assert found["a"] > found["b"]


def test_votes_of_people_and_programs_are_never_mixed(fakes, ballot):
    program, person = ballot("gpt", THREE_TO_ONE, kind="judge"), ballot("anna", THREE_TO_ONE)
    with pytest.raises(Undefined, match=r"votes that preference-judge rates: gpt.json \(judge\)"):
        preference(fakes, votes=(person, program))
    with pytest.raises(Undefined, match=r"votes that preference rates: anna.json \(person\)"):
        preference_judge(fakes, votes=(person, program))
    assert values(preference_judge(fakes, votes=(program,)))["a"] > 1000
    script = ballot("bot", THREE_TO_ONE, kind="script")
    with pytest.raises(Undefined, match=r"votes that preference rates: bot.json \(script\)"):
        preference_judge(fakes, votes=(script, program))


@pytest.mark.parametrize("ties", ["davidson", "rao-kupper"])
def test_a_model_of_ties_without_a_finite_maximum_rates_nothing(fakes, ballot, ties):
    """No side of a pair that has wins loses, so strengths that are farther apart are always likelier."""
    chain = [("a", "b", "first"), ("a", "b", "tie"), ("b", "c", "first"), ("c", "b", "tie")]
    with pytest.raises(Undefined, match="no finite ratings fit a model of ties"):
        preference(fakes, votes=(ballot("anna", chain),), ties=ties)
    found = preference(fakes, votes=(ballot("anna", [*chain, ("c", "a", "first")]),), ties=ties)
    assert values(found) == pytest.approx(dict.fromkeys("abc", 1000.0))  # each beat the next one once
    assert values(preference(fakes, votes=(ballot("anna", chain),)))["a"] > 1000


def test_a_generator_that_one_rater_alone_knows_has_no_interval(fakes, ballot):
    often = [("a", "b", "first")] * 3 + [("a", "b", "second")] * 2
    once = [("b", "c", "first"), ("c", "b", "first")]
    found = preference(fakes, votes=(ballot("anna", often), ballot("ben", often), ballot("cid", once)))
    assert {name: score.low for name, score in found.items() if isinstance(score, Score)} == dict.fromkeys(
        "abc"
    )


def test_checks_of_attention_rate_nothing(fakes, ballot):
    rivals = [*THREE_TO_ONE, ("held-out", "a", "first"), ("a", "held-out", "first")]
    checks = [("held-out", "noise", "first")] * 3 + [("held-out", "noise", "second")]
    found = preference(fakes, votes=(ballot("anna", [*rivals, *checks]),))
    assert values(found) == pytest.approx(values(preference(fakes, votes=(ballot("ben", rivals),))))
    assert reasons(found)["noise"] == "its votes are checks of attention, which rate nothing"
    with pytest.raises(Undefined, match="all votes are checks of attention"):
        preference(fakes, votes=(ballot("cid", checks),))


def test_groups_of_one_size_that_never_met_rate_nothing_in_any_order(fakes, ballot):
    apart = [("a", "b", "first"), ("b", "a", "first"), ("c", "d", "first"), ("d", "c", "first")]
    found = preference(fakes, votes=(ballot("anna", apart),))
    assert values(found) == {}
    assert reasons(found)["a"].startswith("generators form groups without votes")


def test_raters_of_each_kind_are_counted(fakes, ballot):
    files = (
        ballot("anna", THREE_TO_ONE),
        ballot("ben", THREE_TO_ONE),
        ballot("bot", THREE_TO_ONE, kind="script"),
    )
    found = preference(fakes, votes=files)
    assert found["a"].extra["note"].startswith("12 votes of 2 raters and 1 scripted rater, not people")


def test_the_record_holds_other_systems_and_the_evidence_against_even_chances(fakes, ballot):
    votes = [("a", "b", "first")] * 12 + [("b", "a", "first")]
    extra = preference(fakes, votes=(ballot("anna", votes),))["a"].extra
    assert set(extra["other_systems"]) == {"elo", "win_rate", "wins", "eigenvector", "pagerank"}
    assert extra["log_evidence"]["b"] == pytest.approx(log_evidence(12, 1))
    assert extra["log_evidence"]["b"] > np.log(20)


def test_raters_of_another_dataset_are_named(fakes, ballot):
    file, other = ballot("anna", THREE_TO_ONE), ballot("ben", THREE_TO_ONE)
    body = json.loads(other.read_text())
    body["votes"] = [vote | {"first": "0" * 32, "second": "1" * 32} for vote in body["votes"]]
    other.write_text(json.dumps(body))
    note = preference(fakes, votes=(file, other))["a"].extra["note"]
    assert note.startswith("4 votes of 1 rater")
    assert note.endswith("no votes on this dataset and question: ben")


def test_ties_alone_rate_nothing(fakes, ballot):
    with pytest.raises(Undefined, match="no vote prefers a sample: all 3 are ties"):
        preference(fakes, votes=(ballot("anna", [("a", "b", "tie"), ("b", "c", "bad"), ("c", "a", "tie")]),))


def test_scripted_raters_are_called_so(fakes, ballot):
    found = preference(fakes, votes=(ballot("bot", THREE_TO_ONE, kind="script"),))
    assert found["a"].extra["note"].startswith("4 votes of 1 scripted rater, not people")


def test_votes_on_other_samples_are_refused(fakes, ballot):
    file = ballot("anna", THREE_TO_ONE)
    others = {**fakes, "b": Samples.of("vector", fakes["b"].data + 0.5)}
    reason = r"anna.json has a vote on a sample that this run does not have: [0-9a-f]{32}"
    with pytest.raises(Undefined, match=reason):
        preference(others, votes=(file,))
    twice = {**fakes, "b": fakes["a"]}
    with pytest.raises(Undefined, match="on a sample that a and b both made"):
        preference(twice, votes=(file,))


def test_without_votes_it_is_undefined(fakes, ballot):
    with pytest.raises(Undefined, match="no votes: name the files of raters with the option votes"):
        preference(fakes)
    file = ballot("anna", THREE_TO_ONE)
    copy = file.with_name("copy.json")
    copy.write_bytes(file.read_bytes())
    with pytest.raises(Undefined, match=r"anna\.json and copy\.json are both of .* 'anna' on one task"):
        preference(fakes, votes=(file, copy))


def test_a_file_that_says_a_thing_twice_is_refused(fakes, ballot):
    file = ballot("anna", THREE_TO_ONE)
    file.write_text(file.read_text().replace('"kind":', '"kind": "script", "kind":', 1))
    with pytest.raises(Undefined, match=r"anna\.json is no file of votes: an object has a key twice"):
        preference(fakes, votes=(file,))


def test_votes_of_one_rater_on_two_tasks_are_those_of_one(fakes, ballot):
    file = ballot("anna", THREE_TO_ONE)
    body = json.loads(ballot("anna", [("c", "d", "tie")] * 4 + THREE_TO_ONE).read_text())
    body |= {"task": "1" * 64, "votes": body["votes"][4:]}
    other = file.with_name("other.json")
    other.write_text(json.dumps(body))
    file = ballot("anna", THREE_TO_ONE)
    found = preference(fakes, votes=(file, other))["a"]
    assert found.extra["note"].startswith("8 votes of 1 rater")
    assert found.low is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"genbench-votes": 2}, "expected genbench-votes 1"),
        ({"kind": "dog"}, "kind is 'dog'; expected person, judge, script"),
        ({"rater": ""}, "rater is no text of 1 to 200 characters"),
        ({"rater": "a" * 201}, "rater is no text of 1 to 200 characters"),
        (
            {"votes": [{"question": 0, "first": "a", "second": "b", "choice": "tie", "sizes": [None, 5]}]},
            "vote 0 has a size or a time that is no number",
        ),
        ({"questions": []}, "questions is no list of texts"),
        (
            {"votes": [{"question": 3, "first": "a", "second": "b", "choice": "tie"}]},
            "vote 0 is on an unknown question",
        ),
        (
            {"votes": [{"question": 0, "first": "a", "second": "b", "choice": "left"}]},
            "vote 0 chooses 'left'",
        ),
        ({"votes": [{"question": 0, "first": 1, "second": "b", "choice": "tie"}]}, "vote 0 names no samples"),
        ({"votes": [{"question": 0, "first": "a", "choice": "tie"}]}, "it has no 'second'"),
        ({"votes": 5}, "is no file of votes"),
        ({"votes": [5]}, "is no file of votes"),
    ],
)
def test_a_file_that_holds_no_votes_is_named_with_the_fault(fakes, ballot, change, message):
    file = ballot("anna", THREE_TO_ONE)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(Undefined, match=rf"^anna.json .*{message}"):
        preference(fakes, votes=(file,))


def test_the_record_has_the_rank_of_the_arena_and_the_votes_of_each_generator(fakes, ballot):
    """Of 60 votes between two, the first won 45 and 42: the intervals are apart, so the ranks are 1 and 2."""
    files = []
    for name, won in (("anna", 45), ("ben", 42), ("cid", 44)):
        votes = [("a", "b", "first" if at < won else "second") for at in range(60)]
        files.append(ballot(name, [*votes, *[("b", "c", "first"), ("c", "b", "first")] * 2]))
    found = preference(fakes, votes=tuple(files))
    assert {name: found[name].extra["arena_rank"] for name in "abc"} == {"a": 1, "b": 2, "c": 2}
    assert found["a"].low > found["b"].high > found["c"].low
    assert json.loads(json.dumps(found["a"].extra)) == found["a"].extra  # records are JSON
    assert {name: found[name].extra["own_votes"] for name in "abc"} == {"a": 180, "b": 192, "c": 12}
    assert "arena_rank" not in preference(fakes, votes=tuple(files[:1]))["a"].extra  # one rater: no interval


def test_the_record_has_the_coefficients_of_size_and_of_ties(fakes, ballot):
    votes = [*THREE_TO_ONE, ("a", "b", "tie"), ("b", "a", "tie")]
    sizes = ({"sizes": [9, 5]}, {"sizes": [5, 9]})
    files = tuple(ballot(name, votes, **some) for name, some in zip(("anna", "ben"), sizes, strict=True))
    facts = {
        ties: dict(preference(fakes, votes=files, ties=ties)["a"].extra["facts"])
        for ties in ("half", "davidson", "rao-kupper")
    }
    gap = np.log(3)  # three of four that are no ties; P(tie) = 1/3 = nu / (nu + sqrt(3) + 1 / sqrt(3))
    assert facts["davidson"]["nu of Davidson's model of ties"] == pytest.approx(np.cosh(gap / 2))
    assert facts["rao-kupper"]["theta of Rao and Kupper's model of ties"] > 1
    assert not any("model of ties" in name for name in facts["half"])
    controlled = dict(preference(fakes, votes=files, style_control=True)["a"].extra["facts"])
    assert isinstance(controlled["coefficient of the standardised difference in size"], float)
    assert len(controlled) == len(facts["half"]) + 1
