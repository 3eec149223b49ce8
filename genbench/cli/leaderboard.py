"""`genbench leaderboard`: rebuilds a run's files from its records, or merges runs into one board."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.options import page_option, plugin_option
from genbench.core.errors import SuiteError
from genbench.core.escaping import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.results import Results

__all__ = ["leaderboard"]


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR|CSV...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT",
    help="Where to write; needed for several runs, whose records are copied there.  [default: DIR]",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["csv", "md", "html", "latex", "json"]),
    help="Print the board in this format, and write nothing.",
)  # fmt: skip
@plugin_option
@page_option
@click.option("-q", "--quiet", is_flag=True, help="Print only the paths of the files.")
def leaderboard(
    folders: tuple[Path, ...], output: Path | None, form: str | None, plugins: tuple[Path, ...], *,
    page: bool, quiet: bool,
) -> None:  # fmt: skip
    """Rebuild the files of a run from its records, or merge several runs into one board.

    With --format, print the board of one or several runs instead.

    Numbers are ranked together where seeds and signatures are equal. Otherwise genbench names the fields that
    differ, and the command that would make them equal.
    """
    from genbench.board.merge import merge
    from genbench.board.report import write_board
    from genbench.board.unverified import is_csv, read_unverified
    from genbench.cli.arguments.contenders import refuse_repeated
    from genbench.cli.pictures.page import say_older_page, try_page
    from genbench.results.results import read_results

    if form is not None and output is not None:
        raise SuiteError("--format prints the board and writes nothing; leave out -o, or --format")
    if output is None and form is None and (len(folders) > 1 or is_csv(folders[0])):
        raise SuiteError("several runs, and CSV files, cannot be rebuilt in place; name a folder with -o OUT")
    refuse_repeated(folders)
    with_records = {
        path: read_results(path, read_only=form is not None) for path in folders if not is_csv(path)
    }
    for path, run in with_records.items():
        _report_damage(path, run, put_aside=form is None)
    known = list(with_records.values())
    runs = [with_records[path] if path in with_records else read_unverified(path, known) for path in folders]
    if form is not None:
        click.echo(_printed(runs[0] if len(runs) == 1 else merge(runs), form), nl=False)
        return
    found = runs[0] if output is None else merge(runs)
    if output is not None:
        _write_merged(output, found, list(with_records), plugins)
    folder = output or folders[0]
    paths = write_board(folder, found.plan, found.records, found.traces)
    _show(found, paths, quiet=quiet)
    if page:
        try_page(folder, found, plugins=plugins, quiet=quiet)
    else:
        say_older_page(folder)


def _write_merged(output: Path, found: Results, folders: Sequence[Path], plugins: tuple[Path, ...]) -> None:
    """Write the records of merged runs, and copy their galleries.

    Raises SuiteError for a plugin file that fails, before anything is written.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.catalog.modalities import modalities_of
    from genbench.results.found_galleries import copy_galleries
    from genbench.results.results import write_results

    with contextlib.redirect_stdout(sys.stderr):  # output of plugins while they are imported
        modalities = modalities_of(load_catalog(plugins))
    write_results(output, found)
    for line in copy_galleries(output, folders, found.records, modalities):
        click.echo(one_line(line), err=True)


def _report_damage(folder: Path, run: Results, *, put_aside: bool) -> None:
    what = "put aside" if put_aside else "left out"
    for name in run.damaged:
        click.echo(one_line(f"damaged, {what}: {folder / name}"), err=True)


def _printed(found: Results, form: str) -> str:
    """Return the board in a format."""
    from genbench.board.csv_tables import leaderboard_frame, to_csv
    from genbench.board.formats.html import board_html
    from genbench.board.formats.latex import board_latex
    from genbench.board.formats.markdown import board_markdown
    from genbench.board.formats.plain import board_values
    from genbench.board.view import view_results

    if form == "csv":
        return to_csv(leaderboard_frame(found.plan, found.records)).decode("utf-8")
    view = view_results(found)
    if form == "json":
        return json_text(board_values(view)) + "\n"
    return {"md": board_markdown, "html": board_html, "latex": board_latex}[form](view)


def _show(found: Results, paths: Sequence[Path], *, quiet: bool) -> None:
    from genbench.board.terminal import open_console, print_board
    from genbench.board.view import view_results

    if not quiet:
        print_board(open_console(), view_results(found))
    for path in paths:
        click.echo(path)
