"""Checks in processes of their own, which may die or hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from toys import plugin_text

from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.jobs import check_case
from genbench.checks.conformance.subject import Case
from genbench.jobs.isolation.client import ForkServer

SKETCHY = Path(__file__).parents[3] / "toy_plugins" / "sketchy_plugin.py"


@pytest.fixture(scope="module")
def server():
    with ForkServer(dict(os.environ), preload=[check_case.__module__]) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "reason"),
    [("dies", "its process ended with exit code 3 before it was done"), ("hangs", "it took longer than 8 s")],
)
def test_a_check_that_dies_or_hangs_fails_and_the_next_ones_run(server, tmp_path, name, reason):
    case = Case(kind="generator", reference=f"sketchy-plugin:{name}", modality="vector", files=(SKETCHY,))
    begun = []
    checked = check_case(case, server, tmp_path / "log", timeout=8.0, progress=begun.append)
    names = [check.name for check in CHECKS["generator"]]
    assert begun == names
    assert [result.check for result in checked.results] == names
    failed = [(result.check, result.seen) for result in checked.results if result.outcome == "failed"]
    assert failed == [("one-sample", reason)]
    assert checked.entry is None


def test_a_lock_entry_is_made_if_there_is_a_lock_file(server, tmp_path):
    case = Case(
        kind="generator", reference="sketchy-plugin:sound", modality="vector", files=(SKETCHY,), locked={}
    )
    checked = check_case(case, server, tmp_path / "log", timeout=60.0, progress=lambda _: None)
    assert checked.entry["version"] == "1"
    assert len(checked.entry["result"]) == 64


FATAL = plugin_text("""
import os

def fatal(train):
    os._exit(5)

GeneratorSpec(name="fatal", make=fatal, modalities=("vector",))
""")


def test_a_crash_of_the_main_work_skips_the_checks_after_it(server, tmp_path):
    file = tmp_path / "fatal.py"
    file.write_text(FATAL)
    case = Case(kind="generator", reference="fatal:fatal", modality="vector", files=(file,))
    checked = check_case(case, server, tmp_path / "log", timeout=60.0, progress=lambda _: None)
    found = {result.check: result for result in checked.results}
    assert list(found) == [check.name for check in CHECKS["generator"]]
    assert found["works"].seen == "its process ended with exit code 5 before it was done"
    after = [found[check.name] for check in CHECKS["generator"] if not check.is_gate][-8:]
    assert {(result.outcome, result.seen) for result in after} == {("skipped", "it fails the check works")}
    assert checked.entry is None
