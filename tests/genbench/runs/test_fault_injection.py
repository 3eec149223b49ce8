"""Disks that fail at every call, or are full, read-only or shared; and clocks that cannot be trusted."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from toys import plugin_text

import genbench
from genbench.files.sealed import Schema, draft_name, drafts_in, read_sealed, write_sealed
from genbench.store.store import Store

HERE = Path(__file__).parent
FAULTY = Path(__file__).parents[2] / "toy_plugins" / "faulty_plugin.py"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
CSVS = ("leaderboard.csv", "scores.csv")

pytestmark = pytest.mark.slow  # each test starts commands of its own

WORDY = plugin_text("""
def wordy(fake):
    return Score(1.0, None, None, {"words": ["word"] * 4000})

MetricSpec(name="wordy", make=wordy)
""")
EVICTS = plugin_text("""
from genbench.store.eviction import evict

def evict_all():
    store = Path(__file__).with_name("evict-now")
    if store.exists():
        evict(Path(store.read_text()), 0)

class Sampler:
    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        evict_all()
        return Samples(rng.normal(size=(n, 2)), self.space)

def evicts(train):
    evict_all()
    return Sampler(train)

def forgets(real, fake, train):
    evict_all()
    return float(abs(real.data.mean() - fake.data.mean()) + train.data.std())

GeneratorSpec(name="evicts", make=evicts)
MetricSpec(name="forgets", make=forgets)
""")
JUMPS = plugin_text("""
import itertools
import os
import time

os.environ["TZ"] = "Pacific/Apia"  # which once left out a day
time.tzset()
right, jumps = time.time, itertools.cycle((0, -30, 24_000, -1))
time.time = lambda: right() + 3600 * next(jumps)
time.time_ns = lambda: int(time.time() * 10**9)

def hours(fake):
    return 0.0

