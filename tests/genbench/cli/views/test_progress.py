"""Progress of steps and of bytes."""

from __future__ import annotations

import io
import itertools
import re

import pytest
from rich.console import Console

from genbench.cli.views import progress


def lines(monkeypatch, seconds, unit="faults", steps=100):
    clock = itertools.count(0, seconds / steps)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    file = io.StringIO()
    with progress.show_progress("gap, n = 60", unit, console=Console(file=file, width=80)) as show:
        for step in range(steps):
            show(step + 1, steps)
    return file.getvalue().splitlines()


def test_nothing_is_printed_under_two_seconds(monkeypatch):
    assert lines(monkeypatch, 1.9) == []


def test_long_work_prints_how_far_it_is_and_fewer_lines_the_longer_it_takes(monkeypatch):
    found = lines(monkeypatch, 100.0)
    assert found[:2] == ["gap, n = 60: 2 of 100 faults, 2 s", "gap, n = 60: 12 of 100 faults, 12 s"]
    assert len(found) == 8
    assert len(lines(monkeypatch, 3600.0, steps=3600)) < 30


def test_bytes_are_sizes(monkeypatch):
    assert lines(monkeypatch, 3000.0, progress.BYTES, steps=3000)[1] == "gap, n = 60: 12 bytes of 3 kB, 12 s"


def test_a_terminal_gets_a_bar_after_two_seconds_that_goes_away(monkeypatch):
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True)
    with progress.show_progress("gap", "faults", console=console) as show:
        show(1, 2)
        assert "gap" not in file.getvalue()
        monkeypatch.setattr(progress.time, "monotonic", lambda: 1e9)
        show(2, 2)
    assert "gap" in file.getvalue()
    assert "faults, left:" in file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_bar_with_a_long_title_is_one_line_with_its_numbers(monkeypatch, width):
    clock = itertools.count(0, 5)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True)
    with progress.show_progress("fid of " + "many " * 30, "metrics", 25, console=console) as show:
        show(3)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())
    assert "… " in plain
    assert " 3/25 metrics, left: " in plain
    assert max(map(len, re.split(r"[\r\n]+", plain))) <= width
    assert "\n" not in plain.rstrip()
