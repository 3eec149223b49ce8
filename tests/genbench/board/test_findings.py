"""What failed, and which controls a metric does not respect."""

from __future__ import annotations

from dataclasses import replace

from genbench.board.findings import failures, listed, notes, tally, warnings
from genbench.board.leaderboard import build_board
from genbench.results.notices import Notice


def test_names_are_listed_in_words():
    assert [listed("abc"[:k]) for k in range(1, 4)] == ["a", "a and b", "a, b and c"]
    assert listed("abcdef") == "a, b, c and 3 more"


def test_failures_are_gathered_by_generator_status_and_reason(run_of):
    table = {"gan": {"x": ["error", 1.0, "error"], "y": ["error", 1.0, "skipped"]}}
    found = failures(build_board(*run_of(table)))
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
    assert notes(build_board(plan, records)) == ["x and y: made in haste"]
    assert notes(build_board(*run_of({"vae": {"x": [1.0]}}))) == []


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
    assert notes(build_board(plan, records)) == [
        "digits: dataset p:d was noted",
        "gan: gave other samples at the same key (deterministic: no): another run gives other numbers",
        "vae: generator p:vae changed the working directory",
        "x: extractor p:looks used torch's global random state",
    ]


def test_the_tally_names_ok_first_even_if_there_is_none(run_of):
    assert tally(build_board(*run_of({"a": {"m": [1.0, "error", "error"]}}))) == "3 cells: 1 ok, 2 error"
    assert tally(build_board(*run_of({"a": {"m": ["crash"]}}))) == "1 cell: 0 ok, 1 crash"


def test_a_competitor_better_than_real_data_is_named(run_of):
    table = {"vae": {"m": [1.0]}, "gan": {"m": [3.0]}, "held-out": {"m": [2.0]}}
    (line,) = warnings(build_board(*run_of(table)))
    assert line == "digits: m: vae (1.000) is better than held-out (2.000), which is real data"


def test_within_the_intervals_nobody_is_better_than_real_data(run_of):
    near = {"vae": {"m": [1.0, 3.0]}, "held-out": {"m": [2.0, 2.5]}}
    far = {"vae": {"m": [1.0, 1.001]}, "held-out": {"m": [2.0, 2.001]}}
    assert warnings(build_board(*run_of(near))) == []
    assert len(warnings(build_board(*run_of(far)))) == 1


def test_noise_that_is_not_the_worst_is_named(run_of):
    table = {"vae": {"m": [1.0]}, "gan": {"m": [4.0]}, "noise": {"m": [3.0]}}
    (line,) = warnings(build_board(*run_of(table)))
    assert line == "digits: m: noise (3.000) is not the worst: gan (4.000) is worse"


def test_a_failure_is_not_worse_than_noise(run_of):
    table = {"gan": {"m": ["error"]}, "noise": {"m": [3.0]}, "held-out": {"m": ["error"]}}
    assert warnings(build_board(*run_of(table))) == []


def test_a_metric_without_direction_gives_no_warning(run_of):
    table = {"vae": {"m": [1.0]}, "held-out": {"m": [2.0]}, "noise": {"m": [0.0]}}
    assert warnings(build_board(*run_of(table, directions={"m": "none"}))) == []
