"""Options that several commands have, and components that options name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.suite.file import read_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "allow_key_option", "form_option", "page_option", "plugin_option", "read_component", "read_components",
]  # fmt: skip


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

#: Adds `--allow-key` to a command, whose parameter `allow_keys` gets the consents.
allow_key_option = click.option(
    "--allow-key",
    "allow_keys",
    multiple=True,
    metavar="NAME@HOST",
    help="Let the suite send an environment variable to a server.  [repeatable]",
)


def read_component(option: str, text: str) -> dict[str, Any]:
    """Return a component as the Python functions take it: `use`, and the options that follow its name."""
    # the first argument begins the message of an error
    use, options = read_words(f"{option} {text!r}", text)
    return {"use": use, **options}


def read_components(
    _ctx: click.Context, option: click.Parameter, texts: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the components that a repeatable option names; a callback of click."""
    return [read_component(option.opts[0], text) for text in texts]
