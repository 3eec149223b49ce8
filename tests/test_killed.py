"""A run that is killed at random moments of its life, and one that is interrupted."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from genbench.files.sealed import Schema, read_sealed

FAULTY = Path(__file__).parent / "toy_plugins" / "faulty_plugin.py"
CSVS = ("leaderboard.csv", "scores.csv")
KILLS, PARTS = 10, range(5)  # 50 kills in five days
ALIVE_S = 5.0
WAITING = FAULTY.with_name("waiting_plugin.py")


@pytest.fixture
def start(tmp_path, reaped):
    """Return a function that starts a run of a small suite: 20 trials, 40 cells."""

    def start(folder, *generators):
        uses = generators or ("good", "prints")
        suite = tmp_path / "small.toml"
        suite.write_text(
            'name = "small"\nseeds = [0, 1, 2, 3]\nn = 30\n[[dataset]]\nuse = "cloud"\n'
            + "".join(f'[[generator]]\nuse = "{use}"\n' for use in uses)
            + "".join(f'[[metric]]\nuse = "{use}"\n' for use in ("centre-gap", "spread"))
        )
        folder.mkdir(exist_ok=True)
        plugins = ("--plugin", FAULTY, "--plugin", WAITING)
        code = "from genbench.cli.main import main; main()"
        with (folder / "errors").open("w") as errors:
            command = [sys.executable, "-P", "-c", code, "run", suite, *plugins, "-j", "2"]
            return reaped(subprocess.Popen(
                [*command, "-o", folder / "out"], stdout=subprocess.DEVNULL, stderr=errors,
                cwd=tmp_path, env={**os.environ, "GENBENCH_STORE": str(folder / "store")},
            ))  # fmt: skip

    return start


def csvs(folder):
    return [(folder / "out" / name).read_bytes() for name in CSVS]


def acknowledged(folder):
    """Return the records that are there: name to content."""
    return {path.name: path.read_bytes() for path in (folder / "out" / "records").glob("*.json")}


def galleries(folder):
    """Return the bytes of each gallery of a run."""
    paths = (folder / "out" / "gallery").glob("[!.]*/*")
    return {(path.parent.name, path.name): path.read_bytes() for path in paths}


def family(process):
    """Return all processes below one, as long as it lives."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def survivors(family):
    """Return who of a family still lives after some seconds."""
    return [each for each in psutil.wait_procs(family, timeout=ALIVE_S)[1] if _lives(each)]


def _lives(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.full
def test_killed_at_random_moments_a_run_loses_nothing_and_ends_with_the_same_bytes(start, tmp_path, of_today):
    undisturbed = tmp_path / "undisturbed"
    begin = time.monotonic()
    assert start(undisturbed).wait(120) == 0
    life = time.monotonic() - begin
    for part in of_today(PARTS):
        chance = random.Random(20 + part)  # noqa: S311 - moments, not secrets
        _kill_so_often(start, tmp_path / f"part-{part}", chance, life, undisturbed)


def _kill_so_often(start, tmp_path, chance, life, undisturbed):
    """Kill runs at moments that are drawn from `chance`, and compare each with an undisturbed one."""
    tmp_path.mkdir()
    kills, rounds = 0, 0
    while kills < KILLS:
        folder = tmp_path / f"round-{rounds}"
        rounds += 1
        kills += _killed_until_through(start, folder, chance, life, KILLS - kills)
        assert csvs(folder) == csvs(undisturbed), f"round {rounds}"
        assert galleries(folder) == galleries(undisturbed)
        assert not (folder / "out" / "damaged").exists()
        assert not (folder / "store" / "damaged").exists()
    assert rounds > 1


def _killed_until_through(start, folder, chance, life, most):
    """Run into one folder until it is through, killing it at most so often; return how often it was."""
    kills, known = 0, {}
    while True:
        process = start(folder)
        try:
            if kills < most:
                time.sleep(chance.uniform(0, 1.1 * life))
            else:
                process.wait(120)
            below = family(process)
            was_killed = process.poll() is None
        finally:
            process.kill()
        process.wait(30)
        assert survivors(below) == []
        found = acknowledged(folder)
        lost = [name for name, content in known.items() if found.get(name) != content]
        assert lost == []
        for name in found:
            assert (
                read_sealed(folder / "out" / "records" / name, Schema("genbench-record", 1))["status"] == "ok"
            )
        known = found
        if not was_killed:
            assert process.returncode == 0, (folder / "errors").read_text()
            return kills
        kills += 1


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_all_children_with_a_summary_and_a_next_run_resumes(start, tmp_path, number, code):
    folder = tmp_path / "run"
    process = start(folder, "good", "stubborn")
    below = _once_stubborn(process, folder)
    process.send_signal(number)
    assert process.wait(30) == code
    errors = (folder / "errors").read_text()
    summary, advice = errors.splitlines()[-2:]
    assert re.fullmatch(r"Interrupted after \d+ of \d+ trials\.", summary)
    assert advice.startswith("Finished trials are stored")
    assert "Traceback" not in errors
    assert survivors(below) == []
    known = acknowledged(folder)
    assert start(folder, "good").wait(120) == 0
    assert known.items() <= acknowledged(folder).items()


@pytest.mark.slow
def test_two_interrupts_end_all_children_too(start, tmp_path):
    folder = tmp_path / "run"
    process = start(folder, "stubborn")
    below = _once_stubborn(process, folder)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) in (130, -signal.SIGINT)
    assert survivors(below) == []


def _once_stubborn(process, folder):
    """Wait until two trials that do not end by themselves run; return all processes of the run."""
    for _ in range(1200):
        logs = [path.read_text() for path in (folder / "out" / "logs").glob("*stubborn*")]
        if "".join(logs).count("begun") == 2:
            return family(process)
        assert process.poll() is None, (folder / "errors").read_text()
        time.sleep(0.05)
    raise AssertionError("it never came to that")
