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
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from genbench.checks.conformance.checks import Check, Outcome, Result

__all__ = ["print_checks", "print_results"]

_STYLES = {
    "failed": "red", "passed": "green", "skipped": "yellow", "not tried": "yellow", "expected": "cyan"
}  # fmt: skip
_TROUBLE: tuple[Outcome, ...] = ("failed", "expected", "not tried")
_ORDER: tuple[Outcome, ...] = ("passed", *_TROUBLE, "skipped")


def print_results(results: Sequence[Result], *, is_verbose: bool) -> None:
    """Print a line for each component, and below it the checks that did not pass, each once.

    A check with the same outcome on several modalities is printed once, and names those on which it has it
    unless they are all.

    is_verbose  whether to print the passed and the skipped checks, too; else only failures, with the expected
                ones, which a component declares, and what was not tried
    """
    console, printed_fixes = open_console(), set[str]()
    # the results of one component follow one another, as `groupby` needs it
    for (kind, component), group in groupby(results, key=lambda result: (result.kind, result.component)):
        of_component = list(group)
        modalities = [] if kind == "modality" else _list_modalities(of_component)
        on = f" on {_join(modalities)}" if modalities else ""
        title = f"{kind} {component}{on}: {_count_outcomes(of_component)}"
        console.print(Text(plain_text(console, title), style="bold"))
        selected = [result for result in of_component if is_verbose or result.outcome in _TROUBLE]
        for on_some, alike in _group_alike(selected, modalities):
            _print_alike(console, alike, f" on {_join(on_some)}" if on_some else "", printed_fixes)
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


def _list_modalities(results: Sequence[Result]) -> list[str]:
    """Return the modalities of results, each once, in their order; checks that need no data have none."""
    return [name for name in dict.fromkeys(result.modality for result in results) if name]


def _join(modalities: Sequence[str]) -> str:
    """Return all modalities as a list in words."""
    return join_names(modalities, most=len(modalities))


def _count_outcomes(results: Sequence[Result]) -> str:
    """Return how many results have each outcome, as text."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _ORDER if counts[outcome])


def _group_alike(
    results: Sequence[Result], modalities: Sequence[str]
) -> list[tuple[tuple[str, ...], list[Result]]]:
    """Return groups of results that are printed as one, each with its modalities; with () if they are all.

    modalities  all on which the component was checked

    A group has the results of one check with one outcome on several modalities, or the checks that do not run
    for one reason on the same modalities. The groups are in the order of their first results.
    """
    by_check = group_pairs(((each.check, each.outcome, each.seen, each.fix), each) for each in results)
    pairs = []
    for (check, outcome, *texts), alike in by_check.items():
        names = _list_modalities(alike)
        on_some = () if len(names) == len(modalities) else tuple(names)
        shared = on_some, (outcome, *texts, "" if outcome in ("skipped", "not tried") else check)
        pairs += [(shared, result) for result in alike]
    return [(on_some, alike) for (on_some, _), alike in group_pairs(pairs).items()]


def _print_alike(console: Console, alike: Sequence[Result], on: str, printed_fixes: set[str]) -> None:
    """Print one outcome with the checks that share it, and below it what was seen and what to do.

    alike  results with the same outcome and reason, at least one
    on     the modalities, if they are not all: " on text"
    printed_fixes  gets the fix of what was not tried; several components may need one command, printed once
    """
    result = alike[0]
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=9, no_wrap=True)
    grid.add_column()
    checks = list(dict.fromkeys(other.check for other in alike))
    names = join_names(checks) if result.outcome == "not tried" else ", ".join(checks)
    grid.add_row(Text(result.outcome, style=_STYLES[result.outcome]), Text(f"{names}{on}"))
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))
    # what was seen of a check that did not run, or of an expected failure, is its reason
    label_of_seen = "seen" if result.outcome == "failed" else "because"
    facts = {label_of_seen: result.seen} if result.outcome != "passed" else {}
    if result.outcome == "failed":
        facts |= {"expected": result.expected, "fix": result.fix}
    if result.outcome == "not tried" and result.fix not in printed_fixes:
        printed_fixes.add(result.fix)
        facts |= {"to try it": result.fix}
    for label, text in facts.items():
        if text:
            line = plain_text(console, f"{label}: {one_line(text)}")
            console.print(Padding(Text(line), (0, 0, 0, 12), expand=False))
