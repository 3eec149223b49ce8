"""From records to a board: means, ranks, blocks, and the frames that are made of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.board.csv_tables import leaderboard_frame, scores_frame
from genbench.board.leaderboard import build_board, list_outcomes
from genbench.results.records import Notice, Plan


def standing(plan, records):
    """Return {generator: rank} and {(generator, metric): rank} of a board of one dataset."""
    rows = build_board(plan, records).rows
    return (
        {row.generator: row.rank for row in rows},
        {(row.generator, metric): entry.rank for row in rows for metric, entry in row.entries.items()},
    )


def test_a_row_holds_mean_and_t_interval_over_seeds(run_of):
    row = leaderboard_frame(*run_of({"vae": {"fid": [1.0, 3.0]}})).iloc[0]
    half = math.tan(math.pi * 0.475)
    assert row["fid"] == 2.0
    assert (row["fid:low"], row["fid:high"]) == pytest.approx((2 - half, 2 + half))
    assert (row["dataset"], row["generator"], row["plugin"]) == ("digits", "vae", "genbench 0.1.0")
    assert (row["seeds"], row["n"]) == ("0 1", 599)


def test_one_seed_has_no_interval(run_of):
    row = leaderboard_frame(*run_of({"vae": {"fid": [1.0]}})).iloc[0]
    assert row["fid"] == 1.0
    assert math.isnan(row["fid:low"])
    assert math.isnan(row["fid:high"])


def test_columns_are_those_of_the_design_with_metrics_sorted(run_of):
    frame = leaderboard_frame(*run_of({"vae": {"recall": [1.0], "fid[pixels]": [2.0]}}))
    parts = ("", ":low", ":high", ":rank", ":rank:low", ":rank:high", ":sig")
    expected = ["dataset", "generator", "plugin", "seeds", "n", "rank", "rank:low", "rank:high"]
    expected.append("caution")
    expected += ["fid[pixels]" + part for part in parts] + ["recall" + part for part in parts]
    assert list(frame.columns) == expected


def test_rows_are_sorted_by_dataset_and_generator(run_of, joined):
    table = {"vae": {"fid": [1.0]}, "gan": {"fid": [2.0]}}
    frame = leaderboard_frame(*joined(run_of(table, dataset="idx"), run_of(table, dataset="digits")))
    rows = list(zip(frame["dataset"], frame["generator"], strict=True))
    assert rows == [("digits", "gan"), ("digits", "vae"), ("idx", "gan"), ("idx", "vae")]


@pytest.mark.parametrize(
    ("direction", "best_to_worst"),
    [("lower", ["a", "b", "c"]), ("higher", ["c", "b", "a"]), ("target", ["b", "a", "c"])],
)
def test_ranks_follow_the_direction(run_of, direction, best_to_worst):
    table = {"a": {"m": [0.0]}, "b": {"m": [1.5]}, "c": {"m": [3.0]}}  # the target is 1
    _, ranks = standing(*run_of(table, directions={"m": direction}))
    assert sorted(table, key=lambda name: ranks[name, "m"]) == best_to_worst


def test_a_metric_without_direction_is_not_ranked_and_does_not_rank(run_of):
    plan, records = run_of({"a": {"m": [0.0]}, "b": {"m": [1.0]}}, directions={"m": "none"})
    assert standing(plan, records) == ({"a": None, "b": None}, {("a", "m"): None, ("b", "m"): None})


def test_the_rank_is_by_mean_win_rate(run_of):
    table = {
        "a": {"x": [1.0], "y": [3.0], "z": [2.0]},  # beats both, neither, one: 1/2
        "b": {"x": [2.0], "y": [1.0], "z": [1.0]},  # one, both, both: 5/6
        "c": {"x": [3.0], "y": [2.0], "z": [3.0]},  # neither, one, neither: 1/6
    }
    assert standing(*run_of(table))[0] == {"a": 2, "b": 1, "c": 3}


def test_ties_share_a_rank(run_of):
    ranks, by_metric = standing(*run_of({"a": {"m": [1.0]}, "b": {"m": [1.0]}, "c": {"m": [2.0]}}))
    assert ranks == {"a": 1, "b": 1, "c": 3}
    assert by_metric == {("a", "m"): 1, ("b", "m"): 1, ("c", "m"): 3}


def test_one_generator_alone_is_not_ranked(run_of):
    assert standing(*run_of({"a": {"m": [1.0]}, "noise": {"m": [9.0]}}))[0] == {"a": None, "noise": None}


def test_a_cell_of_which_one_seed_failed_has_no_value_and_no_rank(run_of):
    plan, records = run_of({"a": {"m": [1.0, "crash", 1.0]}, "b": {"m": [2.0, 2.0, 2.0]}})
    frame = leaderboard_frame(plan, records).set_index("generator")
    assert frame.loc["a", ["m", "m:low", "m:high", "m:rank"]].isna().all()
    entry = build_board(plan, records).rows[0].entries["m"]
    assert (entry.status, entry.bad) == ("crash", 1)
    assert standing(plan, records)[0] == {"a": 2, "b": 1}


def test_a_failure_outweighs_what_was_skipped(run_of):
    entry = build_board(*run_of({"a": {"m": ["skipped", "error", 1.0]}})).rows[0].entries["m"]
    assert (entry.status, entry.bad) == ("error", 2)


@pytest.mark.parametrize("status", ["invalid", "error", "crash", "timeout", "memory"])
def test_a_failure_costs_a_rank_where_the_metric_would_have_been_lost_anyway(run_of, status):
    won, lost = {"x": [1.0], "y": [2.0]}, {"x": [2.0], "y": [1.0]}
    assert standing(*run_of({"a": won, "b": lost}))[0] == {"a": 1, "b": 1}
    assert standing(*run_of({"a": won, "b": lost | {"x": [status]}}))[0] == {"a": 1, "b": 1}
    assert standing(*run_of({"a": won, "b": lost | {"y": [status]}}))[0] == {"a": 1, "b": 2}


def test_rows_come_by_rank_then_those_without_a_rank_then_controls(run_of):
    table = {"noise": {"m": [0.0]}, "a": {"m": ["skipped"]}, "b": {"m": [2.0]}, "c": {"m": [1.0]}}
    (block,) = build_board(*run_of(table)).blocks("digits")
    assert [row.generator for row in block.rows] == ["c", "b", "a", "noise"]


def test_a_skipped_cell_leaves_its_column_out(run_of):
    table = {
        "a": {"x": [1.0], "y": ["skipped"]},
        "b": {"x": [2.0], "y": [1.0]},
        "c": {"x": [3.0], "y": [2.0]},
    }
    # a: 1; b: (1/2 + 1) / 2; c: 0
    assert standing(*run_of(table))[0] == {"a": 1, "b": 2, "c": 3}


def test_a_board_on_which_all_failed_is_written_without_ranks(run_of):
    plan, records = run_of({"a": {"m": ["error"]}, "b": {"m": ["crash"]}})
    assert standing(plan, records)[0] == {"a": None, "b": None}
    assert leaderboard_frame(plan, records)["m"].isna().all()


def test_controls_are_never_ranked_and_take_no_part(run_of):
    table = {
        "vae": {"m": [2.0], "k": [1.0]},
        "gan": {"m": [3.0], "k": [2.0]},
        "held-out": {"m": [1.0], "k": [0.0]},
        "noise": {"m": [2.5], "k": [1.5]},
    }
    ranks, by_metric = standing(*run_of(table))
    assert ranks == {"vae": 1, "gan": 2, "held-out": None, "noise": None}
    assert {key: rank for key, rank in by_metric.items() if key[0] in ("held-out", "noise")} == {
        ("held-out", "m"): None, ("held-out", "k"): None, ("noise", "m"): None, ("noise", "k"): None
    }  # fmt: skip
    assert by_metric["gan", "m"] == 2


def test_unequal_signatures_are_not_ranked_together(run_of, joined):
    here = run_of({"a": {"m": [1.0], "k": [1.0]}, "b": {"m": [2.0], "k": [2.0]}})
    there = run_of({"c": {"m": [0.0]}}, n=300)
    also = run_of({"c": {"k": [0.0]}})
    ranks, by_metric = standing(*joined(here, there, also))
    assert by_metric["c", "m"] is None
    assert [by_metric[name, "k"] for name in "abc"] == [2, 3, 1]
    assert ranks == {"a": 2, "b": 3, "c": 1}  # by k alone, which all have


def test_unequal_seeds_are_not_ranked_together(run_of, joined):
    table = {"a": {"m": [1.0, 1.0]}, "b": {"m": [2.0, 2.0]}}
    runs = run_of(table, seeds=[0, 1]), run_of({"c": {"m": [0.0, 0.0]}}, seeds=[0, 2])
    ranks, by_metric = standing(*joined(*runs))
    assert ranks == {"a": 1, "b": 2, "c": None}
    assert by_metric["c", "m"] is None


def test_datasets_are_ranked_apart(run_of, joined):
    runs = run_of({"a": {"m": [1.0]}, "b": {"m": [2.0]}}), run_of({"a": {"m": [0.5]}}, dataset="idx")
    rows = build_board(*joined(*runs)).rows
    assert [(row.dataset, row.generator, row.rank) for row in rows] == [
        ("digits", "a", 1), ("digits", "b", 2), ("idx", "a", None)
    ]  # fmt: skip


def test_blocks_list_competitors_by_rank_then_controls(run_of):
    table = {
        name: {"m": [value]} for name, value in (("noise", 9.0), ("b", 1.0), ("a", 2.0), ("held-out", 0.0))
    }
    (block,) = build_board(*run_of(table)).blocks("digits")
    assert [row.generator for row in block.rows] == ["b", "a", "held-out", "noise"]


def test_every_planned_cell_is_a_score_and_one_without_record_is_missing(run_of):
    frame = scores_frame(*run_of({"vae": {"fid": [1.5, None, "timeout"]}}))
    assert list(frame.columns) == [
        "dataset", "generator", "seed", "metric", "value", "low", "high", "status", "reason", "n", "signature"
    ]  # fmt: skip
    assert list(frame["status"]) == ["ok", "missing", "timeout"]
    assert list(frame["value"].isna()) == [False, True, True]
    assert frame["reason"][0] == ""
    assert "run the suite again" in frame["reason"][1]
    assert frame["reason"][2] == "timeout for a reason"


def test_scores_are_sorted_by_dataset_generator_seed_and_metric(run_of):
    plan, records = run_of({"b": {"y": [1.0] * 11, "x": [1.0] * 11}, "a": {"y": [1.0] * 11, "x": [1.0] * 11}})
    frame = scores_frame(plan, records)
    found = list(zip(frame["generator"], frame["seed"], frame["metric"], strict=True))
    assert found == [(g, s, m) for g in "ab" for s in range(11) for m in "xy"]


def test_the_plans_cell_takes_the_place_of_the_records(run_of):
    plan, records = run_of({"vae": {"fid": [1.0]}})
    cells = tuple(replace(cell, generator="my-vae") for cell in plan.cells)
    (found,) = list_outcomes(replace(plan, cells=cells), records)
    assert found.cell.generator == "my-vae"


VALUES = st.sampled_from([0.1, 0.2, 0.3, 1e9, "error", "skipped"])
ROWS = st.fixed_dictionaries({metric: st.lists(VALUES, min_size=3, max_size=3) for metric in "xyz"})


@settings(max_examples=40)
@given(order=st.randoms(use_true_random=False), rows=st.lists(ROWS, min_size=3, max_size=3))
def test_the_order_of_cells_never_changes_a_board(run_of, order, rows):
    plan, records = run_of(dict(zip(("a", "b", "noise"), rows, strict=True)))
    shuffled = list(plan.cells)
    order.shuffle(shuffled)
    other = Plan(cells=tuple(shuffled), traces=(), provenance={})
    assert leaderboard_frame(plan, records).equals(leaderboard_frame(other, records))
    assert scores_frame(plan, records).equals(scores_frame(other, records))


@settings(max_examples=20)
@given(rows=st.lists(ROWS, min_size=4, max_size=4))
def test_another_generator_changes_nothing_but_ranks(run_of, rows):
    table = dict(zip("abcd", rows, strict=True))
    frame = leaderboard_frame(*run_of(table))
    fewer = leaderboard_frame(*run_of({name: table[name] for name in "abc"}))
    kept = [name for name in frame.columns if "rank" not in name]
    assert frame[kept].iloc[:3].equals(fewer[kept])


def noticed(records, notice, **where):
    """Return records of which those of a place say something."""
    return {
        key: replace(record, notices=(notice,))
        if all(getattr(record.cell, name) == value for name, value in where.items())
        else record
        for key, record in records.items()
    }


def test_a_generator_is_not_deterministic_if_one_record_says_so(run_of):
    plan, records = run_of({"a": {"x": [1.0, 2.0]}, "b": {"x": [1.0, 2.0]}})
    assert [row.deterministic for row in build_board(plan, records).rows] == [True, True]
    said = noticed(records, Notice.of_other_samples("generator", "p:b"), generator="b", seed=1)
    assert [row.deterministic for row in build_board(plan, said).rows] == [True, False]
    assert [row.rank for row in build_board(plan, said).rows] == [1, 1]
    moved = Notice(kind="generator", component="p:b", text="changed the working directory")
    other = noticed(records, moved, generator="b")
    assert all(row.deterministic for row in build_board(plan, other).rows)


def test_a_generator_is_not_deterministic_if_records_of_one_seed_are_of_unequal_samples(run_of):
    plan, records = run_of({"a": {"x": [1.0, 2.0], "y": [1.0, 2.0]}, "b": {"x": [1.0, 2.0]}})
    (victim,) = [key for key, r in records.items() if (r.cell.metric, r.cell.seed) == ("y", 1)]
    unequal = records | {victim: replace(records[victim], samples="other")}
    assert [row.deterministic for row in build_board(plan, unequal).rows] == [False, True]
    none = records | {victim: replace(records[victim], samples="", status="error", value=None)}
    assert all(row.deterministic for row in build_board(plan, none).rows)


def test_the_csv_knows_nothing_of_notices(run_of):
    plan, records = run_of({"a": {"x": [1.0, 2.0]}})
    said = noticed(records, Notice.of_other_samples("generator", "p:a"))
    assert leaderboard_frame(plan, said).equals(leaderboard_frame(plan, records))
    assert scores_frame(plan, said).equals(scores_frame(plan, records))


TABLE = {
    "vae": {"fid": [1.0, 1.1], "length": [5.0, 5.1]},
    "gan": {"fid": [2.0, 2.1], "length": [3.0, 3.1]},
    "few": {"fid": [0.5, 0.6], "length": [4.0, 4.1]},
    "held-out": {"fid": [0.1, 0.2], "length": [1.0, 1.1]},
}


def blocks(run):
    return [[row.generator for row in block.rows] for block in build_board(*run).blocks("digits")]


def test_rows_with_unequal_shares_of_samples_with_features_are_not_ranked_together(run_of, with_valid):
    run = with_valid(run_of(TABLE), {"vae": 97, "few": 60}, metrics=["fid"])
    row_ranks, ranks = standing(*run)
    assert row_ranks == {"gan": 1, "few": 2, "vae": 3, "held-out": None}  # by length alone
    assert {name: rank for (name, metric), rank in ranks.items() if metric == "fid"} == {
        "vae": 1, "gan": 2, "few": None, "held-out": None,
    }  # fmt: skip
    assert {name: rank for (name, metric), rank in ranks.items() if metric == "length"} == {
        "vae": 3, "gan": 1, "few": 2, "held-out": None,
    }  # fmt: skip
    (block,) = build_board(*run).blocks("digits")
    columns = [(c.metric, [row.generator for row in block.rows if c.find_entry(row)]) for c in block.columns]
    assert columns == [
        ("fid", ["gan", "vae", "held-out"]),
        ("fid", ["few", "held-out"]),
        ("length", ["gan", "few", "vae", "held-out"]),
    ]


def test_five_points_of_samples_without_features_are_ranked_together(run_of, with_valid):
    row_ranks, ranks = standing(*with_valid(run_of(TABLE), {"few": 95}, metrics=["fid"]))
    assert (ranks["few", "fid"], ranks["vae", "fid"], ranks["gan", "fid"]) == (1, 2, 3)
    assert row_ranks == {"few": 1, "gan": 2, "vae": 3, "held-out": None}


def test_a_metric_may_rank_rows_at_any_share(run_of, with_valid):
    run = with_valid(run_of(TABLE), {"few": 10}, metrics=["fid"], any_share=True)
    assert standing(*run)[1]["few", "fid"] == 1
    assert len(blocks(run)) == 1


def test_the_share_in_a_metric_without_ranks_splits_no_block(run_of, with_valid):
    run = with_valid(run_of(TABLE, directions={"fid": "none"}), {"few": 10}, metrics=["fid"])
    assert len(blocks(run)) == 1


def test_the_share_of_a_control_splits_no_block_and_it_is_in_each(run_of, with_valid):
    run = with_valid(
        run_of({name: {"fid": row["fid"]} for name, row in TABLE.items()}), {"held-out": 50, "few": 10}
    )
    assert blocks(run) == [["few", "held-out"], ["vae", "gan", "held-out"]]
    near = with_valid(run_of(TABLE), {"vae": 97, "gan": 94, "few": 94}, metrics=["fid"])  # held-out has 100
    assert len(blocks(near)) == 1
    only = {name: row for name, row in TABLE.items() if name == "held-out"}
    assert blocks(with_valid(run_of(only), {"held-out": 50})) == [["held-out"]]


def test_a_failure_without_a_share_is_a_participant_of_the_first_group(run_of, with_valid):
    table = TABLE | {"broken": {"fid": ["error", "error"], "length": [2.0, 2.1]}}
    run = with_valid(run_of({name: table[name] for name in ("few", "broken")}), {"few": 60}, metrics=["fid"])
    assert standing(*run)[1]["few", "fid"] == 1
    assert len(blocks(run)) == 1
