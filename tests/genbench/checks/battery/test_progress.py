"""Progress of a battery."""

from __future__ import annotations

import io
import itertools

from rich.console import Console

from genbench.checks.battery import progress


def lines(monkeypatch, seconds, steps=100):
    clock = itertools.count(0, seconds / steps)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    file = io.StringIO()
    with progress.watching(Console(file=file, width=80), "gap, n = 60") as show:
        for step in range(steps):
            show(step + 1, steps)
    return file.getvalue().splitlines()


def test_nothing_is_said_under_two_seconds(monkeypatch):
    assert lines(monkeypatch, 1.0) == []


def test_a_long_battery_says_a_few_times_how_far_it_is(monkeypatch):
    found = lines(monkeypatch, 100.0)
    assert found[-1] == "gap, n = 60: 100 of 100 faults, 100 s"
    assert len(found) == 5


def test_a_terminal_gets_a_bar_that_goes_away():
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True)
    with progress.watching(console, "gap") as show:
        show(1, 2)
        show(2, 2)
    assert "gap" not in file.getvalue()
