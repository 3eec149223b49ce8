from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pandas as pd
import psutil
import pytest

import genbench
from genbench.core.limits import Limits
from genbench.jobs.isolation import supervisor
from genbench.jobs.isolation.process_tree import list_descendants
from genbench.jobs.isolation.supervisor import Ending, Meter, _check_limits, supervise

WILD = Path(__file__).parents[3] / "toy_plugins" / "wild_plugin.py"


@pytest.fixture
def run(tmp_path, suite_text):
    """Return a function that runs a suite of one dataset and returns its scores."""

    def make(*generators, metrics=("gap",), top="", n=30, **asked):
        entries = {"datasets": ["cloud"], "generators": generators, "metrics": metrics}
        path = tmp_path / "wild.toml"
        path.write_text(suite_text(**entries, name="wild", n=n, extra=f"controls = false\n{top}"))
        run = genbench.run(path, output=tmp_path / "out", plugins=[WILD], **{"jobs": 2, **asked})
        return run.scores().set_index(["generator", "metric"])

    return make


def outcome(scores, generator, metric="gap"):
    return tuple(scores.loc[(generator, metric), ["status", "reason"]])


@pytest.fixture
def no_child_is_left():
    """Return the function that says whether all processes that the test has started have ended."""
    before = psutil.Process().children(recursive=True)

    def look():
        started = [child for child in psutil.Process().children(recursive=True) if child not in before]
        _, alive = psutil.wait_procs(started, timeout=10)
        return not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]

    return look


def test_what_takes_too_long_is_ended_with_all_that_it_started(run, no_child_is_left):
    scores = run(
        'use = "hangs"\ntimeout = 0.5', 'use = "stubborn"\ntimeout = "0.5 s"', "good", top="timeout = 60"
    )
    for name in ("hangs", "stubborn"):
        reason = f"wild-plugin:{name}: fit took longer than the 0.5 s that timeout allows"
        assert outcome(scores, name) == ("timeout", reason)
    assert outcome(scores, "good") == ("ok", "")
    assert no_child_is_left()


@pytest.mark.slow
def test_what_takes_too_much_memory_is_ended_and_its_peak_recorded(run, tmp_path):
    scores = run('use = "grows"\nmemory = "700 MB"', "good")
    reason = "wild-plugin:grows: fit took more than the 700 MB that memory allows"
    assert outcome(scores, "grows") == ("memory", reason)
    assert outcome(scores, "good") == ("ok", "")
    records = [json.loads(file.read_bytes())["body"] for file in (tmp_path / "out" / "records").iterdir()]
    (peak,) = [record["extra"]["peak_bytes"] for record in records if record["status"] == "memory"]
    assert 700e6 < peak < 4e9


@pytest.mark.usefixtures("warm_server")
def test_a_metric_that_takes_too_long_costs_no_other_metric(run):
    scores = run("good", metrics=('use = "slow"\ntimeout = 0.5', "gap"))
    assert outcome(scores, "good", "slow")[0] == "timeout"
    assert outcome(scores, "good", "gap") == ("ok", "")


@pytest.mark.slow
def test_what_was_being_made_when_its_process_died_is_not_tried_again_in_the_run(run, tmp_path, monkeypatch):
    count = tmp_path / "count"
    monkeypatch.setenv("GENBENCH_WILD_COUNT", str(count))
    top = 'timeout = "0.5 s"'
    scores = run(
        "good", 'use = "good"\nname = "better"\nnumber = 1', metrics=("one-gap", "other-gap"), top=top
    )
    reason = "wild-plugin:slow-features: extract took longer than the 0.5 s that timeout allows"
    assert set(zip(scores["status"], scores["reason"], strict=True)) == {("timeout", reason)}
    assert count.read_text() == "tried\n"
    run("good", metrics=("one-gap",), top=top)
    assert count.read_text() == 2 * "tried\n"


