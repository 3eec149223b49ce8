"""Failed cells, notes, and metrics that rank a control wrongly."""

from __future__ import annotations

from dataclasses import replace

from genbench.board.leaderboard import build_board
from genbench.board.view import view_board
from genbench.board.warnings import count_cells, list_failures, list_notes, list_rank_notes, list_run_lines
from genbench.results.records import Notice

CHANCE = "one seed cannot rule out chance"


def test_failures_are_gathered_by_generator_status_and_reason(run_of):
    table = {"gan": {"x": ["error", 1.0, "error"], "y": ["error", 1.0, "skipped"]}}
    found = list_failures(build_board(*run_of(table)))
    assert [str(failure) for failure in found] == [
        "digits, gan, seeds 0 and 2, x and y: error: error for a reason",
        "digits, gan, seed 2, y: skipped: skipped for a reason",
    ]


def test_a_note_of_several_numbers_is_said_once(run_of):
    plan, records = run_of({"vae": {"x": [1.0, 2.0], "y": [1.0, 2.0], "z": [1.0, 2.0]}})
    said = {"x": "made in haste", "y": "made in haste", "z": ""}
    records = {
        key: replace(record, extra={"note": said[record.cell.metric]}) for key, record in records.items()
    }
    assert list_notes(build_board(plan, records)) == ["x and y: made in haste"]
    assert list_notes(build_board(*run_of({"vae": {"x": [1.0]}}))) == []


def notice(kind, component, text):
    return Notice(kind=kind, component=component, text=text)


def test_notices_are_said_once_with_the_ids_that_they_are_about(run_of):
    plan, records = run_of({"vae": {"x": [1.0, 2.0], "y": [1.0, 2.0]}, "gan": {"x": [1.0], "y": [1.0]}})
    own = {
        "vae": (notice("generator", "p:vae", "changed the working directory"),),
        "gan": (Notice.of_other_samples("generator", "p:gan"),),
    }
    of_metric = {
        "x": (
            notice("extractor", "p:looks", "used torch's global random state"),
            notice("dataset", "p:d", "was noted"),
        )
    }
    records = {
        key: replace(record, notices=own[record.cell.generator] + of_metric.get(record.cell.metric, ()))
        for key, record in records.items()
    }
    assert list_notes(build_board(plan, records)) == [
        "digits: dataset p:d was noted",
        "gan: gave other samples at the same key (deterministic: no): another run gives other numbers",
        "vae: generator p:vae changed the working directory",
        "x: extractor p:looks used torch's global random state",
    ]


def test_the_tally_names_ok_first_even_if_there_is_none(run_of):
    assert (
        count_cells(build_board(*run_of({"a": {"m": [1.0, "error", "error"]}}))) == "3 cells: 1 ok, 2 error"
    )
    assert count_cells(build_board(*run_of({"a": {"m": ["crash"]}}))) == "1 cell: 0 ok, 1 crash"


def test_a_competitor_better_than_real_data_is_named(run_of):
    table = {"vae": {"m": [1.0]}, "gan": {"m": [3.0]}, "held-out": {"m": [2.0]}}
    (line,) = view_board(build_board(*run_of(table))).wrong_controls
    assert line == f"digits: m: vae (1.000) is better than the ceiling held-out (2.000); {CHANCE}"


def test_at_one_seed_the_intervals_of_the_metric_decide(run_of):
    plan, records = run_of({"vae": {"m": [1.0]}, "gan": {"m": [0.5]}, "held-out": {"m": [2.0]}})

    def warned(half):
        own = {
            key: record
            if half.get(record.cell.generator) is None
            else replace(
                record,
                low=record.value - half[record.cell.generator],
                high=record.value + half[record.cell.generator],
            )
            for key, record in records.items()
        }
        return list(view_board(build_board(plan, own)).wrong_controls)

    assert warned({"vae": 0.4, "gan": 0.4, "held-out": 0.7}) == [
        "digits: m: gan (0.5000) is better than the ceiling held-out (2.000)"
    ]
    assert warned({"vae": 0.4, "gan": 0.9, "held-out": 0.7}) == []
    (line,) = warned({"vae": 0.1, "held-out": 0.1})
    assert line.endswith(f"are better than the ceiling held-out (2.000); {CHANCE}")


def test_within_the_intervals_nobody_is_better_than_real_data(run_of):
    near = {"vae": {"m": [1.0, 3.0]}, "held-out": {"m": [2.0, 2.5]}}
    far = {"vae": {"m": [1.0, 1.001]}, "held-out": {"m": [2.0, 2.001]}}
    assert view_board(build_board(*run_of(near))).wrong_controls == ()
    assert len(view_board(build_board(*run_of(far))).wrong_controls) == 1


