"""What commands print: boards and paths on standard output, warnings and output of plugins on stderr."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any, TextIO

import click

from genbench.core.escaping import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.results.results import Results

__all__ = ["print_plain", "print_results", "print_warning", "send_plugin_output_to_stderr", "wrap_line"]

_LEAST = 20  # characters of a line: a terminal that does not know its width has 0


def send_plugin_output_to_stderr() -> contextlib.AbstractContextManager[Any]:
    """Return a context for calls of plugins, in which all that they print goes to standard error.

    Plugins may print when they are imported or called, and standard output has to remain valid JSON.
    """
    return contextlib.redirect_stdout(sys.stderr)


def print_warning(line: str) -> None:
    """Print a warning or an error to standard error: in one line, or wrapped at words on a terminal."""
    click.echo(wrap_line(one_line(line), sys.stderr), err=True)


def wrap_line(line: str, stream: TextIO) -> str:
    """Return a line as a stream shows it: on a terminal in lines of whole words, elsewhere unchanged.

    A path that is longer than a line stays whole, so that it can be copied.
    """
    if not stream.isatty():
        return line
    width = shutil.get_terminal_size(os.get_terminal_size(stream.fileno())).columns
    return textwrap.fill(line, max(width, _LEAST), break_long_words=False, break_on_hyphens=False)


def print_plain(rows: Sequence[Mapping[str, Any]], form: str) -> None:
    """Print the rows of a table, which have JSON-like values, as a list of JSON objects or as CSV.

    form  "json" or "csv"
    """
    if form == "json":
        click.echo(json_text(rows))
        return
    import pandas as pd

    from genbench.board.csv_tables import to_csv

    # a list in a cell, such as the modalities of a component, is written with spaces between its items
    cells = [
        {name: " ".join(map(str, v)) if isinstance(v, (list, tuple)) else v for name, v in row.items()}
        for row in rows
    ]
    click.echo(to_csv(pd.DataFrame(cells)).decode("utf-8"), nl=False)


def print_results(results: Results, files: Iterable[object], *, quiet: bool) -> None:
    """Print the board of a run and the paths of its files, or nothing if `quiet`: the files have it all."""
    if quiet:
        return
    from genbench.board.terminal import open_console, print_board
    from genbench.board.view import view_results

    print_board(open_console(), view_results(results))
    for path in files:
        click.echo(path)
