"""Runs on a real dask scheduler and workers, some of which are killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

import genbench
from genbench.core.errors import EngineError, GenbenchError

pytestmark = [pytest.mark.extras("distributed"), pytest.mark.slow]


@pytest.fixture(scope="session")
def expected(write_suite, plugin, tmp_path_factory):
    """Return what this machine alone makes of the suite `path`, with a store of its own."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "open").touch()
    path = write_suite(folder, "good", f'use = "gated"\ngate = "{folder}"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(folder / "store"))
        return files(genbench.run(path, output=folder / "out", plugins=[plugin], jobs=2))


@pytest.fixture
def aside():
    """Return a function that starts a call in a thread, whose future the test holds."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


@pytest.fixture
def command(plugin, tmp_path):
    """Return a function that starts `genbench run` on a cluster, as a process."""

    def start(path, cluster):
        executor = ["--executor", "dask wait=60", "--address", cluster.address]
        return subprocess.Popen(
            [sys.executable, "-c", "from genbench.cli.main import main; main()", "run", path,
             "-o", tmp_path / "out", "--plugin", plugin, *executor],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return start


def files(run):
    return {
        name: (run.folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv", "history.csv")
    }


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def worker_of(pid, cluster):
    """Return the worker, as the test holds it, under which a trial's process runs."""
    above = {process.pid for process in psutil.Process(pid).parents()}
    return next(worker for worker in cluster.workers if worker.pid in above)


def test_three_workers_give_the_same_bytes_as_this_machine_alone_and_at_most_jobs_at_a_time(
    own_store, shared_cluster, path, run, gate, aside, expected
):
    going = aside(run, path, shared_cluster, jobs=2)
    pids = gate.began(2)
    assert len({worker_of(pid, shared_cluster).pid for pid in pids}) == 2
    gate.open()
    done = going.result()
    assert done.is_complete
    assert files(done) == expected
    assert "a line of good" in (done.folder / "logs" / "cloud-good-seed-0.log").read_text()
    assert not list(done.folder.glob(".*"))


def test_results_and_samples_come_back_from_a_worker_that_sees_neither_folder_nor_store(
    own_store, cluster, path, run, gate, expected, tmp_path, monkeypatch
):
    monkeypatch.setattr("genbench.jobs.engine.messages.Token.leave", lambda *_: None)  # as if it saw others
    gate.open()
    done = run(path, cluster.start_workers(1, GENBENCH_STORE=str(tmp_path / "there")), keep_samples=True)
    assert files(done) == expected
    assert len(list((done.folder / "samples").glob("*/data.npy"))) == 6
    assert "a line of good" in (done.folder / "logs" / "cloud-good-seed-0.log").read_text()


def test_a_worker_that_is_killed_costs_nothing_and_its_trial_says_that_it_was_begun_twice(
    own_store, cluster, path, run, gate, aside, eventually, expected
):
    going = aside(run, path, cluster.start_workers(2))
    pid, other = sorted(gate.began(2))
    worker_of(pid, cluster).kill()
    eventually(lambda: not is_running(pid), "the end of the lost worker's trial")
    assert is_running(other)
    cluster.start_worker()
    gate.began(3)
    gate.open()
    done = going.result()
    attempts = [r.attempt for r in done.results.records.values() if r.cell.generator == "gated"]
    assert sorted(attempts) == [1, 1, 2]
    assert files(done) == expected


def test_a_trial_that_kills_its_worker_is_a_crash_after_three_times(own_store, write_suite, plugin, tmp_path):
    path = write_suite(tmp_path, "good", 'use = "murderous"\nvictim = "spawn_main"', seeds=[0])
    done = genbench.run(path, output=tmp_path / "out", plugins=[plugin], jobs=1, executor="dask")
    records = {record.cell.generator: record for record in done.results.records.values()}
    assert (records["good"].status, records["good"].attempt) == ("ok", 1)
    assert (records["murderous"].status, records["murderous"].attempt) == ("crash", 4)
    assert records["murderous"].reason == "its worker was lost 3 times while it ran"


def test_a_scheduler_that_is_lost_ends_the_run_with_4_and_the_same_command_goes_on(
    own_store, cluster, path, run, gate, command, eventually, expected
):
    cluster.start_workers(1)
    going = command(path, cluster)
    (pid,) = gate.began()
    cluster.scheduler.kill()
    out, error = going.communicate(timeout=180)
    assert going.returncode == EngineError.exit_code == 4
    assert out == ""
    last = error.splitlines()[-1]
    assert last.startswith(f"Error: lost the connection to the dask scheduler at {cluster.address}")
    assert "Traceback" not in error
    eventually(lambda: not is_running(pid), "the end of the trial")
    cluster.start_scheduler()
    gate.open()
    assert files(run(path, cluster.start_workers(1))) == expected


def test_a_run_that_loses_all_workers_ends(own_store, cluster, path, run, gate, aside, monkeypatch):
    monkeypatch.setattr("genbench_dask.calls._PATIENCE", 1.5)
    going = aside(run, path, cluster.start_workers(1))
    gate.began()
    cluster.workers[0].kill()
    with pytest.raises(EngineError, match=r"has lost all workers, and no new one connected .*1.5 s; .*start"):
        going.result()


def test_a_run_that_is_killed_leaves_no_trial_behind_and_its_worker_takes_the_next(
    own_store, cluster, path, run, gate, command, eventually, expected
):
    cluster.start_workers(1)
    before = set()
    for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        going = command(path, cluster)
        (pid,) = gate.began(but=before) - before
        before.add(pid)
        going.send_signal(number)
        going.communicate(timeout=180)
        assert going.returncode == code
        eventually(lambda pid=pid: not is_running(pid), "the end of the trial")
    gate.open()
    assert files(run(path, cluster)) == expected


def test_data_that_are_others_on_a_worker_are_refused(own_store, cluster, write_suite, run, tmp_path):
    cluster.start_workers(1, GENBENCH_STORE=str(tmp_path / "another-store"))
    with pytest.raises(GenbenchError, match=r"the worker .*: the dataset 'diary' has other content than"):
        run(write_suite(tmp_path, "good", dataset="diary"), cluster)


def test_a_finished_run_needs_no_cluster(own_store, path, plugin, gate, tmp_path):
    gate.open()
    first = genbench.run(path, output=tmp_path / "out", plugins=[plugin], jobs=2)
    nobody = {"use": "dask", "address": "tcp://127.0.0.1:9"}
    again = genbench.run(path, output=tmp_path / "out", plugins=[plugin], executor=nobody)
    assert files(again) == files(first)
