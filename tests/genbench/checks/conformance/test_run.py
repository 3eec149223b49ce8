"""What a check raises becomes its result, and a gate that does not pass skips the checks after it."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.checks import Check, CheckFailed, CheckSkipped
from genbench.checks.conformance.run import run_check, run_checks
from genbench.core.errors import DataError, Invalid, SuiteError, Undefined

CODE = plugin_text("""
def broken(train):
    return helper(train)

def helper(train):
    return train.space.shape[9]

GeneratorSpec(name="broken", make=broken, modalities=("vector",))
""")


@pytest.fixture
def subject(written):
    return written(CODE, "generator", "broken", "genbench:vector")


def check_of(raised=None, name="one", *, is_gate=False):
    def function(subject):
        if raised is not None:
            raise raised

    return Check(name=name, expected="it holds", function=function, is_gate=is_gate)


@pytest.mark.parametrize(
    ("raised", "outcome", "seen", "fix"),
    [
        (None, "passed", "", ""),
        (CheckFailed("seen", "write this"), "failed", "seen", "write this"),
        (CheckSkipped("why"), "skipped", "why", ""),
        (Undefined("no labels"), "skipped", "no labels", ""),
        (Invalid("expected 3"), "failed", "expected 3", ""),
        (DataError("no such file"), "failed", "no such file", ""),
    ],
)
def test_what_a_check_raises_becomes_its_result(subject, raised, outcome, seen, fix):
    result = run_check(subject, check_of(raised))
    assert (result.outcome, result.seen, result.fix) == (outcome, seen, fix)
    assert (result.component, result.kind, result.modality) == ("bad:broken", "generator", "genbench:vector")
    assert (result.check, result.expected) == ("one", "it holds")


def test_an_error_of_the_component_is_a_failure_that_names_its_last_own_line(subject):
    def function(subject):
        with subject.isolate_call("fit"):
            subject.spec.make(subject.sides["train"])

    result = run_check(subject, Check(name="one", expected="it holds", function=function))
    assert result.seen == "bad:broken: IndexError: tuple index out of range"
    assert result.fix == "see line 7 of bad.py: return train.space.shape[9]"


def test_an_error_outside_of_the_component_names_no_line(subject):
    def function(subject):
        with subject.isolate_call("fit"):
            raise ValueError("of the host")

    result = run_check(subject, Check(name="one", expected="it holds", function=function))
    assert (result.outcome, result.fix) == ("failed", "")


_TRY_IT = "genbench check 'broken OPTION=…' --plugin bad.py"


@pytest.mark.parametrize(
    ("error", "outcome", "seen", "fix"),
    [
        (Undefined("no mean"), "skipped", "no mean", ""),
        (SuiteError("set path"), "not tried", "bad:broken: SuiteError: set path", _TRY_IT),
    ],
)
def test_what_the_component_lacks_is_the_reason_of_a_skip(error, outcome, seen, fix, subject):
    def function(subject):
        with subject.isolate_call("fit"):
            raise error

    result = run_check(subject, Check(name="one", expected="", function=function))
    assert (result.outcome, result.seen, result.fix) == (outcome, seen, fix)


def test_an_error_of_the_check_itself_is_raised(subject):
    with pytest.raises(ZeroDivisionError):
        run_check(subject, check_of(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(CheckFailed("bad"), "it fails the check gate"), (CheckSkipped("no option"), "no option")],
)
def test_checks_after_a_gate_that_does_not_pass_are_skipped(subject, raised, seen):
    checks = [
        check_of(name="before"),
        check_of(raised, "gate", is_gate=True),
        check_of(CheckFailed("never seen"), "after"),
    ]
    results = list(run_checks(subject, checks))
    assert [result.check for result in results] == ["before", "gate", "after"]
    assert results[0].outcome == "passed"
    assert (results[2].outcome, results[2].seen) == ("skipped", seen)


def test_checks_after_a_gate_that_passes_and_after_other_failures_run(subject):
    checks = [check_of(name="gate", is_gate=True), check_of(CheckFailed("x"), "two"), check_of(name="three")]
    assert [result.outcome for result in run_checks(subject, checks)] == ["passed", "failed", "passed"]
