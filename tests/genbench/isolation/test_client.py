from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from genbench.catalog.catalog import load_catalog
from genbench.files.process_env import common_variables
from genbench.isolation.client import ForkServer
from genbench.store.environment import thread_variables

JOBS = '''
"""Jobs of every kind, and a component, so that it is a plugin."""

import json
import os
import signal
import subprocess
import sys
import time

from genbench import DataError, GeneratorSpec, ResultsError, hookimpl


class Job:
    def __init__(self, do, *arguments):
        self.do, self.arguments = do, arguments

    def run(self, report):
        globals()[self.do](report, *self.arguments)


def reports(report):
    report(stage="fit")
    report(step=1, total=2, values={"loss": 0.5})


def raises(report):
    report(stage="fit")
    raise ValueError("no luck")


def refuses(report):
    raise DataError("x.npz: torn")


def full(report):
    raise ResultsError("the disk is full")


def exits(report):
    sys.exit(4)


def vanishes(report, status):
    os._exit(status)


def killed(report, number):
    os.kill(os.getpid(), number)


def unsendable(report):
    report(what=object())


def prints(report):
    print("on standard output")
    print("on standard error", file=sys.stderr)
    os.write(1, b"\\xff binary\\n")
    subprocess.run(["echo", "from a child of the child"], check=True)


def environment(report):
    import torch

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "GENBENCH_STORE")
    report(threads=torch.get_num_threads(), **{name: os.environ.get(name) for name in names})


def state(report):
    report(session=os.getsid(0) == os.getpid(), signal=signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
           stdin=sys.stdin.read())


def leaves(report, count):
    for _ in range(count):
        subprocess.Popen(["sleep", "1000"])


def waits(report):
    grandchild = subprocess.Popen(["sleep", "1000"])
    report(grandchild=grandchild.pid)
    time.sleep(1000)


def fit(train): ...


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="jobs", make=fit)]
'''


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    path = tmp_path_factory.mktemp("plugin") / "fork_jobs.py"
    path.write_text(JOBS)
    assert load_catalog([path], only=[]).broken == ()
    return path


@pytest.fixture(scope="module")
def job(plugin):
    """Return a function that makes a job by the name of what it does."""
    return sys.modules["genbench_plugin_fork_jobs"].Job


@pytest.fixture(scope="module")
def server(plugin):
    with ForkServer(common_variables(os.environ) | thread_variables(1), [plugin]) as running:
        yield running


def events_of(server, job, log, **asked):
    with server.start(job, log, **asked) as child:
        yield from child.events()


@pytest.fixture
def run(server, tmp_path):
    """Return a function that runs a job and returns its events, the process's number left out."""

    def make(job):
        first, *events = events_of(server, job, tmp_path / "log")
        assert set(first) == {"pid"}
        return events

    return make


def test_a_job_reports_in_order_and_ends_with_its_exit_status(run, job):
    assert run(job("reports")) == [
        {"stage": "fit"}, {"step": 1, "total": 2, "values": {"loss": 0.5}}, {"done": True}, {"exit": 0},
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 2])
def test_the_processes_that_a_job_left_behind_are_counted(server, job, tmp_path, count):
    with server.start(job("leaves", count), tmp_path / "log") as child:
        events = list(child.events())
        assert events[-1] == {"exit": 0}
        assert child.left == count


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("raises", "ValueError: no luck", None),
        ("refuses", "x.npz: torn", 2),
        ("full", "the disk is full", 3),
        ("exits", "SystemExit: 4", None),
        ("unsendable", "TypeError: Object of type object is not JSON serializable", None),
    ],
)
def test_what_a_job_raises_is_reported_and_is_not_done(run, job, name, error, code):
    *_, failure, end = run(job(name))
    assert failure == {"error": error, "code": code}
    assert end == {"exit": 1}


def test_the_traceback_of_a_job_is_in_its_log(run, job, tmp_path):
    run(job("raises"))
    assert "in raises\n    raise ValueError" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("status", [0, 7])
def test_a_job_that_vanishes_is_never_done(run, job, status):
    assert run(job("vanishes", status)) == [{"exit": status}]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_job_that_is_killed_says_by_which_signal(run, job, number):
    assert run(job("killed", int(number))) == [{"exit": -number}]


def test_what_a_job_prints_goes_to_its_log(run, job, tmp_path, capfd):
    assert run(job("prints"))[-1] == {"exit": 0}
    log = (tmp_path / "log").read_bytes()
    for line in (
        b"on standard output\n",
        b"on standard error\n",
        b"\xff binary\n",
        b"from a child of the child\n",
    ):
        assert line in log
    assert capfd.readouterr() == ("", "")


