"""The group of commands: each is imported when it is called."""

from __future__ import annotations

import codecs
import contextlib
import errno
import importlib
import io
import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any

import click

from genbench._version import __version__
from genbench.cli.interrupts import exit_code, interrupt_line, terminable
from genbench.cli.views.output import print_warning, wrap_line
from genbench.core.errors import GenbenchError, ResultsError
from genbench.core.names import suggest_names
from genbench.files.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["main"]

#: Command to what it is, "module:attribute", and its line in the help, which is shown without importing it.
_COMMANDS = {
    "run": ("genbench.cli.run:run", "Run a suite and write its leaderboard."),
    "suites": ("genbench.cli.suites:suites", "List the bundled suites, or print one to edit."),
    "score": ("genbench.cli.score:score", "Compute metrics of samples in folders, files or splits."),
    "plugins": ("genbench.cli.plugins:plugins", "List all components, or show one with its options."),
    "fetch": ("genbench.cli.fetch:fetch", "Download weights and other files that components need."),
    "leaderboard": (
        "genbench.cli.leaderboard:leaderboard",
        "Rebuild leaderboards from records, or merge runs.",
    ),
    "page": ("genbench.cli.pictures.page:page", "Write the page of a run: one HTML file."),
    "arena": ("genbench.cli.arena.group:arena", "Let people vote between samples, blindly."),
    "verify": ("genbench.cli.verify:verify", "Verify a run: check its files and recompute its numbers."),
    "compare": ("genbench.cli.compare:compare", "Compare two generators of one run or of two."),
    "gate": ("genbench.cli.gate:gate", "Fail if a run is worse than another, for CI."),
    "power": ("genbench.cli.power:power", "Compute how many seeds at which n, or votes, show a difference."),
    "plot": ("genbench.cli.pictures.plot:plot", "Draw a chart of a run for a paper: SVG, PNG or PDF."),
    "publish": ("genbench.cli.publish:publish", "Write numbers as sites that collect results expect them."),
    "doctor": ("genbench.cli.doctor:doctor", "Show the environment and what plugins need."),
    "check": ("genbench.cli.check:check", "Check that components do what genbench expects of them."),
    "battery": ("genbench.cli.battery:battery", "Plant faults in real data, and test a metric on them."),
    "new": ("genbench.cli.new:new", "Write a plugin package that works, to edit."),
    "store": ("genbench.cli.store:store", "Show, verify or shrink the cache of samples and models."),
}

#: The sections of the help: all commands, by what they are for.
_SECTIONS = {
    "Run": ("run", "suites", "score"),
    "Look": ("leaderboard", "page", "plot", "publish"),
    "Judge": ("compare", "gate", "power", "arena", "verify"),
    "Extend": ("plugins", "new", "check", "battery"),
    "Maintain": ("doctor", "fetch", "store"),
}

#: What the help says of every command: exit codes, variables of the environment, and the documentation.
_NOTES = {
    "Exit codes": {
        "0": "The command did what it was asked to do.",
        "1": "Something failed, or a number is worse, wrong, or not reproduced.",
        "2": "Bad input: nothing was run.",
        "3": "Results, or downloaded files, cannot be written.",
        "4": "The machines of an executor cannot run the trials, or were lost.",
        "5": "The command cannot tell: more seeds, another version or a missing package would.",
        "130, 141, 143": "Interrupted, the reader of the output has gone, or terminated.",
    },
    "Environment variables": {
        "GENBENCH_STORE": "Folder of samples, features and fitted models.",
        "GENBENCH_ASSETS": "Folder of downloaded weights and other files.",
        "GENBENCH_PLUGINS": "The installed plugins to load: a,b.",
        "GENBENCH_PAGE": "no: write no page unless --page is given.",
        "GENBENCH_SECRETS": "Names of variables whose values are secrets: a,b.",
        "COLUMNS": "Width of piped output, 100 by default.",
    },
    "Documentation": {
        "docs/index.md": "All pages, in the repository of genbench.",
        "docs/cli.md": "All commands and options, and completion in your shell.",
    },
}

_ESCAPE = "genbench.escape"  # name of the handler of characters that an encoding lacks
_BROKEN_PIPE = 141  # 128 + SIGPIPE

