"""Checks as tests of pytest, in a pytest of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench.checks.conformance.all_checks import CHECKS
from genbench.core.errors import SuiteError
from genbench.testing import parametrize_with_checks

SKETCHY = Path(__file__).parents[3] / "toy_plugins" / "sketchy_plugin.py"

TEST = """
from genbench.testing import parametrize_with_checks

@parametrize_with_checks({names}, plugins=[{plugin!r}])
def test_checks(check):
    check()
"""


@pytest.fixture
def outcomes(pytester):
    """Return the function that tests components in another pytest: {outcome: [check]}, and its output."""

    def run(*names):
        pytester.makepyfile(TEST.format(names=list(names), plugin=str(SKETCHY)))
        done = pytester.inline_run("-q", "-p", "no:cacheprovider")
        reports = [report for report in done.getreports("pytest_runtest_logreport") if report.when == "call"]
        found = {}
        for report in reports:
            outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
            found.setdefault(outcome, []).append(report.nodeid.partition("[")[2].removesuffix("]"))
        return found, "\n".join(report.longreprtext for report in reports if report.failed)

    return run


def test_a_sound_component_passes_and_what_does_not_apply_is_skipped(outcomes):
    found, _ = outcomes("sound")
    assert "generator sketchy-plugin:sound vector: same-again" in found["passed"]
    assert "generator sketchy-plugin:sound vector: progress" in found["skipped"]
    assert set(found) == {"passed", "skipped"}


def test_a_failure_says_what_was_seen_expected_and_what_to_write(outcomes):
    found, text = outcomes("loud")
    assert found["failed"] == ["generator sketchy-plugin:loud vector: quiet"]
    assert text.splitlines() == [
        "seen: it printed drawing", "expected: it prints nothing",
        "fix: remove the print; `log(step, total)` shows progress",
    ]  # fmt: skip


def test_a_declared_failure_is_an_xfail_until_it_is_repaired(outcomes):
    found, _ = outcomes("constant")
    assert found["xfailed"] == ["generator sketchy-plugin:constant vector: other-seed"]
    assert "failed" not in found
    assert "generator sketchy-plugin:constant: known-failures" in found["passed"]


def test_a_declared_failure_that_is_repaired_fails(outcomes):
    found, text = outcomes("repaired")
    assert found["failed"] == ["generator sketchy-plugin:repaired: known-failures"]
    assert "fix: remove 'other-seed' from known_failures" in text


def test_checks_after_a_failed_gate_are_skipped(outcomes):
    found, text = outcomes("fails")
    assert found["failed"] == ["generator sketchy-plugin:fails vector: works"]
    assert "no samples today" in text
    assert "generator sketchy-plugin:fails vector: other-seed" in found["skipped"]


def test_the_order_of_the_tests_changes_no_outcome(outcomes, pytester):
    pytester.makeconftest("def pytest_collection_modifyitems(items):\n    items.reverse()\n")
    found, _ = outcomes("fails")
    names = [check.name for check in CHECKS["generator"]]
    after = names[names.index("works") + 1 :]
    assert found["failed"] == ["generator sketchy-plugin:fails vector: works"]
    assert found["skipped"] == [f"generator sketchy-plugin:fails vector: {name}" for name in reversed(after)]


def test_an_unknown_name_is_refused():
    with pytest.raises(SuiteError, match="no component named 'soundd'; did you mean 'sound'"):
        parametrize_with_checks(["soundd"], plugins=[SKETCHY])
