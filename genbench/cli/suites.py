"""`genbench suites`: lists the bundled suites, or prints one, to edit."""

from __future__ import annotations

import click

from genbench.core.errors import SuiteError
from genbench.core.names import suggest_names

__all__ = ["suites"]


@click.command()
@click.argument("name", required=False)
def suites(name: str | None) -> None:
    """List the bundled suites, or print the file of the suite NAME.

    `genbench run NAME` runs it; `genbench suites NAME > mine.toml` makes a copy to edit.
    """
    from genbench.suite.file import bundled_suites, bundled_text

    names = bundled_suites()
    if name is None:
        _print_list(names)
    elif name in names:
        click.echo(bundled_text(name), nl=False)
    else:
        raise SuiteError(f"no bundled suite {name!r}{suggest_names(name, names)}")


def _print_list(names: tuple[str, ...]) -> None:
    """Print a table of bundled suites with their datasets, generators, and numbers of metrics and seeds."""
    from genbench.board.fitted_table import open_table
    from genbench.board.terminal import open_console
    from genbench.suite.file import read_suite

    texts = ("suite", "datasets", "generators")
    table = open_table(
        *((text, "left") for text in texts), ("metrics", "right"), ("seeds", "right"), wrapped=texts
    )
    for name in names:
        suite = read_suite(name)
        parts = (", ".join(entry.board_id for entry in each) for each in (suite.datasets, suite.generators))
        table.add_row(name, *parts, str(len(suite.metrics)), str(len(suite.seeds)))
    open_console().print(table)
