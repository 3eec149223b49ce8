"""A sound fault passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.kinds.faults import CHECKS

GOOD = plugin_text("""
from genbench import Samples, Undefined
from dataclasses import replace

def mixed(real, train, level, *, rng):
    if len(train) < len(real):
        raise Undefined("train has fewer samples")
    rows = rng.random(len(real)) < level
    data = real.data.copy()
    data[rows] = train.data[: len(real)][rows]
    return replace(real, data=data)

FaultSpec(name="mixed", make=mixed, summary="values of train in some rows", modalities=("vector",),
          levels={"25 %": 0.25, "50 %": 0.5}, effect="worse")
""")

_ROWS = "    rows = rng"

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "changes": [("< level", "< level - 0.25")],
    "distinct-levels": [("< level", "< 0.5")],
    "labels": [
        ("replace(real, data=data)", "Samples(data, real.space)"),
        (
            "replace(real, data=data)",
            "replace(real, data=data, labels=None if real.labels is None else real.labels + 9)",
        ),
    ],
    "unlabelled": [(_ROWS, f"    real.labels.max()\n{_ROWS}"), (_ROWS, f"    len(train.labels)\n{_ROWS}")],
    "tiny-data": [(_ROWS, f"    real.data[5]\n{_ROWS}")],
    "small-train": [("if len(train) < len(real)", "if len(train) < 1")],
}  # fmt: skip

#: On tables, of which each component has a copy; a write to an array raises an error at once.
CHANGING = plugin_text("""
def aged(real, level):
    real.data["age"] += level
    return real

FaultSpec(name="aged", make=aged, summary="aged", modalities=("table",), levels={"10": 10}, effect="any")
""")

KIND = ("fault", "mixed", "genbench:vector")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


def test_a_sound_fault_passes_all_checks_but_those_it_calls_undefined(checked):
    results = checked(GOOD, *KIND)
    skipped = {name: result.seen for name, result in results.items() if result.outcome != "passed"}
    assert set(skipped) == {"version", "small-train"}
    assert skipped["small-train"] == "train has fewer samples"


@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].seen
    assert results[check].fix


def test_a_fault_that_writes_into_a_table_is_found(checked, failing):
    results = checked(CHANGING, "fault", "aged", "genbench:table")
    assert failing(results) == {"inputs-unchanged"}
    assert (results["inputs-unchanged"].seen, results["changes"].outcome) == ("it changed real", "skipped")


def test_each_check_of_faults_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    assert set(names[names.index("version") + 1 :]) == {*BAD, "inputs-unchanged"}


def test_a_level_that_is_undefined_is_left_out(checked, failing, changed):
    line = '    if level > 0.3:\n        raise Undefined("too much")\n'
    assert not failing(checked(changed(GOOD, _ROWS, f"{line}{_ROWS}"), *KIND))


def test_a_fault_that_is_undefined_at_all_levels_is_skipped_with_the_reason(checked, failing, changed):
    results = checked(changed(GOOD, _ROWS, f'    raise Undefined("never")\n{_ROWS}'), *KIND)
    assert not failing(results)
    assert (results["works"].outcome, results["works"].seen) == ("skipped", "never")


def test_samples_of_another_number_fail_the_main_work(checked, failing, changed):
    results = checked(changed(GOOD, "return replace(real, data=data)", "return real.take(slice(3))"), *KIND)
    assert failing(results) == {"works"}
    assert "got 3" in results["works"].seen
