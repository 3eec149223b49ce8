"""All checks of the components that a user names: the work of `genbench check NAME`."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.checks import Result, judge_results
from genbench.checks.conformance.jobs import check_case
from genbench.checks.conformance.lock import entry_name, read_lock, write_lock
from genbench.checks.conformance.run import is_closed_gate
from genbench.checks.conformance.targets import find_components, plan_cases
from genbench.files.temporary import temporary_folder
from genbench.jobs.isolation.client import ForkServer
from genbench.suite.components import configure
from genbench.suite.file import SuiteEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.checks.conformance.subject import Case
    from genbench.checks.conformance.targets import CheckOrder

__all__ = ["check_components", "plan_checks"]


def plan_checks(catalog: Catalog, order: CheckOrder) -> list[tuple[Component, list[Case]]]:
    """Return the components that the user names, each once, with its cases: the modalities to check it on.

    order  the user's settings; its targets are names with options

    If several targets name a component, the first one decides. Raises SuiteError if a target means none, or
    if a component refuses the options of its target.
    """
    plan: dict[tuple[str, str], tuple[Component, list[Case]]] = {}
    for target in order.targets:
        for component in find_components(catalog, target, order.kind):
            options = {**component.spec.check_options, **target.options}
            cases = plan_cases(catalog, component, order, options)
            # the part is made only to raise for wrong options, before any check runs; NAME is the argument of
            # the command, for messages, and relative paths are relative to the current folder
            if target.options:
                entry = SuiteEntry(use=target.name, options=target.options, where="NAME")
                configure(component, type(component.spec), entry, Path.cwd())
            plan.setdefault((component.kind, component.reference), (component, cases))
    return list(plan.values())


def check_components(
    plan: Sequence[tuple[Component, Sequence[Case]]], order: CheckOrder, progress: Callable[[int, int], None]
) -> list[Result]:
    """Return the results of all checks, component by component, and write the lock file if there is one.

    plan      the components, each with its cases: the modalities to check it on
    order     the user's settings, such as the lock file, which has the result of each case at its version
    progress  called with the number of checks that have begun, and of all checks
    """
    entries = None if order.lock is None else read_lock(order.lock)
    total = sum(
        len(CHECKS[case.kind]) - _number_first_check(case, cases) for _, cases in plan for case in cases
    )
    numbers = itertools.count(1)

    def begin(_check: str) -> None:
        """Report that one check more has begun."""
        progress(next(numbers), total)

    all_results: list[Result] = []
    # sets have the same order in each run of the checks, and another one only in the check `fresh-process`;
    # the server imports the checks once, by `preload`, and forks a process for each case
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    with temporary_folder() as folder, ForkServer(environment, preload=[check_case.__module__]) as server:
        for component, cases in plan:
            results: list[Result] = []
            for case in cases:
                first = _number_first_check(case, cases)
                log = folder / "log.txt"
                results += _check_and_lock(case, server, log, entries, order.timeout, begin, first)
                if _is_closed_on_all_data(results):
                    break
            # a failure that the component declares is expected; one that it declares in vain is a failure
            all_results += judge_results(results, component.spec.known_failures)
    if order.lock is not None and entries is not None:
        write_lock(order.lock, entries)
    return all_results


def _number_first_check(case: Case, cases: Sequence[Case]) -> int:
    """Return the number of the first check of a case: those that need no data run on the first case only."""
    return 0 if case == cases[0] else sum(check.is_general for check in CHECKS[case.kind])


def _is_closed_on_all_data(results: Sequence[Result]) -> bool:
    """Return whether a gate that needs no data did not pass, so that other data would show nothing else."""
    return any(
        result.check == check.name and check.is_general and is_closed_gate(check, result)
        for result in results
        for check in CHECKS[result.kind]
    )


def _check_and_lock(
    case: Case, server: ForkServer, log: Path, entries: dict[str, Mapping[str, object]] | None,
    timeout: float, begin: Callable[[str], None], first: int,
) -> tuple[Result, ...]:  # fmt: skip
    """Return the results of the checks of one case, and update its entry in `entries`.

    entries  of the lock file, by name: the result of each case at its version; None: there is no lock file
    first    the number of the first check

    The check `version` fails if a component gives another result than its entry at the same version. Then the
    old entry stays, so that the check fails again until the version rises. A case whose process died has no
    entry.
    """
    name = entry_name(case)
    if entries is not None:
        case = replace(case, locked=entries.get(name, {}))  # {}: no entry yet; None would mean no lock file
    checked = check_case(case, server, log, timeout=timeout, progress=begin, first=first)
    is_wrong = any(result.check == "version" and result.outcome == "failed" for result in checked.results)
    if entries is not None and checked.entry is not None and not is_wrong:
        entries[name] = checked.entry
    return checked.results
