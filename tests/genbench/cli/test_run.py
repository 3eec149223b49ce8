from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from toys import plugin_text

from genbench.cli.main import main
from genbench.results.records import write_record
from genbench.results.results import Results, read_results
from genbench.runs.api import Run
from genbench.runs.prepare import Order

FAULTY = Path(__file__).parents[2] / "toy_plugins" / "faulty_plugin.py"
WAITING = FAULTY.with_name("waiting_plugin.py")
LISTENING = FAULTY.with_name("listening_plugin.py")


def write_suite(folder, *generators):
    lines = ['name = "small"', "seeds = [0]", "n = 30", "[[dataset]]", 'use = "cloud"']
    for generator in generators:
        lines += ["[[generator]]", f'use = "{generator}"']
    path = folder / "small.toml"
    path.write_text("\n".join([*lines, "[[metric]]", 'use = "centre-gap"']))
    return path


@pytest.fixture
def start(tmp_path, reaped):
    """Return a function that starts `genbench run` in tmp_path with a store of its own."""

    def start(*arguments, plugin=FAULTY):
        command = [
            sys.executable,
            "-P",
            "-c",
            "from genbench.cli.main import main; main()",
            "run",
            "--plugin",
            str(plugin),
        ]
        environment = {**os.environ, "GENBENCH_STORE": str(tmp_path / "store")}
        return reaped(subprocess.Popen(
            [*command, *map(str, arguments)], cwd=tmp_path, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ))  # fmt: skip

    return start


@pytest.fixture
def run(start):
    """Return a function that runs `genbench run` to its end: (exit code, output, errors)."""

    def run(*arguments):
        process = start(*arguments)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors

    return run


@pytest.fixture
def call(tmp_path, fresh_store, warm_server, monkeypatch):
    """Return a function that does the same as `run` in this process."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        found = CliRunner().invoke(main, ["run", "--plugin", str(FAULTY), *map(str, arguments)])
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found.exit_code, found.stdout, found.stderr

    return call


@pytest.mark.slow
def test_a_run_that_goes_well_prints_the_board_and_the_files_and_exits_0(run, tmp_path):
    code, output, errors = run(write_suite(tmp_path, "good"))
    assert code == 0
    assert "good" in output
    assert "held-out" in output
    assert output.rstrip().endswith("results/small/history.csv")
    assert "[4/4]" in errors
    assert "kept" not in errors
    assert max(map(len, output.splitlines())) <= 100


@pytest.mark.slow
def test_nothing_is_done_twice_and_a_dry_run_says_so(call, tmp_path):
    suite = write_suite(tmp_path, "good")
    code, output, _ = call(suite, "--dry-run")
    assert code == 0
    assert output.splitlines()[-1] == f"4 trials, 4 to run, {len(os.sched_getaffinity(0))} at a time"
    assert not (tmp_path / "results").exists()
    call(suite)
    code, output, _ = call(suite, "--dry-run", "--jobs", "3")
    assert (code, output.splitlines()[-1]) == (0, "4 trials, 0 to run, 3 at a time")
    _, _, errors = call(suite)
    assert errors == "4 records kept, 0 computed\n"
    assert call(suite, "-q") == (0, "", "")
    folder = tmp_path / "results" / "small"
    for record in read_results(folder).records.values():
        elsewhere = record.environment["machine"] | {"cpu": "Intel Xeon"}
        write_record(folder, replace(record, environment=record.environment | {"machine": elsewhere}))
    code, output, errors = call(suite, "-q")
    assert (code, output) == (0, "")
    assert errors.startswith(
        "Warning: kept 4 records made on another machine or with other versions: cpu was"
    )
    assert errors.count("\n") == 1


STRANGER = plugin_text("""
def unused(): ...

DatasetSpec(name="digits", make=unused)
ExecutorSpec(name="local", make=unused)
ExtractorSpec(name="digits-classifier", make=unused, outputs={"features": "x"})
GeneratorSpec(name="gan", make=unused)
GeneratorSpec(name="blank", make=unused, control="floor")
MetricSpec(name="fid", make=unused)
""")


def test_no_other_plugin_stops_or_changes_the_quickstart(call, tmp_path):
    (tmp_path / "stranger.py").write_text(STRANGER)
    code, output, errors = call("quickstart", "--dry-run", "--plugin", "stranger.py")
    assert code == 0, errors
    trained, controls = ("ddpm", "wgan-gp", "gan", "vae"), ("held-out", "noise", "train-copies")
    trials = [line.split()[1] for line in output.splitlines() if line.startswith("digits ")]
    assert list(dict.fromkeys(trials)) == [*trained, *controls]


def test_a_dry_run_leaves_a_damaged_record_where_it_is(call, tmp_path):
    suite = write_suite(tmp_path, "good")
    call(suite)
    results = tmp_path / "results" / "small"
    record = min((results / "records").iterdir())
    record.write_bytes(record.read_bytes()[:-9])
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    code, output, errors = call(suite, "--dry-run", "--jobs", "1")
    assert (code, output.splitlines()[-1]) == (0, "4 trials, 1 to run, 1 at a time")
    name = record.relative_to(tmp_path)
    assert errors == f"Warning: the record {name} is damaged; a run puts it aside and makes it again\n"
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_cells_that_fail_are_exit_code_1_and_point_to_the_logs(run, tmp_path):
    code, output, errors = run(write_suite(tmp_path, "good", "raises"))
    assert code == 1
    assert "ValueError: no luck" in output
    assert "results/small/logs" in errors
    assert "Traceback" not in output + errors


UNDEFINED = plugin_text("""
def glued(real, fake):
    raise Undefined("these tapes are glued")