def test_processes_left_behind_are_killed_and_told_of(run, no_child_is_left):
    with pytest.warns(RuntimeWarning, match="cloud leaves seed 0: left 1 process behind"):
        scores = run("leaves")
    assert outcome(scores, "leaves") == ("ok", "")
    assert no_child_is_left()


def test_a_swarm_of_processes_is_killed_to_the_last_before_the_run_is_over(run, tmp_path):
    diary = f'diary = "{tmp_path / "diary"}"'
    scores = run(f'use = "swarms"\n{diary}', f'use = "outlives"\n{diary}\ntimeout = "1 min"')
    reason = "its process ended with exit code 3 before it was done"
    assert outcome(scores, "swarms") == ("crash", reason)
    assert outcome(scores, "outlives") == ("ok", "")
    assert len(set((tmp_path / "diary").read_text().split())) == 64


@pytest.mark.usefixtures("warm_server")
def test_a_log_stays_small_and_keeps_its_beginning_and_its_end(run, tmp_path):
    assert outcome(run("floods"), "floods") == ("ok", "")
    log = (tmp_path / "out" / "logs" / "cloud-floods-seed-0.log").read_bytes()
    assert len(log) < 1.1 * 2**20
    assert log.startswith(b"000000000\n" * 10_000)
    assert log.endswith(b"000000199\n" * 10 + b"\xff the end\n")
    left_out = int(re.search(rb"\n\[(\d+) bytes were left out here\]\n", log)[1])
    assert left_out == 200 * 100_000 + 10 - 2**20


def history(tmp_path):
    frame = pd.read_csv(tmp_path / "out" / "history.csv")
    return {
        name: dict(zip(rows["name"], rows["value"], strict=True)) for name, rows in frame.groupby("generator")
    }


def test_a_trial_has_a_folder_of_its_own_which_is_removed(run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    run("surroundings")
    assert history(tmp_path)["surroundings"]["own_folder"] == 1.0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_fork_has_one_thread(run, tmp_path):
    run("surroundings")
    assert history(tmp_path)["surroundings"]["threads"] == 1.0


def test_a_secret_reaches_only_the_component_that_names_it(run, tmp_path, monkeypatch):
    monkeypatch.setenv("WILD_KEY", "canary")
    monkeypatch.setenv("WILD_OTHER", "not known to any library")
    named = 'use = "surroundings"\nname = "named"\nkey = "WILD_KEY"\nnames = ["WILD_OTHER"]'
    run("surroundings", named)
    seen = {name: (values["WILD_KEY"], values["WILD_OTHER"]) for name, values in history(tmp_path).items()}
    assert seen == {"surroundings": (0.0, 0.0), "named": (1.0, 1.0)}


@pytest.mark.usefixtures("warm_server")
def test_a_process_that_can_write_nothing_costs_its_own_cells_where_others_can_write(run):
    with pytest.warns(RuntimeWarning, match="the store .* cannot be written: Too many open files"):
        scores = run("exhausts", "good", jobs=1)
    status, reason = outcome(scores, "exhausts")
    assert status == "error"
    assert reason.endswith("Too many open files")
    assert outcome(scores, "good") == ("ok", "")


@pytest.mark.usefixtures("warm_server")
def test_a_signal_without_a_name_is_called_by_its_number(run):
    number = signal.SIGRTMIN + 6
    assert outcome(run("unnamed"), "unnamed") == ("crash", f"its process was killed by signal {number}")


@pytest.mark.slow
def test_what_stops_the_server_is_ended_without_it_and_the_run_goes_on(run, no_child_is_left):
    scores = run('use = "freezes"\ntimeout = 0.5', "good", jobs=1)
    reason = "wild-plugin:freezes: fit took longer than the 0.5 s that timeout allows"
    assert outcome(scores, "freezes") == ("timeout", reason)
    assert outcome(scores, "good") == ("ok", "")
    assert no_child_is_left()


@pytest.mark.slow
def test_a_trial_whose_server_is_lost_is_begun_again_and_says_so(run, tmp_path):
    scores = run("patient", "beheads")
    assert outcome(scores, "patient") == ("ok", "")
    assert outcome(scores, "beheads") == ("crash", "its process was lost")
    records = [json.loads(file.read_bytes())["body"] for file in (tmp_path / "out" / "records").iterdir()]
    attempts = {record["cell"]["generator"]: record["attempt"] for record in records}
    assert attempts["beheads"] == 2
    assert attempts["patient"] in (1, 2)


@pytest.mark.usefixtures("warm_server")
def test_files_of_a_trial_can_be_read_whatever_mask_a_plugin_sets(run, tmp_path):
    assert outcome(run("secretive"), "secretive") == ("ok", "")
    (record,) = (tmp_path / "out" / "records").iterdir()
    assert record.stat().st_mode & 0o400
    (notice,) = json.loads(record.read_bytes())["body"]["notices"]
    assert notice == {
        "kind": "generator", "component": "wild-plugin:secretive",
        "text": "changed the mask of new files' rights", "is_nondeterministic": False,
    }  # fmt: skip


@pytest.mark.usefixtures("warm_server")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("interrupts", "wild-plugin:interrupts: KeyboardInterrupt"),
        ("mute", "wild-plugin:mute: MuteError: it cannot say what is wrong: RuntimeError"),
    ],
)
def test_whatever_a_plugin_raises_is_its_own(run, name, reason):
    assert outcome(run(name), name) == ("error", reason)


