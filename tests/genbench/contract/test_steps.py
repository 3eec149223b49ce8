"""Steps of long work, told as thousandths."""

from __future__ import annotations

import pytest

from genbench import Steps, log_parts


@pytest.fixture
def told():
    return []


@pytest.fixture
def log(told):
    return lambda step, total: told.append((step, total))


def test_the_start_is_told_so_that_the_first_part_gives_a_speed(log, told):
    Steps(log, 10)
    assert told == [(0, 1000)]


def test_parts_count_by_their_work(log, told):
    steps = Steps(log, 8)
    for work in (1, 5, 2):
        steps.add(work)
    assert told == [(0, 1000), (125, 1000), (750, 1000), (1000, 1000)]


def test_items_pass_through_and_count_once_they_were_used(log, told):
    steps = Steps(log, 4)
    seen = [(item, told[-1][0]) for item in steps.over("abcd")]
    assert seen == [("a", 0), ("b", 250), ("c", 500), ("d", 750)]
    assert told[-1] == (1000, 1000)


def test_a_thousandth_is_told_once_however_many_parts_there_are(log, told):
    list(Steps(log, 100_000).over(range(100_000)))
    assert told == [(part, 1000) for part in range(1001)]


def test_parts_log_by_themselves_and_count_by_their_work(log, told):
    first, second = log_parts(log, 2, 8)
    first(1, 1)
    list(Steps(second, 4).over(range(4)))
    assert told == [(part, 1000) for part in (0, 200, 400, 600, 800, 1000)]


def test_a_part_that_ends_early_leaves_the_next_one_in_its_place(log, told):
    first, second = log_parts(log, 5, 5)
    first(1, 10)
    second(1, 5)
    assert told == [(0, 1000), (50, 1000), (600, 1000)]


def test_shares_that_rounding_makes_too_small_end_at_all(log, told):
    steps = Steps(log, 0.7)
    for _ in range(7):
        steps.add(0.1)
    assert told[-1] == (1000, 1000)


def test_more_work_than_was_expected_stays_at_all(log, told):
    steps = Steps(log, 2)
    steps.add(5)
    steps.add(1)
    assert told == [(0, 1000), (1000, 1000)]
