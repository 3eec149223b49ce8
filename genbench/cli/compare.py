"""`genbench compare`: two generators of a run, seed by seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.core.escaping import json_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("a", metavar="GEN_A")
@click.argument("b", metavar="GEN_B")
@click.option("--dataset", metavar="NAME", help="Compare on this dataset only.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How to print it.",
)  # fmt: skip
def compare(folder: Path, a: str, b: str, dataset: str | None, form: str) -> None:
    """Print the paired differences GEN_A - GEN_B in each metric, and whether they can be told from zero.

    Both are measured at the same seeds, so seeds are compared one by one and what they share falls away.
    """
    from genbench.board.frames import to_csv
    from genbench.board.paired import compare as compare_generators
    from genbench.results.results import read_results

    found = read_results(folder)
    frame = compare_generators(found.plan, found.records, a, b, dataset=dataset)
    if form == "csv":
        click.echo(to_csv(frame), nl=False)
    elif form == "json":
        click.echo(json_text(_plain(frame)))
    else:
        _print(frame, a, b)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON-like values, with None where there is no number."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _print(frame: pd.DataFrame, a: str, b: str) -> None:
    from genbench.board.terminal import comparison_table, open_console

    console = open_console()
    for dataset, rows in frame.groupby("dataset", sort=True):
        console.print(comparison_table(console, f"{dataset}: {a} - {b}", _plain(rows)))
        console.print()
    console.print("95 % t-intervals of paired differences over seeds, each metric by itself")
