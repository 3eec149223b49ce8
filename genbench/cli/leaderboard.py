"""`genbench leaderboard`: rebuilds a run's files from its records, or merges runs into one board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import output_option, page_option, plugin_option, quiet_option
from genbench.cli.views.output import print_results, print_warning, send_plugin_output_to_stderr
from genbench.core.errors import SuiteError
from genbench.core.escaping import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.results import Results

__all__ = ["leaderboard"]


@command(
    "genbench leaderboard results/mine --format latex",
    "genbench leaderboard results/a results/b -o results/both",
)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR|CSV...")
@output_option("OUT", "; needed for several runs, whose records are copied there.  [default: DIR]")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv", "md", "html", "latex"]),
    help="How to print the result.  Nothing is written then.",
)  # fmt: skip
@plugin_option
@page_option
@quiet_option
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
    from genbench.board.unverified import is_csv
    from genbench.cli.arguments.contenders import list_runs
    from genbench.cli.pictures.page import warn_of_older_page, write_page

    if form is not None and output is not None:
        raise SuiteError("--format prints the board and writes nothing; leave out -o, or --format")
    if output is None and form is None and (len(folders) > 1 or is_csv(folders[0])):
        raise SuiteError("several runs, and CSV files, cannot be rebuilt in place; name a folder with -o OUT")
    runs = list_runs(folders, read_only=form is not None)
    if form is not None:
        _print_board(runs[0] if len(runs) == 1 else merge(runs), form)
        return
    results = runs[0] if output is None else merge(runs)
    if output is not None:
        _write_merged(output, results, [path for path in folders if not is_csv(path)], plugins)
    folder = output or folders[0]
    paths = write_board(folder, results.plan, results.records, results.traces)
    print_results(results, paths, quiet=quiet)
    if page:
        write_page(folder, results, plugins=plugins, quiet=quiet)
    else:
        warn_of_older_page(folder)  # prints a warning if the folder has a page, which was not written again


def _write_merged(output: Path, results: Results, folders: Sequence[Path], plugins: tuple[Path, ...]) -> None:
    """Write the records of merged runs to `output`, and copy their galleries, the samples that a page shows.

    results  the merged runs
    folders  of the runs, which have the galleries

    Raises SuiteError for a plugin file that fails, before anything is written.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.catalog.modalities import list_modalities
    from genbench.results.found_galleries import copy_galleries
    from genbench.results.results import write_results

    with send_plugin_output_to_stderr():  # what plugins print while they are imported goes to standard error
        modalities = list_modalities(load_catalog(plugins))
    write_results(output, results)
    for line in copy_galleries(output, folders, results.records, modalities):
        print_warning(line)


def _print_board(results: Results, form: str) -> None:
    """Print the board of results in a format of `--format`."""
    if form == "text":
        print_results(results, (), quiet=False)
    else:
        click.echo(_format_board(results, form), nl=False)


def _format_board(results: Results, form: str) -> str:
    """Return the board of results as text in a format: csv, md, html, latex or json.

    A CSV file has no warnings, so they go to standard error.
    """
    from genbench.board.csv_tables import leaderboard_frame, to_csv
    from genbench.board.formats.html_fragment import board_html
    from genbench.board.formats.latex import board_latex
    from genbench.board.formats.markdown import board_markdown
    from genbench.board.formats.plain import board_to_json
    from genbench.board.view import view_results
    from genbench.cli.views.decisions import print_warnings

    view = view_results(results)
    if form == "csv":
        print_warnings(view.list_warnings(), form)
        return to_csv(leaderboard_frame(results.plan, results.records)).decode("utf-8")
    if form == "json":
        return json_text(board_to_json(view)) + "\n"
    return {"md": board_markdown, "html": board_html, "latex": board_latex}[form](view)
