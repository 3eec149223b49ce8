"""Checks of what a user names: results of each component, crashes, hangs, known failures, the lock file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.command import check_components, plan_checks
from genbench.checks.conformance.targets import CheckOrder, Target

SKETCHY = Path(__file__).parents[3] / "toy_plugins" / "sketchy_plugin.py"


def checked(*names, options=(), **asked):
    """Return {(component, check): result} of components of the toy plugin, and what progress said."""
    targets = [Target(name=name, options=dict(options)) for name in names]
    order = CheckOrder(targets=targets, files=(SKETCHY,), **asked)
    steps = []
    plan = plan_checks(load_catalog([SKETCHY]), order)
    results = check_components(plan, order, lambda *step: steps.append(step))
    return {(r.component.partition(":")[2], r.check): r for r in results}, steps


def test_a_declared_failure_is_expected_until_it_is_repaired():
    found, steps = checked("constant", "repaired")
    assert [step[0] for step in steps] == list(range(1, steps[-1][1] + 1))
    assert {key for key, result in found.items() if result.outcome == "failed"} == {
        ("repaired", "known-failures")
    }
    assert found["constant", "other-seed"].outcome == "expected"
    assert found["constant", "other-seed"].seen == "it has no randomness"
    assert found["repaired", "known-failures"].fix == "remove 'other-seed' from known_failures"


@pytest.mark.slow
def test_a_lock_file_is_written_and_keeps_the_entry_of_a_wrong_version(tmp_path):
    lock = tmp_path / "checks.json"
    first, _ = checked("sound", lock=lock)
    assert first["sound", "version"].seen == "the lock file has no entry of it yet"
    entries = json.loads(lock.read_text())
    assert list(entries) == ["generator sketchy-plugin:sound vector"]
    entries["generator sketchy-plugin:sound vector"]["result"] = "of other code"
    lock.write_text(json.dumps(entries))
    assert checked("sound", lock=lock)[0]["sound", "version"].outcome == "failed"
    assert json.loads(lock.read_text()) == entries
    entries["generator sketchy-plugin:sound vector"]["version"] = "0"
    lock.write_text(json.dumps(entries))
    assert checked("sound", lock=lock)[0]["sound", "version"].outcome == "passed"
    assert json.loads(lock.read_text())["generator sketchy-plugin:sound vector"]["version"] == "1"


FOR_TWO = plugin_text("""
class Redraws:
    def __init__(self, train):
        self.train = train

    def sample(self, n, *, rng):
        return self.train.take(rng.integers(0, len(self.train), n))

def refuses(train, size):
    return Redraws(train)

two = {"modalities": ("vector", "image", "text"), "checked_on": ("text", "genbench:image")}
GeneratorSpec(name="redraws", make=Redraws, **two)
GeneratorSpec(name="refuses", make=refuses, **two)
""")


def check_on_two(tmp_path, name):
    """Return [(check, modality, outcome)] of a generator that is checked on two modalities."""
    file = tmp_path / "for_two.py"
    file.write_text(FOR_TWO)
    order = CheckOrder(targets=[Target(name=name)], files=(file,))
    results = check_components(plan_checks(load_catalog([file]), order), order, lambda *_: None)
    return [(result.check, result.modality, result.outcome) for result in results]


def test_checks_that_need_no_data_run_once_and_others_on_the_modalities_of_checked_on(tmp_path):
    results = check_on_two(tmp_path, "redraws")
    assert [each for each in results if each[0] == "summary"] == [("summary", "", "failed")]
    assert [each for each in results if each[0] == "works"] == [
        ("works", "image", "passed"), ("works", "text", "passed"),
    ]  # fmt: skip


def test_a_component_that_breaks_the_contract_fails_once(tmp_path):
    results = check_on_two(tmp_path, "refuses")
    assert ("contract", "", "failed") in results
    assert [each[2] for each in results if each[0] == "works"] == ["skipped"]
