"""`genbench power`: how many seeds, or votes, tell a difference apart, from the records of a pilot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import form_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

__all__ = ["power"]


@command(
    "genbench power results/mine --difference fid=5",
    "genbench power results/mine --difference recall=2% --only vae --power 0.9",
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR...")
@click.option(
    "--difference", "differences", multiple=True, required=True, metavar="METRIC=AMOUNT",
    help="The difference to tell, in the metric's unit or in percent: fid=5, recall=2%.  [repeatable]",
)  # fmt: skip
@click.option(
    "--only", "generators", multiple=True, metavar="GENERATOR",
    help="Only this generator counts.  [repeatable; default: all but controls and CSV rows]",
)  # fmt: skip
@click.option(
    "--power", "share", type=float, default=0.8, show_default=True, metavar="SHARE",
    help="The probability that the test finds the difference.",
)  # fmt: skip
@form_option("text", "json", "csv")
def power(
    folders: tuple[Path, ...],
    differences: tuple[str, ...],
    generators: tuple[str, ...],
    share: float,
    form: str,
) -> None:
    """Print how many seeds, at which number of samples n, or votes, show a difference of two generators.

    The spread over seeds is that of the pilot in DIR. Several runs, at several n, show which n is cheapest:
    the hours are those of two generators at the mean cost of a trial.

    For a comparison by votes, such as preference=30, these are the votes after which the intervals of both
    generators are apart, if further raters are like those in DIR and vote as often.
    """
    from genbench.board.decisions.power import Need, read_amounts
    from genbench.board.decisions.vote_power import estimate_needs
    from genbench.cli.arguments.contenders import read_run, warn_of_unverified
    from genbench.cli.views.decisions import make_needs_view, make_vote_needs_view, print_rows

    amounts = read_amounts("--difference", differences)
    runs = [read_run(folder) for folder in folders]
    for run in runs:
        # prints which generators are left out: merged runs may have some from a CSV file, without records
        warn_of_unverified(run)
    needs = estimate_needs(runs, amounts, power=share, generators=generators)
    make_view: Callable[..., RenderableType] = make_needs_view
    if not isinstance(needs[0], Need):
        make_view = make_vote_needs_view
    print_rows(needs, form, make_view)
