"""The fork server: ends of jobs, what they leave behind, and its own end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from genbench.jobs.isolation.client import ForkServer


def gone(*pids):
    """Return whether the processes have ended, waiting for them if need be."""
    left = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.append(psutil.Process(pid))
    _, alive = psutil.wait_procs(left, timeout=20)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("count", [0, 2])
def test_the_processes_that_a_job_left_behind_are_counted(server, job, tmp_path, count):
    with server.start(job("leaves", count), tmp_path / "log") as child:
        events = list(child.events())
        assert events[-1] == {"exit": 0}
        assert child.n_left_behind == count


@pytest.mark.parametrize("status", [0, 7])
def test_a_job_that_vanishes_is_never_done(run_job, job, status):
    assert run_job(job("vanishes", status)) == [{"exit": status}]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_job_that_is_killed_says_by_which_signal(run_job, job, number):
    assert run_job(job("killed", int(number))) == [{"exit": -number}]


def test_jobs_run_side_by_side_and_one_that_dies_costs_no_other(server, job, tmp_path, events_of):
    waiting = events_of(server, job("waits"), tmp_path / "one")
    pid = next(waiting)["pid"]
    assert "grandchild" in next(waiting)
    dying = list(events_of(server, job("killed", int(signal.SIGKILL)), tmp_path / "two"))
    assert dying[-1] == {"exit": -signal.SIGKILL}
    os.killpg(pid, signal.SIGTERM)
    assert list(waiting) == [{"exit": -signal.SIGTERM}]


def test_leaving_the_block_of_a_job_ends_it(server, job, tmp_path):
    with server.start(job("waits"), tmp_path / "log") as child:
        events = child.events()
        pids = [next(events)["pid"], next(events)["grandchild"]]
    assert gone(*pids)


def test_killing_a_job_that_has_ended_leaves_the_server_running(server, job, run_job, tmp_path):
    with server.start(job("reports"), tmp_path / "log") as child:
        list(child.events())
        child.kill(by_force=True)
    assert run_job(job("reports"))[-1] == {"exit": 0}


def test_closing_the_server_ends_its_children_and_theirs(jobs_plugin, job, tmp_path, events_of):
    server = ForkServer(os.environ, [jobs_plugin])
    events = events_of(server, job("waits"), tmp_path / "log")
    pids = [next(events)["pid"], next(events)["grandchild"]]
    server.close()
    assert list(events) == [{"exit": None}]
    assert gone(*pids)


def test_killing_the_starter_ends_the_server_and_its_children(jobs_plugin, script):
    text = f"""
        import os, pathlib, sys
        from genbench.catalog.catalog import load_catalog
        from genbench.jobs.isolation.client import ForkServer
        plugin = pathlib.Path({str(jobs_plugin)!r})
        load_catalog([plugin], only=[])
        job = sys.modules["genbench_plugin_jobs_plugin"].Job("waits")
        server = ForkServer(dict(os.environ), [plugin])
        with server.start(job, pathlib.Path("log")) as child:
            for event in child.events():
                print(server._process.pid, server._scratch, *event.values(), flush=True)
    """
    with script(text) as starter:
        server, scratch, child = starter.stdout.readline().split()
        *_, grandchild = starter.stdout.readline().split()
        starter.kill()
        assert gone(int(server), int(child))
        assert gone(int(grandchild))
        assert not Path(scratch).exists()


def test_only_children_of_the_server_can_be_killed_through_it(server, run_job, job):
    command = [sys.executable, "-c", "import time; time.sleep(1000)"]
    with subprocess.Popen(command) as stranger:
        server.kill(stranger.pid)
        assert run_job(job("reports"))[-1] == {"exit": 0}  # the server has dealt with what came before
        assert stranger.poll() is None
        stranger.kill()
