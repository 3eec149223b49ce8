"""`genbench compare`: compares two generators of one run or of two."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import dataset_option, form_option
from genbench.cli.views.output import print_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.decisions.comparison import Comparison

__all__ = ["compare"]

_LEGEND = (
    "difference ± half of its 95 % interval, not corrected; effect: in standard deviations of a run",
    "p: of Welch's test, corrected for the number of metrics; better or differs: p is at most 0.05",
    "four or more rows of a metric share what is known of their spreads (empirical Bayes, Smyth 2004)",
)


@command(
    "genbench compare results/mine vae gan", "genbench compare results/old:vae results/new:vae --format json"
)
@click.argument("operands", nargs=-1, required=True, metavar="DIR GEN_A GEN_B | DIR:GEN_A DIR:GEN_B")
@dataset_option("[default: all]")
@form_option("text", "json", "csv")
def compare(operands: tuple[str, ...], dataset: str | None, form: str) -> None:
    """Print the differences GEN_A - GEN_B in each metric, and which of them are significant.

    Both generators are of one run, or each of its own. genbench uses Welch's test, since nothing pairs their
    seeds, and corrects for the number of metrics. It changes nothing in the folders: damaged records are
    named and left out.
    """
    from genbench.board.decisions.comparison import compare as compare_generators
    from genbench.board.decisions.comparison import list_contender_warnings
    from genbench.cli.arguments.contenders import read_two_contenders
    from genbench.cli.views.decisions import print_warnings

    first, second = read_two_contenders(operands)
    rows = compare_generators(first, second, dataset=dataset)
    if form == "text":
        _print_tables(rows, f"{first.label} - {second.label}")
    else:
        _print_plain(rows, form)
    print_warnings(list_contender_warnings((first, second), dataset), form)


def _print_plain(rows: Sequence[Comparison], form: str) -> None:
    """Print the rows as JSON, with null where there is no number, or as CSV."""
    from genbench.board.decisions.comparison import comparison_frame

    frame = comparison_frame(rows)  # as objects, since a column of floats would turn None into NaN
    records: list[Any] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    print_plain(records, form)


def _print_tables(rows: Sequence[Comparison], what: str) -> None:
    """Print a table for each dataset, and below them how to read the numbers.

    what  the generators that are compared, "a - b", for the titles
    """
    from genbench.board.terminal import comparison_view, open_console, plain_text

    console = open_console()
    # `compare_generators` has sorted the rows by dataset
    for dataset, group in itertools.groupby(rows, key=lambda row: row.dataset):
        console.print(comparison_view(console, f"{dataset}: {what}", list(group)))
        console.print()
    for line in _LEGEND:
        console.print(plain_text(console, line))
    if any(row.direction == "target" for row in rows):
        console.print("where a metric has a target, the difference is that of the distances from it")
