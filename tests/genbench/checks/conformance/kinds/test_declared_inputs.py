"""Inputs of a component that are in no key: the check names what changed its result."""

from __future__ import annotations

import time

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.subject import Case, open_subject

SOURCE = """
import os
import subprocess
import zlib
from pathlib import Path

from genbench import GeneratorSpec, Samples, hookimpl

{top}
HERE = Path(__file__).parent

class Noise:
    def __init__(self, train):
        self.space = train.space
        self.level = zlib.crc32(bytes({level})) % 1_000_003  # two inputs hardly ever give one level

    def sample(self, n, *, rng):
        return Samples(rng.normal(self.level, size=(n, *self.space.shape)), self.space)

@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="noise", make=Noise, modalities=("vector",), summary="noise"{more})]
"""

FILE, VALUE = "it {}, whose content is in no key", "it gave another result with another value of {}"

#: What the numbers depend on, to the expression, what the check says, and a part of the line to write.
UNDECLARED = {
    "a file": ("(HERE / 'words.txt').read_bytes()", FILE.format("opened words.txt"), "words: Path = Path("),
    "a program": (
        "subprocess.check_output([HERE / 'say'])",
        FILE.format("started say"),
        "an option: *, words",
    ),
    "a program of the system": (
        "subprocess.check_output(['uname'])",
        FILE.format("started uname"),
        "take a file or a program as an option",
    ),
    "a folder": (
        "[len(os.listdir(HERE / 'folder'))]",
        FILE.format("listed folder"),
        "take a file or a program as an option",
    ),
    "HOME": ("os.environ['HOME'].encode()", VALUE.format("HOME"), "*, home: str"),
    "TERM": ("os.environ.get('TERM', '').encode()", VALUE.format("TERM"), "*, term: str"),
    "TZ": ("str(__import__('time').localtime(0)).encode()", VALUE.format("TZ"), "*, tz: str"),
}


@pytest.fixture
def failures(tmp_path, results_of_checks):
    """Return a function that checks a generator of that source, and gives the checks that it fails."""

    def check(level, *, top="", more=""):
        file = tmp_path / "undeclared.py"
        (tmp_path / "folder").mkdir()
        (tmp_path / "words.txt").write_text("a b c")
        (tmp_path / "say").write_text("#!/bin/sh\necho hello\n")
        (tmp_path / "say").chmod(0o700)
        file.write_text(SOURCE.format(level=level, top=top, more=more))
        time.sleep(0.03)  # a newer file counts as the component's own
        case = Case(kind="generator", reference="undeclared:noise", modality="vector", files=(file,))
        found = results_of_checks(open_subject(case, load_catalog([file])))
        return {name: result for name, result in found.items() if result.outcome == "failed"}

    return check


@pytest.mark.slow
@pytest.mark.parametrize(("level", "seen", "fix"), UNDECLARED.values(), ids=UNDECLARED)
def test_an_input_that_is_in_no_key_is_named_with_the_line_to_write(failures, level, seen, fix):
    failed = failures(level)
    assert list(failed) == ["declared-inputs"]
    assert failed["declared-inputs"].seen == seen
    assert fix in failed["declared-inputs"].fix


def test_what_the_import_of_the_plugin_reads_counts_too(failures):
    failed = failures("WORDS", top="WORDS = (Path(__file__).parent / 'words.txt').read_bytes()")
    assert list(failed) == ["declared-inputs"]
    assert failed["declared-inputs"].seen == FILE.format("opened words.txt")


def test_a_variable_that_the_spec_declares_may_decide_a_number(failures):
    assert failures("os.environ['HOME'].encode()", more=', variables=("HOME",)') == {}


@pytest.mark.slow
def test_the_variables_of_the_caller_do_not_matter(failures, monkeypatch):
    monkeypatch.delenv("PATH")
    monkeypatch.setenv("folder", "of the caller")
    assert failures("b''") == {}


METRIC = """
import os
from pathlib import Path

from genbench import MetricSpec, hookimpl

def compute(fake, real):
    {body}

@hookimpl
def genbench_metrics():
    return [MetricSpec(
        name="level", make=compute, summary="level", modalities=("vector",),
        direction="lower",
    )]
"""


def test_a_folder_that_a_metric_lists_is_named(tmp_path, results_of_checks):
    file = tmp_path / "undeclared.py"
    file.write_text(METRIC.format(body="return float(len(os.listdir(Path(__file__).parent / 'folder')))"))
    (tmp_path / "folder").mkdir()
    time.sleep(0.03)
    case = Case(kind="metric", reference="undeclared:level", modality="vector", files=(file,))
    failed = results_of_checks(open_subject(case, load_catalog([file])))["declared-inputs"]
    assert failed.seen == FILE.format("listed folder")


def test_what_the_module_of_make_reads_at_its_top_counts_too(tmp_path, results_of_checks):
    plugin, module = tmp_path / "undeclared.py", tmp_path / "undeclared_level.py"
    plugin.write_text(METRIC.format(body="pass").replace("make=compute", "make='undeclared_level:compute'"))
    module.write_text(
        "from pathlib import Path\nLEVEL = float(Path(__file__).with_name('level.txt').read_text())\n"
        "def compute(fake, real):\n    return LEVEL\n"
    )
    (tmp_path / "level.txt").write_text("2.5")
    time.sleep(0.03)
    case = Case(kind="metric", reference="undeclared:level", modality="vector", files=(plugin,))
    failed = results_of_checks(open_subject(case, load_catalog([plugin])))["declared-inputs"]
    assert failed.seen == FILE.format("opened level.txt")
