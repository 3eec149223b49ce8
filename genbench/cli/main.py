"""The group of commands: each is imported when it is called."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from genbench._version import __version__
from genbench.core.errors import GenbenchError, ResultsError
from genbench.core.escaping import one_line
from genbench.files.secrets import redacted

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["main"]

#: Command to what it is, "module:attribute", and its line in the help, which is shown without importing it.
_COMMANDS = {
    "run": ("genbench.cli.run:run", "Run a suite and write its leaderboard."),
    "score": ("genbench.cli.score:score", "Compute metrics of samples in folders, files or splits."),
    "plugins": ("genbench.cli.plugins:plugins", "List all components, or show one with its options."),
    "fetch": ("genbench.cli.fetch:fetch", "Download weights and other files that components need."),
    "leaderboard": (
        "genbench.cli.leaderboard:leaderboard",
        "Rebuild leaderboards from records, or merge runs.",
    ),
    "verify": ("genbench.cli.verify:verify", "Verify a run: check its files and recompute its numbers."),
    "compare": ("genbench.cli.compare:compare", "Compare two generators, seed by seed."),
    "doctor": ("genbench.cli.doctor:doctor", "Show the environment and what plugins need."),
    "check": ("genbench.cli.check:check", "Check components, or test a metric with planted faults."),
    "new": ("genbench.cli.new:new", "Write a plugin package that works, to edit."),
    "store": ("genbench.cli.store:store", "Show, verify or shrink the cache of samples and models."),
}

_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and shows a GenbenchError as one line."""

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command; None if there is none of that name."""
        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the section of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Call a command; show an error of the user as one line, and exit after an interrupt as shells do."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except GenbenchError as error:
            click.echo(f"Error: {one_line(redacted(str(error)))}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.filename is not None or error.errno not in (errno.EPIPE, errno.ENOSPC):
                raise
            _give_up_stdout(error)
            ctx.exit(ResultsError.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(_INTERRUPTED)
        return result


def _give_up_stdout(error: OSError) -> None:
    """Report that standard output cannot be written, unless its reader closed it; then discard output."""
    if error.errno != errno.EPIPE:
        click.echo(f"Error: standard output cannot be written: {error.strerror}", err=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="genbench")
def main() -> None:
    """Evaluate generative models: run suites, write leaderboards, and tell real differences from noise."""
