"""Plain lines of stages, on a clock that the tests move."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from genbench.runs.progress import StageLines


class Stages:
    """A display, its clock, and what it prints."""

    def __init__(self):
        self.now = 0.0
        self.file = io.StringIO()
        self.display = StageLines(Console(file=self.file, width=60, markup=False), lambda: self.now)

    def tell(self, stage, step=None, total=None):
        self.display.progress("score", stage, step, total, {"loss": 1.0})

    def lines_at(self, *times):
        """Return what it prints by these times."""
        start = len(self.file.getvalue())
        for time in times:
            self.now = time
            self.display.tick()
        return self.file.getvalue()[start:].splitlines()


@pytest.fixture
def stages():
    return Stages()


def test_a_stage_of_two_seconds_or_less_prints_nothing(stages):
    stages.tell("open fake")
    assert stages.lines_at(0.5, 1.9) == []
    stages.tell("open real")
    assert stages.lines_at(2.0, 3.8) == []


def test_a_longer_one_prints_its_steps_and_the_time_that_is_left(stages):
    stages.tell("open fake")
    stages.tell("open fake", 500, 2000)
    assert stages.lines_at(1.0) == []
    stages.tell("open fake", 750, 2000)
    assert stages.lines_at(2.0) == ["open fake: 750/2,000, about 4 s left"]
    assert stages.lines_at(4.0, 11.9) == []
    stages.tell("open fake", 1000, 2000)
    assert stages.lines_at(12.0) == ["open fake: 1,000/2,000, about 24 s left"]


def test_one_that_takes_longer_than_its_steps_told_prints_the_time_so_far(stages):
    stages.tell("fid")
    stages.tell("fid", 0, 100)
    stages.now = 1.0
    stages.tell("fid", 50, 100)
    assert stages.lines_at(2.5) == ["fid: 2 s so far"]


def test_one_without_steps_prints_the_time_so_far_and_fewer_lines_the_longer_it_takes(stages):
    stages.tell("fid")
    lines = stages.lines_at(*range(2001))
    assert lines[:3] == ["fid: 2 s so far", "fid: 12 s so far", "fid: 22 s so far"]
    assert len(lines) < 30


def test_stages_inside_of_a_metric_name_it(stages):
    stages.tell("fid[pixels]")
    stages.tell("extract")
    assert stages.lines_at(3.0) == ["fid[pixels], extract: 3 s so far"]
    stages.tell("score")
    stages.tell("score", 1, 4)
    stages.now = 4.0
    stages.tell("score", 2, 4)
    assert stages.lines_at(5.0) == ["fid[pixels], score: 2/4, about 1 s left"]
    stages.tell("kid")
    assert stages.lines_at(8.0) == ["kid: 3 s so far"]


def test_names_are_sanitized_and_long_lines_are_not_broken(stages):
    stages.tell("a\x1b[2Jb" + "c" * 80)
    (line,) = stages.lines_at(5.0)
    assert "\x1b" not in line


def test_after_the_job_nothing_is_printed(stages):
    stages.tell("fid")
    stages.display.job_finished("score", 5.0)
    assert stages.lines_at(5.0, 50.0) == []


def test_a_thread_prints_while_the_job_says_nothing(monkeypatch):
    printed = threading.Event()
    monkeypatch.setattr("genbench.runs.progress._TICK_S", 0.001)
    stages = Stages()
    monkeypatch.setattr(stages.display, "tick", printed.set)
    with stages.display:
        assert printed.wait(60)
    assert not stages.display._thread.is_alive()


def test_warnings_are_lines(stages):
    stages.display.warned("the store [x] is full")
    assert stages.file.getvalue() == "Warning: the store [x] is full\n"


def test_notes_are_lines_at_once(stages):
    stages.tell("open fake")
    stages.display.noted("a.csv is taken as\x1b table samples")
    assert stages.file.getvalue().startswith("a.csv is taken as")
    assert "\x1b" not in stages.file.getvalue()
