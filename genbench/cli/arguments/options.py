"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["page_option", "plugin_option"]

#: Adds `--plugin` to a command, whose parameter `plugins` gets the files.
plugin_option = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE.py",
    help="Load a plugin that is not installed.  [repeatable]",
)

#: Adds `--page` and `--no-page` to a command, whose parameter `page` says whether to write the page.
page_option = click.option(
    "--page/--no-page", default=True, envvar="GENBENCH_PAGE", help="Write leaderboard.html.  [default: page]"
)
