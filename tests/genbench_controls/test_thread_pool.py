"""The executor `local`: as many calls at a time as there are jobs."""

from __future__ import annotations

import threading

import pytest
from genbench_controls import thread_pool
from genbench_controls.thread_pool import local


def at_a_time(executor, calls):
    """Return the greatest number of calls that were running at once."""
    lock, may_end = threading.Lock(), threading.Event()
    running, most = 0, 0

    def call():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        may_end.wait(0.2)
        with lock:
            running -= 1

    with executor:
        for _ in range(calls):
            executor.submit(call)
    return most


@pytest.mark.parametrize("jobs", [1, 3])
def test_it_runs_as_many_calls_at_a_time_as_there_are_jobs(jobs):
    assert at_a_time(local(jobs), 6) == jobs


def test_without_a_number_it_runs_a_call_for_each_core_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(thread_pool, "cores", lambda: 5)
    assert at_a_time(local(None), 9) == 5


def test_a_thread_says_whose_it_is():
    with local(1) as executor:
        name = executor.submit(lambda: threading.current_thread().name).result()
    assert name.startswith("genbench")
