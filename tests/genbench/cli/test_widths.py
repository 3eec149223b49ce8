"""What each command prints on terminals of 60, 80 and 120 columns."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from click_commands import list_commands

from genbench.cli.main import main

PUBLISHED = Path(__file__).parents[3] / "results" / "published"
FACTS = "--date 2026-01-31 --organization Lab --relationship other"
#: By command, its arguments, in a folder with a copy of a published run, a table of battles and three tables.
CASES = {
    "run": ["run mine.toml --dry-run", "run mine.toml"],
    "suites": ["suites"],  # `suites NAME` prints a file as it is
    "score": [
        "score --fake fake.csv --real real.csv --train train.csv",
        "score --fake fake.csv --fake train.csv --real real.csv -m shapes -m pair-trends --details",
        "score --fake lost.csv --real real.csv",
    ],
    "leaderboard": ["leaderboard quickstart", "leaderboard quickstart -o other"],
    "page": ["page quickstart"],
    "plot": ["plot quickstart nothing"],
    "publish": [f"publish quickstart {FACTS} -o published"],
    "compare": ["compare quickstart vae gan", "compare quickstart vae nobody"],
    "gate": ["gate quickstart:gan quickstart:vae --limit fid=10% --limit recall=5%"],
    "power": ["power quickstart --difference fid=5 --difference recall=20%"],
    "arena make": ["arena make quickstart -o task.html --pairs 4"],
    "arena judge": ["arena judge quickstart -o votes.json --judge ./no-such-judge --pairs 4"],
    "arena rate": ["arena rate battles.csv -o battles"],
    "arena score": ["arena score quickstart task.html"],
    "verify": ["verify battles"],
    "plugins": ["plugins", "plugins frechet"],
    "plugins list": ["plugins list --kind extractor"],
    "plugins show": ["plugins show fid", "plugins show table-file"],
    "new": ["new metric edge-gap", "new metric edge-gap"],
    "check": ["check noise duplicates -q"],
    "battery": ["battery --card fid"],
    "doctor": ["doctor"],
    "fetch": ["fetch"],
    "store": ["store"],
}
SUITE = """
name = "mine"
seeds = [0, 1]
n = 100
[[dataset]]
use = "digits"
[[generator]]
use = "noise"
name = "a-generator-with-a-long-name"
[[metric]]
use = "duplicates"
[[metric]]
use = "precision"
extractor = "pixels"
"""
BATTLES = "model_a,model_b,winner,judge\na,b,model_a,x\nb,c,model_a,y\nc,a,model_a,x\nb,a,model_a,z\n"
#: Runs the commands of its arguments one after the other, each after a line with its number.
PROGRAM = """
import shlex, sys
from genbench.cli.main import main
for number, line in enumerate(sys.argv[1:]):
    print(f"\\n@@@ {number}", flush=True)
    try:
        main(shlex.split(line))
    except SystemExit:
        pass
"""


def write_tables(folder):
    for name, start, factor in (("real", 0, 7), ("train", 400, 11), ("fake", 800, 5)):
        rows = (f"{n},{n * factor % 97 / 7:.3f},city-{n % factor}" for n in range(start, start + 200))
        (folder / f"{name}.csv").write_text("age,income,city\n" + "\n".join(rows) + "\n")


def run_on_terminal(lines, width, folder):
    """Return what each command prints on a terminal of this width, without colours and overwritten lines."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    command = [sys.executable, "-c", PROGRAM, *lines]
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=env | {"TERM": "xterm-256color"}
    ) as process:
        os.close(slave)
        content = bytearray()
        while block := read_block(master):
            content += block
    os.close(master)
    assert process.returncode == 0, content.decode()[-2000:]
    text = re.sub(r"\x1b\[\d*(?:;\d+)*[A-Za-z]|\x1b\[\?\d+[hl]", "", content.decode().replace("\r\n", "\n"))
    return [part.split("\n", 1)[1] for part in text.split("\n@@@ ")[1:]]


def read_block(master):
    try:
        return os.read(master, 2**16)
    except OSError:  # Linux reports the end of a terminal as an error
        return b""


def test_each_command_has_a_case():
    assert set(CASES) == set(list_commands(main))


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_command_prints_beyond_the_width_or_shortens_a_cell(width, tmp_path, fresh_store):
    shutil.copytree(PUBLISHED / "quickstart", tmp_path / "quickstart")
    write_tables(tmp_path)
    (tmp_path / "mine.toml").write_text(SUITE)
    (tmp_path / "battles.csv").write_text(BATTLES)
    lines = [line for cases in CASES.values() for line in cases]
    for line, output in zip(lines, run_on_terminal(lines, width, tmp_path), strict=True):
        # after a carriage return, a line of progress is written over
        shown = [part.rsplit("\r", 1)[-1] for part in output.split("\n")]
        assert "Traceback" not in output, output
        assert not [part for part in shown if part != part.rstrip()], line
        wide = [part for part in shown if len(part) > width and len(part.split()) > 1]  # a path stays whole
        lasting = (part for part in shown if not re.search(r"\d:\d\d:\d\d$", part))  # a bar of progress goes
        cut = [part for part in lasting if re.search(r"\w…(?!\S*\))", part)]
        assert (wide, cut) == ([], []), line
