"""The checks of a gate and the needs of a comparison, as tables, JSON and CSV."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.text import Text

from genbench.board.inference.sample_size import MOST_SEEDS, MOST_VOTES
from genbench.board.numbers import format_number
from genbench.board.terminal import open_console, open_stderr, open_table, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, JustifyMethod
    from rich.table import Table

    from genbench.board.decisions.gate import GateCheck
    from genbench.board.decisions.power import Need
    from genbench.board.decisions.vote_power import VoteNeed

__all__ = ["make_checks_table", "make_needs_table", "make_vote_needs_table", "print_rows", "print_warnings"]

_Row = TypeVar("_Row", bound=Any)

_CAPTION = "seeds of each generator, with the sd of the pilot and with its upper 80 % limit; hours of both"
_VOTE_CAPTION = (
    "votes behind each interval until both are apart, with the error of the pilot and with its upper 80 % "
    "limit, if further raters are like those of the pilot and vote as often"
)
_VERDICTS = {"regression": "WORSE", "refused": "not comparable", "unknown": "cannot tell", "passed": "ok"}
_STYLES = {"regression": "bold red", "refused": "yellow", "unknown": "yellow", "passed": "green"}


def print_rows(rows: Sequence[_Row], form: str, table: Callable[[Console, Sequence[_Row]], Table]) -> None:
    """Print dataclasses in a form: "json" or "csv" with all fields, or "table".

    table  a function such as `make_checks_table`, which returns the rows as a table for a console
    """
    if form == "json":
        click.echo(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        import pandas as pd

        from genbench.board.csv_tables import to_csv

        click.echo(to_csv(pd.DataFrame([asdict(row) for row in rows])).decode("utf-8"), nl=False)
    else:
        console = open_console()
        console.print(table(console, rows))


def print_warnings(lines: Sequence[str], form: str) -> None:
    """Print warnings on the compared generators: below a table, or on standard error beside JSON and CSV."""
    console = open_console() if form == "table" else open_stderr()
    for line in lines:
        text = Text.assemble(("warning: ", "yellow"), plain_text(console, line))
        console.print(text, soft_wrap=not console.is_terminal)


def make_checks_table(console: Console, checks: Sequence[GateCheck]) -> Table:
    """Return a table of checks: generator, metric, how much worse, the limit, the verdict and its reason.

    The first column is the dataset if there are several.
    """
    has_several = len({check.dataset for check in checks}) > 1
    dataset_column: list[tuple[str, JustifyMethod]] = [("dataset", "left")] if has_several else []
    table = open_table(
        *dataset_column, ("generator", "left"), ("metric", "left"), ("worse by", "right"), ("limit", "right"),
        ("verdict", "left"), ("reason", "left"), wrapped=["reason"],
    )  # fmt: skip
    for check in checks:
        verdict = Text(_VERDICTS[check.outcome], style=_STYLES[check.outcome])
        where = (check.dataset,) if has_several else ()
        cells = (*where, check.generator, check.metric, _format_interval(check), _format_number(check.limit))
        reason = "; ".join(filter(None, (check.reason, check.valid_shares)))
        table.add_row(*(_make_text(console, cell) for cell in cells), verdict, _make_text(console, reason))
    return table


def make_needs_table(console: Console, needs: Sequence[Need]) -> Table:
    """Return a table with a line for each need: the pilot, the difference, the spread, the seeds, the hours.

    A need is the number of seeds with which a test finds a difference of two generators, up to MOST_SEEDS.
    It is estimated from the spread in a finished run, the pilot.
    """
    rows = [
        (need.dataset, need.metric, str(need.n), f"{need.generators} x {need.seeds}",
         format_number(need.difference), format_number(need.deviation, 2),
         _format_range(need.needed, need.needed_at_most, MOST_SEEDS), _format_number(need.hours, 2))
        for need in needs
    ]  # fmt: skip
    return _make_table(console, ("n", "pilot", "difference", "sd", "seeds", "hours"), rows, _CAPTION)


def make_vote_needs_table(console: Console, needs: Sequence[VoteNeed]) -> Table:
    """Return a table with a line for each need: the pilot, the difference, the error of a score, the votes.

    A need is the number of votes after which the intervals of two generators are apart, up to MOST_VOTES.
    It is estimated from the votes of a finished run, the pilot, and the standard error of a score there.
    """
    rows = [
        (need.dataset, need.metric, str(need.generators), f"{need.votes:,}", format_number(need.difference),
         format_number(need.error, 2), _format_range(need.needed, need.needed_at_most, MOST_VOTES))
        for need in needs
    ]  # fmt: skip
    return _make_table(console, ("generators", "pilot", "difference", "error", "votes"), rows, _VOTE_CAPTION)


def _make_table(console: Console, names: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> Table:
    """Return a table with a caption; after dataset and metric, it has a column of numbers for each name."""
    table = open_table(("dataset", "left"), ("metric", "left"), *((name, "right") for name in names))
    for row in rows:
        table.add_row(*(_make_text(console, cell) for cell in row))
    table.caption, table.caption_justify = _make_text(console, caption), "left"
    return table


def _make_text(console: Console, text: str) -> Text:
    """Return a text for a cell of a table, in characters that the console can show."""
    return Text(plain_text(console, text))


def _format_interval(check: GateCheck) -> str:
    """Return how much worse a candidate is ± half of the interval; "" if it is not known."""
    if check.worse_by is None:
        return ""
    if check.low is None or check.high is None:
        return format_number(check.worse_by)
    return f"{format_number(check.worse_by)} ± {format_number((check.high - check.low) / 2, 2)}"


def _format_number(value: float | None, digits: int = 4) -> str:
    """Return a number with significant digits; "" for None."""
    return "" if value is None else format_number(value, digits)


def _format_range(needed: int | None, at_most: int | None, most: int) -> str:
    """Return the number needed at the spread of the pilot, and at its upper limit: "12–30", "over 1000".

    needed, at_most  these numbers; None: more than `most`, the largest number that is tried
    """
    if needed is None:
        return f"over {most}"
    if at_most == needed:
        return str(needed)
    return f"{needed}–{at_most or f'over {most}'}"
