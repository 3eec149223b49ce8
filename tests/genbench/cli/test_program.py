from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genbench.cli.program import run_program

#: A program that receives a signal when it imports click.
IMPORTING = """
import os, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), int(sys.argv[1]))

sys.meta_path.insert(0, Finder())
from genbench.cli.program import run_program

run_program()
"""


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [(signal.SIGINT, 130, "Interrupted.\n"), (signal.SIGTERM, 143, "Terminated.\n")],
)
def test_an_interrupt_of_an_import_is_one_line(number, code, line):
    command = [sys.executable, "-c", IMPORTING, str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, line)


#: A program that prints a hash in its first command.
HASHING = """
import sys
from genbench.cli.main import main
from genbench.cli.program import run_program

sys.argv = ["genbench", "--version"]
try:
    run_program()
finally:
    print(hash("a"), sys.flags.hash_randomization, sys.orig_argv[-1])
"""


def hashed(given=None, *flags):
    """Return what a program prints of its hashes, with the variable PYTHONHASHSEED, or without it."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    variables |= {} if given is None else {"PYTHONHASHSEED": given}
    command = [sys.executable, *flags, "-c", HASHING, "last one"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    return done.stdout.splitlines()[1]


@pytest.mark.parametrize("given", [None, "", "7", "random"])
def test_hashes_are_those_of_jobs_whatever_the_variable_says(given):
    fixed = hashed("0")
    assert fixed.split(" ", 1)[1] == "0 last one"
    assert hashed(given) == fixed


@pytest.mark.parametrize("flag", ["-E", "-R"])
def test_a_python_that_does_not_take_its_hash_seed_from_the_variable_goes_on(flag):
    assert hashed(None, flag).split(" ", 1)[1] == "1 last one"


def test_it_is_the_entry_point_of_the_program():
    project = Path(__file__).parents[3] / "pyproject.toml"
    scripts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"genbench": f"{run_program.__module__}:{run_program.__name__}"}
