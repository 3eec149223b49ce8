"""What the benchmarks print where a peer is missing, and whose CPU seconds they count."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

SIDES = [np.random.default_rng(seed).random((20, 4)).astype(np.float32) for seed in (0, 1)]


def script(name, monkeypatch):
    """Return the functions and constants of a script, by name."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / f"{name}.py"))


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("*.py")), ids=lambda path: path.stem)
def test_what_a_benchmark_imports_of_genbench_exists(path):
    nodes = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    ours = [node for node in nodes if node.module.startswith("genbench")]
    names = [(import_module(node.module), alias.name) for node in ours for alias in node.names]
    assert [name for module, name in names if not hasattr(module, name)] == []


def ours(real, fake):
    return 2.0


def theirs(real, fake):
    return 4.0


def broken(real, fake):
    raise AttributeError("no such function in this scipy")


def test_a_work_without_peers_has_its_own_row(monkeypatch):
    compare = script("compare", monkeypatch)
    (row,) = compare["rows"]("FID", {"": ours}, *SIDES, 1)
    cells = row.strip("| ").split(" | ")
    assert len(cells) == len(compare["COLUMNS"])
    assert cells[:3] == ["FID", "20", "4"]
    assert cells[5:] == ["-"] * 5


def test_a_work_with_peers_has_a_row_for_each(monkeypatch):
    rows = script("compare", monkeypatch)["rows"]("FID", {"": ours, "a 1.0": theirs, "b": ours}, *SIDES, 2)
    assert [row.split(" | ")[5] for row in rows] == ["a 1.0", "b"]
    assert [row.split(" | ")[-1] for row in rows] == ["5e-01 |", "0e+00 |"]


def test_a_peer_that_does_not_run_is_named_and_left_out(monkeypatch, capsys):
    work = script("peers", monkeypatch)["Work"](
        "FID", ours, {"torch-fidelity": theirs, "torch-fidelity x": broken}
    )
    found = script("compare", monkeypatch)["running"](work, *SIDES)
    assert list(found.values()) == [theirs]
    assert (
        "x does not run, left out: AttributeError: no such function in this scipy)" in capsys.readouterr().err
    )


def test_a_peer_that_is_not_installed_is_left_out(monkeypatch):
    peers = script("peers", monkeypatch)
    monkeypatch.setitem(peers["missing"].__globals__, "PEERS", ("torch-fidelity", "no-such-peer"))
    assert peers["missing"]() == ["no-such-peer"]
    work = peers["Work"]("FID", ours, {"torch-fidelity": theirs, "no-such-peer": broken})
    assert [name.split()[0] for name in work.installed()] == ["torch-fidelity"]


def test_a_pipeline_whose_library_is_missing_is_named_and_left_out(monkeypatch, capsys):
    end_to_end = script("end_to_end", monkeypatch)
    monkeypatch.setitem(end_to_end["NEEDS"], "torchmetrics", "no_such_module")
    assert end_to_end["installed"](["torchmetrics", "genbench"]) == ["genbench"]
    assert "torchmetrics is left out: no_such_module is not installed" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not count the time of children")
def test_cpu_seconds_hold_those_of_processes_that_were_started(monkeypatch):
    cpu_seconds = script("end_to_end", monkeypatch)["cpu_seconds"]
    before, own = cpu_seconds(), time.process_time()
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert cpu_seconds() - before >= time.process_time() - own + 0.2


@pytest.mark.slow
def test_scores_of_a_training_loop_have_a_row_each_and_must_be_equal(monkeypatch, capsys, tmp_path):
    loop = script("training_loop", monkeypatch)
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    names = loop["beside_epochs"].__globals__
    monkeypatch.setitem(names, "in_a_new_process", lambda *_: 1.0)
    monkeypatch.setitem(names, "FIVE", {"fid": {}})
    monkeypatch.setitem(names, "WORKS", {"fid": {"fid": {}}, "the default report": None})
    loop["beside_epochs"](1, 1, tmp_path)
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[0].strip("| ") for row in rows[3:]] == [
        "fid", "the default report", "these five, by a new Reference", "these five, by a new process",
    ]  # fmt: skip
    monkeypatch.setitem(names, "scored", lambda *_: {})
    with pytest.raises(SystemExit, match="fid: the measurements differ"):
        loop["beside_epochs"](1, 1, tmp_path)


def test_intervals_cover_strengths_in_simulated_arenas_and_narrower_ones_do_not(monkeypatch):
    """Of 120 intervals, 110 to 119 cover with a probability of 98 %; so few do not if they are halved."""
    coverage = script("vote_coverage", monkeypatch)
    share = float(coverage["row"](3, 10, "unequal", 40)[0].rstrip("%"))
    assert 90 < share < 100
    halved = coverage["row"].__globals__
    whole = halved["half_widths"]
    monkeypatch.setitem(halved, "half_widths", lambda found, spread: whole(found, spread) / 2)
    assert float(coverage["row"](3, 10, "unequal", 40)[0].rstrip("%")) < 85


def test_the_truth_of_an_arena_is_symmetric_and_weaker_than_the_usual_taste(monkeypatch):
    """Raters of different tastes are less sure together than each of them alone."""
    found = script("vote_coverage", monkeypatch)["expected_strengths"](np.array([-1.0, 0.0, 1.0]))
    assert found[1] == pytest.approx(0, abs=1e-9)
    assert found[2] == pytest.approx(-found[0])
    assert 0.8 < found[2] < 1


def test_votes_that_are_timed_are_rated_in_the_order_of_their_strengths(monkeypatch, tmp_path):
    speed = script("vote_speed", monkeypatch)
    works = speed["rows"](600, None)
    assert [work for work, _, _ in works] == [
        "genbench, from files to ratings with intervals", "genbench, fit alone", "genbench, intervals alone"
    ]  # fmt: skip
    votes, who = speed["drawn"](6000)
    assert len(set(who)) == 25
    strengths = speed["fit"](votes).strengths
    assert strengths.argmax() == 5
    assert strengths.argmin() == 0


def test_tables_that_are_timed_have_values_near_1_and_are_shown_without_a_peer(monkeypatch):
    speed = script("table_speed", monkeypatch)
    real, fake = speed["frame"](0, 500), speed["frame"](1, 500)
    assert real.shape == (500, 20)
    ours = speed["by_genbench"](real, fake, 1)
    assert all(0.7 < value < 1 for _, value in ours.values())
    assert speed["by_sdmetrics"](real, fake, 1, None) == {}
    assert [row[0] for row in speed["rows"](ours, {})] == ["shapes", "pair-trends", "both"]
    theirs = {work: [2 * seconds, value] for work, (seconds, value) in ours.items()}
    assert [row[3:] for row in speed["rows"](ours, theirs)] == [("2.0", "0"), ("2.0", "0"), ("2.0", "")]


def test_works_on_tables_that_are_timed_give_the_numbers_of_fresh_rows(monkeypatch):
    speed = script("table_privacy_speed", monkeypatch)
    tables = [speed["table"](200, seed) for seed in range(3)]
    numbers = [work(*tables) for _, work in speed["WORKS"].values()]
    assert numbers[0] > 0
    assert numbers[1] == 1.0
    assert numbers[2:] == pytest.approx([0.5, 0.95, 0.5], abs=0.15)
    assert speed["peers"](None) == {}
