from __future__ import annotations

import re
from dataclasses import replace

import pytest

from genbench.board.leaderboard import build_board
from genbench.board.view import view_board
from genbench.report.charts.drawing import draw_chart
from genbench.results.copies import ALL, Copies


@pytest.fixture(scope="session")
def board_of():
    """Return a function that gives the view of a run's board."""
    return lambda run: view_board(build_board(*run))


@pytest.fixture(scope="session")
def rows_in():
    """Return a function to all rows of data in a chart that have a field."""

    def collect(chart, field):
        if isinstance(chart, dict):
            own = chart.get("data", {}).get("values", []) if isinstance(chart.get("data"), dict) else []
            inner = [row for value in chart.values() for row in collect(value, field)]
            return [row for row in own if field in row] + inner
        return [row for value in chart for row in collect(value, field)] if isinstance(chart, list) else []

    return collect


@pytest.fixture(scope="session")
def texts():
    """Return a function to the texts that a chart shows, once drawn."""
    return lambda chart: re.findall(r">([^<>]+)</t(?:ext|span)>", draw_chart(chart, "svg").decode())


@pytest.fixture(scope="session")
def with_own():
    """Return a function that gives a run in which a metric has an interval of its own for a generator."""

    def change(run, generator, metric, low, high):
        plan, records = run
        changed = {
            key: replace(each, low=low, high=high)
            for key, each in records.items()
            if (each.cell.generator, each.cell.metric) == (generator, metric)
        }
        return plan, records | changed

    return change


@pytest.fixture(scope="session")
def with_copies():
    """Return a function that gives a run in which all samples of a generator are training samples."""

    def change(run, generator):
        plan, records = run
        count = Copies(of=20, equal=20, identical=20, chance=0, limit=0)
        changed = {
            key: replace(each, copies={"train": count, ALL: count})
            for key, each in records.items()
            if each.cell.generator == generator
        }
        return plan, records | changed

    return change
