"""Calls at a time."""

from __future__ import annotations

import importlib
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from genbench.jobs.engine import runner
from genbench.jobs.engine.runner import PRELOAD, always, run_all, run_trial
from genbench.jobs.isolation.supervisor import Ending
from genbench.trial.comparisons import RunComparison


def test_results_come_in_the_order_of_the_calls():
    assert run_all([lambda n=n: n * n for n in range(20)], jobs=3) == [n * n for n in range(20)]
    assert run_all([], jobs=1) == []


def test_at_most_so_many_calls_run_at_a_time():
    running, most, lock, three = 0, 0, threading.Lock(), threading.Barrier(3)

    def call():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        three.wait(timeout=60)
        with lock:
            running -= 1

    run_all([call] * 12, jobs=3)
    assert most == 3


def test_an_interrupt_while_calls_are_handed_out_ends_the_threads(monkeypatch):
    """A thread that has started, and that nothing tells to end, would keep the process alive for ever."""
    pools, threads = [], []

    class Interrupted(ThreadPoolExecutor):
        def submit(self, call):
            pools.append(self)  # as the traceback of an interrupt does
            super().submit(lambda: threads.append(threading.current_thread())).result()
            raise KeyboardInterrupt

    monkeypatch.setattr(runner, "ThreadPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_all([lambda: 1], jobs=1)
    (thread,) = threads
    thread.join(timeout=5)
    is_alive = thread.is_alive()
    pools[0].shutdown()
    assert not is_alive


def test_the_first_error_is_raised_and_no_more_calls_start():
    started, was_raised = [], threading.Event()

    def call(number):
        started.append(number)
        if number == 1:
            raise ValueError("one")
        if number > 1:
            was_raised.wait(timeout=60)

    with pytest.raises(ValueError, match="one"):
        run_all([lambda number=number: call(number) for number in range(50)], jobs=1)
    was_raised.set()
    assert started in ([0, 1], [0, 1, 2])


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_comparison_that_an_interrupt_ends_writes_no_record(monkeypatch, tmp_path, is_closed):
    """Its temporary folder is removed at the same time."""
    observer = SimpleNamespace(begin=lambda name: None, end=lambda name: None)
    place, written = SimpleNamespace(is_closed=False, observer=observer), []
    trial = SimpleNamespace(name="votes")
    job = RunComparison(trial=trial, tasks=("a task",), attempts={}, folder=tmp_path, store=None)

    def killed(place, *_, **__):
        place.is_closed = is_closed
        return Ending(exit=-signal.SIGKILL, task=0, stage="score")

    monkeypatch.setattr(runner, "_run_in_process", killed)
    monkeypatch.setattr(runner, "make_failed_records", lambda job, tasks, *outcome: [(tasks, *outcome[:2])])
    monkeypatch.setattr(runner, "write_record", lambda folder, record: written.append(record))
    run_trial(place, job, tmp_path / "log")
    killed_task = (("a task",), "crash", "its process was killed by SIGKILL")
    assert written == ([] if is_closed else [killed_task])


def test_a_job_that_is_always_wanted_is():
    assert always() is True


def test_what_is_preloaded_can_be_imported_and_holds_the_trial():
    modules = [importlib.import_module(name) for name in PRELOAD]
    assert hasattr(modules[-1], "RunTrial")
