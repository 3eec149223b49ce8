"""`genbench compare`: compares two generators of a run, seed by seed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.core.escaping import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.paired import Comparison

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
    """Print the paired differences GEN_A - GEN_B in each metric, and which of them are significant.

    Both generators have the same seeds, so genbench compares them seed by seed. It changes nothing in DIR:
    damaged records are named and left out.
    """
    from genbench.board.paired import compare as compare_generators
    from genbench.results.results import read_results

    found = read_results(folder, read_only=True)
    for name in found.damaged:
        click.echo(one_line(f"damaged, left out: {folder / name}"), err=True)
    rows = compare_generators(found.plan, found.records, a, b, dataset=dataset)
    if form == "table":
        _print(rows, f"{a} - {b}")
    else:
        click.echo(_csv(rows) if form == "csv" else _json(rows), nl=form == "json")


def _csv(rows: Sequence[Comparison]) -> str:
    from genbench.board.frames import to_csv
    from genbench.board.paired import comparison_frame

    return to_csv(comparison_frame(rows)).decode("utf-8")


def _json(rows: Sequence[Comparison]) -> str:
    """Return the rows as JSON, with null where there is no number."""
    from genbench.board.paired import comparison_frame

    frame = comparison_frame(rows)
    return json_text(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def _print(rows: Sequence[Comparison], what: str) -> None:
    from genbench.board.terminal import comparison_table, open_console

    console = open_console()
    for dataset, group in itertools.groupby(rows, key=lambda row: row.dataset):
        console.print(comparison_table(console, f"{dataset}: {what}", list(group)))
        console.print()
    console.print("95 % t-intervals of paired differences over seeds, each metric by itself")