#: Errors of a path that is too long, leads in a circle, or may not be used.
_UNUSABLE = (errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES)


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and shows a GenbenchError as one line."""

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, tuple[str, str]],
        sections: Mapping[str, Sequence[str]] | None = None,
        notes: Mapping[str, Mapping[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the commands, and the sections of the help with their names; without any, all are in one.

        lazy   maps a name to ("module:attribute", its line in the help)
        notes  lists at the end of the help, by title
        """
        super().__init__(*args, **kwargs)
        self._notes = notes or {}
        self._lazy = lazy
        self._sections = sections or {"Commands": tuple(lazy)}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help."""
        return [name for names in self._sections.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command; None if there is none of that name."""
        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return a command with its arguments; the error for an unknown one suggests another."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(
                f"{error.message.rstrip('.')}{suggest_names(args[0], self._lazy)}", ctx
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the sections of commands without importing them."""
        for title, names in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, self._lazy[name][1]) for name in names])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the notes."""
        for title, lines in self._notes.items():
            with formatter.section(title):
                formatter.write_dl(list(lines.items()))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program, with the null device in place of each standard stream that is closed.

        A character that the encoding of standard output lacks is printed as JSON would escape it.
        """
        _open_closed_streams()
        if isinstance(sys.stdout, io.TextIOWrapper):  # not if a test has replaced it
            codecs.register_error(_ESCAPE, _escape_error)
            sys.stdout.reconfigure(errors=_ESCAPE)
        with terminable():  # SIGTERM raises an exception, so that temporary files are removed
            return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments, or print the help if they ask for it; end after an error as `invoke` does."""
        with _errors_in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Call a command; show an error of the user as one line, and exit after an interrupt as shells do."""
        with _errors_in_one_line():
            result = super().invoke(ctx)
            sys.stdout.flush()  # inside of the block, so that an error of the stream is one line, too
            return result


@contextlib.contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """End the program with one line and an exit code if the block raises an error that is no bug.

    Other errors are bugs of genbench: they pass, so Python prints their traceback.
    """
    try:
        yield
    except GenbenchError as error:
        _print_error(redact(str(error)))
        sys.exit(error.exit_code)
    except click.UsageError as error:
        if "\n" in error.message:  # the help, where it stands for missing arguments
            raise
        text = wrap_line(f"Error: {error.format_message()}", sys.stderr).removeprefix("Error: ")
        raise click.UsageError(text, error.ctx) from error
    except KeyboardInterrupt as stop:
        click.echo(interrupt_line(stop), err=True)
        sys.exit(exit_code(stop))
    except OSError as error:
        sys.exit(_show_os_error(error))


def _print_error(text: str) -> None:
    """Print an error of the user to standard error."""
    print_warning(f"Error: {text}")


def _show_os_error(error: OSError) -> int:
    """Print a line for an OSError, and return the exit code; raise the error again if it is a bug.

    Three errors are no bugs: a path that cannot be used, a closed pipe, and a full disk under standard
    output. The last two are errors of a stream, so they have no file name.
    """
    if error.filename is not None and error.errno in _UNUSABLE:
        _print_error(f"{redact(os.fsdecode(error.filename))}: {error.strerror}; choose another path")
        return GenbenchError.exit_code
    if error.filename is None and error.errno == errno.EPIPE:
        _discard(sys.stdout, sys.stderr)
        return _BROKEN_PIPE
    if error.filename is None and error.errno == errno.ENOSPC:
        _print_error(f"standard output cannot be written: {error.strerror}")
        _discard(sys.stdout)
        return ResultsError.exit_code
    raise error


def _discard(*streams: IO[str]) -> None:
    """Redirect streams to the null device, with what their buffers hold.

    Python flushes them at the end of the program, and would fail again at the closed pipe or the full disk.
    """
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _escape_error(error: UnicodeError) -> tuple[str, int]:
    """Return (replacement, end): the characters that cannot be encoded, escaped as in JSON, and their end.

    Python's codecs call it, and go on with the character at `end`.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    # without the quotes around a JSON string
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def _open_closed_streams() -> None:
    """Open the null device for each standard stream that is closed.

    The next file that opens would get the number of the closed stream, and receive what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            handle = os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            os.set_inheritable(handle, True)
            stream = open(handle, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115 - kept
            # Python's own is None if it was closed at the start; a stream that the caller put there stays
            setattr(sys, name, getattr(sys, name) or stream)


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    sections=_SECTIONS,
    notes=_NOTES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", prog_name="genbench")
def main() -> None:
    """Evaluate generative models: run suites, write leaderboards, and tell real differences from noise."""