def test_what_a_plugin_writes_where_only_the_server_may_costs_its_own_cells_at_most(run):
    scores = run("scribbles", "good")
    assert outcome(scores, "scribbles")[0] in ("ok", "crash")
    assert outcome(scores, "good") == ("ok", "")


@pytest.mark.usefixtures("warm_server")
@pytest.mark.parametrize(("name", "stage"), [("stuck", "sample"), ("stuck-fit", "fit")])
def test_where_many_draw_what_hangs_is_tried_once_in_a_run(run, tmp_path, monkeypatch, name, stage):
    count = tmp_path / "count"
    monkeypatch.setenv("GENBENCH_WILD_COUNT", str(count))
    scores = run(name, n=70, top='n_real = 30\ntimeout = "0.5 s"')
    reason = f"wild-plugin:{name}: {stage} took longer than the 0.5 s that timeout allows"
    assert outcome(scores, name) == ("timeout", reason)
    assert count.read_text().split().count(stage) == 1


def test_limits_change_no_number(run, tmp_path):
    before = run("good", top='timeout = "1 h"\nmemory = "8 GB"')
    csv = (tmp_path / "out" / "scores.csv").read_bytes()
    after = run("good")
    assert before.equals(after)
    assert (tmp_path / "out" / "scores.csv").read_bytes() == csv


def test_the_largest_job_ends_when_all_together_hold_too_much(monkeypatch):
    monkeypatch.setattr("genbench.jobs.isolation.supervisor.machine_memory", lambda: 10)
    meter = Meter()
    mine = [os.getpid()]
    assert meter.measure(1, mine)[1]
    size, is_too_large = meter.measure(2, [])
    assert (size, is_too_large) == (0, False)
    meter.forget(1)
    assert not meter.measure(2, [])[1]


def test_jobs_may_use_90_percent_of_the_memory_together(monkeypatch):
    monkeypatch.setattr(supervisor, "machine_memory", lambda: 100)
    monkeypatch.setattr(supervisor, "measure_resident", sum)
    monkeypatch.setattr(supervisor, "measure_share", sum)
    meter = Meter()
    assert [meter.measure(1, [50]), meter.measure(2, [40])] == [(50, False), (40, False)]
    assert [meter.measure(2, [41]), meter.measure(1, [50])] == [(41, False), (50, True)]
    monkeypatch.setattr(supervisor, "measure_share", lambda pids: sum(pids) - 1)  # shared pages count once
    assert meter.measure(1, [50]) == (50, False)


