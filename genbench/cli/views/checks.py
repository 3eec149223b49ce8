"""Results of named checks in a terminal."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from genbench.board.terminal import open_console, plain_text
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from genbench.checks.conformance.checks import Check, Outcome, Result

__all__ = ["print_checks", "print_results"]

_STYLES = {"failed": "red", "passed": "green", "skipped": "yellow", "expected": "cyan"}
_TROUBLE: tuple[Outcome, ...] = ("failed", "expected")
_ORDER: tuple[Outcome, ...] = ("passed", *_TROUBLE, "skipped")


def print_results(results: Sequence[Result], *, is_verbose: bool) -> None:
    """Print a line for each component on each modality, and below it the checks that did not pass.

    is_verbose  whether to print the passed and the skipped checks, too; else only failures, with the expected
                ones, which a component declares
    """
    console = open_console()
    # the results of one component on one modality follow one another, as `groupby` needs it
    for title, group in groupby(results, key=_make_title):
        of_component = list(group)
        console.print(Text(plain_text(console, f"{title}: {_count_outcomes(of_component)}"), style="bold"))
        selected = [result for result in of_component if is_verbose or result.outcome in _TROUBLE]
        for alike in _group_alike(selected):
            _print_alike(console, alike)
    names = {(result.kind, result.component) for result in results}
    if len(names) > 1:
        console.print(f"{len(names)} components: {_count_outcomes(results)}")


def print_checks(checks: Mapping[str, Sequence[Check]]) -> None:
    """Print the names of all checks, by kind of component, and what each expects.

    Checks that all kinds have are printed once, first.
    """
    console = open_console()
    shared = set.intersection(*({check.name for check in of_kind} for of_kind in checks.values()))
    first = next(iter(checks.values()))  # any kind has the shared checks
    groups = {"every component": [check for check in first if check.name in shared]}
    groups |= {
        kind: [check for check in of_kind if check.name not in shared] for kind, of_kind in checks.items()
    }
    for kind, of_kind in groups.items():
        console.print(Text(kind, style="bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for check in of_kind:
            table.add_row(check.name, Text(check.expected))
        console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _make_title(result: Result) -> str:
    """Return the heading of results: kind, component, and the modality of its data if it works on some."""
    on = f" on {result.modality}" if result.modality and result.kind != "modality" else ""
    return f"{result.kind} {result.component}{on}"


def _count_outcomes(results: Sequence[Result]) -> str:
    """Return how many results have each outcome, as text."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _ORDER if counts[outcome])


def _group_alike(results: Sequence[Result]) -> list[list[Result]]:
    """Return groups of results that are printed as one: checks that are skipped for one reason, or one check.

    The groups are in the order of their first results.
    """
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        shared_text = result.seen if result.outcome == "skipped" else result.check
        groups.setdefault((result.outcome, shared_text), []).append(result)
    return list(groups.values())


def _print_alike(console: Console, alike: Sequence[Result]) -> None:
    """Print one outcome with the checks that share it, and below it what was seen and what to do.

    alike  results with the same outcome and reason, at least one
    """
    result = alike[0]
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=8, no_wrap=True)
    grid.add_column()
    checks = ", ".join(other.check for other in alike)
    grid.add_row(Text(result.outcome, style=_STYLES[result.outcome]), Text(checks))
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))
    # what was seen of a skipped check, or of an expected failure, is its reason
    label_of_seen = "because" if result.outcome in ("skipped", "expected") else "seen"
    facts = {label_of_seen: result.seen} if result.outcome != "passed" else {}
    if result.outcome == "failed":
        facts |= {"expected": result.expected, "fix": result.fix}
    for label, text in facts.items():
        if text:
            line = plain_text(console, f"{label}: {one_line(text)}")
            console.print(Padding(Text(line), (0, 0, 0, 12), expand=False))
