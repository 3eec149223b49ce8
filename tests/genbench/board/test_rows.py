"""Rows from records."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench import Samples
from genbench.board.leaderboard import build_board
from genbench.board.rows import UNVERIFIED, build_rows
from genbench.results.sketches import Sketch


def entry(run_of, values, direction="lower", bounds=(None, None)):
    plan, records = run_of({"a": {"m": values}}, directions={"m": direction})
    plan = replace(
        plan, cells=tuple(replace(cell, facts=replace(cell.facts, range=bounds)) for cell in plan.cells)
    )
    return build_board(plan, records).rows[0].entries["m"]


def test_an_interval_stays_within_the_range_of_the_metric(run_of):
    found = entry(run_of, [0.6, 0.8], bounds=(0.0, 1.0))
    assert (found.value, found.low, found.high) == (pytest.approx(0.7), 0.0, 1.0)


def test_the_runs_of_a_target_have_the_distance_of_the_mean_as_mean(run_of):
    found = entry(run_of, [0.5, 1.25, 0.5], "target")  # the target is 1
    assert found.tested_values == (0.5, -0.25, 0.5)
    assert sum(found.tested_values) / 3 == found.loss == 0.25
    assert entry(run_of, [1.5, 0.75, 1.5], "target").tested_values == (0.5, -0.25, 0.5)


@pytest.mark.parametrize(
    "given", [5, [], [1.0], ["0", "1"], [None, 1.0], [2.0, 1.0], {"0": 1.0, "1": 2.0}, None]
)
def test_a_mean_with_a_malformed_interval_has_none(run_of, given):
    plan, records = run_of({"a": {"m": [1.0, 1.0]}})
    cells = tuple(replace(cell, plugin=UNVERIFIED) for cell in plan.cells)
    changed = {key: replace(record, extra={"interval_over_seeds": given}) for key, record in records.items()}
    found = build_board(replace(plan, cells=cells), changed).rows[0].entries["m"]
    assert (found.value, found.low, found.high, found.values) == (1.0, None, None, ())


def test_losses_of_runs_are_each_ones_own(run_of):
    assert entry(run_of, [0.5, 1.25, 0.5], "target").seed_losses == (0.5, 0.25, 0.5)
    assert entry(run_of, [1.0, "error"]).seed_losses == (float("inf"),) * 2
    assert entry(run_of, ["skipped", "skipped"]).seed_losses is None


@pytest.mark.parametrize(("common", "is_shared"), [(0, False), (20, False), (100, True), (200, True)])
def test_two_seeds_of_three_that_share_samples_are_noticed(run_of, common, is_shared):
    """Draws of 200 samples each, of which the first and the last have some in common, in another order."""
    values = np.random.default_rng(0).normal(size=(600, 1))
    chosen = [np.arange(200), np.arange(200, 400), np.arange(600)[::-1][:200]]
    chosen[2][:common] = np.arange(common)[::-1]
    _, records = run_of({"a": {"m": [1.0, 2.0, 3.0]}})
    drawn = [
        replace(record, samples=f"{seed}", sketch=str(Sketch.of(Samples.of("vector", values[index]))))
        for seed, (record, index) in enumerate(zip(records.values(), chosen, strict=True))
    ]
    assert [row.same_samples for row in build_rows(drawn)] == [is_shared]


@pytest.mark.parametrize("older", ["fid", "recall"])
def test_a_record_without_a_sketch_hides_no_sketch_of_its_samples(run_of, older):
    """Draws of 200 samples at two seeds, of which half are the same; the records of one metric are older."""
    values = np.random.default_rng(0).normal(size=(300, 1))
    sketches = [str(Sketch.of(Samples.of("vector", values[start : start + 200]))) for start in (0, 100)]
    _, records = run_of({"a": {"fid": [1.0, 2.0], "recall": [1.0, 2.0]}})
    drawn = [
        replace(
            record,
            samples=f"{record.cell.seed}",
            sketch="" if record.cell.metric == older else sketches[record.cell.seed],
        )
        for record in records.values()
    ]
    assert [row.same_samples for row in build_rows(drawn)] == [True]
    assert [row.same_samples for row in build_rows([replace(r, sketch="") for r in drawn])] == [False]


@pytest.mark.parametrize("older", [{("a", 0), ("a", 1)}, {("b", 0), ("b", 1)}, {("a", 0), ("b", 1)}])
def test_what_a_record_says_of_samples_holds_for_all_rows_of_them(run_of, older):
    """Draws of 200 samples at two seeds, of which half are the same; those in `older` have no sketch."""
    values = np.random.default_rng(0).normal(size=(300, 1))
    sketches = [str(Sketch.of(Samples.of("vector", values[start : start + 200]))) for start in (0, 100)]
    _, records = run_of({name: {"fid": [1.0, 2.0]} for name in "abc"})
    drawn = [
        replace(
            record,
            samples=f"{record.cell.seed}{'of c' if record.cell.generator == 'c' else ''}",
            sketch="" if {(record.cell.generator, record.cell.seed)} & (older | {("c", 0), ("c", 1)})
            else sketches[record.cell.seed],
        )
        for record in records.values()
    ]  # fmt: skip
    assert [row.same_samples for row in build_rows(drawn)] == [True, True, False]


def test_a_seed_whose_samples_are_known_of_one_of_two_rows_of_them_counts_for_both(run_of):
    """The process of the other died at seed 1 before it gave samples."""
    _, records = run_of({"a": {"fid": [1.0, "memory"]}, "b": {"fid": [1.0, 2.0]}, "c": {"fid": [1.0, 2.0]}})
    drawn = [replace(r, samples="" if r.status == "memory" else "x") for r in records.values()]
    drawn = [replace(r, samples="zy"[r.cell.seed]) if r.cell.generator == "c" else r for r in drawn]
    assert [row.same_samples for row in build_rows(drawn)] == [False, True, False]
    rows = build_rows(drawn, {("digits", name): ("b", "a") for name in "ab"})
    assert [row.same_samples for row in rows] == [True, True, False]
    assert [row.same_as for row in rows] == [("b", "a"), ("b", "a"), ("c",)]


def test_other_samples_at_one_seed_are_no_shared_ones(run_of):
    _, records = run_of({"a": {"fid": [1.0, 2.0], "recall": [1.0, 2.0]}})
    drawn = [replace(r, samples=f"{r.cell.seed}{r.cell.metric}") for r in records.values()]
    assert [row.same_samples for row in build_rows(drawn)] == [False]
    drawn[-1] = replace(drawn[-1], samples="0fid")
    assert [row.same_samples for row in build_rows(drawn)] == [True]


def test_the_same_samples_at_several_seeds_are_noticed(run_of):
    _, records = run_of({"a": {"m": [1.0, 2.0]}})
    same = [replace(record, samples="x") for record in records.values()]
    assert [row.same_samples for row in build_rows(same)] == [True]
    assert [row.same_samples for row in build_rows(list(records.values()))] == [False]
    assert [row.same_samples for row in build_rows(same[:1])] == [False]
    assert [row.same_samples for row in build_rows([replace(record, samples="") for record in same])] == [
        False
    ]


def test_a_row_competes_unless_it_is_a_control_or_has_no_records(run_of):
    _, records = run_of({"a": {"m": [1.0]}, "b": {"m": [1.0]}, "noise": {"m": [1.0]}})
    found = [
        replace(record, cell=replace(record.cell, plugin=UNVERIFIED))
        if record.cell.generator == "b"
        else record
        for record in records.values()
    ]
    rows = build_rows(found)
    assert [(row.generator, row.competes) for row in rows] == [("a", True), ("b", False), ("noise", False)]
    assert [row.entries["m"].valid_share for row in rows] == [1, None, 1]


def test_a_row_that_lacks_records_in_every_metric_is_absent_and_does_not_compete(run_of):
    some = {"m": [None, 1.0], "x": [1.0, 1.0]}
    table = {"a": some, "b": {"m": [None, 1.0]}, "c": {"m": [None, "error"]}, "noise": {"m": [None, None]}}
    plan, records = run_of(table)
    rows = build_board(plan, records).rows
    found = [(row.generator, row.competes, row.is_absent) for row in rows]
    assert found == [("a", True, False), ("b", False, True), ("c", True, False), ("noise", False, False)]