class Timed:
    """A child and a job at once: it does at each second what it is told to, by a clock of its own."""

    def __init__(self, monkeypatch, *events, timeout):
        self.pid, self.now, self.kills, self.seen = None, 100.0, [], events
        self.limits, self.component = Limits(timeout=timeout), self
        self.reference, self.list_processes = "its:own", list
        monkeypatch.setattr(supervisor.time, "monotonic", lambda: self.now)

    def events(self, tick):
        for event in self.seen:
            if not isinstance(event, dict):  # so many seconds pass
                self.now += event
                continue
            self.pid = event.get("pid", self.pid)
            yield event
            self.now += 1

    def find_running_part(self, stage, task):
        return self

    def kill(self, *, by_force):
        self.kills.append((self.now, by_force))


def watched(child, is_wanted=lambda: True):
    return supervise(child, child, Meter(), lambda event: None, is_wanted)


def test_a_timeout_counts_from_the_beginning_of_a_stage(monkeypatch):
    waiting, fit, sample = [{}] * 4, {"stage": "fit", "task": None}, {"stage": "sample", "task": None}
    events = [*waiting, {"pid": 1}, *waiting, fit, *waiting, sample, *waiting]
    assert watched(Timed(monkeypatch, *events, timeout=5)).limit is None
    slow = Timed(monkeypatch, *events, {}, {}, timeout=5)
    assert watched(slow).limit == ("timeout", "its:own: sample took longer than the 5 s that timeout allows")
    assert slow.kills == [(120.0, False)]


def test_the_time_in_which_a_server_starts_counts_for_no_stage(monkeypatch):
    child = Timed(monkeypatch, {}, Limits().timeout + 1, {"pid": 1}, {}, {}, timeout=5)
    assert watched(child).limit is None


def test_a_job_that_its_server_does_not_kill_in_2_seconds_is_killed_by_force(monkeypatch):
    events = [{"pid": 1}, {"stage": "fit", "task": None}, {}, {}, {}, {}, {}]
    child = Timed(monkeypatch, *events, timeout=1)
    watched(child)
    assert child.kills == [(103.0, False), (104.0, False), (105.0, False), (106.0, True)]
    stopped = Timed(monkeypatch, *events, timeout=None)
    assert watched(stopped, is_wanted=lambda: False).limit is None
    assert stopped.kills == [(102.0, False), (103.0, False), (104.0, False), (105.0, True), (106.0, True)]


class Still:
    """A child and a job at once: it does nothing, in the processes that it is given."""

    def __init__(self, *pids):
        self.list_processes = lambda: list(pids)

    def find_running_part(self, stage, task):
        return None


def test_the_greatest_memory_is_kept_when_a_job_has_given_it_back():
    job, meter = Still(os.getpid()), Meter()
    seen = _check_limits(Ending(stage="fit"), job, job, meter, 0.0).peak
    assert seen > 0
    assert _check_limits(Ending(stage="fit", peak=2 * seen), job, job, meter, 0.0).peak == 2 * seen


def test_descendants_are_found_below_a_process(tmp_path):
    parent = psutil.Popen(["sh", "-c", "sleep 100 & sleep 100"])
    try:
        while len(parent.children()) < 2:
            assert parent.is_running()
        assert set(list_descendants(os.getpid())) >= {parent.pid, *(child.pid for child in parent.children())}
    finally:
        for child in parent.children():
            child.kill()
        parent.wait()


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        (Ending(exit=-9, limit=("timeout", "why")), ("timeout", "why")),
        (Ending(exit=-11), ("crash", "its process was killed by SIGSEGV")),
        (Ending(exit=7), ("crash", "its process ended with exit code 7 before it was done")),
        (Ending(exit=None), ("crash", "its process was lost")),
        (Ending(exit=1, error="ValueError: no"), ("error", "ValueError: no")),
    ],
)
def test_an_ending_says_what_befell_what_was_in_flight(ending, outcome):
    assert ending.outcome == outcome
