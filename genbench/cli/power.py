"""`genbench power`: how many seeds tell a difference apart, from the records of a pilot."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["power"]


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR...")
@click.option(
    "--difference", "differences", multiple=True, required=True, metavar="METRIC=AMOUNT",
    help="The difference to tell, in the metric's unit or in percent: fid=5, recall=2%.  [repeatable]",
)  # fmt: skip
@click.option(
    "--generator", "generators", multiple=True, metavar="NAME",
    help="A generator whose spread counts.  [repeatable; default: all but controls and CSV rows]",
)  # fmt: skip
@click.option(
    "--power", "share", type=float, default=0.8, show_default=True, metavar="SHARE",
    help="The probability that the test finds the difference.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How to print it.",
)  # fmt: skip
def power(
    folders: tuple[Path, ...],
    differences: tuple[str, ...],
    generators: tuple[str, ...],
    share: float,
    form: str,
) -> None:
    """Print how many seeds tell a difference between two generators apart.

    The spread over seeds is that of the pilot in DIR. Several runs, at several n, show which n is cheapest:
    the hours are those of two generators at the mean cost of a trial.
    """
    from genbench.board.decisions.power import needs, read_amounts
    from genbench.cli.arguments.contenders import name_unverified, read_run
    from genbench.cli.views.decisions import needs_table, print_rows

    amounts = read_amounts("--difference", differences)
    runs = [read_run(folder) for folder in folders]
    for run in runs:
        name_unverified(run)
    print_rows(needs(runs, amounts, power=share, generators=generators), form, needs_table)
