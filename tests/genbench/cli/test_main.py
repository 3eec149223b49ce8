"""The group of commands: loaded when called, and what a user can mend in one line."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import genbench
from genbench.cli.main import LazyGroup, main
from genbench.core.errors import DataError, EngineError, ResultsError

FOLDER = Path(genbench.__file__).parent / "cli"


def raising(error):
    """Return the result of a command that raises an error, called as one of a lazy group."""

    @click.command()
    def command():
        raise error

    group = LazyGroup("group", lazy={"fails": ("unused:unused", "Fail.")})
    group.get_command = lambda ctx, name: command if name == "fails" else None
    return CliRunner().invoke(group, ["fails"])


def test_every_command_has_a_file_and_every_file_a_command():
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "main", "arguments"}
    assert files == set(main.list_commands(click.Context(main)))


def test_help_says_what_each_command_does():
    text = CliRunner().invoke(main, ["--help"]).output
    lines = re.findall(r"^  (\w+) +([A-Z].*)$", text, re.MULTILINE)
    assert [name for name, _ in lines] == main.list_commands(click.Context(main))
    assert all(line.endswith((".", "...")) for _, line in lines)


def test_the_version_is_that_of_the_package():
    assert CliRunner().invoke(main, ["--version"]).output == f"genbench, version {genbench.__version__}\n"


def test_an_unknown_command_is_refused_by_name():
    found = CliRunner().invoke(main, ["rnu"])
    assert found.exit_code == 2
    assert "No such command 'rnu'" in found.stderr


@pytest.mark.parametrize(
    ("error", "code"), [(DataError("a\nb"), 2), (ResultsError("full"), 3), (EngineError("lost"), 4)]
)
def test_what_a_user_can_mend_is_one_line_with_its_exit_code(error, code):
    found = raising(error)
    assert found.exit_code == code
    assert found.stderr.startswith("Error: ")
    assert found.stderr.count("\n") == 1


def test_a_secret_in_a_message_is_redacted(monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "canary-9137-secret")
    assert "canary" not in raising(DataError("cannot open http://x?key=canary-9137-secret")).stderr


def test_an_interrupt_exits_as_shells_expect():
    found = raising(KeyboardInterrupt())
    assert (found.exit_code, found.stderr) == (130, "Interrupted.\n")


def test_an_error_of_ours_is_not_hidden():
    assert isinstance(raising(ZeroDivisionError("ours")).exception, ZeroDivisionError)
    missing = FileNotFoundError(errno.ENOENT, "No such file", "file.txt")
    assert isinstance(raising(missing).exception, FileNotFoundError)
