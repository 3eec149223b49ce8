"""Jobs in processes of their own, and what comes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genbench.jobs.isolation.client import ForkServer, change_hash_seed


def test_a_job_reports_in_order_and_ends_with_its_exit_status(run_job, job):
    assert run_job(job("reports")) == [
        {"stage": "fit"}, {"step": 1, "total": 2, "values": {"loss": 0.5}}, {"done": True}, {"exit": 0},
    ]  # fmt: skip


def test_what_a_job_prints_goes_to_its_log(run_job, job, tmp_path, capfd):
    assert run_job(job("prints"))[-1] == {"exit": 0}
    log = (tmp_path / "log").read_bytes()
    for line in (
        b"on standard output\n", b"on standard error\n", b"\xff binary\n", b"from a child of the child\n",
    ):  # fmt: skip
        assert line in log
    assert capfd.readouterr() == ("", "")


def test_a_log_is_added_to(run_job, job, tmp_path):
    run_job(job("prints"))
    once = len((tmp_path / "log").read_bytes())
    run_job(job("prints"))
    assert len((tmp_path / "log").read_bytes()) == 2 * once


def test_a_log_that_cannot_be_opened_costs_nothing_but_the_log(server, job, tmp_path, events_of):
    *_, end = events_of(server, job("reports"), tmp_path / "no" / "log")
    assert end == {"exit": 0}
    *_, end = events_of(server, job("reports"), tmp_path / "log")
    assert end == {"exit": 0}


def test_a_job_that_cannot_be_sent_fails_and_the_server_goes_on(server, run_job, job, tmp_path, events_of):
    with pytest.raises((AttributeError, TypeError)):
        list(events_of(server, job("reports", lambda: 0), tmp_path / "log"))
    assert run_job(job("reports"))[-1] == {"exit": 0}


def test_a_server_s_imports_are_there_when_a_job_begins_if_they_can_be(jobs_plugin, job, tmp_path, events_of):
    modules = ["there_is_no_such_module", "this"]
    with ForkServer(os.environ, [jobs_plugin], modules) as server:
        for name, known in zip(modules, (False, True), strict=True):
            events = list(events_of(server, job("knows", name), tmp_path / "log"))
            assert {"known": known} in events
            assert events[-1] == {"exit": 0}


@pytest.mark.slow
def test_a_script_without_a_guard_can_run_a_suite(tmp_path, script):
    plugin = Path(__file__).parents[3] / "toy_plugins" / "faulty_plugin.py"
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
    with script(text, GENBENCH_STORE=str(tmp_path / "store")) as process:
        out, err = process.communicate(timeout=120)
    assert (out, err) == ("once\n['ok']\n", "")


@pytest.mark.slow
def test_thread_variables_reach_a_job_before_its_libraries(run_job, job):
    found = run_job(job("environment"))[0]
    assert found["threads"] == 1
    assert found["OMP_NUM_THREADS"] == "1"
    assert found["OPENBLAS_NUM_THREADS"] == "1"
    assert found["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize("seed", ["0", "1", "2", "random"])
def test_each_seed_of_hashes_has_another(seed):
    assert change_hash_seed({"PYTHONHASHSEED": seed})["PYTHONHASHSEED"] not in (seed, "random")
