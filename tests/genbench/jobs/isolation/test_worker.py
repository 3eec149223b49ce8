"""The process of a job."""

from __future__ import annotations

import gc
import socket
import sys

import pytest

from genbench.jobs.isolation.client import ForkServer
from genbench.jobs.isolation.worker import preload, send


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
def test_what_a_job_raises_is_reported_and_is_not_done(run_job, job, name, error, code):
    *_, failure, end = run_job(job(name))
    assert failure == {"error": error, "code": code}
    assert end == {"exit": 1}


def test_the_traceback_of_a_job_is_in_its_log(run_job, job, tmp_path):
    run_job(job("raises"))
    assert "in raises\n    raise ValueError" in (tmp_path / "log").read_text()


def test_a_job_has_a_session_of_its_own_and_nothing_to_read(run_job, job):
    assert run_job(job("state"))[0] == {
        "session": True, "signal": True, "stdin": "",
    }  # fmt: skip


def test_a_job_runs_in_its_own_empty_folder_with_the_variables_it_is_given(server, events_of, job, tmp_path):
    def surroundings(**variables):
        _, found, *_ = events_of(server, job("surroundings"), tmp_path / "log", variables=variables)
        return found

    found = surroundings(OTHER="three words long", ONE_KEY="hunter2-hunter2")
    assert (found["files"], found["temporary"]) == ([], found["folder"])
    assert found["names"] == "OTHER,ONE_KEY"
    assert found["given"] == ["[redacted]", "[redacted]"]
    again = surroundings()
    assert again["folder"] != found["folder"]
    assert (again["given"], again["names"]) == ([None, None], "")


def test_a_broken_plugin_stops_only_jobs_that_need_it(jobs_plugin, events_of, job, tmp_path):
    broken = tmp_path / "broken_plugin.py"
    broken.write_text("raise RuntimeError")
    with ForkServer({}, [broken, jobs_plugin]) as server:
        assert list(events_of(server, job("reports"), tmp_path / "log"))[-1] == {"exit": 0}


@pytest.mark.slow
def test_what_a_plugin_sets_when_it_is_imported_is_put_back(jobs_plugin, events_of, job, tmp_path):
    setting = tmp_path / "setting_plugin.py"
    lines = ["import numpy, torch", "torch.set_default_dtype(torch.float64)", "numpy.seterr(divide='raise')"]
    setting.write_text("\n".join(lines))
    with ForkServer({}, [setting, jobs_plugin], ["torch"]) as server:
        _, found, *_ = events_of(server, job("settings"), tmp_path / "log")
    assert found == {"dtype": "torch.float32", "division": "warn"}


def test_an_event_is_a_line_of_json_and_is_dropped_where_nobody_listens():
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            send(ours, {"stage": "fit"})
            send(ours, {"step": 1})
            assert theirs.recv(100) == b'{"stage": "fit"}\n{"step": 1}\n'
        send(ours, {"stage": "score"})


def test_what_all_jobs_need_is_imported_ahead_also_if_a_part_of_it_cannot_be(monkeypatch):
    monkeypatch.delitem(sys.modules, "json.tool", raising=False)
    preload(["there_is_no_such_module", "json.tool"])
    try:
        assert "json.tool" in sys.modules
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
