"""Marks of cells: numbers that one metric's own test finds worse than the best, and `compare` does not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from genbench.board.decisions.comparison import Contender, list_comparisons
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board


def undecided(run):
    return {
        (line.row.generator, head.metric)
        for table in view_board(build_board(*run)).tables
        for head in table.heads
        for line in table.rows
        if line.cells[head.id].is_undecided
    }


def without_better(run):
    """Return the numbers with ranges that leave out the first, and nothing that `compare` finds better."""
    plan, records = run
    (block,) = build_board(plan, records).blocks("digits")
    behind = {
        (row.generator, metric)
        for row in block.competitors
        for metric, entry in row.entries.items()
        if entry.rank_low not in (None, 1)
    }
    names = [row.generator for row in block.competitors]
    sides = [Contender(label=name, generator=name, plan=plan, records=records) for name in names]
    for first, second in combinations(sides, 2):
        for found in list_comparisons(first, second):
            if found.outcome == "better":
                behind.discard((({found.a, found.b} - {found.better}).pop(), found.metric))
    return behind


@pytest.mark.parametrize("direction", ["lower", "higher", "none"])
@pytest.mark.parametrize("count", [2, 5])
def test_it_is_what_compare_says_of_each_pair(run_of, direction, count):
    rng, found = np.random.default_rng(count + 1), 0
    for _ in range(4):
        metrics = [f"m{number}" for number in range(6)]
        means = rng.normal(size=(count, len(metrics))) * 2
        table = {
            f"g{row}": {
                m: rng.normal(means[row, column], 1.0, 3).tolist() for column, m in enumerate(metrics)
            }
            for row in range(count)
        }
        run = run_of(table, directions=dict.fromkeys(metrics, direction))
        assert undecided(run) == without_better(run)
        found += len(undecided(run))
    assert (found > 0) == (direction != "none")


def test_with_one_metric_nothing_is_undecided_between_two(run_of):
    assert undecided(run_of({"a": {"m": [1.0, 1.1, 1.2]}, "b": {"m": [5.0, 5.1, 5.2]}})) == set()


def test_a_difference_that_many_equal_metrics_beside_it_hide_is_undecided(run_of):
    equal = {f"equal{number}": [1.0, 2.0, 3.0] for number in range(30)}
    run = run_of({"a": {"m": [1.0, 1.4, 1.2], **equal}, "b": {"m": [2.0, 2.4, 2.2], **equal}})
    assert undecided(run) == {("b", "m")}


def test_two_seeds_mark_nothing(run_of):
    assert undecided(run_of({"a": {"m": [1.0, 1.1]}, "b": {"m": [5.0, 5.1]}})) == set()


def test_a_generator_whose_seeds_have_one_value_takes_part(run_of):
    run = run_of({"a": {"m": [1.0, 1.0, 1.0]}, "b": {"m": [5.0, 5.1, 5.2]}, "c": {"m": [5.0, 5.1, 5.2]}})
    assert undecided(run) == without_better(run)


def test_one_behind_a_mean_that_no_test_can_compare_takes_part(run_of):
    equal = {f"equal{number}": [1.0, 2.0, 3.0] for number in range(30)}
    table = {"a": [1.0, 1.0, 1.0], "b": [2.2, 2.2, 2.2], "c": [0.9, 1.3, 1.1]}
    run = run_of({name: {"m": values, **equal} for name, values in table.items()})
    assert undecided(run) == without_better(run) == {("b", "m")}
