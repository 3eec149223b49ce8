"""Mutants of the code: the list is up to date, and the tests notice those that the date chooses."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

RUNNER = Path(__file__).with_name("runner.py")
SOURCE = """
def first(x):
    return x < 1

class Second:
    def first(self, x):
        if x < 1:
            raise ValueError(x)
        return x < 1 and x
"""


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location("mutant_runner", RUNNER)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_mutant_is_found_by_its_text_or_else_by_its_function(runner):
    change = runner.Mutant("a.py", "first", "x < 1", "x <= 1", "test_a.py").applied
    assert change(SOURCE).count("x <= 1") == 1
    assert change(SOURCE).index("x <= 1") < SOURCE.index("class")
    assert change("def renamed(x): return x < 1") == "def renamed(x): return x <= 1"
    assert change(SOURCE.replace("def first", "def other")) is None
    assert change("def first(x): return x > 1") is None


def test_comparisons_operators_and_checks_are_proposed(runner, tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text(SOURCE)
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    found = {(each.function, each.old, each.new) for each in runner.proposed("a.py", "test_a.py")}
    assert found == {
        ("first", "x < 1", "x <= 1"),
        ("Second.first", "if x < 1:", "if False:"),
        ("Second.first", "x < 1 and x", "x < 1 or x"),
    }


def test_nine_in_ten_places_of_the_list_exist(runner, capsys):
    """A renamed file may cost some mutants, which stops no commit; a list that decays is mended."""
    mutants = runner.listed()
    files = {each.file: runner.ROOT / each.file for each in mutants}
    texts = {name: file.read_text("utf-8") if file.is_file() else "" for name, file in files.items()}
    changed = {each: each.applied(texts[each.file]) for each in mutants}
    stale = [str(each) for each, text in changed.items() if text is None]
    print(*stale, sep="\n")
    assert len(stale) <= len(mutants) / 10
    for each, text in changed.items():  # any import would notice what is no Python
        ast.parse(text or "", str(each))
    assert sum(each.is_killed for each in mutants) >= 0.95 * len(mutants)


@pytest.mark.full
@pytest.mark.filterwarnings("default")
def test_the_tests_notice_the_mutants_of_the_day():
    done = subprocess.run([sys.executable, RUNNER, "40"], check=False, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith(("survives", "stale")):
            warnings.warn(line, stacklevel=1)  # which pytest lists below its tests, passed ones included
    assert done.returncode == 0, done.stdout + done.stderr
