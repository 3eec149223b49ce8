"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["form_option", "page_option", "plugin_option"]


def form_option(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--format`, whose parameter `form` gets one of the forms, by default the first."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True,
        help="How to print it.",
    )  # fmt: skip


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
