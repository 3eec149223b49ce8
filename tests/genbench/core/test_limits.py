from __future__ import annotations

from pathlib import Path

import pytest

from genbench.core.errors import SuiteError
from genbench.core.limits import Limits, bytes_text, duration_text, read_limits
from genbench.suite.file import parse_suite

BASE = Limits(timeout=5.0, memory=7)
SUITE = (
    'name = "s"\nseeds = [0]\nn = 3\n{top}\n[[dataset]]\nuse = "d"\n'
    '[[generator]]\nuse = "g"\n{entry}\n[[metric]]\nuse = "m"\n'
)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (90, 90.0),
        (0.5, 0.5),
        ("90 s", 90.0),
        ("10min", 600.0),
        ("1.5 h", 5400.0),
        ("2 d", 172800.0),
        ("none", None),
    ],
)
def test_a_timeout_is_seconds_or_a_duration_with_its_unit(value, seconds):
    assert read_limits("", {"timeout": value}, BASE) == Limits(timeout=seconds, memory=7)


def test_a_timeout_is_at_most_a_leap_year():
    assert read_limits("", {"timeout": "366 d"}, BASE).timeout == 366 * 86400
    with pytest.raises(SuiteError, match="above 0 and at most 366 d"):
        read_limits("", {"timeout": 366 * 86400 + 1}, BASE)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("600 MB", 600_000_000),
        ("2GB", 2 * 10**9),
        ("1.5 GiB", 3 * 2**29),
        ("512 kb", 512_000),
        ("3 kB", 3_000),
        ("0.001 kB", 1),
        ("3 MB", 3_000_000),
        ("3 GB", 3_000_000_000),
        ("3 TB", 3_000_000_000_000),
        ("3 KiB", 3_072),
        ("3 MiB", 3_145_728),
        ("3 GiB", 3_221_225_472),
        ("3 TiB", 3_298_534_883_328),
        ("none", None),
    ],
)
def test_memory_is_a_size_with_its_unit(value, size):
    assert read_limits("", {"memory": value}, BASE) == Limits(timeout=5.0, memory=size)


@pytest.mark.parametrize(
    "value", [0, -1, True, "soon", "5 parsecs", "-1 s", float("inf"), float("nan"), 10**12, [], "", None]
)
def test_what_is_no_duration_is_refused_by_its_key(value):
    with pytest.raises(SuiteError, match=r'^s.toml: timeout: expected seconds, or "90 s"'):
        read_limits("s.toml: ", {"timeout": value}, BASE)


@pytest.mark.parametrize(
    "value", [0, 600, True, "much", "5 pints", "-1 MB", "0 MB", "9e9 GB", [], None, "99999999999 TB"]
)
def test_what_is_no_size_is_refused_by_its_key(value):
    with pytest.raises(SuiteError, match=r'^s.toml: memory: expected a size such as "600 MB"'):
        read_limits("s.toml: ", {"memory": value}, BASE)


def test_an_entry_has_the_limits_of_its_suite_unless_it_sets_its_own():
    text = SUITE.format(top='timeout = "1 h"\nmemory = "2 GB"', entry='timeout = "5 s"')
    suite = parse_suite(text, file="s.toml", folder=Path())
    assert suite.datasets[0].limits == Limits(timeout=3600.0, memory=2 * 10**9)
    assert suite.generators[0].limits == Limits(timeout=5.0, memory=2 * 10**9)
    assert suite.generators[0].options == {}


def test_without_a_word_a_piece_of_work_may_take_six_hours_and_what_memory_there_is():
    assert parse_suite(SUITE.format(top="", entry=""), file="s.toml", folder=Path()).limits == Limits(
        timeout=21600.0, memory=None
    )


def test_an_entry_that_sets_nonsense_is_refused_by_its_key():
    text = SUITE.format(top="", entry="memory = 3")
    with pytest.raises(SuiteError, match=r"s\.toml: generator\[0\]\.memory: expected a size"):
        parse_suite(text, file="s.toml", folder=Path())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.5, "0.5 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (90, "1 min 30 s"), (200, "3 min 20 s"),
        (600, "10 min"), (7500, "2 h 5 min"), (7507, "2 h 5 min"), (21600, "6 h"), (86400, "1 d"),
    ],
)  # fmt: skip
def test_durations_have_two_units_at_most(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (600_000_000, "600 MB"),
        (1_610_612_736, "1.61 GB"),
        (5_000, "5 kB"),
        (10**9, "1 GB"),
        (2 * 10**9, "2 GB"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (95_628_359, "95.6 MB"),
        (1_234_567_890, "1.23 GB"),
        (3 * 10**12, "3 TB"),
        (0, "0 bytes"),
    ],
)
def test_sizes_are_written_as_a_suite_has_them(size, text):
    assert bytes_text(size) == text
