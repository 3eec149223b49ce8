"""What makes the numbers of a board say less than they seem to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.leaderboard import build_board
from genbench.board.warnings import (
    list_board_warnings,
    list_number_warnings,
    warn_of_classes,
    warn_of_metric,
    warn_of_sizes,
)
from genbench.core.canonical_json import digest

SAME = "seeds that share samples, so no range of ranks, and an interval that does not hold their spread: "
SPREAD = {"a": {"x": [1.0, 1.1, 1.2]}, "b": {"x": [2.0, 2.1, 2.2]}}


DIGITS = digest("digits")


def noted(digits=DIGITS, **notes):
    """Return what a run noted of its data, of which run_of gives this hash."""
    return {"datasets": {"digits": {"hash": digits, **notes}}}


def cautions(run):
    return list_board_warnings(build_board(*run))


def test_a_board_without_faults_has_none(run_of):
    assert cautions(run_of(SPREAD)) == []


@pytest.mark.parametrize("seeds", [1, 2])
def test_too_few_seeds_are_said_once_where_somebody_is_ranked(run_of, seeds):
    table = {
        name: dict.fromkeys("xy", values[:seeds]) for name, row in SPREAD.items() for values in row.values()
    }
    expected = ["digits: no ranges of ranks, and nothing is marked as best: both need 3 seeds"]
    assert cautions(run_of(table)) == expected
    assert cautions(run_of({"a": {"x": [1.0]}, "noise": {"x": [9.0]}})) == []


def test_too_few_seeds_are_not_said_of_comparisons(run_of):
    """Their intervals do not come from seeds."""
    voted = run_of({"a": {"votes": [1.0]}, "b": {"votes": [2.0]}})
    both = run_of({name: {"votes": [1.0], "x": [1.0]} for name in "ab"})
    expected = (
        "digits: no ranges of ranks, and nothing is marked as best, except in comparisons: both need 3 seeds"
    )
    assert cautions(compared(voted)) == []
    assert cautions(compared(both)) == [expected]


def compared(run):
    """Return a run whose metric "votes" is a comparison."""
    plan, records = run

    def made(cell):
        if cell.metric != "votes":
            return cell
        return replace(cell, seed=None, signature={**cell.signature, "runs": [0]})

    cells = tuple(map(made, plan.cells))
    return replace(plan, cells=cells), {
        key: replace(record, cell=made(record.cell)) for key, record in records.items()
    }


def test_equal_samples_at_all_seeds_are_said_of_competitors(run_of):
    plan, records = run_of(SPREAD | {"held-out": {"x": [0.0, 0.0, 0.0]}})
    same = {
        key: record if record.cell.generator == "b" else replace(record, samples=record.cell.generator)
        for key, record in records.items()
    }
    assert cautions((plan, same)) == [f"digits: {SAME}a"]


def test_equal_samples_at_all_seeds_are_said_of_a_competitor_without_a_rival(run_of):
    plan, records = run_of({"a": {"x": [1.0, 1.0, 1.0]}, "held-out": {"x": [0.0, 0.0, 0.0]}})
    same = {key: replace(record, samples=record.cell.generator) for key, record in records.items()}
    assert cautions((plan, same)) == [f"digits: {SAME}a"]


def test_equal_samples_at_all_seeds_are_said_of_metrics_without_a_direction(run_of):
    plan, records = run_of({"a": {"x": [1.0, 1.0, 1.0]}}, directions={"x": "none"})
    same = {key: replace(record, samples="same") for key, record in records.items()}
    assert cautions((plan, same)) == [f"digits: {SAME.replace('no range of ranks, and ', '')}a"]


@pytest.mark.parametrize(("size", "is_said"), [(5989, False), (5990, True)])
def test_the_size_of_a_whole_reference_is_that_of_the_test_split(run_of, size, is_said):
    plan, records = run_of({"a": {"x": [1.0, 1.1, 1.2]}}, signature={"n_real": "all"})
    plan = replace(plan, provenance=noted(sizes={"test": size, "train": 9}))
    found = cautions((plan, records))
    assert [f"x: 599 fakes and {size} real samples" in text for text in found] == [True] * is_said


def test_the_warning_of_a_metric_is_said_once_with_the_metrics_concerned(run_of):
    plan, records = run_of({"a": {"x": [1.0] * 3, "y": [1.0] * 3, "z": [1.0] * 3}})
    warned = {
        key: record if record.cell.metric == "z" else replace(record, extra={"warning": "n is too small"})
        for key, record in records.items()
    }
    assert cautions((plan, warned)) == ["x and y: n is too small"]


@pytest.mark.parametrize("text", ["", 7, None, ["a"]])
def test_a_warning_that_is_no_text_is_none(text):
    assert list(warn_of_metric({"warning": text})) == []


@pytest.mark.parametrize(
    ("n", "n_real", "is_said"),
    [(50, 500, True), (500, 50, True), (50, 499, False), (50, None, False), (50, "all", False)],
)
def test_sides_of_very_unequal_size_are_said(n, n_real, is_said):
    assert bool(list(warn_of_sizes(n, n_real))) == is_said


def test_the_sizes_are_those_of_the_signature(run_of):
    run = run_of({"a": {"x": [1.0] * 3}}, n=50, signature={"n_real": 5000})
    (line,) = cautions(run)
    assert line.startswith("x: 50 fakes and 5000 real samples: ")


def test_data_with_few_different_samples_are_said(run_of):
    plan, records = run_of(SPREAD)
    (line,) = cautions((replace(plan, provenance=noted(different=12)), records))
    assert line.startswith("digits: only 12 samples are different, and equal ones are in one split")


def test_two_runs_have_notes_of_their_own_data_in_any_order(run_of, joined):
    """The data of one name differ: a caution concerns the rows of its run alone."""
    large, small = (
        run_of({name: {"x": [1.0, 1.1, 1.2]}}, n=50, signature={"n_real": "all", "data": data * 64})
        for name, data in (("a", "a"), ("b", "b"))
    )
    plan, records = joined(large, small)
    one = noted("a" * 64, sizes={"test": 5000}, different=12, shared_splits=[["test", "train"]])
    two = noted("b" * 64, sizes={"test": 60})
    for merged in ({"one": one, "two": two}, {"two": two, "one": one}):
        few, shared, sizes = cautions((replace(plan, provenance={"merged": merged}), records))
        assert few.startswith("digits of a: only 12 samples are different")
        assert shared.startswith("digits of a: test and train share samples")
        assert sizes.startswith("x of a: 50 fakes and 5000 real samples")


def test_what_one_of_two_runs_noted_of_the_same_data_is_said_in_any_order(run_of):
    """An earlier genbench noted less of the data."""
    plan, records = run_of(SPREAD, n=50, signature={"n_real": "all"})
    later = noted(sizes={"test": 5000}, different=12, shared_splits=[["test", "train"]])
    alone = cautions((replace(plan, provenance=later), records))
    assert len(alone) == 3
    for merged in ({"a": later, "b": noted()}, {"a": noted(), "b": later}, {"a": later, "b": later}):
        assert cautions((replace(plan, provenance={"merged": merged}), records)) == alone


@pytest.mark.parametrize("first", [True, False])
def test_no_note_of_a_run_replaces_another_one_of_the_same_data(run_of, first):
    """Such as a wrong size that makes both sides equal, in a run of any name."""
    plan, records = run_of(SPREAD, n=50, signature={"n_real": "all"})
    right, wrong = noted(sizes={"test": 5000}, different=12), noted(sizes={"test": 50}, different=40)
    merged = {"merged": {"a": right, "b": wrong} if first else {"a": wrong, "b": right}}
    lines = cautions((replace(plan, provenance=merged), records))
    starts = ["digits: only 12 samples", "digits: only 40 samples", "x: 50 fakes and 5000 real samples"]
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts
    board = build_board(replace(plan, provenance=merged), records)
    assert len(list_number_warnings(board, board.rows[0], "x")) == len(starts)


def test_metrics_that_a_warning_concerns_in_some_rows_name_these(run_of):
    plan, records = run_of({name: {"x": [1.0] * 3, "y": [1.0] * 3} for name in "abc"})
    warned = {
        key: replace(record, extra={"warning": "n is too small"})
        if record.cell.metric == "y" or record.cell.generator in "ac"
        else record
        for key, record in records.items()
    }
    assert "x of a and c; y: n is too small" in cautions((plan, warned))


@pytest.mark.parametrize(
    ("real", "fake", "strange"),
    [("0123", "1234", "4"), ("01", "0", None), ("", "01", None), ("01", "", None)],
)
def test_classes_of_the_fakes_alone_are_said(real, fake, strange):
    found = list(warn_of_classes(real, fake))
    assert found == ([] if strange is None else [
        f"fake has classes that real lacks: {strange}; classes are matched by name, or by number"
    ])  # fmt: skip


def test_splits_with_equal_content_are_said_of_merged_runs_too(run_of):
    plan, records = run_of(SPREAD)
    one = noted(shared_splits=[["test", "train"]])
    for provenance in (one, {"merged": {"one": one, "two": {"datasets": {"other": {}}}}}):
        (line,) = cautions((replace(plan, provenance=provenance), records))
        assert line.startswith("digits: test and train share samples")