def test_noise_that_is_not_the_worst_is_named(run_of):
    table = {"vae": {"m": [1.0]}, "gan": {"m": [4.0]}, "noise": {"m": [3.0]}}
    (line,) = view_board(build_board(*run_of(table))).wrong_controls
    assert line == "digits: m: noise (3.000) is not the worst: gan (4.000) is worse"


def test_a_ceiling_and_a_floor_are_known_by_their_roles(run_of):
    table = {
        "vae": {"m": [1.0]},
        "gan": {"m": [4.0]},
        "real": {"m": [2.0]},
        "blank": {"m": [3.0]},
        "thief": {"m": [0.0]},
    }
    roles = {"real": "ceiling", "blank": "floor", "thief": "exploit"}
    assert list(view_board(build_board(*run_of(table, controls=roles))).wrong_controls) == [
        "digits: m: blank (3.000) is not the worst: gan (4.000) is worse",
        f"digits: m: vae (1.000) is better than the ceiling real (2.000); {CHANCE}",
    ]
    named_alike = {"held-out": {"m": [2.0]}, "noise": {"m": [0.0]}, "vae": {"m": [1.0]}}
    assert (
        view_board(
            build_board(*run_of(named_alike, controls={"held-out": None, "noise": None}))
        ).wrong_controls
        == ()
    )


def test_a_failure_is_not_worse_than_noise(run_of):
    table = {"gan": {"m": ["error"]}, "noise": {"m": [3.0]}, "held-out": {"m": ["error"]}}
    assert view_board(build_board(*run_of(table))).wrong_controls == ()


def test_a_metric_without_direction_gives_no_warning(run_of):
    table = {"vae": {"m": [1.0]}, "held-out": {"m": [2.0]}, "noise": {"m": [0.0]}}
    assert view_board(build_board(*run_of(table, directions={"m": "none"}))).wrong_controls == ()


def test_a_control_that_the_metric_may_not_see_gives_no_warning(run_of):
    table = {"vae": {"m": [1.0], "o": [1.0]}, "held-out": {"m": [2.0], "o": [0.0]}, "noise": {
        "m": [0.0], "o": [0.0]}}  # fmt: skip
    plan, records = run_of(table)

    def warned(**unseen):
        cells = [
            replace(cell, facts=replace(cell.facts, unseen_controls=unseen.get(cell.metric, ())))
            for cell in plan.cells
        ]
        return list(view_board(build_board(replace(plan, cells=tuple(cells)), records)).wrong_controls)

    ceiling = f"digits: m: vae (1.000) is better than the ceiling held-out (2.000); {CHANCE}"
    of_m, of_o = (f"digits: {m}: noise (0) is not the worst: vae (1.000) is worse" for m in "mo")
    assert warned() == [ceiling, of_m, of_o]
    assert warned(m=("floor",)) == [ceiling, of_o]
    assert warned(m=("ceiling",), o=("floor",)) == [of_m]


def test_a_control_in_several_blocks_is_warned_of_once(run_of, with_valid):
    table = {name: {"m": [value]} for name, value in {"gan": 4.0, "vae": 5.0, "noise": 3.0}.items()}
    run = with_valid(run_of(table, n=1000), {"gan": 50})
    board = build_board(*run)
    assert len(board.blocks("digits")) == 2
    (line,) = view_board(board).wrong_controls
    assert line == "digits: m: noise (3.000) is not the worst: gan (4.000) and vae (5.000) are worse"


def test_samples_without_features_are_noted_with_their_share(run_of, with_valid):
    run = run_of({"vae": {"fid": [1.0, 2.0], "kid": [1.0, 2.0], "length": [1.0, 2.0]}, "held-out": {
        "fid": [1.0, 2.0], "kid": [1.0, 2.0], "length": [1.0, 2.0]}}, n=1000)  # fmt: skip
    run = with_valid(run, {("vae", 1): 90, "held-out": 98.3}, metrics=["fid", "kid"])
    run = with_valid(run, {"vae": 80, "held-out": 80}, metrics=["fid"], side="real")
    assert list_notes(build_board(*run)) == [
        "fid and kid: 1.7 % of the samples of held-out have no features",
        "fid and kid: 5.0 % of the samples of vae have no features",
        "fid: 20.0 % of the real samples have no features",
    ]


def test_on_several_datasets_a_note_names_the_dataset(run_of, with_valid):
    runs = [with_valid(run_of({"vae": {"fid": [1.0]}}, dataset=name), {"vae": 50}) for name in ("x", "y")]
    cells = tuple(cell for plan, _ in runs for cell in plan.cells)
    board = build_board(replace(runs[0][0], cells=cells), runs[0][1] | runs[1][1])
    assert list_notes(board) == [
        f"fid: 50.0 % of the samples of vae on {name} have no features" for name in "xy"
    ]


