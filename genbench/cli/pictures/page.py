"""`genbench page`: writes the page of a run, or of several, as one HTML file."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import output_option, plugin_option, show_real_option
from genbench.cli.views.output import print_warning, send_plugin_output_to_stderr
from genbench.core.errors import ResultsError, SuiteError, describe_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.results import Results

__all__ = ["page", "warn_of_older_page", "write_page"]


@command("genbench page results/mine", "genbench page results/a results/b -o both.html")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR|CSV...")
@output_option("FILE", "; needed for several runs.  [default: DIR/leaderboard.html]")
@show_real_option(", and the nearest training sample of each generated one.")
@plugin_option
def page(folders: tuple[Path, ...], output: Path | None, show_real: bool, plugins: tuple[Path, ...]) -> None:
    """Write the page of a run, or of several merged runs, as one HTML file.

    The file needs no other file and no network. Without JavaScript, it shows all tables and pictures. The
    same records and plugins give the same bytes.
    """
    from genbench.board.unverified import is_csv
    from genbench.cli.arguments.contenders import read_runs
    from genbench.cli.pictures.files import check_picture
    from genbench.results.folder import PAGE

    if output is None and (len(folders) > 1 or is_csv(folders[0])):
        raise SuiteError("the page of several runs, or of a CSV file, needs -o FILE")
    path = output or folders[0] / PAGE
    check_picture("-o", path, ["html"])
    results = read_runs(folders)
    runs = [folder for folder in folders if not is_csv(folder)]
    _write_page(path, results, runs, plugins, show_real=show_real)
    click.echo(path)


def write_page(folder: Path, results: Results, *, plugins: Sequence[Path] = (), quiet: bool) -> None:
    """Write the page beside the other files of a folder, and print its path.

    results  the results in the folder, whose numbers are already written

    If that fails, a page of earlier numbers is removed, and ResultsError is raised. Raises SuiteError for a
    plugin file that fails.
    """
    from genbench.results.folder import PAGE

    path = folder / PAGE
    try:
        _write_page(path, results, [folder], plugins, show_real=False)
    except Exception as error:  # a chart that fails, a full disk: the numbers do not depend on it
        with contextlib.suppress(OSError):  # such as a folder that cannot be written
            path.unlink(missing_ok=True)
        if isinstance(error, SuiteError):
            raise
        raise ResultsError(
            f"the page cannot be written: {describe_error(error)}; all other files of {folder} are, "
            f"and `genbench page` tries again"
        ) from error
    if not quiet:
        click.echo(f"page: {path}", err=True)


def warn_of_older_page(folder: Path) -> None:
    """Print that the page of a folder is older than its other files, if the folder has a page."""
    from genbench.results.folder import PAGE

    path = folder / PAGE
    if path.exists():
        print_warning(f"{path} is as it was; `genbench page` writes it again")


def _write_page(
    path: Path, results: Results, folders: Sequence[Path], plugins: Sequence[Path], *, show_real: bool
) -> None:
    """Write the page of the results of folders, with the installed plugins and these files.

    Prints a warning for samples that cannot be read. Raises ResultsError if the page cannot be written,
    and SuiteError for a plugin file that fails.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.cli.pictures.files import write_file
    from genbench.report.page.document import make_page

    with send_plugin_output_to_stderr():  # plugins may print while their code runs
        content = make_page(
            results, folders, catalog=load_catalog(plugins), show_real=show_real, warn=print_warning
        )
    write_file("page", path, content)
