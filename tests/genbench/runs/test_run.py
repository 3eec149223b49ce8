"""Runs of suites: what fails, what is kept, and what is made again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from toys import plugin_text

import genbench
from genbench.core.errors import DataError, EngineError, ResultsError, SuiteError
from genbench.jobs.isolation import workplace
from genbench.results.results import read_results

pytestmark = pytest.mark.usefixtures("shared_store")

FAULTY = Path(__file__).parents[2] / "toy_plugins" / "faulty_plugin.py"
CHECKED = FAULTY.with_name("checked_plugin.py")
FAULTS = ("gives-nan", "wrong-shape", "too-few", "no-samples", "raises", "exits", "vanishes", "is-killed")


@pytest.fixture(scope="module")
def faults(suite, tmp_path_factory):
    """Return a run of every faulty generator and metric beside good ones."""
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(tmp_path_factory.getbasetemp() / "store"))
        path = suite(folder, generators=("good", "prints", *FAULTS),
                     metrics=("centre-gap", *METRICS, "spread", "width"))  # fmt: skip
        return genbench.run(path, output=folder / "out", plugins=[FAULTY], jobs=2)


def cells(run, **where):
    frame = run.scores()
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


EXPECTED = {
    "gives-nan": ("invalid", "1 values are not finite, the first in sample 3; expected finite numbers"),
    "wrong-shape": ("invalid", "expected samples of shape (20, 2), got (20, 1)"),
    "too-few": ("invalid", "asked for 20 samples, got 19; return as many as are asked for"),
    "no-samples": (
        "invalid",
        "expected a genbench.Samples, got ndarray; make them with Samples(data, space)",
    ),
    "raises": ("error", "ValueError: no luck at data.bin with <object at 0x…>"),
    "exits": ("error", "called sys.exit(4)"),
    "vanishes": ("crash", "its process ended with exit code 0 before it was done"),
    "is-killed": ("crash", "its process was killed by SIGKILL"),
}


@pytest.mark.parametrize("generator", FAULTS)
def test_a_generator_that_fails_costs_only_its_own_cells_and_says_why(faults, generator):
    found = cells(faults, generator=generator)
    status, reason = EXPECTED[generator]
    assert len(found) == 14
    assert set(found["status"]) == {status}
    assert all(text.endswith(reason) for text in found["reason"])
    assert found["value"].isna().all()


def test_the_reason_names_whose_component_failed(faults):
    reasons = set(cells(faults, generator="raises")["reason"])
    assert all(reason.startswith("faulty-plugin:raises: ") for reason in reasons)


METRICS = {
    "infinite": (
        "invalid",
        (
            "faulty-plugin:infinite: expected a finite number, got inf; where there is no value, raise "
            "genbench.Undefined with the reason"
        ),
    ),
    "broken": ("error", "faulty-plugin:broken: RuntimeError: this metric fails"),
    "dies": ("crash", "its process was killed by SIGSEGV"),
    "writes": ("error", "faulty-plugin:writes: ValueError: assignment destination is read-only"),
}


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_that_fails_costs_only_its_own_cell(faults, metric):
    found = cells(faults, generator="good", metric=metric)
    assert set(zip(found["status"], found["reason"], strict=True)) == {METRICS[metric]}


@pytest.mark.parametrize("metric", ["centre-gap", "spread", "width"])
@pytest.mark.parametrize("generator", ["good", "prints", "held-out", "train-copies", "noise"])
def test_what_does_not_fail_is_ok_beside_what_does(faults, generator, metric):
    found = cells(faults, generator=generator, metric=metric)
    assert list(found["status"]) == ["ok", "ok"]
    assert found["value"].notna().all()


def test_a_run_with_failures_says_that_it_is_not_complete(faults):
    assert not faults.is_complete
    board = faults.leaderboard()
    row = board[board["generator"] == "raises"].iloc[0]
    assert pd.isna(row["centre-gap"])
    assert pd.isna(row["centre-gap:rank"])


def test_what_a_plugin_prints_and_its_traceback_are_in_the_log_of_its_trial(faults):
    assert b"a line on standard output" in (faults.folder / "logs" / "cloud-prints-seed-0.log").read_bytes()
    assert "in raises" in (faults.folder / "logs" / "cloud-raises-seed-1.log").read_text()


def test_csvs_hold_no_path_and_no_address(faults):
    text = "".join(path.read_text() for path in faults.files if path.suffix == ".csv")
    assert "/home" not in text
    assert str(faults.folder) not in text
    assert "0x7" not in text


def test_history_and_cost_are_recorded(faults):
    history = pd.read_csv(faults.folder / "history.csv")
    good = history[history["generator"] == "good"]
    assert list(good["value"]) == [1.0, 0.5, 1.0, 0.5]
    timings = pd.read_csv(faults.folder / "timings.csv").set_index("generator")
    assert timings.loc["good", "parameters"].tolist() == [2, 2]
    assert (timings.loc["good", "peak_mib"] > 0).all()


@pytest.mark.slow
def test_a_second_run_keeps_what_is_ok_and_tries_again_what_failed(suite, tmp_path):
    path = suite(tmp_path, generators=("good", "raises"))
    first = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    written = {file: file.stat().st_mtime_ns for file in (tmp_path / "out" / "records").iterdir()}
    second = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    again = {file.stem for file, when in written.items() if file.stat().st_mtime_ns != when}
    failed = {key for key, record in first.results.records.items() if record.status == "error"}
    assert again == failed != set()
    assert {second.results.records[key].attempt for key in failed} == {2}
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1, retry=False)
    kept = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1, retry=False)
    assert {kept.results.records[key].attempt for key in failed} == {2}


def csvs(folder):
    return {name: (folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv")}


@pytest.mark.slow
def test_jobs_order_and_repetition_change_no_byte(suite, tmp_path, monkeypatch):
    names = ("good", 'use = "good"\nname = "better"\nshift = 0.5', "prints")
    seen = set()
    for number, (jobs, generators, metrics) in enumerate([
        (1, names, ("centre-gap", "spread")), (2, names, ("centre-gap", "spread")),
        (2, names[::-1], ("spread", "centre-gap")),
    ]):  # fmt: skip
        monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / f"store{number}"))
        folder = tmp_path / f"out{number}"
        path = suite(tmp_path, generators=generators, metrics=metrics)
        genbench.run(path, output=folder, plugins=[FAULTY], jobs=jobs)
        seen.add(tuple(csvs(folder).values()))
    assert len(seen) == 1


def test_a_generator_that_is_added_changes_no_other_row(suite, tmp_path):
    genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    before = set((tmp_path / "out" / "scores.csv").read_text().splitlines())
    path = suite(tmp_path, generators=("good", "prints"))
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    after = set((tmp_path / "out" / "scores.csv").read_text().splitlines())
    assert before < after
    assert all(",prints," in line for line in after - before)


@pytest.mark.slow
def test_a_metric_that_is_added_scores_the_stored_samples(suite, tmp_path):
    suite_of = {"generators": ("good", "raises")}
    first = genbench.run(suite(tmp_path, **suite_of), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    path = suite(tmp_path, metrics=("centre-gap", "spread", "width"), **suite_of)
    second = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1, only=["good"])
    old, new = first.results.records, second.results.records
    added = [record for key, record in new.items() if key not in old and record.cell.generator == "good"]
    assert [record.cell.metric for record in added] == ["width", "width"]
    hashes = {(r.cell.generator, r.cell.seed): r.samples for r in old.values()}
    assert all(record.samples == hashes["good", record.cell.seed] for record in added)
    log = (tmp_path / "out" / "logs" / "cloud-good-seed-0.log").read_text()
    assert log == ""


@pytest.mark.parametrize(
    "other",
    [
        {"generators": ('use = "good"\nshift = 0.5',)},
        {"metrics": ('use = "spread"\nscale = 2.0',)},
        {"n": 25},
    ],
)
def test_another_suite_in_the_same_folder_gets_its_own_numbers_and_leaves_the_first_records_alone(
    suite, tmp_path, fresh_store, other
):
    plain = {"seeds": (0,), "extra": "controls = false"}
    genbench.run(suite(tmp_path, **plain), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    records = tmp_path / "out" / "records"
    first = {file.name: file.read_bytes() for file in records.iterdir()}
    path = suite(tmp_path, **plain, **other)
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    shutil.rmtree(fresh_store)
    genbench.run(path, output=tmp_path / "alone", plugins=[FAULTY], jobs=1)
    assert csvs(tmp_path / "out") == csvs(tmp_path / "alone")
    assert {file.name: file.read_bytes() for file in records.iterdir()}.items() > first.items()


def test_only_runs_one_generator_and_the_controls_and_shows_the_rest_as_missing(suite, tmp_path):
    path = suite(tmp_path, generators=("good", "prints"))
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=2, only=["good"])
    statuses = run.scores().groupby("generator")["status"].unique().map(list).to_dict()
    assert statuses.pop("prints") == ["missing"]
    assert set(map(tuple, statuses.values())) == {("ok",)}
    assert set(statuses) == {"good", "held-out", "train-copies", "noise"}
    assert run.is_complete
    assert run.leaderboard()["rank"].isna().all()


def test_generators_take_the_place_of_those_of_the_suite(suite, tmp_path):
    path = suite(tmp_path, generators=("raises",), extra="controls = false")
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1,
                       generators=["good", {"use": "prints", "name": "second"}])  # fmt: skip
    assert run.is_complete
    assert set(run.scores()["generator"]) == {"good", "second"}
    assert [entry["name"] for entry in run.results.plan.provenance["generators"]] == ["good", "second"]


def test_a_record_that_is_damaged_is_put_aside_and_made_again(suite, tmp_path):
    path = suite(tmp_path)
    first = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    before = csvs(tmp_path / "out")
    victim = min((tmp_path / "out" / "records").iterdir())
    victim.write_bytes(victim.read_bytes().replace(b'"value":', b'"value":1'))
    with pytest.warns(RuntimeWarning, match=f"put aside as .*{victim.name} and made again"):
        second = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert (tmp_path / "out" / "damaged" / victim.name).exists()
    assert csvs(tmp_path / "out") == before
    assert second.is_complete
    assert first.is_complete


def test_features_of_real_samples_are_extracted_once_a_store(suite, tmp_path, fresh_store):
    path = suite(
        tmp_path, generators=("shifted",), metrics=("gap",), extra="controls = false", seeds=(0,), n=20
    )
    runs = [genbench.run(path, output=tmp_path / name, plugins=[CHECKED], jobs=1) for name in ("a", "b")]
    logs = [{log.name for log in (run.folder / "logs").iterdir()} for run in runs]
    assert logs == [{"cloud-bent.log", "cloud-shifted-seed-0.log"}, {"cloud-shifted-seed-0.log"}]
    assert list(runs[1].scores()["status"]) == ["ok"]
    assert csvs(tmp_path / "a") == csvs(tmp_path / "b")


@pytest.mark.slow
def test_a_damaged_artefact_is_made_again_with_the_same_score(suite, tmp_path, fresh_store):
    path = suite(tmp_path)
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    before = csvs(tmp_path / "out")
    for file in (fresh_store / "samples").rglob("data.npy"):
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(bytes(content))
    shutil.rmtree(tmp_path / "out")
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert csvs(tmp_path / "out") == before
    assert list((fresh_store / "damaged").iterdir())


def test_samples_can_be_kept_beside_the_records(suite, tmp_path):
    run = genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1, keep_samples=True)
    kept = list((tmp_path / "out" / "samples").glob("*/data.npy"))
    assert len(kept) == 2 * 4
    assert run.is_complete


def test_results_that_cannot_be_written_are_refused_before_anything_runs(suite, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ResultsError, match="out"):
        genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1)


def test_moving_a_folder_of_data_changes_no_byte(suite, tmp_path, fresh_store):
    import numpy as np

    seen = set()
    for number, place in enumerate(("here", "somewhere/else")):
        shutil.rmtree(fresh_store, ignore_errors=True)
        home = tmp_path / place
        home.mkdir(parents=True)
        np.save(home / "x.npy", np.random.Generator(np.random.PCG64(1)).normal(size=(90, 2)))
        path = suite(home)
        path.write_text(
            path.read_text().replace('use = "cloud"', 'use = "npz"\nname = "moved"\npath = "x.npy"')
        )
        genbench.run(path, output=tmp_path / f"out{number}", plugins=[FAULTY], jobs=1)
        seen.add(tuple(csvs(tmp_path / f"out{number}").values()))
    assert len(seen) == 1


@pytest.mark.parametrize(("fields", "key"), [({"extra": "n_real = 31"}, "n_real"), ({"n": 31}, "n")])
def test_more_real_samples_than_there_are_is_refused_with_both_numbers(suite, tmp_path, fields, key):
    path = suite(tmp_path, **fields)
    refused = (
        rf"{key}: the test split of dataset 'cloud' has 30 samples, expected at least 31; .* smaller {key}$"
    )
    with pytest.raises(SuiteError, match=refused):
        genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert not (tmp_path / "out").exists()


def test_more_fakes_than_real_samples_are_fine_where_the_reference_is_not_cut(suite, tmp_path):
    path = suite(tmp_path, n=31, extra='n_real = "all"')
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert set(cells(run, generator="good", metric="centre-gap")["status"]) == {"ok"}


def test_the_plan_holds_no_path_of_the_machine(suite, tmp_path):
    run = genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    text = (run.folder / "run.json").read_text()
    assert str(tmp_path) not in text
    assert json.loads(text)["body"]["provenance"]["name"] == "faults"


def test_a_folder_that_holds_no_run_is_refused(tmp_path):
    from genbench.results.results import read_results

    with pytest.raises(DataError, match=r"no run\.json"):
        read_results(tmp_path)


KILLS = """
import os, signal

