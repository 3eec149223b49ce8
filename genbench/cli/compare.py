"""`genbench compare`: compares two generators of one run or of two."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.core.escaping import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.board.comparison import Comparison, Contender
    from genbench.results.results import Results

__all__ = ["compare"]


@click.command()
@click.argument("operands", nargs=-1, required=True, metavar="DIR GEN_A GEN_B | DIR:GEN_A DIR:GEN_B")
@click.option("--dataset", metavar="NAME", help="Compare on this dataset only.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How to print it.",
)  # fmt: skip
def compare(operands: tuple[str, ...], dataset: str | None, form: str) -> None:
    """Print the differences GEN_A - GEN_B in each metric, and which of them are significant.

    Both generators are of one run, or each of its own. genbench uses Welch's test, since nothing pairs their
    seeds, and corrects for the number of metrics. It changes nothing in the folders: damaged records are
    named and left out.
    """
    from genbench.board.comparison import compare as compare_generators

    first, second = _sides(operands)
    rows = compare_generators(first, second, dataset=dataset)
    if form == "table":
        _print(rows, f"{first.label} - {second.label}")
    else:
        click.echo(_csv(rows) if form == "csv" else _json(rows), nl=form == "json")


def _sides(operands: Sequence[str]) -> tuple[Contender, Contender]:
    """Return both sides; raise UsageError for another number of operands."""
    if len(operands) == 3:  # noqa: PLR2004 - DIR GEN_A GEN_B
        found = _read(Path(operands[0]))
        first, second = (_contender(name, name, found) for name in operands[1:])
        return first, second
    if len(operands) != 2:  # noqa: PLR2004 - DIR:GEN_A DIR:GEN_B
        raise click.UsageError("expected DIR GEN_A GEN_B, or DIR:GEN_A DIR:GEN_B for two runs")
    first, second = (_side(operand) for operand in operands)
    return first, second


def _side(operand: str) -> Contender:
    """Return the side that DIR:GEN names; the folder ends at the last colon that follows a folder."""
    parts = operand.split(":")
    splits = [(":".join(parts[:end]), ":".join(parts[end:])) for end in range(len(parts) - 1, 0, -1)]
    folder, generator = next((s for s in splits if Path(s[0]).is_dir()), (None, ""))
    if folder is None:
        raise click.UsageError(f"{operand} names no folder of a run; expected DIR:GENERATOR")
    found = _read(Path(folder))
    return _contender(operand, generator, found)


def _contender(label: str, generator: str, found: Results) -> Contender:
    from genbench.board.comparison import Contender

    return Contender(label=label, generator=generator, plan=found.plan, records=found.records)


def _read(folder: Path) -> Results:
    """Return the results in `folder`, and name what is damaged there."""
    from genbench.results.results import read_results

    found = read_results(folder, read_only=True)
    for name in found.damaged:
        click.echo(one_line(f"damaged, left out: {folder / name}"), err=True)
    return found


def _csv(rows: Sequence[Comparison]) -> str:
    from genbench.board.comparison import comparison_frame
    from genbench.board.frames import to_csv

    return to_csv(comparison_frame(rows)).decode("utf-8")


def _json(rows: Sequence[Comparison]) -> str:
    """Return the rows as JSON, with null where there is no number."""
    from genbench.board.comparison import comparison_frame

    frame = comparison_frame(rows)
    return json_text(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def _print(rows: Sequence[Comparison], what: str) -> None:
    from genbench.board.terminal import comparison_table, open_console

    console = open_console()
    for dataset, group in itertools.groupby(rows, key=lambda row: row.dataset):
        console.print(comparison_table(console, f"{dataset}: {what}", list(group)))
        console.print()
    console.print(
        "difference ± half of its 95 % interval, each metric by itself; effect: in standard deviations of\n"
        "a run; p: corrected for the number of metrics; better or differs: p is at most 0.05"
    )
