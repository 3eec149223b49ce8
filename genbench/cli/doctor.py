"""`genbench doctor`: shows the environment, what is deterministic, and what each plugin needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import form_option, plugin_option
from genbench.cli.views.output import send_plugin_output_to_stderr

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["doctor"]


@command("genbench doctor", "genbench doctor --format json")
@plugin_option
@form_option("text", "json")
@click.pass_context
def doctor(ctx: click.Context, plugins: tuple[Path, ...], form: str) -> None:
    """Show the environment, which parts of it are deterministic, and what each plugin needs.

    It trains nothing. The exit code is 1 if a plugin is broken, and else 0.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.cli.views.components import print_report
    from genbench.cli.views.doctor import doctor_view
    from genbench.cli.views.environment import read_report

    with send_plugin_output_to_stderr():  # so that standard output has only JSON
        report = read_report(load_catalog(plugins, allow_broken_files=True))
    print_report(report, form, doctor_view)
    ctx.exit(1 if any(plugin["state"] == "broken" for plugin in report["plugins"]) else 0)
