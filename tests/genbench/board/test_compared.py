"""Comparisons on boards: one number over all seeds, ranked by its own interval."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from genbench.board.decisions.comparison import Contender, list_comparisons
from genbench.board.decisions.power import Amount, estimate_seeds
from genbench.board.formats.markdown import board_markdown
from genbench.board.leaderboard import build_board
from genbench.board.merge import merge
from genbench.board.publishing.every_eval_ever import every_eval_ever
from genbench.board.publishing.numbers import Publication, list_published_numbers
from genbench.board.report import make_board_files
from genbench.board.view import view_board
from genbench.board.warnings import list_failures, list_rank_notes
from genbench.core.errors import SuiteError
from genbench.results.results import Results

RATINGS = {"a": (1200.0, 1150.0, 1250.0), "b": (1100.0, 1050.0, 1160.0), "c": (900.0, 850.0, 950.0)}


@pytest.fixture
def compared(run_of):
    """Return a function that makes a plan and records of `fid` at three seeds and of a comparison."""

    def make(ratings=RATINGS, *, seeds=(0, 1, 2), direction="higher", salt="", fid=1.0):
        table = {name: {"fid": [fid + seed / 10 for seed in seeds]} for name in ratings}
        plan, records = run_of(table, seeds=seeds, salt=salt)
        others, found = run_of({name: {"elo": [0.0]} for name in ratings}, salt=salt)
        cells = []
        for cell in others.cells:
            signature = {
                **cell.signature,
                "participants": {name: {} for name in ratings},
                "runs": list(seeds),
            }
            cells.append(
                replace(cell, seed=None, facts=replace(cell.facts, direction=direction), signature=signature)
            )
            rating = ratings[cell.generator]
            record = replace(found[cell.key], cell=cells[-1])
            if isinstance(rating, str):
                records[cell.key] = replace(record, status="skipped", value=None, reason=rating)
            else:
                value, low, high = rating
                records[cell.key] = replace(record, value=value, low=low, high=high)
        return replace(plan, cells=(*plan.cells, *cells)), records

    return make


def test_the_own_interval_is_shown_and_ranks(compared):
    board = build_board(*compared())
    entries = {row.generator: row.entries["elo"] for row in board.rows}
    assert [(e.value, e.low, e.high) for e in entries.values()] == list(RATINGS.values())
    assert [(e.rank, e.rank_low, e.rank_high) for e in entries.values()] == [(1, 1, 2), (2, 1, 2), (3, 3, 3)]
    assert [e.is_best for e in entries.values()] == [True, True, False]


def test_without_seeds_that_a_test_needs_it_has_ranges_and_others_have_none(compared):
    rows = build_board(*compared(seeds=(0,))).rows
    assert rows[0].entries["elo"].rank_low == 1
    assert rows[0].entries["fid"].rank_low is None


def test_it_counts_once_a_seed_for_the_overall_rank(compared):
    rows = {row.generator: row for row in build_board(*compared()).rows}
    assert [rows[name].rank for name in "abc"] == [1, 2, 3]


def test_it_has_the_seeds_of_its_samples_and_hides_no_repetition(compared):
    row = build_board(*compared(seeds=(4, 5, 6))).rows[0]
    assert row.seeds == (4, 5, 6)
    assert row.entries["elo"].seeds == (4, 5, 6)
    assert not row.same_samples
    assert row.deterministic


def test_a_generator_without_a_number_says_so_once(compared):
    board = build_board(*compared({**RATINGS, "b": "it never lost"}))
    (found,) = list_failures(board)
    assert str(found) == "digits, b, seeds 0, 1 and 2, elo: skipped: it never lost"
    assert {row.generator: row.entries["elo"].rank for row in board.rows} == {"a": 1, "b": None, "c": 2}


def test_a_note_says_what_the_number_depends_on(compared):
    board = build_board(*compared())
    note = "computed once from all generators and seeds, with intervals of its own that decide its ranks: elo"
    (block,) = board.blocks("digits")
    assert (note, ("elo",)) in list_rank_notes(block)
    assert note.capitalize() in board_markdown(view_board(board)).replace("\n", " ")


def test_the_csv_has_no_seed_and_the_own_interval(compared):
    files = make_board_files(*compared())
    scores = pd.read_csv(io.BytesIO(files["scores.csv"]), dtype={"seed": "Int64"})
    elo = scores[scores["metric"] == "elo"]
    assert elo["seed"].isna().all()
    assert elo["low"].tolist() == [1150.0, 1050.0, 850.0]
    assert scores[scores["metric"] == "fid"]["seed"].tolist() == [0, 1, 2] * 3
    board = pd.read_csv(io.BytesIO(files["leaderboard.csv"]))
    assert board["elo:rank:high"].tolist() == [2, 2, 3]


def results(name, run):
    return Results(name=name, plan=run[0], records=run[1])


def test_merged_runs_rank_two_comparisons_of_others_apart(compared):
    more = {**RATINGS, "d": (1000.0, 900.0, 1100.0)}
    merged = merge([results("one", compared()), results("two", compared(more, salt="two", fid=2.0))])
    board = build_board(merged.plan, merged.records)
    signatures = {row.entries["elo"].signature for row in board.rows}
    assert len(signatures) == 2
    for signature in signatures:
        ranks = [r.entries["elo"].rank for r in board.rows if r.entries["elo"].signature == signature]
        assert sorted(ranks) == list(range(1, len(ranks) + 1))


def test_one_run_merged_with_itself_stays_the_same(compared):
    one = results("one", compared())
    merged = merge([one, replace(one, name="two")])
    assert (
        make_board_files(merged.plan, merged.records)["scores.csv"]
        == make_board_files(*compared())["scores.csv"]
    )


@pytest.mark.parametrize(
    ("names", "better", "reason"),
    [
        (("a", "b"), "", "its own intervals overlap, and there are no seeds to test"),
        (("a", "c"), "a", "its own intervals are apart"),
        (("c", "a"), "a", "its own intervals are apart"),
    ],
)
def test_compare_looks_at_the_intervals(compared, names, better, reason):
    run = results("one", compared())
    first, second = (
        Contender(label=name, generator=name, plan=run.plan, records=run.records) for name in names
    )
    found = {row.metric: row for row in list_comparisons(first, second)}["elo"]
    assert (found.better, found.reason, found.p) == (better, reason, None)
    assert found.difference == RATINGS[names[0]][0] - RATINGS[names[1]][0]


def test_power_plans_no_seeds_for_it(compared):
    with pytest.raises(SuiteError, match="elo is one number over all seeds, so no number of seeds can be"):
        estimate_seeds([results("one", compared())], {"elo": Amount(30.0, is_percent=False)})


def test_it_is_published_without_a_spread_over_seeds(compared):
    plan, records = compared()
    numbers, left_out = list_published_numbers(Results(name="run", plan=plan, records=records))
    about = Publication(commands=(), title="run", date="2026-01-31", organization="lab", relationship="other")
    elo, _ = json.loads(every_eval_ever(numbers, about)["a"])["evaluation_results"]
    assert left_out == ()
    assert elo["score_details"]["score"] == 1200.0
    assert "uncertainty" not in elo["score_details"]