def kills(train):
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

GeneratorSpec(name="kills", make=kills)
"""
KILLS_ONCE = """
import os, signal

def kills_once():
    mark = Path({mark!r})
    if not mark.exists():
        mark.touch()
        for process in (os.getppid(), os.getpid()):
            os.kill(process, signal.SIGKILL)
    return Data(Samples.of("vector", np.random.Generator(np.random.PCG64(7)).normal(size=(90, 2))))

DatasetSpec(name="kills-once", make=kills_once)
"""
UNSAVED = """
class Sampler:
    def save(self, folder):
        raise OSError(28, "No space left on device")
    def sample(self, n, *, rng): ...

def unsaved(train):
    return Sampler()

GeneratorSpec(name="unsaved", make=unsaved, load="builtins:len")
"""
EDITS = """
def edits(fake):
    path = Path(__file__)
    path.write_text(path.read_text() + "# later\\n")
    return 1.0

MetricSpec(name="edits", make=edits)
"""


def test_a_server_that_is_killed_costs_only_what_was_in_flight(suite, tmp_path):
    plugin = tmp_path / "server_killer.py"
    plugin.write_text(plugin_text(KILLS))
    path = suite(tmp_path, generators=("kills", "good"), seeds=(0,))
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY, plugin], jobs=1)
    assert set(cells(run, generator="kills")["reason"]) == {"its process was lost"}
    assert set(cells(run, generator="good")["status"]) == {"ok"}


def test_a_server_that_is_killed_while_a_dataset_is_prepared_is_begun_again(suite, tmp_path):
    plugin, mark = tmp_path / "server_killer.py", tmp_path / "killed"
    plugin.write_text(plugin_text(KILLS_ONCE).format(mark=str(mark)))
    path = suite(tmp_path, seeds=(0,))
    path.write_text(path.read_text().replace('use = "cloud"', 'use = "kills-once"'))
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY, plugin], jobs=1)
    assert mark.exists()
    assert set(cells(run, generator="good")["status"]) == {"ok"}


def test_code_that_changes_during_a_run_gives_no_number_under_the_old_key(suite, tmp_path):
    plugin = tmp_path / "self_editor.py"
    plugin.write_text(plugin_text(EDITS))
    path = suite(tmp_path, metrics=("edits",), extra="controls = false")
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY, plugin], jobs=1)
    assert list(run.scores()["status"]) == ["invalid", "invalid"]
    what = "self_editor.py changed after genbench hashed it, so no key names what was read"
    assert set(run.scores()["reason"]) == {f"self-editor:edits: {what}; run the command again"}


def test_a_record_under_another_ones_name_is_no_record(suite, tmp_path):
    path = suite(tmp_path)
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    first, second, *_ = sorted((tmp_path / "out" / "records").iterdir())
    second.write_bytes(first.read_bytes())
    with pytest.warns(RuntimeWarning, match="put aside"):
        again = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert again.scores().equals(run.scores())


def test_a_generator_under_a_new_name_keeps_its_history_and_cost(suite, tmp_path):
    genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    path = suite(tmp_path, generators=('use = "good"\nname = "renamed"',))
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    timings = pd.read_csv(tmp_path / "out" / "timings.csv")
    assert set(timings["generator"]) == {"renamed", "held-out", "noise", "train-copies"}
    assert set(timings.loc[timings["generator"] == "renamed", "parameters"]) == {2}


def test_records_of_a_generator_under_a_new_name_name_it(suite, tmp_path):
    genbench.run(suite(tmp_path), output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    before = {path.name for path in (tmp_path / "out" / "records").iterdir()}
    path = suite(tmp_path, generators=('use = "good"\nname = "renamed"',))
    genbench.run(path, output=tmp_path / "out", plugins=[FAULTY], jobs=1)
    assert {path.name for path in (tmp_path / "out" / "records").iterdir()} == before
    assert read_results(tmp_path / "out").outdated == {}
    assert "renamed" in "".join(path.read_text() for path in (tmp_path / "out" / "records").iterdir())


def test_a_sampler_that_cannot_be_saved_costs_only_its_own_cells(suite, tmp_path):
    plugin = tmp_path / "unsaved.py"
    plugin.write_text(plugin_text(UNSAVED))
    path = suite(tmp_path, generators=("unsaved", "good"))
    run = genbench.run(path, output=tmp_path / "out", plugins=[FAULTY, plugin], jobs=1)
    assert set(cells(run, generator="unsaved")["status"]) == {"error"}
    assert set(cells(run, generator="good")["status"]) == {"ok"}


def test_threads_and_offline_reach_the_processes_of_a_run(monkeypatch, fresh_store, tmp_path):
    environments = []

    def refuse(environment, *_):
        environments.append(environment)
        raise EngineError("no process is started here")

    monkeypatch.setattr(workplace, "ForkServer", refuse)
    for options in ({}, {"threads": 2}, {"offline": True}):
        with pytest.raises(EngineError, match="no process is started here"):
            genbench.run("quickstart", output=tmp_path / "out", **options)
    names = "OMP_NUM_THREADS", "GENBENCH_OFFLINE"
    found = [[environment.get(name) for name in names] for environment in environments]
    assert found == [["1", None], ["2", None], ["1", "1"]]
