"""The columns of the CSVs, before any frame is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.csv_tables import (
    ENTRY,
    HISTORY,
    ROW,
    SCORES,
    TIMINGS,
    leaderboard_columns,
    leaderboard_frame,
)
from genbench.board.rank_rules import EARLIER_RULE

TABLES = {"leaderboard": ROW + ENTRY, "scores": SCORES, "timings": TIMINGS, "history": HISTORY}


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
def test_columns_have_names_of_their_own_and_say_what_they_hold(columns):
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.meaning for column in columns)


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
def test_the_unit_of_a_column_is_the_end_of_its_name(columns):
    """Only times and sizes have units; other numbers are counts, or in the unit of a metric."""
    ends = {"_s": "s", "_mib": "MiB"}
    for column in columns:
        expected = next((unit for end, unit in ends.items() if column.name.endswith(end)), "")
        assert column.unit == expected, column.name


def test_a_leaderboard_has_columns_for_each_metric_sorted(run_of):
    plan, records = run_of({"vae": {"kid": [1.0], "fid": [2.0]}, "gan": {"fid": [3.0]}})
    names = [column.name for column in leaderboard_columns(plan.cells, EARLIER_RULE)]
    assert names[: len(ROW)] == [column.name for column in ROW]
    assert names[len(ROW) :] == [metric + part.name for metric in ("fid", "kid") for part in ENTRY]
    assert names == list(leaderboard_frame(plan, records).columns)


def test_numbers_of_fakes_are_texts_only_where_a_row_has_several(run_of):
    plan, records = run_of({"vae": {"fid": [1.0], "kid": [1.0]}, "gan": {"fid": [3.0], "kid": [1.0]}})
    fewer = [replace(cell, n=300) if cell.generator == "gan" else cell for cell in plan.cells]
    mixed = [replace(cell, n=300) if cell.metric == "kid" else cell for cell in plan.cells]
    columns = [leaderboard_columns(cells, EARLIER_RULE) for cells in (plan.cells, fewer, mixed)]
    assert [{c.name: c.dtype for c in row}["n"] for row in columns] == ["int64", "int64", "str"]
    frame = leaderboard_frame(replace(plan, cells=tuple(mixed)), records)
    assert list(frame["n"]) == ["300 599", "300 599"]
