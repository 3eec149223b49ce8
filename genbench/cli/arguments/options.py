"""Options that several commands have, and components that options name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.contract.hookspecs import HOOKS
from genbench.suite.file import read_words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "COMPONENT", "allow_key_option", "dataset_option", "device_option", "form_option", "jobs_option",
    "kind_option", "metric_option", "n_option", "new_output_option", "offline_option", "output_option",
    "page_option", "plugin_option", "quiet_option", "read_component", "read_components", "seed_option",
    "show_real_option", "threads_option", "verbose_option",
]  # fmt: skip

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

#: A component with its options, as the help of an option writes it.
COMPONENT = "'NAME [OPTION=VALUE …]'"


def form_option(*forms: str) -> _Decorator:
    """Return the option `--format`, whose parameter `form` gets one of the forms, by default the first."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True,
        help="How to print the result.",
    )  # fmt: skip


def output_option(metavar: str, help_text: str, *, required: bool = False) -> _Decorator:
    """Return the option `--output`, which replaces a file FILE, or writes into a folder OUT."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path, dir_okay=metavar != "FILE"), metavar=metavar,
        required=required, help=f"Where to write{help_text}",
    )  # fmt: skip


#: Adds `--output` to a command that writes a new folder.
new_output_option = output_option("OUT", ": a folder, which must not exist.", required=True)


def dataset_option(help_text: str) -> _Decorator:
    """Return the option `--dataset`, whose parameter `dataset` gets the name of a dataset of a run."""
    return click.option("--dataset", metavar="NAME", help=f"A dataset of the run.  {help_text}")


def metric_option(metavar: str, help_text: str, **settings: Any) -> _Decorator:
    """Return the repeatable option `--metric`, whose parameter is `metrics`."""
    return click.option(
        "-m", "--metric", "metrics", multiple=True, metavar=metavar, help=f"A metric{help_text}",
        **settings,
    )  # fmt: skip


def n_option(help_text: str) -> _Decorator:
    """Return the option `--n`, whose parameter `n` gets a number of samples, or None."""
    return click.option("--n", type=click.IntRange(min=1), metavar="N", help=f"Number of samples{help_text}")


def threads_option(default: int | None, help_text: str = ".") -> _Decorator:
    """Return the option `--threads` with a default; without one, the help says what it is."""
    return click.option(
        "--threads", type=click.IntRange(min=1), default=default, show_default=default is not None,
        metavar="N", help=f"Threads of torch and numpy{help_text}",
    )  # fmt: skip


def verbose_option(help_text: str) -> _Decorator:
    """Return the option `--verbose`, with what a command prints then, too."""
    return click.option("-v", "--verbose", is_flag=True, help=f"Print more: {help_text}")


def show_real_option(help_text: str) -> _Decorator:
    """Return the option `--show-real`, with what a picture then shows."""
    return click.option("--show-real", is_flag=True, help=f"Show real samples{help_text}")


#: Adds `--jobs` to a command.
jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Jobs at a time, such as trials.  [default: all cores]",
)

#: Adds `--device` to a command.
device_option = click.option(
    "--device", default="cpu", show_default=True, metavar="NAME",
    help="Device of torch: cpu, cuda, cuda:1, mps.",
)  # fmt: skip

#: Adds `--kind` to a command.
kind_option = click.option(
    "--kind", type=click.Choice(tuple(HOOKS.values())), help="Only components of this kind."
)

#: Adds `--seed` to a command.
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N",
    help="Seed of random choices.",
)  # fmt: skip

#: Adds `--offline` to a command.
offline_option = click.option("--offline", is_flag=True, help="Download nothing.")

#: Adds `--quiet` to a command.
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="Print only warnings, errors, and results that are in no file."
)

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
