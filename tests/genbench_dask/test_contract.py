"""One contract for all executors: what happens in a trial's process is the same record on each of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import genbench
from genbench.core.extracted import ValidCount

pytestmark = [pytest.mark.extras("distributed"), pytest.mark.slow]

FAULTS = Path(__file__).with_name("fault_plugin.py")
KINDS = Path(__file__).parents[1] / "toy_plugins" / "kinds_plugin.py"
SUMS = Path(__file__).parents[1] / "toy_plugins" / "sums_plugin.py"
EXPECTED = {
    "good": ("ok", ""),
    "raises": ("error", "fault-plugin:raises: ValueError: no luck"),
    "unpicklable": ("error", "fault-plugin:unpicklable: UnpicklableError: it holds a function"),
    "exits": ("error", "fault-plugin:exits: called sys.exit(4)"),
    "vanishes": ("crash", "its process ended with exit code 3 before it was done"),
    "segfaults": ("crash", "its process was killed by SIGSEGV"),
    "killed": ("crash", "its process was killed by SIGKILL"),
    "hangs": ("timeout", "…"),
    "stubborn": ("timeout", "…"),
    "grows": ("memory", "…"),
    "leaves": ("ok", ""),
    "floods": ("ok", ""),
}
LIMITS = {"hangs": "timeout = 2", "stubborn": "timeout = 2", "grows": 'memory = "700 MB"'}


@pytest.fixture
def suite(tmp_path, suite_text):
    """Return a suite of all faults and a good generator beside them."""
    generators = [f'use = "{name}"\n{LIMITS.get(name, "")}' for name in EXPECTED]
    entries = {"datasets": ["cloud"], "generators": generators, "metrics": ["gap"]}
    path = tmp_path / "faults.toml"
    path.write_text(suite_text(**entries, name="faults", n=30, extra="controls = false"))
    return path


@pytest.mark.parametrize("executor", ["local", "pool", "dask"])
def test_eleven_faults_give_the_same_records_on_threads_on_a_process_pool_and_on_dask(
    executor, suite, shared_cluster, tmp_path, monkeypatch
):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    table = {"use": executor} | ({"address": shared_cluster.address} if executor == "dask" else {})
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        run = genbench.run(suite, output=tmp_path / "out", plugins=[FAULTS], jobs=2, executor=table)
    records = {record.cell.generator: record for record in run.results.records.values()}
    found = {name: (record.status, record.reason) for name, record in records.items()}
    found |= {name: (found[name][0], "…") for name in LIMITS}
    assert found == EXPECTED
    assert {record.attempt for record in records.values()} == {1}
    assert any("cloud leaves seed 0: left 1 process behind" in str(warning.message) for warning in said)
    logs = run.folder / "logs"
    assert "UnpicklableError: it holds a function" in (logs / "cloud-unpicklable-seed-0.log").read_text()
    assert 1000 < (logs / "cloud-floods-seed-0.log").stat().st_size < 3_000_000


def test_samples_without_features_are_counted_on_dask(suite_text, shared_cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    generators = [f'use = "sloppy"\nname = "{name}"\nbroken = {k}' for name, k in (("neat", 0), ("poor", 6))]
    entries = {
        "datasets": ['use = "sums"\nbroken = 10'],
        "generators": generators,
        "metrics": ["sizes", "aligned"],
    }
    path = tmp_path / "sums.toml"
    path.write_text(suite_text(**entries, name="sums", n=40, extra='controls = false\nn_real = "all"'))
    table = {"use": "dask", "address": shared_cluster.address}
    run = genbench.run(path, output=tmp_path / "out", plugins=[SUMS], jobs=2, executor=table)
    found = {(r.cell.generator, r.cell.metric): r for r in run.results.records.values()}
    assert found["neat", "aligned"].value == found["poor", "aligned"].value == 1.0
    assert found["neat", "aligned"].valid == {}
    assert found["poor", "aligned"].valid == {"fake": ValidCount(n=28, of=40)}
    splits = dict.fromkeys(("real", "train", "held_out"), ValidCount(n=72, of=80))
    assert found["poor", "sizes"].valid == splits | {"fake": ValidCount(n=28, of=40)}
    assert found["poor", "sizes"].extra["fake"] == [28, 28]


def test_samples_of_any_container_are_equal_on_dask(suite_text, shared_cluster, tmp_path, monkeypatch):
    entries = {"generators": ["resampler"], "metrics": ["size-gap", "feature-gap"]}
    path = tmp_path / "kinds.toml"
    path.write_text(suite_text(datasets=["stereo", "people", "ticks"], **entries, n=15))
    found = []
    for name in ("local", "dask"):
        monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / f"{name}-store"))
        table = {"use": name} | ({"address": shared_cluster.address} if name == "dask" else {})
        run = genbench.run(
            path, output=tmp_path / name, plugins=[KINDS], jobs=2, executor=table, keep_samples=True
        )
        found.append([(run.folder / csv).read_bytes() for csv in ("leaderboard.csv", "scores.csv")])
        assert set(run.scores()["status"]) == {"ok", "skipped"}
    assert found[0] == found[1]
