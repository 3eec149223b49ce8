"""`genbench leaderboard`: rebuilds a run's files from its records, or merges runs into one board."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.results import Results

__all__ = ["leaderboard"]


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT",
    help="Where to write; needed for several runs, whose records are copied there.  [default: DIR]",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print only the paths of the files.")
def leaderboard(folders: tuple[Path, ...], output: Path | None, quiet: bool) -> None:
    """Rebuild the files of a run from its records, or merge several runs into one board.

    Numbers are ranked together where seeds and signatures are equal. Otherwise genbench names the fields that
    differ, and the command that would make them equal.
    """
    from genbench.board.merge import merge
    from genbench.board.report import write_board
    from genbench.results.results import read_results, write_results

    if len(folders) > 1 and output is None:
        raise SuiteError("several runs cannot be rebuilt in place; name a new folder with -o OUT")
    _refuse_repeated(folders)
    runs = [read_results(folder) for folder in folders]
    for folder, run in zip(folders, runs, strict=True):
        _report_damage(folder, run)
    found = runs[0] if output is None else merge(runs)
    if output is not None:
        write_results(output, found)
    paths = write_board(output or folders[0], found.plan, found.records, found.traces)
    _show(found, paths, quiet=quiet)


def _refuse_repeated(folders: Sequence[Path]) -> None:
    """Raise SuiteError if two of the folders are the same."""
    seen: set[str] = set()
    for folder in folders:
        real = os.path.realpath(folder)  # Path.resolve would fail for a link that leads to itself
        if real in seen:
            raise SuiteError(f"{folder} is given twice; a run cannot be merged with itself")
        seen.add(real)


def _report_damage(folder: Path, run: Results) -> None:
    for name in run.damaged:
        click.echo(one_line(f"damaged, put aside: {folder / name}"), err=True)


def _show(found: Results, paths: Sequence[Path], *, quiet: bool) -> None:
    from genbench.board.leaderboard import build_board
    from genbench.board.terminal import open_console, print_board

    if not quiet:
        print_board(open_console(), build_board(found.plan, found.records))
    for path in paths:
        click.echo(path)