def test_a_log_is_added_to(run, job, tmp_path):
    run(job("prints"))
    once = len((tmp_path / "log").read_bytes())
    run(job("prints"))
    assert len((tmp_path / "log").read_bytes()) == 2 * once


def test_a_log_that_cannot_be_opened_costs_nothing_but_the_log(server, job, tmp_path):
    *_, end = events_of(server, job("reports"), tmp_path / "no" / "log")
    assert end == {"exit": 0}
    *_, end = events_of(server, job("reports"), tmp_path / "log")
    assert end == {"exit": 0}


def test_thread_variables_reach_a_job_before_its_libraries(run, job):
    found = run(job("environment"))[0]
    assert found["threads"] == 1
    assert (found["OMP_NUM_THREADS"], found["OPENBLAS_NUM_THREADS"], found["PYTHONHASHSEED"]) == (
        "1",
        "1",
        "0",
    )


def test_a_job_has_a_session_of_its_own_and_nothing_to_read(run, job):
    assert run(job("state"))[0] == {
        "session": True, "signal": True, "stdin": "",
    }  # fmt: skip


def test_jobs_run_side_by_side_and_one_that_dies_costs_no_other(server, job, tmp_path):
    waiting = events_of(server, job("waits"), tmp_path / "one")
    pid = next(waiting)["pid"]
    assert "grandchild" in next(waiting)
    dying = list(events_of(server, job("killed", int(signal.SIGKILL)), tmp_path / "two"))
    assert dying[-1] == {"exit": -signal.SIGKILL}
    os.killpg(pid, signal.SIGTERM)
    assert list(waiting) == [{"exit": -signal.SIGTERM}]


def test_a_job_that_cannot_be_sent_is_an_error_and_the_server_goes_on(server, run, job, tmp_path):
    with pytest.raises((AttributeError, TypeError)):
        list(events_of(server, job("reports", lambda: 0), tmp_path / "log"))
    assert run(job("reports"))[-1] == {"exit": 0}


def gone(*pids):
    """Return whether the processes have ended, waiting for them if need be."""
    left = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.append(psutil.Process(pid))
    _, alive = psutil.wait_procs(left, timeout=20)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_closing_the_server_ends_its_children_and_theirs(plugin, job, tmp_path):
    server = ForkServer(os.environ, [plugin])
    events = events_of(server, job("waits"), tmp_path / "log")
    pids = [next(events)["pid"], next(events)["grandchild"]]
    server.close()
    assert list(events) == [{"exit": None}]
    assert gone(*pids)


def script(tmp_path, text, **environment):
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(text))
    return subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env=os.environ | environment,
    )  # fmt: skip


def test_killing_the_starter_ends_the_server_and_its_children(plugin, tmp_path):
    text = f"""
        import os, pathlib, sys
        from genbench.catalog.catalog import load_catalog
        from genbench.isolation.client import ForkServer
        plugin = pathlib.Path({str(plugin)!r})
        load_catalog([plugin], only=[])
        job = sys.modules["genbench_plugin_fork_jobs"].Job("waits")
        server = ForkServer(dict(os.environ), [plugin])
        with server.start(job, pathlib.Path("log")) as child:
            for event in child.events():
                print(server._process.pid, *event.values(), flush=True)
    """
    with script(tmp_path, text) as starter:
        server, child = starter.stdout.readline().split()
        _, grandchild = starter.stdout.readline().split()
        starter.kill()
        assert gone(int(server), int(child))
        assert gone(int(grandchild))


def test_a_script_without_a_guard_can_run_a_suite(tmp_path):
    plugin = Path(__file__).parents[2] / "toy_plugins" / "faulty_plugin.py"
    (tmp_path / "tiny.toml").write_text(
        'name = "tiny"\nseeds = [0]\nn = 30\ncontrols = false\n[[dataset]]\nuse = "cloud"\n'
        '[[generator]]\nuse = "good"\n[[metric]]\nuse = "centre-gap"\n'
    )
    text = f"""
        import genbench
        print("once")
        run = genbench.run("tiny.toml", output="out", plugins=[{str(plugin)!r}], jobs=1)
        print(run.scores()["status"].tolist())
    """
    with script(tmp_path, text, GENBENCH_STORE=str(tmp_path / "store")) as process:
        out, err = process.communicate(timeout=120)
    assert (out, err) == ("once\n['ok']\n", "")
