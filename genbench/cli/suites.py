"""`genbench suites`: lists the bundled suites, or prints one, to edit."""

from __future__ import annotations

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import form_option
from genbench.cli.views.output import print_plain
from genbench.core.errors import SuiteError
from genbench.core.names import suggest_names

__all__ = ["suites"]


@command("genbench suites", "genbench suites text > mine.toml")
@click.argument("name", required=False)
@form_option("text", "json", "csv")
def suites(name: str | None, form: str) -> None:
    """List the bundled suites, or print the file of the suite NAME.

    `genbench run NAME` runs it; `genbench suites NAME > mine.toml` makes a copy to edit.
    """
    from genbench.suite.file import bundled_suites, bundled_text

    names = bundled_suites()
    if name is None:
        _print_list(names, form)
    elif form != "text":
        raise SuiteError("--format prints the list of suites; remove it, or NAME")
    elif name in names:
        click.echo(bundled_text(name), nl=False)
    else:
        raise SuiteError(f"no bundled suite {name!r}{suggest_names(name, names)}")


def _print_list(names: tuple[str, ...], form: str) -> None:
    """Print bundled suites with their datasets, generators, and numbers of metrics and seeds."""
    from genbench.board.fitted_table import open_table
    from genbench.board.terminal import open_console
    from genbench.suite.file import read_suite

    texts = ("suite", "datasets", "generators")
    rows = []
    for name in names:
        suite = read_suite(name)
        datasets, generators = (
            [entry.board_id for entry in entries] for entries in (suite.datasets, suite.generators)
        )
        rows.append((name, datasets, generators, len(suite.metrics), len(suite.seeds)))
    if form != "text":
        print_plain([dict(zip((*texts, "metrics", "seeds"), row, strict=True)) for row in rows], form)
        return
    table = open_table(
        *((text, "left") for text in texts), ("metrics", "right"), ("seeds", "right"), wrapped=texts
    )
    for name, datasets, generators, metrics, seeds in rows:
        table.add_row(name, ", ".join(datasets), ", ".join(generators), str(metrics), str(seeds))
    open_console().print(table)
