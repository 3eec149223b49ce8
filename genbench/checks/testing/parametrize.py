"""Named checks as tests of pytest."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import judge_results
from genbench.checks.conformance.command import plan_checks
from genbench.checks.conformance.lock import entry_name
from genbench.checks.conformance.run import is_closed_gate, make_closed_result, run_check
from genbench.checks.conformance.subject import open_subject
from genbench.checks.conformance.targets import CheckOrder, list_files, read_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.checks.conformance.checks import Check, Result
    from genbench.checks.conformance.subject import Case, Subject

__all__ = ["parametrize_with_checks"]


def parametrize_with_checks(
    names: Sequence[str], *, kind: str | None = None, modality: str | None = None,
    plugins: Sequence[str | Path] = (),
) -> pytest.MarkDecorator:  # fmt: skip
    """Return a mark that calls a test once for each named check, with the argument `check`.

    names     as of `genbench check`: 'NAME [OPTION=VALUE …]', distributions, or paths of plugin files
    kind      the only kind of components to check
    modality  the only modality to check them on
    plugins   further plugin files to load

        @parametrize_with_checks(["genbench-edge-gap"])
        def test_checks(check):
            check()

    `check()` fails the test with what was seen, what was expected and what to write; it skips a check that
    does not apply, and a failure that the spec declares is an xfail. The checks run in pytest's own process,
    so a debugger stops in the component. Raises SuiteError if a name means nothing.
    """
    targets = [read_target("parametrize_with_checks", name) for name in names]
    files = list_files(targets, [Path(plugin) for plugin in plugins])
    catalog = load_catalog(files)
    order = CheckOrder(targets=targets, kind=kind, modality=modality, files=files)
    plan = plan_checks(catalog, order)
    params = [param for component, cases in plan for param in _make_params(catalog, component, cases)]
    return pytest.mark.parametrize("check", params)


class _SharedSubject:
    """The subject of a case, opened on first use, and the results of its gates.

    pytest may call the tests in any order, so each check first asks for the results of the gates before it.
    """

    def __init__(self, catalog: Catalog, case: Case) -> None:
        """Take a case: the name of a component and of a modality. Its `subject` is opened on first use."""
        self.case = case
        self._catalog = catalog
        #: Results by name of the gates, checks whose failure skips the later ones: each runs once a case.
        self._gates: dict[str, Result] = {}

    @functools.cached_property
    def subject(self) -> Subject:
        """The component with what its checks need, opened on first use and shared by all checks."""
        return open_subject(self.case, self._catalog)

    def get_result(self, check: Check) -> Result:
        """Return the result of a check, skipped if a gate before it did not pass.

        A gate is a check whose failure makes the later ones meaningless. Its result is stored, since each
        later check asks for it.
        """
        if check.name in self._gates:
            return self._gates[check.name]
        result = self._run(check)
        if check.is_gate:
            self._gates[check.name] = result
        return result

    def _run(self, check: Check) -> Result:
        """Run a check after the gates before it, and return its result; skip it if a gate does not pass."""
        checks = CHECKS[self.case.kind]
        for earlier in checks[: checks.index(check)]:
            if earlier.is_gate and is_closed_gate(earlier, gate := self.get_result(earlier)):
                return make_closed_result(self.case, check, gate)
        return run_check(self.subject, check)


def _make_params(catalog: Catalog, component: Component, cases: Sequence[Case]) -> list[Any]:
    """Return a pytest.param for each check of a component on each modality, and one for its known failures.

    The component's spec declares the known failures. Each param holds a function without arguments
    that runs the check. The checks on one modality share a subject: the component, and what its checks need.
    """
    known = component.spec.known_failures
    subjects = [_SharedSubject(catalog, case) for case in cases]
    params = [
        pytest.param(
            functools.partial(_run_as_test, subject, check, known.get(check.name)),
            id=f"{entry_name(subject.case)}: {check.name}",
        )
        for number, subject in enumerate(subjects)
        for check in CHECKS[component.kind]
        if number == 0 or not check.is_general
    ]
    if known:
        name = f"{component.kind} {component.reference}: known-failures"
        params.append(pytest.param(functools.partial(_run_known_failures, subjects, component), id=name))
    return params


def _run_as_test(subject: _SharedSubject, check: Check, known: str | None) -> None:
    """Run a check as a test of pytest, which passes, fails, is skipped or is an expected failure.

    known  the reason if the spec declares that the check fails; else None
    """
    result = subject.get_result(check)
    if result.outcome in ("skipped", "not tried"):
        pytest.skip("; ".join(filter(None, (result.seen, result.fix))))
    if result.outcome == "failed" and known is not None:
        pytest.xfail(known)
    if result.outcome == "failed":
        pytest.fail(_describe_result(result), pytrace=False)


def _run_known_failures(subjects: Sequence[_SharedSubject], component: Component) -> None:
    """Fail if a failure that the component's spec declares no longer occurs on any modality.

    `judge_results` adds a failed result for it; declared failures that occur get the outcome "expected".

    subjects  the component on each modality
    """
    known = component.spec.known_failures
    checks = [check for check in CHECKS[component.kind] if check.name in known]
    results = [subject.get_result(check) for subject in subjects for check in checks]
    failures = [result for result in judge_results(results, known) if result.outcome == "failed"]
    if failures:
        pytest.fail("\n".join(map(_describe_result, failures)), pytrace=False)


def _describe_result(result: Result) -> str:
    """Return lines of what was seen, what was expected and how to fix it; empty ones are left out."""
    facts = {"seen": result.seen, "expected": result.expected, "fix": result.fix}
    return "\n".join(f"{name}: {text}" for name, text in facts.items() if text)