MetricSpec(name="glued", make=glued)
""")


def test_a_run_without_any_value_is_exit_code_1(run, tmp_path):
    (tmp_path / "tapes.py").write_text(UNDEFINED)
    suite = write_suite(tmp_path, "good")
    suite.write_text(suite.read_text().replace("centre-gap", "glued"))
    code, _, errors = run(suite, "--plugin", "tapes.py", "-q")
    assert code == 1
    assert errors.endswith("no cell has a value; scores.csv gives the reason of each\n")


def test_more_real_samples_than_there_are_is_exit_code_2_before_anything_is_trained(call, tmp_path):
    code, output, errors = call(write_suite(tmp_path, "good"), "--n", "31", "-q")
    assert (code, output) == (2, "")
    assert errors.startswith(
        "Error: n: the test split of dataset 'cloud' has 30 samples, expected at least 31;"
    )
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("quickstrat",), "Error: no suite 'quickstrat': no such file, and no bundled suite of"),
        (("smal.toml",), "Error: smal.toml: no such file; the bundled suites are"),
        (("small.toml", "--generator", "goot"), "Error: --generator.use: no generator named 'goot'"),
        (("small.toml", "--generator", "good x"), "Error: --generator 'good x': expected a name, with"),
        (("small.toml", "--seeds", "0,x"), "Error: --seeds '0,x': expected integers"),
        (("small.toml", "--seeds", "1,1"), "Error: seeds: expected different seeds, got [1, 1]"),
        (("small.toml", "--only", "goot"), "Error: --only goot: the suite has no such generator (--gener"),
        (("small.toml", "--allow-key", "sk-1234"), "Error: --allow-key: expected NAME@HOST"),
        (("small.toml", "--plugin", "none.py"), "Error: plugin file none.py: expected an existing .py file"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_code_2(call, tmp_path, arguments, message):
    write_suite(tmp_path, "good")
    code, output, errors = call(*arguments)
    assert code == 2
    assert errors.startswith(message)
    assert len(errors.splitlines()) == 1
    assert output == ""
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("body", ["import nothing_of_that_name", "import sys; sys.exit(3)", "def ("])
def test_a_plugin_file_that_fails_at_import_is_the_error(call, tmp_path, body):
    (tmp_path / "unlucky.py").write_text(body)
    code, output, errors = call(write_suite(tmp_path, "good"), "--plugin", "unlucky.py", "--dry-run")
    assert (code, output) == (2, "")
    assert errors.startswith("Error: plugin file unlucky.py: ")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("output", ["out", "out/sub"])
def test_results_that_cannot_be_written_are_exit_code_3(run, tmp_path, output):
    (tmp_path / "out").write_text("in the way")
    code, _, errors = run(write_suite(tmp_path, "good"), "-o", output)
    assert code == 3
    assert errors.splitlines()[-1].startswith(f"Error: results cannot be written to {output}: ")


def test_files_in_the_working_folder_are_not_imported_in_place_of_libraries(run, tmp_path):
    for name in ("torch", "numpy", "genbench", "random"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    code, _, errors = run(write_suite(tmp_path, "good"), "-q")
    assert (code, errors) == (0, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_child_keeps_what_is_done_and_has_its_exit_code(start, tmp_path, number, code):
    process = start(write_suite(tmp_path, "sleeps"), "--plugin", WAITING, "--jobs", "2")
    children = _wait_for(lambda: _sleeping(process, tmp_path))
    process.send_signal(number)
    begin = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert time.monotonic() - begin < 10
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert len(list((tmp_path / "results" / "small" / "records").glob("*.json"))) == 3


@pytest.mark.slow
def test_an_interrupt_does_not_wait_for_a_listener_that_hangs_and_tells_the_others(start, tmp_path):
    plugins = ("--plugin", WAITING, "--plugin", LISTENING)
    told = ("--listener", "hangs", "--listener", "notes file=notes.jsonl")
    process = start(write_suite(tmp_path, "sleeps"), *plugins, *told, "--jobs", "2")
    _wait_for(lambda: _sleeping(process, tmp_path))
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - begin < 10
    assert process.returncode == 130
    assert "listener hangs of listening-plugin 0+" in errors
    assert " did not end, and is left alone" in errors
    last = json.loads((tmp_path / "notes.jsonl").read_text().splitlines()[-1])
    assert last == ["run_finished", {"statuses": {}, "files": [], "error": "KeyboardInterrupt"}]


def test_a_listener_that_fails_is_a_warning_on_one_line_and_does_not_change_the_exit_code(run, tmp_path):
    code, _, errors = run(write_suite(tmp_path, "good"), "--plugin", LISTENING, "-q", "--listener", "raises")
    assert code == 0
    (line,) = errors.splitlines()
    assert line.startswith("Warning: listener raises of listening-plugin 0+")
    assert line.endswith("(traceback in results/small/logs/listener-raises.log)")


def test_a_listener_that_does_not_exist_is_exit_code_2(call, tmp_path):
    code, output, errors = call(write_suite(tmp_path, "good"), "--listener", "mlfow")
    assert (code, output) == (2, "")
    assert errors == "Error: --listener[0].use: no listener named 'mlfow'; did you mean 'mlflow'?\n"


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_no_child_and_goes_on_where_it_was(start, run, tmp_path):
    plugin = tmp_path / "waiting_plugin.py"
    plugin.write_text(WAITING.read_text())
    process = start(write_suite(tmp_path, "sleeps"), "--plugin", plugin, "--jobs", "2")
    children = _wait_for(lambda: _sleeping(process, tmp_path))
    process.kill()
    process.communicate(timeout=30)
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    plugin.write_text(WAITING.read_text().replace("time.sleep(FOREVER)", "raise ValueError('awake')"))
    code, output, errors = run(tmp_path / "small.toml", "--plugin", plugin)
    assert code == 1
    assert "awake" in output
    assert "1 of 4 trials to run" in errors


def _sleeping(process, folder):
    """Return the processes under `process` once only the trial that sleeps is still running."""
    done = list((folder / "results" / "small" / "records").glob("*.json"))
    return psutil.Process(process.pid).children(recursive=True) if len(done) == 3 else []


def _wait_for(condition):
    for _ in range(600):
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came to that")


@pytest.fixture
def finished(run_of, tmp_path, monkeypatch):
    """Let `genbench run` find a finished run in tmp_path, without running it."""
    plan, records = run_of({"vae": {"fid": [1.0, 2.0]}})
    results = Results(name="out", plan=plan, records=records)
    order = Order(suite="quickstart", output=tmp_path)
    done = Run(folder=tmp_path, files=(), results=results, order=order, computed=frozenset(records))
    monkeypatch.setattr("genbench.runs.api.run_order", lambda *_: done)
    monkeypatch.setattr("genbench.report.page.document.page_pictures", lambda *_, **_options: [])
    return tmp_path


def test_a_run_ends_with_its_page_and_says_where_it_is(finished):
    done = CliRunner().invoke(main, ["run", "--page"])
    page = finished / "leaderboard.html"
    assert (done.exit_code, f"page: {page}\n" in done.stderr) == (0, True)
    assert "Leaderboard: board" in page.read_text()


@pytest.mark.parametrize(("arguments", "variable"), [(["--no-page"], "yes"), ([], "no")])
def test_no_page_is_written_where_an_option_or_a_variable_says_so(finished, arguments, variable, monkeypatch):
    monkeypatch.setenv("GENBENCH_PAGE", variable)
    done = CliRunner().invoke(main, ["run", *arguments])
    assert (done.exit_code, "page" in done.stderr) == (0, False)
    assert not (finished / "leaderboard.html").exists()


def test_without_a_page_the_page_of_an_earlier_run_is_named(finished):
    (finished / "leaderboard.html").write_text("old")
    done = CliRunner().invoke(main, ["run", "--no-page"])
    assert f"{finished / 'leaderboard.html'} is as it was; `genbench page` writes it again" in done.stderr
    assert (finished / "leaderboard.html").read_text() == "old"


@pytest.mark.parametrize("error", [ValueError("no chart"), OSError(28, "No space left on device")])
def test_a_page_that_cannot_be_written_is_an_error_and_leaves_no_older_page(finished, error, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("genbench.report.page.document.make_page", fail)
    (finished / "leaderboard.html").write_text("of earlier numbers")
    done = CliRunner().invoke(main, ["run", "--page", "-q"])
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("Error: the page cannot be written")
    assert not (finished / "leaderboard.html").exists()
