"""A verification in a terminal: a table of outcomes, then a line for each difference."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from genbench.board.terminal import RULES, open_console, plain_text
from genbench.verification.files import cell_name
from genbench.verification.verdicts import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from genbench.verification.api import Verification
    from genbench.verification.verdicts import Verdict

__all__ = ["print_verification"]

_MOST_LINES = 20  # of one kind; --format json lists all
_STYLES = {"reproduced": "green", "within tolerance": "", "different": "red", "unverifiable": "yellow"}


def print_verification(found: Verification) -> None:
    """Print a verification, with no table wider than the console."""
    console = open_console()
    for title, verdicts in (
        ("scored again from stored samples", found.stored),
        (f"made again from the seeds: {', '.join(found.trials)}", found.remade),
    ):
        if verdicts:
            console.print(Text(plain_text(console, title)))
            console.print(_table(console, verdicts))
            console.print()
    verdicts = (*found.stored, *found.remade)
    _lines(console, "damaged", map(str, found.faults), "red")
    _lines(console, "different", map(_different, _having(verdicts, "different")), "red")
    _lines(console, "within tolerance", map(_near, _unexplained(verdicts)), "")
    _lines(
        console, "unverifiable", _gathered((v, v.reason) for v in _having(verdicts, "unverifiable")), "yellow"
    )
    _lines(console, "changed since", _gathered((v, ", ".join(v.signature)) for v in verdicts), "cyan")
    _lines(
        console, "changed since", _gathered((v, ", ".join(map(str, v.environment))) for v in verdicts), "cyan"
    )
    console.print(Text(plain_text(console, _closing(found))))


def _table(console: Console, verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=RULES, show_edge=False, padding=(0, 2, 0, 0))
    for name in ("dataset", "generator"):
        table.add_column(name, overflow="fold")
    for outcome in OUTCOMES:
        table.add_column(outcome, justify="right", no_wrap=True)
    places: dict[tuple[str, str], Counter[str]] = {}
    for verdict in verdicts:
        cell = verdict.cell
        places.setdefault((cell.dataset, cell.generator), Counter())[verdict.outcome] += 1
    for place, counts in places.items():
        numbers = [Text(str(counts[o]), style=_STYLES[o] if counts[o] else "dim") for o in OUTCOMES]
        table.add_row(*(Text(plain_text(console, name)) for name in place), *numbers)
    return table


def _lines(console: Console, kind: str, lines: Iterable[str], style: str) -> None:
    found = list(lines)
    for line in found[:_MOST_LINES]:
        text = Text.assemble((f"{kind}: ", style), plain_text(console, line))
        console.print(text, soft_wrap=not console.is_terminal)  # long lines stay searchable in a file
    if len(found) > _MOST_LINES:
        console.print(
            Text(f"{kind}: {len(found) - _MOST_LINES} more; --format json has them all", style=style)
        )


def _having(verdicts: Iterable[Verdict], outcome: str) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.outcome == outcome]


def _different(verdict: Verdict) -> str:
    return f"{cell_name(verdict.cell)}: {verdict.stage}: {verdict.reason}"


def _unexplained(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts within tolerance that should have been bit-identical."""
    near = _having(verdicts, "within tolerance")
    return [verdict for verdict in near if not (verdict.environment or verdict.signature)]


def _near(verdict: Verdict) -> str:
    return f"{cell_name(verdict.cell)}: {verdict.reason}; nothing has changed that would explain it"


def _gathered(pairs: Iterable[tuple[Verdict, str]]) -> list[str]:
    """Return each text that is not empty with its record, or with the number of its records."""
    found: dict[str, list[Verdict]] = {}
    for verdict, text in pairs:
        if text:
            found.setdefault(text, []).append(verdict)
    return [
        f"{cell_name(about[0].cell) if len(about) == 1 else f'{len(about)} records'}: {text}"
        for text, about in found.items()
    ]


def _closing(found: Verification) -> str:
    counts = Counter(verdict.outcome for verdict in (*found.stored, *found.remade))
    said = [f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]]
    faults = len(found.faults)
    files = "the files are whole" if not faults else f"{faults} fault{'s' * (faults != 1)} in the files"
    failed = f"; {found.failed} failed and hold no number" if found.failed else ""
    return f"{', '.join(said) or 'no record to verify'}; {files}{failed}"
