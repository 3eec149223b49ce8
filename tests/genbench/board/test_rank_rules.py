"""The rule of the overall rank: one vote an aspect, what loses its vote, and what a suite requires."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.blocks import Block
from genbench.board.leaderboard import build_board
from genbench.board.rank_rules import EARLIER_RULE, RankRule, read_rank_rule
from genbench.board.rows import Standing
from genbench.board.warnings import list_rank_notes
from genbench.catalog.catalog import load_catalog

#: a is first in the two metrics of fidelity, and last in the one of diversity
TABLE = {
    "a": {"fid": [1.0, 1.0], "kid": [1.0, 1.0], "recall": [0.1, 0.1]},
    "b": {"fid": [2.0, 2.0], "kid": [3.0, 3.0], "recall": [0.9, 0.9]},
    "c": {"fid": [3.0, 3.0], "kid": [2.0, 2.0], "recall": [0.5, 0.5]},
}
ASPECTS = {"recall": "diversity", "fid": "fidelity", "kid": "fidelity"}
HIGHER = {"recall": "higher"}


@pytest.fixture(name="board_of")
def _board_of(run_of):
    def make(table, aspects=ASPECTS, **fields):
        return build_board(*run_of(table, aspects=aspects, directions=HIGHER, **fields))

    return make


def win_rates(board):
    return {row.generator: row.win_rate for row in board.rows if row.competes}


def notes(board):
    (block,) = board.blocks("digits")
    return [note.text for note in list_rank_notes(block, board.rule)]


def test_each_aspect_has_one_vote_whatever_the_number_of_its_metrics(board_of):
    by_aspect = win_rates(board_of(TABLE))
    assert by_aspect == {"a": 0.5, "b": (0.25 + 1) / 2, "c": (0.25 + 0.5) / 2}
    together = win_rates(board_of(TABLE, None))
    assert together == pytest.approx({"a": 2 / 3, "b": (0.5 + 0 + 1) / 3, "c": (0 + 0.5 + 0.5) / 3})


def test_each_aspect_has_ranks_of_its_own(board_of):
    ranks = {row.generator: row.aspects for row in board_of(TABLE).rows}
    assert {name: {aspect: place.rank for aspect, place in row.items()} for name, row in ranks.items()} == {
        "a": {"fidelity": 1, "diversity": 3},
        "b": {"fidelity": 2, "diversity": 1},
        "c": {"fidelity": 2, "diversity": 2},
    }


def test_an_aspect_that_does_not_vote_changes_no_rank(board_of):
    copying = {name: row | {"copied": [float(i)] * 2} for i, (name, row) in enumerate(TABLE.items())}
    board = board_of(copying, ASPECTS | {"copied": "memorisation"})
    assert win_rates(board) == win_rates(board_of(TABLE))
    assert [row.entries["copied"].rank for row in board.rows] == [1, 2, 3]
    assert "memorisation" not in board.rows[0].aspects


def test_a_suite_may_name_the_aspects_that_vote(board_of):
    board = board_of(TABLE, rule={"votes": ["fidelity"]})
    assert win_rates(board) == {"a": 1.0, "b": 0.25, "c": 0.25}
    (line,) = notes(board)
    assert line == "rank is by fidelity (fid and kid)"


def test_a_metric_without_an_aspect_votes_only_where_no_metric_has_one(board_of):
    board = board_of(TABLE, ASPECTS | {"kid": ""})
    assert win_rates(board) == {"a": 0.5, "b": 0.75, "c": 0.25}


def test_a_board_without_an_aspect_that_votes_has_no_overall_rank_and_keeps_those_of_columns(board_of):
    board = board_of(TABLE, dict.fromkeys(ASPECTS, "validity"))
    assert [(row.rank, row.entries["fid"].rank) for row in board.rows] == [(None, 1), (None, 2), (None, 3)]
    (line,) = notes(board)
    assert line.startswith("no overall rank: no metric that all generators have is of an aspect that votes")


def test_the_note_says_what_the_rank_is_by_unless_all_ranked_metrics_are_of_one_aspect(board_of):
    (line,) = notes(board_of(TABLE))
    assert line == "rank is by fidelity (fid and kid) and diversity (recall), one vote an aspect"
    assert notes(board_of(TABLE, dict.fromkeys(ASPECTS, "fidelity"))) == []


def test_the_note_leaves_out_metrics_in_which_no_competitor_has_a_value(board_of):
    without = {name: row | {"kid": ["skipped", "skipped"]} for name, row in TABLE.items()}
    (line,) = notes(board_of(without))
    assert line == "rank is by fidelity (fid) and diversity (recall), one vote an aspect"


# Controls decide which metrics keep their vote.


def with_controls(held_out, noise, seeds=2):
    controls = {"held-out": {"kid": held_out}, "noise": {"kid": noise}}
    same = {"fid": [0.0] * seeds, "recall": [0.5] * seeds}
    far = {"fid": [9.0] * seeds, "recall": [0.0] * seeds}
    return TABLE | {"held-out": same | controls["held-out"], "noise": far | controls["noise"]}


@pytest.mark.parametrize(
    ("held_out", "noise", "keeps"),
    [
        ([0.1, 0.1], [9.0, 9.0], True),
        ([9.0, 9.0], [0.1, 0.1], False),  # the floor is better
        ([1.0, 5.0], [2.0, 6.0], False),  # the intervals of both overlap
        (["error", "error"], [0.1, 0.1], True),  # without a value there is no evidence
    ],
)
def test_a_metric_that_cannot_tell_ceiling_from_floor_has_no_vote(board_of, held_out, noise, keeps):
    board = board_of(with_controls(held_out, noise))
    without = {name: {m: v for m, v in row.items() if m != "kid"} for name, row in TABLE.items()}
    assert win_rates(board) == win_rates(board_of(TABLE if keeps else without))
    line = "no vote, since it tells no ceiling from a floor among the controls: kid"
    assert (line in notes(board)) is not keeps


def test_controls_decide_no_vote_in_an_aspect_in_which_noise_may_win(board_of):
    table, aspects = with_controls([9.0, 9.0], [0.1, 0.1]), ASPECTS | {"kid": "privacy"}
    assert "rank is by privacy (kid)" in notes(board_of(table, aspects, rule={"votes": ["privacy"]}))


def test_competitors_decide_no_vote(board_of):
    worse = {name: row | {"kid": [99.0, 99.0]} for name, row in TABLE.items()}  # worse than noise
    controls = {name: with_controls([0.1, 0.1], [9.0, 9.0])[name] for name in ("held-out", "noise")}
    (block,) = board_of(worse | controls).blocks("digits")
    assert isinstance(block, Block)
    assert block.blind_columns == ()


# What a competitor lacks.


def test_a_competitor_without_a_value_in_an_aspect_has_no_overall_rank_and_changes_no_other(board_of):
    failing = TABLE | {"c": TABLE["c"] | {"recall": ["error", "error"]}}
    board = board_of(failing)
    assert win_rates(board) == {"a": 0.5, "b": 0.5, "c": None}
    assert "no value in diversity, so no overall rank: c" in notes(board)
    ranks = {row.generator: row.aspects for row in board.rows}
    assert [ranks[name]["fidelity"].rank for name in "abc"] == [1, 2, 2]
    assert ranks["c"]["diversity"] == Standing(None, None, None)


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        (">= 0.5", "the suite requires recall >= 0.5, and it is 0.1000"),
        ("> 0.1", "the suite requires recall > 0.1, and it is 0.1000"),
        (">= 0.1", None),
    ],
)
def test_a_suite_may_require_a_value(board_of, bound, reason):
    board = board_of(TABLE, rule={"require": {"recall": bound}})
    (row,) = [row for row in board.rows if row.generator == "a"]
    assert row.unranked == (() if reason is None else (reason,))
    assert (row.rank is None) is (reason is not None)


def test_what_a_suite_requires_has_to_have_a_value(board_of):
    failing = TABLE | {"c": TABLE["c"] | {"recall": ["error", "error"]}}
    board = board_of(failing, rule={"require": {"recall": ">= 0"}})
    (row,) = [row for row in board.rows if row.generator == "c"]
    assert row.unranked == ("the suite requires recall >= 0, and it has no value",)
    assert win_rates(board) == {"a": 0.5, "b": 0.5}


def test_the_only_competitor_that_may_be_ranked_has_no_rank_for_want_of_others(board_of):
    board = board_of({name: TABLE[name] for name in "ab"}, rule={"require": {"recall": ">= 0.5"}})
    assert [row.rank for row in board.rows] == [None, None]
    assert notes(board)[-1] == "no rank, since no other generator is ranked: b"


# The rule in the plan of a run.


def test_a_run_of_an_earlier_version_has_the_rule_that_all_metrics_vote_together(run_of):
    plan, _ = run_of(TABLE)
    assert read_rank_rule(plan.provenance) == EARLIER_RULE
    assert EARLIER_RULE.find_vote("fid") == ""


def merged(**rules):
    return {"merged": {name: {"ranking": rule} if rule else {} for name, rule in rules.items()}}


def ranking(votes=("fidelity",), require=(), **aspects):
    return {"aspects": list(aspects.items()), "votes": list(votes), "require": dict(require)}


def test_merged_runs_with_one_rule_keep_it():
    rule = read_rank_rule(merged(one=ranking(fid="fidelity"), two=ranking(kid="fidelity")))
    assert rule == RankRule(aspects={"fid": "fidelity", "kid": "fidelity"}, votes=("fidelity",), require={})


@pytest.mark.parametrize(
    "other",
    [
        ranking(fid="diversity"),
        ranking(fid="fidelity", votes=("fidelity", "diversity")),
        ranking(fid="fidelity", require={"fid": "<= 3"}),
        None,
    ],
)
def test_merged_runs_with_unequal_rules_have_no_overall_rank(run_of, other):
    rule = read_rank_rule(merged(one=ranking(fid="fidelity"), two=other))
    assert (rule.is_one, rule.find_vote("fid"), rule.require) == (False, None, {})
    plan, records = run_of(TABLE, directions=HIGHER)
    board = build_board(replace(plan, provenance=merged(one=ranking(fid="fidelity"), two=other)), records)
    assert {row.rank for row in board.rows} == {None}
    assert {row.entries["fid"].rank for row in board.rows} == {1, 2, 3}


def test_each_ranked_number_of_a_bundled_metric_has_an_aspect_but_the_path_length():
    metrics = [component.spec for component in load_catalog(only=["genbench"]).of_kind("metric")]
    ranked = [output for spec in metrics for output in spec.scores if output.direction != "none"]
    assert [output.name for output in ranked if not output.aspect] == ["path-length"]
