"""Processes and their memory, as the system tells of them."""

from __future__ import annotations

import os

import psutil
import pytest

from genbench.jobs.isolation import process_tree
from genbench.jobs.isolation.process_tree import kill_each, machine_memory, measure_resident, measure_share


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (["max"], None),
        (["123456789"], 123456789),
        (["max", "5000"], 5000),
        (["9000", "5000"], 5000),
        (["9223372036854771712"], None),  # what version 1 of control groups says of no limit
        ([], None),
    ],
)
def test_the_memory_is_that_of_the_control_group_where_it_is_less(limits, expected, tmp_path, monkeypatch):
    files = [tmp_path / str(number) for number in range(len(limits))]
    for file, limit in zip(files, limits, strict=True):
        file.write_text(f"{limit}\n")
    monkeypatch.setattr(process_tree, "_LIMITS", (*files, tmp_path / "none"))
    assert machine_memory() == (psutil.virtual_memory().total if expected is None else expected)


def test_a_shared_page_counts_in_parts(monkeypatch):
    monkeypatch.setattr(process_tree, "_read_file", lambda path: b"Rss: 900 kB\nPss: 12 kB\nPss_Anon: 5 kB\n")
    assert measure_share([1, 2]) == 2 * 12 * 1024


def test_the_memory_of_this_process_is_that_of_psutil():
    """Within a tenth, since both are asked one after the other."""
    expected = psutil.Process().memory_info().rss
    assert measure_resident([os.getpid()]) == pytest.approx(expected, rel=0.1)
    assert 0 < measure_share([os.getpid()]) <= 1.1 * expected


def test_a_process_that_has_ended_is_not_killed_again():
    ended, running = psutil.Popen(["true"]), psutil.Popen(["sleep", "100"])
    while ended.status() != psutil.STATUS_ZOMBIE:
        assert running.is_running()
    assert kill_each([ended.pid, running.pid]) == {running.pid}
    assert (ended.wait(), running.wait()) == (0, -9)