def test_merged_runs_are_named_with_their_folders_and_rows(run_of):
    plan, records = run_of({"vae": {"m": [1.0]}, "vae@mine-2": {"m": [2.0]}, "gan@mine-2": {"m": [3.0]}})
    sources = {"mine": "theirs/mine", "mine-2": "ours/mine"}
    board = build_board(replace(plan, provenance={"sources": sources}), records)
    assert list_run_lines(board) == ["mine: theirs/mine", "mine-2: ours/mine (gan@mine-2 and vae@mine-2)"]
    assert list_run_lines(build_board(plan, records)) == []


def notes_on_ranks(run):
    board = build_board(*run)
    return [
        text
        for dataset in board.datasets
        for block in board.blocks(dataset)
        for text, _ in list_rank_notes(block)
    ]


def test_generators_that_have_not_run_are_named(run_of):
    table = {"a": {"x": [1.0]}, "b": {"x": [None]}, "c": {"x": [None]}, "noise": {"x": [None]}}
    assert notes_on_ranks(run_of(table)) == ["without a record at every seed, so not ranked: b and c"]


def test_metrics_in_which_a_generator_has_not_run_are_named(run_of):
    table = {"a": {"x": [1.0], "y": [1.0]}, "b": {"x": [2.0], "y": [2.0]}, "c": {"x": [3.0], "y": [None]}}
    assert notes_on_ranks(run_of(table)) == [
        "without a record at every seed, so not ranked in y: c",
        "rank is over x, the ranked metrics that all generators have",
    ]


def test_ranks_over_all_metrics_with_ranges_need_no_note(run_of):
    table = {
        "a": {"x": [1.0, 1.1, 1.2], "y": [1.0, 1.1, 1.2]},
        "b": {"x": [2.0, 2.1, 2.2], "y": [1.0, 1.1, 1.3]},
    }
    assert notes_on_ranks(run_of(table)) == []


def test_the_metrics_behind_a_rank_are_named_where_some_are_missing(run_of):
    table = {"a": {"x": [1.0] * 3, "y": [1.0] * 3, "z": [2.0] * 3}, "b": {"x": [2.0] * 3, "y": [1.0] * 3}}
    assert notes_on_ranks(run_of(table)) == [
        "rank is over x and y, the ranked metrics that all generators have"
    ]


def test_generators_that_are_skipped_are_named_with_the_metrics_that_their_rank_leaves_out(run_of):
    full = {"x": [1.0, 1.1, 1.2], "y": [1.0, 1.1, 1.2], "z": ["skipped"] * 3}
    run = run_of({"a": full, "b": full, "c": full | {"y": [1.0, "skipped", 1.0]}})
    assert notes_on_ranks(run) == ["ranks compare c with others in 1 of 2 metrics, since it was skipped in y"]


def test_without_a_common_metric_there_is_no_rank(run_of):
    table = {"a": {"x": [1.0] * 3}, "b": {"x": [2.0] * 3, "y": [1.0] * 3}, "c": {"y": [2.0] * 3}}
    run = run_of(table)
    assert notes_on_ranks(run) == ["no overall rank: there is no ranked metric that all generators have"]
    assert all(row.rank is None for row in build_board(*run).rows)


def test_a_single_competitor_needs_no_note(run_of):
    assert notes_on_ranks(run_of({"a": {"x": [1.0]}, "noise": {"x": [1.0]}})) == []


def test_rows_with_the_same_samples_are_named(run_of):
    plan, records = run_of({"a@x": {"x": [1.0]}, "a@y": {"x": [1.5]}, "b": {"x": [3.0]}})
    groups = {"same_samples": {"digits": [["a@y", "a@x"]]}}
    assert notes_on_ranks((replace(plan, provenance=groups), records)) == [
        "the same samples, so one competitor, of which a metric ranks the first row with a value: a@y and a@x"
    ]
    board = build_board(replace(plan, provenance=groups), records)
    assert {row.generator: row.rank for row in board.rows} == {"a@x": None, "a@y": 1, "b": 2}


def test_a_row_of_a_csv_file_says_nothing_about_controls(run_of, without_records):
    table = {"vae": {"x": [2.0]}, "csv": {"x": [9.0]}, "csv-2": {"x": [0.0]}}
    run = run_of(table | {"held-out": {"x": [1.0]}, "noise": {"x": [5.0]}})
    assert len(view_board(build_board(*run)).wrong_controls) == 2
    assert view_board(build_board(*without_records(run, "csv", "csv-2"))).wrong_controls == ()
