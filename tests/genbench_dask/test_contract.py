"""One contract for all executors: what happens in a trial's process is the same record on each of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import genbench

pytestmark = pytest.mark.extras("distributed")

FAULTS = Path(__file__).with_name("fault_plugin.py")
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
def suite(tmp_path):
    """Return a suite of all faults and a good generator beside them."""
    lines = ['name = "faults"', "seeds = [0]", "n = 30", "controls = false"]
    lines += ["[[dataset]]", 'use = "cloud"', "[[metric]]", 'use = "gap"']
    for name in EXPECTED:
        lines += ["[[generator]]", f'use = "{name}"', LIMITS.get(name, "")]
    path = tmp_path / "faults.toml"
    path.write_text("\n".join(lines))
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
