"""Which rows share a table, which columns it has, and the ranges of ranks in both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.leaderboard import build_board
from genbench.board.merge import merge
from genbench.board.view import view_board
from genbench.results.cells import short_signature
from genbench.results.records import Plan
from genbench.results.results import Results

A, B, C = [1.0, 1.1, 1.2], [5.0, 5.1, 5.2], [5.1, 5.0, 5.3]


def build_rows(run):
    return {row.generator: row for row in build_board(*run).rows}


def blocks(run, dataset="digits"):
    return build_board(*run).blocks(dataset)


def test_runs_that_share_a_metric_are_one_table_whatever_else_they_measured(run_of):
    controls = {"held-out": {"fid": [0.1, 0.2, 0.1]}}
    here = run_of({"a": {"fid": A, "mean-gap": A}, "b": {"fid": B, "mean-gap": B}} | controls)
    there = run_of({"c": {"fid": C}} | controls)
    runs = [Results(name=n, plan=p, records=r, traces=()) for n, (p, r) in (("x", here), ("y", there))]
    merged = merge(runs)
    (block,) = blocks((merged.plan, merged.records))
    assert [row.generator for row in block.rows] == ["a", "b", "c", "held-out"]
    assert [column.metric for column in block.columns] == ["fid", "mean-gap"]
    assert [column.metric for column in block.shared_columns] == ["fid"]
    rows = build_rows((merged.plan, merged.records))
    assert [rows[name].entries["fid"].is_best for name in "abc"] == [True, False, False]
    assert [rows[name].rank for name in "abc"] == [1, 2, 3]


def test_rows_without_a_common_column_are_two_tables(run_of, joined):
    run = joined(run_of({"a": {"m": A}}), run_of({"b": {"m": B}}, n=300), run_of({"c": {"m": C}}, n=300))
    assert [[row.generator for row in block.rows] for block in blocks(run)] == [["a"], ["b", "c"]]


def test_rows_are_of_one_table_through_other_rows(run_of):
    run = run_of({"a": {"x": A}, "b": {"x": B, "y": A}, "c": {"y": B}})
    (block,) = blocks(run)
    assert [len([row for row in block.rows if c.find_entry(row)]) for c in block.columns] == [2, 2]
    assert block.shared_columns == ()


def test_a_control_is_in_every_table_with_which_it_shares_a_column(run_of, joined):
    run = joined(
        run_of({"a": {"m": A}, "noise": {"m": B, "k": B}}),
        run_of({"b": {"k": A}}),
        run_of({"held-out": {"z": A}}),
    )
    found = [[row.generator for row in block.rows] for block in blocks(run)]
    assert found == [["a", "noise"], ["b", "noise"], ["held-out"]]


def test_the_best_are_all_those_whose_range_starts_at_one(run_of):
    rows = build_rows(run_of({"a": {"m": [1.0, 1.4, 1.2]}, "b": {"m": [1.1, 1.5, 1.0]}, "c": {"m": B}}))
    entries = {name: row.entries["m"] for name, row in rows.items()}
    assert {name: (e.rank_low, e.rank_high) for name, e in entries.items()} == {
        "a": (1, 2), "b": (1, 2), "c": (3, 3),
    }  # fmt: skip
    assert [entries[name].is_best for name in "abc"] == [True, True, False]


def test_the_overall_range_of_a_single_metric_is_that_of_the_metric(run_of):
    for row in build_rows(run_of({"a": {"m": A}, "b": {"m": B}, "c": {"m": C}})).values():
        assert (row.rank_low, row.rank_high) == (row.entries["m"].rank_low, row.entries["m"].rank_high)


def test_a_row_has_the_mean_win_rate_that_decides_its_rank(run_of):
    rows = build_rows(
        run_of(
            {"a": {"m": A, "k": B}, "b": {"m": B, "k": A}, "c": {"m": C, "k": C}, "noise": {"m": C, "k": C}}
        )
    )
    assert [rows[name].win_rate for name in ("a", "b", "c", "noise")] == [0.75, 0.75, 0.0, None]


def test_overall_ranges_hold_the_rank_and_follow_the_runs(run_of):
    values = {
        "a": [1.0, 1.1, 1.2, 1.3, 1.4],
        "b": [5.0, 5.3, 5.1, 5.4, 5.2],
        "c": [5.1, 5.2, 5.3, 5.2, 5.3],
        "d": [9.0, 9.1, 9.2, 9.3, 9.4],
    }
    table = {name: dict.fromkeys("vwxyz", own) for name, own in values.items()}
    rows = build_rows(run_of(table))
    assert {name: (row.rank, row.rank_low, row.rank_high) for name, row in rows.items()} == {
        "a": (1, 1, 1), "b": (2, 2, 3), "c": (3, 2, 3), "d": (4, 4, 4),
    }  # fmt: skip


@pytest.mark.parametrize("direction", ["higher", "lower", "target"])
def test_ranges_follow_the_direction(run_of, direction):
    values = {"a": [1.0, 1.01, 0.99], "b": [2.0, 2.01, 1.99], "c": [3.0, 3.01, 2.99]}  # the target is 1
    run = run_of({name: {"m": own} for name, own in values.items()}, directions={"m": direction})
    best, worst = ("c", "a") if direction == "higher" else ("a", "c")
    rows = build_rows(run)
    assert (rows[best].rank_high, rows[worst].rank_low) == (1, 3)


def test_a_generator_with_the_same_samples_at_all_seeds_has_no_range(run_of):
    plan, records = run_of({"a": {"m": [1.0] * 3}, "b": {"m": B}, "c": {"m": [9.0, 9.1, 9.2]}})
    same = {
        key: replace(record, samples="one") if record.cell.generator == "a" else record
        for key, record in records.items()
    }
    rows = build_rows((plan, same))
    assert (rows["a"].rank, rows["a"].rank_low, rows["a"].entries["m"].is_best) == (1, None, False)
    assert (rows["b"].rank_low, rows["b"].rank_high, rows["c"].rank_low) == (1, 2, 2)
    assert not any(row.entries["m"].is_best for row in rows.values())  # b may be behind a


def test_of_rows_with_one_value_at_all_seeds_the_best_is_marked(run_of):
    values = {"a": [1.0] * 3, "b": [2.0] * 3, "c": [1.0] * 3, "d": [1.9, 2.0, 2.1]}
    rows = build_rows(run_of({name: {"m": own} for name, own in values.items()}))
    assert {rows[name].entries["m"].rank_low for name in "abc"} == {1}  # no test tells them apart
    assert [rows[name].entries["m"].is_best for name in "abcd"] == [True, False, True, False]


#: Two signatures with one short form.
COLLIDING = {"k": 13936}, {"k": 40753}


def test_signatures_with_one_short_form_are_not_ranked_together(run_of):
    here, there = (
        replace(plan, cells=tuple(replace(cell, signature=options) for cell in plan.cells))
        for (plan, _), options in zip(
            (run_of({"a": {"m": A}}), run_of({"b": {"m": B}}, salt="x")), COLLIDING, strict=True
        )
    )
    assert len({short_signature(options) for options in COLLIDING}) == 1
    both = Plan(cells=here.cells + there.cells, traces=(), provenance={})
    records = run_of({"a": {"m": A}})[1] | run_of({"b": {"m": B}}, salt="x")[1]
    assert [len(block.rows) for block in blocks((both, records))] == [1, 1]


def test_a_row_ahead_of_one_without_a_range_is_marked_as_best(run_of):
    plan, records = run_of({"a": {"m": A}, "b": {"m": [2.0] * 3}})
    same = {
        key: replace(record, samples="one") if record.cell.generator == "b" else record
        for key, record in records.items()
    }
    rows = build_rows((plan, same))
    assert (rows["a"].entries["m"].is_best, rows["b"].entries["m"].is_best) == (True, False)


def test_a_failed_row_is_last_and_has_no_range(run_of):
    rows = build_rows(run_of({"a": {"m": A}, "b": {"m": B}, "c": {"m": [1.0, "error", 1.0]}}))
    assert [(rows[name].rank, rows[name].rank_low, rows[name].rank_high) for name in "abc"] == [
        (1, 1, 1), (2, 2, 2), (3, None, None),
    ]  # fmt: skip


def test_a_generator_that_has_not_run_has_no_rank_and_changes_none(run_of):
    table = {"b": {"m": B, "k": B}, "c": {"m": A, "k": [1.0, "error", 1.0]}, "noise": {"m": A, "k": A}}
    run = run_of(table | {"a": {"m": [None] * 3, "k": [None] * 3}})
    (block,), (alone,) = blocks(run), blocks(run_of(table))
    assert [row.generator for row in block.rows] == ["b", "c", "a", "noise"]
    rows = build_rows(run)
    assert {name: rows[name] for name in table} == build_rows(run_of(table))
    assert (rows["a"].rank, rows["a"].entries["m"].rank) == (None, None)
    assert block.columns == alone.columns
    (lone,) = blocks(run_of({"a": {"m": A}, "b": {"m": [None] * 3}}))
    assert [(row.rank, row.entries["m"].is_best) for row in lone.rows] == [(None, False), (None, False)]


def test_a_generator_that_has_run_at_some_seeds_has_no_rank_and_takes_no_part_in_others(run_of):
    table = {"a": {"m": [None, 1.0, None]}, "b": {"m": B}, "c": {"m": C}}
    rows = build_rows(run_of(table))
    assert [rows[name].entries["m"].rank for name in "abc"] == [None, 1, 2]
    assert [rows[name].rank for name in "abc"] == [None, 1, 2]
    alone = build_rows(run_of({name: table[name] for name in "ab"}))
    assert [(row.rank, row.entries["m"].rank, row.entries["m"].is_best) for row in alone.values()] == [
        (None, None, False)
    ] * 2


def test_a_metric_in_which_a_generator_has_not_run_is_left_out_of_the_overall_rank(run_of):
    table = {"a": {"m": A, "x": [None, None, 1.0]}, "b": {"m": B, "x": A}, "c": {"m": C, "x": B}}
    rows = build_rows(run_of(table))
    assert [rows[name].entries["x"].rank for name in "abc"] == [None, 1, 2]
    assert [rows[name].rank for name in "abc"] == [1, 2, 3]


def test_a_generator_that_failed_at_one_seed_and_has_not_run_at_others_failed(run_of):
    rows = build_rows(run_of({"a": {"m": [None, "error", None]}, "b": {"m": B}}))
    assert rows["a"].entries["m"].status == "error"
    assert [rows[name].rank for name in "ab"] == [2, 1]


def test_a_row_of_a_csv_file_is_below_the_competitors_and_above_the_controls(run_of, without_records):
    table = {"a": {"m": B}, "b": {"m": C}, "csv": {"m": A}, "noise": {"m": A}}
    (block,) = blocks(without_records(run_of(table), "csv"))
    assert [row.generator for row in block.rows] == ["a", "b", "csv", "noise"]
    (table,) = view_board(build_board(*without_records(run_of(table), "csv"))).tables
    assert [[row.row.generator for row in section] for section in table.sections] == [
        ["a", "b"],
        ["csv"],
        ["noise"],
    ]
    assert [row.generator for row in block.competitors] == ["a", "b"]


def test_a_row_of_a_csv_file_changes_no_rank_no_range_and_no_win_rate(run_of, without_records):
    noisy = [1.0, 5.0, 3.0]
    table = {name: {"m": values, "k": B} for name, values in (("a", A), ("b", noisy), ("c", B))}
    extra = {"csv": {"m": A, "k": ["error", 1.0, 1.0]}, "copy": {"m": A, "k": A}}
    alone = build_rows(run_of(table))
    rows = build_rows(without_records(run_of(table | extra), *extra))
    assert {name: rows[name] for name in table} == alone
    for name in extra:
        ranked = [rows[name], *rows[name].entries.values()]
        assert {(one.rank, one.rank_low, one.rank_high) for one in ranked} == {(None, None, None)}
    assert (
        blocks(without_records(run_of(table | extra), *extra))[0].shared_columns
        == blocks(run_of(table))[0].shared_columns
    )


def test_columns_of_csv_files_alone_are_shown_and_not_ranked(run_of, without_records):
    table = {"a": {"m": A}, "b": {"m": B}, "csv": {"m": A, "k": A}}
    (block,) = blocks(without_records(run_of(table), "csv"))
    assert [column.metric for column in block.columns] == ["k", "m"]
    assert (
        [column.metric for column in block.ranked_columns]
        == [column.metric for column in block.shared_columns]
        == ["m"]
    )


def test_a_row_of_a_csv_file_is_in_the_columns_of_all_groups_of_shares(run_of, with_valid, without_records):
    run = run_of({"a": {"m": A, "k": A}, "b": {"m": B, "k": B}, "csv": {"m": A}})
    (block,) = blocks(without_records(with_valid(run, {"b": 50}, metrics=["m"]), "csv"))
    assert [(column.metric, column.share_group) for column in block.columns] == [("k", 0), ("m", 0), ("m", 1)]
    (row,) = (row for row in block.rows if row.generator == "csv")
    assert [column.find_entry(row) is not None for column in block.columns] == [False, True, True]


def test_rows_of_csv_files_without_a_common_column_are_tables_of_their_own(run_of, joined, without_records):
    run = joined(
        run_of({"a": {"m": A}}), without_records(run_of({"b": {"m": B}, "c": {"m": C}}, n=300), "b", "c")
    )
    assert [[row.generator for row in block.rows] for block in blocks(run)] == [["a"], ["b", "c"]]


def test_a_row_of_a_csv_file_gives_a_group_s_table_no_column_of_another(run_of, with_valid, without_records):
    run = run_of({"a": {"m": A}, "b": {"m": B}, "csv": {"m": A}})
    found = blocks(without_records(with_valid(run, {"b": 50}), "csv"))
    assert [[row.generator for row in block.rows] for block in found] == [["a", "csv"], ["b", "csv"]]
    assert [[column.share_group for column in block.columns] for block in found] == [[0], [1]]


def of_the_same_samples(run, *names):
    plan, records = run
    return replace(plan, provenance={"same_samples": {"digits": [list(names)]}}), records


@pytest.mark.parametrize(
    ("first", "second", "counted"),
    [
        (A, B, "a@x"), (["error"] * 3, A, "a@y"), (A, ["error"] * 3, "a@x"), (["skipped"] * 3, A, "a@y"),
        (["skipped"] * 3, [1.0, "error", 1.0], "a@y"), (["error"] * 3, ["skipped"] * 3, "a@x"),
        ([None] * 3, ["skipped"] * 3, "a@y"), ([1.0, None, 1.0], [None] * 3, None),
    ],
)  # fmt: skip
def test_of_rows_of_the_same_samples_the_first_that_says_most_counts(run_of, first, second, counted):
    """A value, else a failure, else what was skipped; what is missing at a seed does not count."""
    one, two, rival = ({"m": outcomes, "k": A} for outcomes in (first, second, C))
    (block,) = blocks(of_the_same_samples(run_of({"a@x": one, "a@y": two, "b": rival}), "a@x", "a@y"))
    (column,) = (column for column in block.columns if column.metric == "m")
    (rows,) = (rows for rows in block.competitor_groups if len(rows) > 1)
    row = column.pick_row(rows)
    assert (row and row.generator) == counted
    assert column.pick_entry(rows) == (row and row.entries["m"])
    ranked = {row.generator for row in block.rows if row.entries["m"].rank is not None}
    is_a_value = counted is not None and row.entries["m"].value is not None
    assert ranked - {"b"} == ({counted} if is_a_value else set())


def test_a_failure_is_in_the_group_of_shares_of_the_value_that_counts_in_its_place(run_of, with_valid):
    """Else it would be a competitor of its own in the group of those whose share is not known."""
    table = {"a@x": {"m": ["error"] * 3}, "a@y": {"m": A}, "b": {"m": B}, "c": {"m": C}}
    run = with_valid(run_of(table), {"a@x": 50, "a@y": 50, "b": 50})
    plan, records = of_the_same_samples(run, "a@x", "a@y")
    failed = {key: replace(r, valid={}) if r.status == "error" else r for key, r in records.items()}
    rows = build_rows((plan, failed))
    assert {name: row.entries["m"].share_group for name, row in rows.items()} == {
        "a@x": 1, "a@y": 1, "b": 1, "c": 0
    }  # fmt: skip
    assert [rows[name].entries["m"].rank for name in rows] == [None, 1, 2, None]
