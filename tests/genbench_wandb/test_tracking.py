"""What runs of Weights & Biases contain, read back from the files that its offline mode writes."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from genbench_wandb import tracking

import genbench

pytestmark = [pytest.mark.extras("wandb"), pytest.mark.filterwarnings("ignore")]  # of others

BLOCK = 32_768  # bytes, in the log format of LevelDB
FAULTY = Path(__file__).parents[1] / "toy_plugins" / "faulty_plugin.py"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder in which W&B writes; it asks no server."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"MODE": "offline", "DIR": str(tmp_path), "SILENT": "true"}.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    return tmp_path


def read_log(data):
    """Yield the records of a file of W&B: the log format of LevelDB, after a head of seven bytes."""
    position, parts = 7, []
    while position + 7 <= len(data):
        left = BLOCK - position % BLOCK
        if left < 7:  # the rest of a block is too short for the head of a part
            position += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, position)
        parts.append(data[position + 7 : position + 7 + length])
        position += 7 + length
        if kind in (1, 4):  # a whole record, or the last part of one
            yield b"".join(parts)
            parts = []


def read_runs(folder):
    """Return the offline runs in a folder by name: config, summary, steps, files and exit code."""
    import wandb
    from wandb.proto.wandb_internal_pb2 import Record

    wandb.teardown()  # as at the end of a process: it waits until all files are written
    runs = {}
    for path in sorted((folder / "wandb").glob("offline-run-*/*.wandb")):
        run = {"summary": {}, "steps": [], "files": set(), "exit": None}
        for data in read_log(path.read_bytes()):
            record = Record()
            record.ParseFromString(data)
            if record.HasField("run"):
                name, run["group"], run["id"] = (
                    record.run.display_name, record.run.run_group, record.run.run_id,
                )  # fmt: skip
                run["config"] = {item.key: json.loads(item.value_json) for item in record.run.config.update}
            elif record.HasField("summary"):
                run["summary"] |= {
                    "/".join(item.nested_key) or item.key: json.loads(item.value_json)
                    for item in record.summary.update
                }
            elif record.HasField("history"):
                run["steps"].append({
                    "/".join(item.nested_key) or item.key: json.loads(item.value_json)
                    for item in record.history.item
                })  # fmt: skip
            elif record.HasField("files"):
                run["files"] |= {item.path for item in record.files.files}
            elif record.HasField("exit"):
                run["exit"] = record.exit.exit_code
        runs[name] = run
    return runs


def test_a_run_is_a_group_with_a_run_for_each_trial(folder, suite_text):
    suite = suite_text(
        datasets=("cloud",), generators=("good", "raises"), metrics=("centre-gap",), name="small",
        seeds=(0, 1), n=30, extra="",
    )  # fmt: skip
    (folder / "small.toml").write_text(suite)
    done = genbench.run(
        folder / "small.toml", plugins=[FAULTY], listeners=[{"use": "wandb", "project": "mine"}], jobs=1
    )
    runs = read_runs(folder)
    good = runs["cloud good seed 1"]
    value = next(
        record.value for record in done.results.records.values()
        if record.cell.generator == "good" and record.cell.seed == 1
    )  # fmt: skip
    assert good["summary"]["centre_gap"] == value
    assert (good["config"]["seed"], good["config"]["generator"]["name"], good["exit"]) == (1, "good", 0)
    failed = runs["cloud raises seed 0"]
    assert failed["summary"]["status/centre_gap"].startswith("error: ")
    assert failed["exit"] == 1
    whole = runs["small"]
    assert whole["summary"]["cells/ok"] >= 2
    assert {"leaderboard.csv", "scores.csv"} <= whole["files"]
    assert whole["exit"] == 1
    assert len({run["group"] for run in runs.values()}) == 1
    assert len({run["id"] for run in runs.values()}) == len(runs)


SUITE = {
    "name": "small", "seeds": [0], "n": {"cloud": 30},
    "datasets": {"cloud": {"component": "x:cloud", "options": {}}},
    "generators": [
        {"name": "good", "component": "x:other", "options": {}, "datasets": ["ring"]},
        {"name": "good", "component": "x:good", "options": {"shift": 0.5}, "datasets": ["cloud"]},
    ],
    "metrics": {"fid[pixels-8]": {"component": "x:fid", "options": {}, "extractor": None}},
}  # fmt: skip
IDS = {"dataset": "cloud", "generator": "good"}


def test_steps_kept_records_comparisons_and_a_stop_are_logged(folder):
    listener = tracking.wandb(folder, SUITE)
    score = {**IDS, "metric": "fid[pixels-8]", "value": 0.5, "status": "ok", "reason": ""}
    listener.run_started([{**score, "seed": 0}])
    listener.trial_started(**IDS, seed=1)
    listener.progress(**IDS, seed=1, stage="fit", step=10, values={"loss": 0.25})
    listener.progress(**IDS, seed=1, stage="fit", step=None, values={"loss": 9.0})
    listener.recorded(**score, seed=None)
    listener.run_finished({"ok": 1}, [], "it was stopped")
    runs = read_runs(folder)
    assert runs["cloud good seed 0"]["summary"]["fid__pixels_8"] == 0.5
    assert runs["cloud good seed 0"]["config"]["generator"]["options"] == {"shift": 0.5}
    assert runs["cloud good seed 0"]["config"]["n"] == 30
    (step,) = runs["cloud good seed 1"]["steps"]
    assert {name: step[name] for name in ("fit/step", "fit/loss")} == {"fit/step": 10, "fit/loss": 0.25}
    assert runs["cloud good seed all"]["summary"]["fid__pixels_8"] == 0.5
    assert runs["small"]["summary"]["stopped"] == "it was stopped"
    assert [runs[name]["exit"] for name in ("cloud good seed 0", "cloud good seed 1", "small")] == [0, 1, 1]
    again = tracking.wandb(folder, SUITE)
    ids = {name: run["id"] for name, run in runs.items()}
    again.run_started([])
    again.run_finished({}, [], None)
    assert read_runs(folder)["small"]["id"] == ids["small"]
