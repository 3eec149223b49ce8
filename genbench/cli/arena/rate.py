"""`genbench arena rate`: rates models by a table of battles."""

from __future__ import annotations

from pathlib import Path

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import new_output_option, page_option, quiet_option
from genbench.cli.views.output import print_results

__all__ = ["rate"]


@command(
    "genbench arena rate battles.csv -o results/arena",
    "genbench arena rate battles.csv -o results/arena --ties davidson",
)
@click.argument("table", type=click.Path(path_type=Path), metavar="BATTLES.csv")
@new_output_option
@click.option(
    "--ties", type=click.Choice(["half", "davidson", "rao-kupper"]), default="half", show_default=True,
    help="A tie is half a win of both, or follows a model of ties.",
)  # fmt: skip
@page_option
@quiet_option
def rate(table: Path, output: Path, ties: str, *, page: bool, quiet: bool) -> None:
    """Rate models by a table of battles, as FastChat and Chatbot Arena publish them, into the folder OUT.

    The table is a CSV with the columns model_a, model_b and winner: model_a, model_b, tie or tie (bothbad).
    With a column rater, or judge, intervals are clustered by rater. Repeated rows, and second votes of
    a rater on two models under one prompt, are not counted.
    """
    from genbench.arena.battles import rate_battles
    from genbench.cli.pictures.page import write_page

    results, files = rate_battles(table, output, ties=ties)
    print_results(results, files, quiet=quiet)
    if page:
        write_page(output, results, quiet=quiet)