MetricSpec(name="hours", make=hours)
""")


def small(folder, *, seeds=(0,), n=30, controls=False, generator='use = "good"', metric='use = "spread"'):
    """Write a small suite and return its path."""
    path = folder / "small.toml"
    without = "" if controls else "controls = false"
    path.write_text(
        f'name = "small"\nseeds = {list(seeds)}\nn = {n}\nn_real = 30\n{without}\n'
        f'[[dataset]]\nuse = "cloud"\n[[generator]]\n{generator}\n'
        f'[[metric]]\nuse = "centre-gap"\n[[metric]]\n{metric}\n'
    )
    return path


@pytest.fixture
def suite(tmp_path):
    """Return a function that writes a small suite and returns its path."""
    return functools.partial(small, tmp_path)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts `genbench run` on a suite, with files of at most so many bytes."""

    def start(suite, output="out", *, store="store", most_bytes=None, plugins=(FAULTY,)):
        limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes})); "
        code = (limit if most_bytes else "") + "from genbench.cli.main import main; main()"
        given = [word for plugin in plugins for word in ("--plugin", plugin)]
        return subprocess.Popen(
            [sys.executable, "-P", "-c", code, "run", suite, *given, "-o", output, "-j", "2", "-q"],
            cwd=tmp_path, env={**os.environ, "GENBENCH_STORE": str(tmp_path / store)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return start


@pytest.fixture
def run(start):
    """Return a function that does the same to the end: (exit code, lines of the error stream)."""

    def run(*arguments, **options):
        process = start(*arguments, **options)
        _, errors = process.communicate(timeout=120)
        return process.returncode, errors.splitlines()

    return run


@pytest.fixture
def undisturbed(tmp_path, fresh_store, warm_server):
    """Return a function that runs a suite from here, with a store of its own, and returns its CSVs."""

    def undisturbed(path, plugins=(FAULTY,)):
        run = genbench.run(path, output=tmp_path / "undisturbed", plugins=plugins, jobs=2)
        assert run.is_complete
        return csvs(run.folder)

    return undisturbed


@pytest.fixture
def finished(undisturbed, tmp_path, fresh_store):
    """Return a function that leaves a finished run of a suite in the folder `out`, and its store."""

    def finished(path):
        undisturbed(path)
        (tmp_path / "undisturbed").rename(tmp_path / "out")
        fresh_store.rename(tmp_path / "store")

    return finished


def csvs(folder):
    return [(folder / name).read_bytes() for name in CSVS]


def all_drafts(folder):
    return [draft for home in (folder, *folder.rglob("*")) if home.is_dir() for draft in drafts_in(home)]


@pytest.mark.full
@pytest.mark.parametrize(
    "how", [pytest.param(how, marks=pytest.mark.day(turn, of=2)) for turn, how in enumerate(("full", "kill"))]
)
def test_whichever_call_fails_nothing_is_lost_and_the_next_run_gives_the_same_bytes(suite, how):
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        done = subprocess.run(
            [sys.executable, "-P", HERE / "fault_loop.py", folder, suite(), FAULTY, how, "1", "1"],
            env={**os.environ, "TMPDIR": folder}, capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *found, last = map(json.loads, done.stdout.splitlines())
    assert len(found) == last["calls"] - 1 > 100
    expected = {-9} if how == "kill" else {0, 1, 3}  # 1: a trial could not write, and its starter could
    for each in found:
        assert each["status"] in expected, each
        assert "bug" not in each, each
        assert each["broken"] == each["lost"] == [], each
        assert not each["wrong"], each
        assert (each["again"], each["same"]) == (0, True), each
        if how == "full":
            assert each["drafts"] == [], each
            assert len(each.get("error", "").splitlines()) == (each["status"] == 3), each


def test_a_store_that_is_full_costs_a_warning_and_no_number(suite, run, undisturbed, tmp_path):
    path = suite(n=2000)
    code, errors = run(path, "out", most_bytes=20_000)
    assert code == 0
    (line,) = errors
    assert "store cannot be written: " in line
    assert line.endswith("going on without storing")
    assert all_drafts(tmp_path) == []
    assert not list((tmp_path / "store" / "samples").glob("*/*"))
    assert csvs(tmp_path / "out") == undisturbed(path)


@pytest.mark.parametrize("place", ["file/store", "../proc/store"])
def test_a_store_that_cannot_be_written_costs_a_warning_no_number(suite, run, undisturbed, tmp_path, place):
    (tmp_path / "file").touch()
    store = Path("/proc/store") if "proc" in place else place
    code, errors = run(suite(), "out", store=store)
    assert code == 0
    (line,) = errors
    assert "this run uses a temporary store" in line
    assert csvs(tmp_path / "out") == undisturbed(suite())


def test_results_that_do_not_fit_are_one_line_and_code_3_and_a_run_resumes(suite, run, undisturbed, tmp_path):
    path = suite(seeds=range(6), controls=True)
    code, errors = run(path, "out", most_bytes=8_000)  # a record fits, the plan does not
    assert code == 3
    (line,) = errors
    assert line == "Error: out cannot be written: File too large; choose another folder, or free space"
    assert all_drafts(tmp_path) == []
    assert run(path, "out") == (0, [])
    assert csvs(tmp_path / "out") == undisturbed(path)


def test_a_record_that_does_not_fit_ends_the_run_and_those_before_it_stay(suite, run, tmp_path):
    (tmp_path / "wordy_plugin.py").write_text(WORDY)
    plugins = (FAULTY, tmp_path / "wordy_plugin.py")
    path = suite(metric='use = "wordy"')
    code, errors = run(path, "out", most_bytes=8_000, plugins=plugins)
    assert code == 3
    (line,) = errors
    assert line.startswith(f"Error: {tmp_path / 'out'} cannot be written: File too large; ")
    (earlier,) = (tmp_path / "out" / "records").iterdir()
    content = earlier.read_bytes()
    assert read_sealed(earlier, Schema("genbench-record", 1))["status"] == "ok"
    assert all_drafts(tmp_path) == []
    assert run(path, "out", plugins=plugins) == (0, [])
    assert len(list((tmp_path / "out" / "records").iterdir())) == 2
    assert earlier.read_bytes() == content


@pytest.mark.parametrize("kind", ["a file", "no folder can be made", "records is a file"])
def test_a_folder_that_cannot_take_results_is_exit_code_3_before_the_first_trial(suite, run, tmp_path, kind):
    output = tmp_path / "out"
    if kind == "a file":
        output.touch()
    elif kind == "records is a file":
        output.mkdir()
        (output / "records").touch()
    else:
        output = Path("/proc/out")
    code, errors = run(suite(), output)
    assert code == 3
    (line,) = errors
    assert line.startswith(f"Error: results cannot be written to {output}: ")
    assert line.endswith("choose another folder with --output")
    assert not list((tmp_path / "store").glob("samples/*"))


def test_two_runs_on_one_folder_both_end_well_with_the_same_bytes(suite, undisturbed, start, tmp_path):
    path = suite(controls=True)
    processes = [start(path, "out") for _ in range(2)]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert ends == [("", 0), ("", 0)]
    assert csvs(tmp_path / "out") == undisturbed(path)
    assert len(list((tmp_path / "out" / "records").iterdir())) == 2 * 4
    assert not (tmp_path / "out" / "damaged").exists()
    assert not (tmp_path / "store" / "damaged").exists()
    assert all_drafts(tmp_path) == []


def test_what_is_evicted_during_a_run_is_made_again_with_the_same_numbers(suite, run, undisturbed, tmp_path):
    (tmp_path / "evicting_plugin.py").write_text(EVICTS)
    path = suite(seeds=(0, 1), controls=True, generator='use = "evicts"', metric='use = "forgets"')
    plugins = (FAULTY, tmp_path / "evicting_plugin.py")
    expected = undisturbed(path, plugins)
    (tmp_path / "evict-now").write_text(str(tmp_path / "store"))
    assert run(path, "out", plugins=plugins) == (0, [])
    assert csvs(tmp_path / "out") == expected
    assert not (tmp_path / "store" / "damaged").exists()
    assert len(list((tmp_path / "store" / "samples").glob("*/*"))) < 2 * 4


@pytest.mark.usefixtures("warm_server")
@pytest.mark.parametrize("year", [1971, 2100])
def test_times_of_files_decide_nothing(suite, fresh_store, tmp_path, year):
    path = suite()
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    before = csvs(tmp_path / "out")
    when = (year - 1970) * 365 * 24 * 3600
    for number, file in enumerate(sorted([*tmp_path.rglob("*"), *fresh_store.rglob("*")])):
        os.utime(file, (when - number, when + number))
    records = sorted((tmp_path / "out" / "records").iterdir())
    written = {file: file.stat().st_ino for file in records[1:]}
    records[0].unlink()
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert csvs(tmp_path / "out") == before
    assert {file: file.stat().st_ino for file in records[1:]} == written


def test_a_jumping_clock_ends_no_trial_and_changes_no_number_or_duration(suite, run, undisturbed, tmp_path):
    (tmp_path / "jumping_plugin.py").write_text(JUMPS)
    path = suite(generator='use = "good"\ntimeout = "5 min"')
    assert run(path, "out", plugins=(tmp_path / "jumping_plugin.py", FAULTY)) == (0, [])
    assert csvs(tmp_path / "out") == undisturbed(path)
    timings = pd.read_csv(tmp_path / "out" / "timings.csv")
    durations = timings[["fit_s", "sample_s", "score_s"]].to_numpy()
    assert ((durations > 0) & (durations < 60)).all()


@pytest.mark.usefixtures("warm_server")
def test_drafts_are_swept_a_day_after_they_were_left_and_not_before(suite, fresh_store, tmp_path):
    store, key = Store(fresh_store), {"kind": "samples", "n": 1}
    folders = [
        tmp_path / "out" / "records",
        tmp_path / "out" / "traces",
        tmp_path / "out",
        store.locate(key).parent,
    ]
    drafts = {}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for is_old in (True, False):
            draft = folder / draft_name("a" * 64)
            draft.touch()
            drafts[draft] = is_old
            if is_old:
                os.utime(draft, (0, 0))
    genbench.run(suite(), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert {draft: not draft.exists() for draft in drafts} == drafts


def newer(path):
    """Write what is at `path` anew, as a later genbench might; return its bytes."""
    outer = json.loads(path.read_text())
    stem, _, version = outer["schema"].rpartition("-")
    write_sealed(path, Schema(stem, int(version) + 1), outer["body"] | {"unit": "bits"})
    return path.read_bytes()


def test_a_record_of_a_newer_genbench_is_refused_and_left_alone(suite, run, finished, tmp_path):
    path = suite(controls=True)
    finished(path)
    victim, other, *_ = sorted((tmp_path / "out" / "records").iterdir())
    content = newer(victim)
    other.unlink()
    code, errors = run(path, "out")
    assert code == 2
    assert f"{victim.name} was written by a newer genbench; upgrade genbench" in errors[-1]
    assert victim.read_bytes() == content
    assert not other.exists()
    assert not (tmp_path / "out" / "damaged").exists()


def test_a_plan_of_a_newer_genbench_is_refused_before_anything_runs(suite, run, finished, tmp_path):
    finished(suite())
    content = newer(tmp_path / "out" / "run.json")
    shutil.rmtree(tmp_path / "out" / "records")
    code, errors = run(suite(), "out")
    assert code == 2
    assert (
        "run.json was written by a newer genbench; upgrade genbench, or choose another folder" in errors[-1]
    )
    assert (tmp_path / "out" / "run.json").read_bytes() == content
    assert list((tmp_path / "out" / "records").iterdir()) == []


def test_an_artefact_of_a_newer_genbench_is_refused_and_left_alone(suite, run, finished, tmp_path):
    finished(suite())
    metas = {path: newer(path) for path in (tmp_path / "store").glob("*/*/*/meta.json")}
    assert metas
    code, errors = run(suite(), "again")
    assert code == 2
    assert "meta.json was written by a newer genbench; upgrade genbench" in errors[-1]
    assert {path: path.read_bytes() for path in metas} == metas
