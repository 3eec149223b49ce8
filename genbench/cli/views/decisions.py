"""The checks of a gate and the needs of a comparison, as tables, JSON and CSV."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Group
from rich.text import Text

from genbench.board.fitted_table import FittedTable, fit_metrics, open_table
from genbench.board.inference.sample_size import MOST_SEEDS, MOST_VOTES
from genbench.board.numbers import format_number
from genbench.board.terminal import open_console, open_stderr, plain_text, print_lines
from genbench.cli.views.output import print_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, JustifyMethod, RenderableType

    from genbench.board.decisions.gate import GateCheck
    from genbench.board.decisions.power import Need
    from genbench.board.decisions.vote_power import VoteNeed

__all__ = ["make_checks_view", "make_needs_view", "make_vote_needs_view", "print_rows", "print_warnings"]

_Row = TypeVar("_Row", bound=Any)

_CAPTION = (
    "seeds of each generator, with the sd of the pilot and with its upper 80 % limit; hours of both; "
    "corrected for these metrics, so genbench compare of more metrics needs more seeds"
)
_VOTE_CAPTION = (
    "votes behind each interval until both are apart, with the error of the pilot and with its upper 80 % "
    "limit, if further raters are like those of the pilot and vote as often"
)
#: Columns of needs that are often equal in all rows: a narrow table says them once.
_SHARED = ("dataset", "n", "pilot", "generators")
_STYLES = {"WORSE": "bold red", "not comparable": "yellow", "cannot tell": "yellow", "ok": "green"}


def print_rows(
    rows: Sequence[_Row], form: str, view: Callable[[Console, Sequence[_Row]], RenderableType]
) -> None:
    """Print dataclasses in a form: "json" or "csv" with all fields, or "text".

    view   a function such as `make_checks_view`, which returns the rows as a table for a console
    """
    if form == "text":
        console = open_console()
        console.print(view(console, rows))
    else:
        print_plain([asdict(row) for row in rows], form)


def print_warnings(lines: Sequence[str], form: str) -> None:
    """Print warnings on the compared generators: below a table, or on standard error beside JSON and CSV."""
    print_lines(open_console() if form == "text" else open_stderr(), "warning", lines, "yellow")


def make_checks_view(console: Console, checks: Sequence[GateCheck]) -> RenderableType:
    """Return a table of checks: generator, metric, how much worse, the limit, the verdict and its reason.

    The first column is the dataset if there are several.
    """
    make = functools.partial(_make_checks, console, checks)
    return Group(*fit_metrics(console, [check.metric for check in checks], make))


def _make_checks(
    console: Console, checks: Sequence[GateCheck], name_metric: Callable[[str], str]
) -> FittedTable:
    """Return the table of checks, given a function that returns the name of a metric in it."""
    has_several = len({check.dataset for check in checks}) > 1
    dataset_column: list[tuple[str, JustifyMethod]] = [("dataset", "left")] if has_several else []
    table = open_table(
        *dataset_column, ("generator", "left"), ("metric", "left"), ("worse by", "right"), ("limit", "right"),
        ("verdict", "left"), ("reason", "left"),
        wrapped=["dataset", "generator", "metric", "reason"], shared=["dataset", "generator"],
    )  # fmt: skip
    for check in checks:
        verdict = Text(check.verdict, style=_STYLES[check.verdict])
        where = (check.dataset,) if has_several else ()
        metric = name_metric(check.metric)
        cells = (*where, check.generator, metric, _format_interval(check), _format_number(check.limit))
        reason = "; ".join(filter(None, (check.reason, check.valid_shares)))
        table.add_row(*(_make_text(console, cell) for cell in cells), verdict, _make_text(console, reason))
    return table


def make_needs_view(console: Console, needs: Sequence[Need]) -> RenderableType:
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
    return _make_needs(console, ("n", "pilot", "difference", "sd", "seeds", "hours"), rows, _CAPTION)


def make_vote_needs_view(console: Console, needs: Sequence[VoteNeed]) -> RenderableType:
    """Return a table with a line for each need: the pilot, the difference, the error of a score, the votes.

    A need is the number of votes after which the intervals of two generators are apart, up to MOST_VOTES.
    It is estimated from the votes of a finished run, the pilot, and the standard error of a score there.
    """
    rows = [
        (need.dataset, need.metric, str(need.generators), f"{need.votes:,}", format_number(need.difference),
         format_number(need.error, 2), _format_range(need.needed, need.needed_at_most, MOST_VOTES))
        for need in needs
    ]  # fmt: skip
    return _make_needs(console, ("generators", "pilot", "difference", "error", "votes"), rows, _VOTE_CAPTION)


def _make_needs(
    console: Console, names: Sequence[str], rows: Sequence[Sequence[str]], caption: str
) -> RenderableType:
    """Return a table with a caption; after dataset and metric, it has a column of numbers for each name."""
    numbers: list[tuple[str, JustifyMethod]] = [(name, "right") for name in names]
    texts = ("dataset", "metric")

    def make(name_metric: Callable[[str], str]) -> FittedTable:
        """Return the table, given a function that returns the name of a metric in it."""
        table = open_table(*((name, "left") for name in texts), *numbers, wrapped=texts, shared=_SHARED)
        for dataset, metric, *cells in rows:
            table.add_row(*(_make_text(console, cell) for cell in (dataset, name_metric(metric), *cells)))
        return table

    return Group(*fit_metrics(console, [row[1] for row in rows], make), _make_text(console, caption))


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
