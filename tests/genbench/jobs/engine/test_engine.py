"""Placing trials in other processes than the run's, as engines of many machines do."""

from __future__ import annotations

import functools
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.core.errors import DataError, EngineError, PluginError, SuiteError
from genbench.jobs.engine.messages import Token, describe_version_difference, read_versions
from genbench.results.folder import RunFolder

PLUGINS = [
    Path(__file__).parents[3] / "toy_plugins" / "faulty_plugin.py",
    Path(__file__).parents[3] / "toy_plugins" / "placing_plugin.py",
]
NAMES = ("good", "prints", "raises", "is-killed")


@pytest.fixture(autouse=True)
def _own_store(fresh_store, warm_server):
    """Keep samples apart, and share the fork server."""


@pytest.fixture
def suite(tmp_path, suite_text):
    """Return a function that writes a suite of the plugin's data and returns its path."""

    def write(*generators, seeds=(0,)):
        entries = {"datasets": ["cloud"], "generators": generators, "metrics": ["centre-gap"]}
        path = tmp_path / "placed.toml"
        path.write_text(suite_text(**entries, name="placed", seeds=seeds, n=30, extra="controls = false"))
        return path

    return write


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a suite on an executor and returns what came out."""

    def do(path, executor="local", *, output="out", **options):
        return genbench.run(
            path, output=tmp_path / output, plugins=PLUGINS, executor=executor, **{"jobs": 1, **options}
        )

    return do


def csvs(run):
    return {
        name: (run.folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv", "history.csv")
    }


def outcomes(run):
    return {(r.cell.generator, r.cell.seed): (r.status, r.attempt) for r in run.results.records.values()}


@pytest.mark.slow
@pytest.mark.parametrize("sees", [True, False])
def test_other_processes_give_equal_bytes_with_or_without_the_folder(suite, run, sees, tmp_path, monkeypatch):
    path = suite(*NAMES)
    with (
        monkeypatch.context() as patch
    ):  # the store of this test, which the workers share, would restore them
        patch.setattr("genbench.runs.run.complete_galleries", lambda *_: None)
        done = run(path, {"use": "pool", "sees": sees})
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "another-store"))
    assert csvs(done) == csvs(run(path, output="here"))
    drawn = [path.read_bytes() for path in sorted(RunFolder(done.folder).galleries.glob("*/*"))]
    assert drawn == [path.read_bytes() for path in sorted(RunFolder(tmp_path / "here").galleries.glob("*/*"))]
    assert len(drawn) > 0
    assert b"a line on standard output" in (done.folder / "logs" / "cloud-prints-seed-0.log").read_bytes()
    assert not list(done.folder.glob(".*"))


@pytest.mark.slow
@pytest.mark.parametrize("sees", [True, False])
def test_listeners_are_told_of_trials_in_other_processes_and_of_their_records(suite, run, sees):
    heard = []

    class Listener:
        def trial_started(self, generator):
            heard.append(f"{generator} started")

        def recorded(self, generator, status):
            heard.append(f"{generator} {status}")

        def trial_finished(self, generator, seconds):
            heard.append(f"{generator} finished")
            assert seconds > 0

    run(suite("good", "raises"), {"use": "pool", "sees": sees}, listeners=[Listener()])
    assert [text for text in heard if "good" in text] == ["good started", "good ok", "good finished"]
    assert [text for text in heard if "raises" in text] == [
        "raises started", "raises error", "raises finished",
    ]  # fmt: skip


@pytest.mark.slow
def test_samples_come_back_from_where_the_store_is_not_seen_if_they_are_to_be_kept(suite, run):
    done = run(suite("good"), {"use": "pool", "sees": False}, keep_samples=True)
    assert len(list((done.folder / "samples").glob("*/data.npy"))) == 1


@pytest.mark.slow
def test_a_second_run_elsewhere_adds_what_a_trial_cost_to_what_is_known(suite, run):
    path = suite("good", "raises")
    first = run(path, {"use": "pool", "sees": False})
    second = run(path, {"use": "pool", "sees": False})
    assert outcomes(first)["raises", 0] == ("error", 1)
    assert outcomes(second) == {("good", 0): ("ok", 1), ("raises", 0): ("error", 2)}
    assert csvs(second) == csvs(first)


def test_a_job_that_was_lost_with_its_worker_three_times_is_a_crash(suite, run):
    done = run(suite("good"), "third-time")
    assert outcomes(done) == {("good", 0): ("crash", 4)}
    assert "its worker was lost 3 times while it ran" in (done.folder / "scores.csv").read_text()


@pytest.mark.slow
def test_a_job_that_was_lost_before_counts_its_attempts(suite, run):
    assert outcomes(run(suite("good"), {"use": "third-time", "tries": 1})) == {("good", 0): ("ok", 2)}


@pytest.mark.slow
def test_what_a_lost_worker_wrote_is_not_done_again(suite, run):
    done = run(suite("good", "raises"), "twice")
    assert outcomes(done) == {("good", 0): ("ok", 1), ("raises", 0): ("error", 1)}


@pytest.mark.slow
def test_a_job_that_nobody_waits_for_records_nothing(suite, run):
    done = run(suite("good"), "nobody-waits")
    assert outcomes(done) == {}
    assert not done.is_complete


def test_an_engine_that_breaks_ends_the_run_with_4_and_the_same_command_goes_on(suite, run):
    path = suite("good")
    with pytest.raises(EngineError, match=r"the executor gave up: .*; run the same command again to go on"):
        run(path, "breaking")
    assert EngineError.exit_code == 4
    assert run(path).is_complete


@pytest.mark.slow
def test_records_that_are_damaged_on_their_way_are_not_taken(suite, run, tmp_path):
    with pytest.raises(EngineError, match="sent back damaged records"):
        run(suite("good"), "tampering")
    assert not list((tmp_path / "out" / "records").iterdir())


@pytest.mark.slow
def test_galleries_that_come_back_damaged_or_of_no_record_are_left_out(suite, run, tmp_path, monkeypatch):
    monkeypatch.setattr("genbench.runs.run.complete_galleries", lambda *_: None)
    assert run(suite("good"), {"use": "tampering", "galleries": True}).is_complete
    assert not (tmp_path / "out" / "gallery").exists()


@pytest.mark.slow
def test_a_file_that_is_another_one_elsewhere_is_refused(suite, run, tmp_path):
    (tmp_path / "a.number").write_text("1.5")
    path = suite('use = "reads"\npath = "a.number"')
    reason = r"the worker .*: generator 'reads': .*a\.number, its option 'path', has"
    with pytest.raises(DataError, match=reason):
        run(path, "moving")
    (tmp_path / "a.number").write_text("1.5")
    assert run(path, "pool").is_complete


@pytest.mark.parametrize(
    ("executor", "error", "message"),
    [
        ("locall", SuiteError, r"--executor\.use: no executor named 'locall'; did you mean 'local'"),
        ({"use": "local", "address": "tcp://x:1"}, SuiteError, r"--executor\.address: local has no option"),
        ({"use": "pool", "sees": "no"}, SuiteError, r"--executor\.sees: expected"),
        ("needy", SuiteError, r"needs 'nowhere_to_find', .*; pip install 'genbench\[far\]'"),
        (
            "no-executor",
            PluginError,
            r"--executor: executor 'no-executor' of placing-plugin: expected a concurrent\.futures\.Executor",
        ),
        (
            "fails",
            PluginError,
            "--executor: executor 'fails' of placing-plugin: ZeroDivisionError: division by zero",
        ),
        ("refuses", EngineError, "no machine has a cpu"),
    ],
)
def test_an_executor_that_cannot_be_used_is_refused_before_anything_is_written(
    suite, run, tmp_path, executor, error, message
):
    with pytest.raises(error, match=message):
        run(suite("good"), executor)
    assert not (tmp_path / "out").exists()


def test_a_restriction_that_leaves_out_all_executors_is_refused_with_what_to_add(suite, run, monkeypatch):
    monkeypatch.setenv("GENBENCH_PLUGINS", "image")
    reason = r"leaves out every executor, .* such as 'controls' for 'genbench:local'"
    with pytest.raises(SuiteError, match=reason):
        genbench.run(suite("good"), plugins=PLUGINS[:1])
    monkeypatch.setenv("GENBENCH_PLUGINS", "modalities,controls")
    assert run(suite("good")).is_complete


@pytest.mark.slow
def test_the_command_line_names_an_executor_with_options_and_an_address(suite, tmp_path):
    def command(*arguments):
        return subprocess.run(
            [sys.executable, "-c", "from genbench.cli.main import main; main()",
             "run", suite("good"), "--quiet",
             "-o", tmp_path / "out", "--jobs", "1", *(f"--plugin={path}" for path in PLUGINS), *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    refused = command("--address", "tcp://10.0.0.1:8786")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("Error: --executor.address: local has no option 'address'")
    broken = command("--executor", "breaking")
    assert broken.returncode == 4
    assert broken.stderr.startswith("Error: the executor gave up")
    assert command("--executor", "pool sees=false").returncode == 0


def versions(**changes):
    return replace(read_versions([]), **changes)


def test_this_process_has_the_versions_of_this_process():
    assert describe_version_difference(versions()) is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"libraries": {"python": "3.9.1"}}, f"it has python {sys.version.split()[0]} and not 3.9.1"),
        ({"distributions": {"numpy-far": "1.0"}}, "it has numpy-far (not installed) and not 1.0"),
        ({"modules": {"click": "0.1"}}, "and not 0.1"),
        ({"code": {"genbench": "0" * 64}}, "it has other code of genbench"),
    ],
)
def test_what_a_process_has_otherwise_is_said_in_a_line(changes, text):
    assert text in describe_version_difference(versions(**changes))


def test_what_is_to_be_compared_travels():
    check = pickle.loads(pickle.dumps(functools.partial(describe_version_difference, versions())))  # noqa: S301 - our own
    assert check() is None


def test_a_token_is_known_by_its_content(tmp_path):
    token = Token(".token", "12ab")
    assert not token.is_in(tmp_path)
    token.leave(tmp_path)
    assert token.is_in(tmp_path)
    assert not Token(".token", "12ac").is_in(tmp_path)
    token.take_away(tmp_path)
    assert not list(tmp_path.iterdir())
