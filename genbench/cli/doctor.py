"""`genbench doctor`: shows the environment, what is deterministic, and what each plugin needs."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.options import plugin_option
from genbench.core.escaping import json_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["doctor"]


@click.command()
@plugin_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print it.",
)  # fmt: skip
@click.pass_context
def doctor(ctx: click.Context, plugins: tuple[Path, ...], form: str) -> None:
    """Show the environment, which parts of it are deterministic, and what each plugin needs.

    It trains nothing. The exit code is 1 if a plugin is broken, and else 0.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.cli.views.environment import examine

    with contextlib.redirect_stdout(sys.stderr):  # output of plugins while they are imported
        found = examine(load_catalog(plugins, allow_broken_files=True))
    if form == "json":
        click.echo(json_text(found))
    else:
        from genbench.board.terminal import open_console
        from genbench.cli.views.doctor import doctor_view

        open_console().print(doctor_view(found))
    ctx.exit(1 if any(plugin["state"] == "broken" for plugin in found["plugins"]) else 0)
