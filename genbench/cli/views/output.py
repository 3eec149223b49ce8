"""What commands print: boards and paths on standard output, warnings and output of plugins on stderr."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click

from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.results.results import Results

__all__ = ["print_results", "print_warning", "send_plugin_output_to_stderr"]


def send_plugin_output_to_stderr() -> contextlib.AbstractContextManager[Any]:
    """Return a context for calls of plugins, in which all that they print goes to standard error.

    Plugins may print when they are imported or called, and standard output has to remain valid JSON.
    """
    return contextlib.redirect_stdout(sys.stderr)


def print_warning(line: str) -> None:
    """Print a warning to standard error, in one line."""
    click.echo(one_line(line), err=True)


def print_results(results: Results, files: Iterable[object], *, quiet: bool) -> None:
    """Print the board of a run, unless `quiet`, and the paths of its files."""
    from genbench.board.terminal import open_console, print_board
    from genbench.board.view import view_results

    if not quiet:
        print_board(open_console(), view_results(results))
    for path in files:
        click.echo(path)
