"""The group of commands: loaded when called, and what a user can mend in one line."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import genbench
from genbench.cli.main import LazyGroup, main
from genbench.core.errors import DataError, EngineError, ResultsError

FOLDER = Path(genbench.__file__).parent / "cli"
MAIN = "from genbench.cli.main import main; main()"
PRINTING = [
    ["--help"],
    ["--version"],
    ["plugins"],
    ["plugins", "show", "fid"],
    ["store"],
    ["check", "--help"],
]

#: A program whose command prints, and opens a file before, which would be standard output if that is closed.
OPENING = """
import sys
import click
from genbench.cli.main import LazyGroup

@click.command()
@click.argument("file")
def command(file):
    with open(file, "w") as opened:
        print("printed")
        print("printed", file=sys.stderr)
        sys.exit(10 * (opened.fileno() < 3) + len(sys.stdin.read()))

group = LazyGroup("group", lazy={"opens": ("unused:unused", "Open.")})
group.get_command = lambda ctx, name: command
group()
"""


#: A program whose command prints characters that ASCII lacks.
PRINTING_CHARACTERS = """
import sys
import click
from genbench.cli.main import LazyGroup

sys.stdout.reconfigure(encoding="ascii")
sys.argv = ["group", "prints"]
group = LazyGroup("group", lazy={"prints": ("unused:unused", "Print.")})
text = "\u00b1 \u2013 \U0001f600"
group.get_command = lambda ctx, name: click.Command("prints", callback=lambda: print(text))
group()
"""


def ended(redirection, code, *arguments):
    """Return a program that has run in a shell with its streams redirected."""
    shell = ["bash", "-o", "pipefail", "-c", f'"$0" "$@" {redirection}', sys.executable, "-c", code]
    return subprocess.run([*shell, *map(str, arguments)], capture_output=True, text=True, check=False)


def raising(error):
    """Return the result of a command that raises an error, called as one of a lazy group."""

    @click.command()
    def command():
        raise error

    group = LazyGroup("group", lazy={"fails": ("unused:unused", "Fail.")})
    group.get_command = lambda ctx, name: command if name == "fails" else None
    return CliRunner().invoke(group, ["fails"])


def test_every_command_has_a_file_and_every_file_a_command():
    others = {"__init__", "main", "program", "interrupts", "files"}
    places = [*FOLDER.glob("*.py"), *(FOLDER / "pictures").glob("*.py")]
    groups = {path.parent.name for path in FOLDER.glob("*/group.py")}
    files = {path.stem for path in places} - others | groups
    assert files == set(main.list_commands(click.Context(main)))


def test_help_says_what_each_command_does():
    text, notes = CliRunner().invoke(main, ["--help"]).output.split("Exit codes:")
    lines = re.findall(r"^  (\w+) +([A-Z].*)$", text, re.MULTILINE)
    assert [name for name, _ in lines] == main.list_commands(click.Context(main))
    assert all(line.endswith((".", "...")) for _, line in lines)
    sections = re.findall(r"^([A-Z]\w+):$", text, re.MULTILINE)
    assert sections == ["Options", "Run", "Look", "Judge", "Extend", "Maintain"]
    assert "docs/index.md" in notes


def test_help_names_the_exit_codes_and_variables_that_the_page_lists():
    text = CliRunner().invoke(main, ["--help"]).output
    page = (Path(__file__).parents[3] / "docs/cli.md").read_text(encoding="utf-8")
    for title, wanted in (("Exit codes", r"\d+"), ("Environment variables", r"GENBENCH_\w+")):
        listed = re.findall(rf"^\| `?({wanted})`? \|", page[page.index(f"## {title}") :], re.MULTILINE)
        section = text[text.index(f"{title}:") :].split("\n\n")[0]
        assert [name for name in listed if name not in section] == []


def test_the_version_is_that_of_the_package():
    line = f"genbench, version {genbench.__version__}\n"
    assert [CliRunner().invoke(main, [option]).output for option in ("--version", "-V")] == [line] * 2
    module = [sys.executable, "-m", "genbench", "-V"]
    assert subprocess.run(module, capture_output=True, text=True, check=True).stdout == line


def test_an_unknown_command_is_refused_by_name():
    found = CliRunner().invoke(main, ["rnu"])
    assert found.exit_code == 2
    assert found.stderr.endswith("Error: No such command 'rnu'; did you mean 'run'?\n")


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


@pytest.mark.parametrize("arguments", PRINTING)
def test_a_reader_that_leaves_is_no_traceback(arguments, fresh_store):
    found = ended("| true", MAIN, *arguments)
    assert (found.returncode, found.stderr) == (141, "")


def test_a_character_that_the_encoding_lacks_is_printed_as_json_escapes_it():
    found = ended("| cat", PRINTING_CHARACTERS)
    assert (found.returncode, found.stdout, found.stderr) == (0, "\\u00b1 \\u2013 \\ud83d\\ude00\n", "")


@pytest.mark.parametrize("arguments", PRINTING)
def test_closed_standard_output_discards_the_output(arguments, fresh_store):
    found = ended(">&-", MAIN, *arguments)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_what_is_printed_goes_to_no_file_where_the_streams_are_closed(tmp_path):
    found = ended(">&- 2>&- <&-", OPENING, "opens", tmp_path / "file")
    assert found.returncode == 0
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "quickstart", "--quiet", "--output", "NAME"],
        ["run", "quickstart", "--plugin", "NAME"],
        ["leaderboard", "NAME"],
        ["verify", "NAME"],
        ["compare", "NAME", "a", "b"],
        ["score", "--fake", "NAME", "--real", "NAME"],
        ["check", "fid", "--lock", "NAME"],
        ["doctor", "--plugin", "NAME"],
    ],
)
def test_a_name_too_long_for_the_file_system_is_one_line(arguments, fresh_store):
    found = CliRunner().invoke(main, [argument.replace("NAME", "a" * 300) for argument in arguments])
    assert found.exit_code == 2
    assert found.stderr.startswith("Error: ")
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES])
def test_a_path_that_cannot_be_used_is_one_line(number):
    found = raising(OSError(number, "for a reason", "a\nb"))
    assert (found.exit_code, found.stderr) == (2, "Error: a b: for a reason; choose another path\n")


@pytest.mark.parametrize(
    "arguments", [["leaderboard"], ["verify"], ["compare"], ["run", "--quiet", "--output"]]
)
def test_a_link_to_itself_is_one_line(arguments, fresh_store, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    rest = ["a", "b"] if arguments == ["compare"] else []
    found = CliRunner().invoke(main, [*arguments, str(tmp_path / "loop"), *rest])
    assert found.exit_code in (2, 3)
    assert "Too many levels of symbolic links" in found.stderr
    assert found.stderr.count("\n") == 1
