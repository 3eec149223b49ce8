"""How the pages of the documentation are read and run.

A fenced block says what it is by its language and by an HTML comment on the line before it, which no reader
of the page sees:

    <!-- file: NAME -->        the block is written to NAME in the page's folder
    <!-- part -->              a piece of a suite, which is completed and resolved
    <!-- exit: 2 -->           the last command of the console block ends with this status
    <!-- trained -->           the output shows numbers that come out of training
    <!-- trained: CLAIMS -->   the same, with the order that the page claims: `fid: vae < vae-small; ...`
    <!-- not run: WHY -->      commands that would change the machine

The line `<!-- uses: PAGE -->` before a sentence says that the reader has the files of another page too.

In a console block a line with `$ ` is a command and what follows is its output: standard output, and
standard error too if the command fails. `…` matches any text, a line that holds nothing else any lines.
Widths do not matter: runs of spaces count as one, and so does a rule of any length.

Numbers with a decimal point may differ by 1 %, for rounding on another machine. A number that comes out of
training is another draw on another kind of CPU, so a block marked `trained` compares everything but these:
there has to be a number. Ranked rows may come in any order and `*` may stand in any cell, since both
follow from the numbers. A claim says which order has to hold: in the column `fid` the number of `vae` is
smaller than that of `vae-small`, by at least 10 % of the larger one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)$")
_MARK = re.compile(r"^<!-- (file|part|exit|trained|not run)(?:: (.*?))? -->$")
_USES = re.compile(r"^<!-- uses: (\S+) -->$", re.MULTILINE)
_NUMBER = re.compile(r"± [\d.e-]+|\d+\.\d+(?:e[+-]?\d+)?")
_GAP = 0.1  # by which share of the larger one two numbers of training have to differ to have an order
# How far a number and half of an interval, which is printed with two digits, may be off, relative.
_TOLERANCE = (0.01, 0.25)


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, language, text, and the mark before it."""

    page: str
    line: int
    language: str
    text: str
    mark: str = ""
    argument: str = ""

    def __str__(self):
        return f"{self.page}, line {self.line}"

    @property
    def commands(self):
        """The commands of a console block, each with what the page shows that it prints, or ""."""
        pieces = re.split(r"^\$ ", self.text, flags=re.MULTILINE)
        assert not pieces[0].strip(), f"{self}: output before the first command"
        return [(command, shown) for command, _, shown in (piece.partition("\n") for piece in pieces[1:])]

    @property
    def claims(self):
        """The orders of trained numbers that the page claims: `COLUMN: ROW < ROW`, with `;` between them."""
        return self.argument.split("; ") if self.mark == "trained" and self.argument else []


@dataclass
class Folder:
    """The folder of a page's reader, and the environment that their shell has."""

    path: Path
    environment: dict[str, str]

    def run(self, block):
        """Do what a block says and compare what it prints with what it shows."""
        if block.mark == "file":
            file = self.path / block.argument
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.language == "console" and block.mark != "not run":
            *_, last = block.commands
            printed = ""
            for command, shown in block.commands:
                status = int(block.argument) if block.mark == "exit" and command == last[0] else 0
                printed += self._command(block, command, shown, status)
            for claim in block.claims:
                wrong = broken_claim(claim, printed)
                assert not wrong, f"{block}: {wrong}\nit printed\n{printed}"

    def write_files(self, *pages):
        """Write the files of pages, and run no command."""
        for block in (block for page in pages for block in read_blocks(page)):
            if block.mark == "file":
                self.run(block)

    def _command(self, block, command, shown, status):
        """Run a command, compare its output with what is shown, and return it."""
        if command.startswith("pip install ./"):
            self._install(self.path / command.removeprefix("pip install ./"))
            return ""
        done = subprocess.run(
            ["/bin/bash", "-c", command], cwd=self.path, env=self.environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        where = f"{block}: $ {command}"
        assert done.returncode == status, f"{where}\nended with {done.returncode}\n{done.stdout}{done.stderr}"
        printed = done.stdout if status == 0 else done.stdout + done.stderr
        if shown.strip():
            wrong = mismatch(shown, printed, is_trained=block.mark == "trained")
            assert not wrong, f"{where}\n{wrong}\nit printed\n{printed}"
        return printed

    def _install(self, project):
        """Put a project where Python finds it as `pip install` would, without a network."""
        table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
        name, version = table["project"]["name"], table["project"]["version"]
        site = self.path / "site-packages"
        for package in table["tool"]["setuptools"]["packages"]:
            shutil.copytree(project / package, site / package)
        information = site / f"{name.replace('-', '_')}-{version}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        points = [f"{key} = {value}\n" for key, value in table["project"]["entry-points"]["genbench"].items()]
        (information / "entry_points.txt").write_text("[genbench]\n" + "".join(points))
        self.environment["PYTHONPATH"] = str(site)
        self.environment["GENBENCH_PLUGINS"] += f",{name}"


def mismatch(shown, printed, *, is_trained=False):
    """Return the first line of `shown` that `printed` lacks where it should be, or ""."""
    expected, got = (_lines(text, is_trained=is_trained) for text in (shown, printed))
    start, skipping = 0, False
    for line in expected:
        if line == "…":
            skipping = True
            continue
        matches = [at for at in range(start, len(got)) if _is_alike(line, got[at], is_trained=is_trained)]
        if not matches or (not skipping and matches[0] != start):
            return f"expected: {line}\ngot:      {got[start] if start < len(got) else 'nothing more'}"
        start, skipping = matches[0] + 1, False
    return "" if skipping or start == len(got) else f"not shown: {got[start]}"


def broken_claim(claim, printed):
    """Return why the boards in `printed` do not show the order that a claim says, or ""."""
    column, _, order = claim.partition(": ")
    rows = order.split(" < ")
    values = [_cell(printed, column, row) for row in rows]
    for row, value in zip(rows, values, strict=True):
        if value is None:
            return f"no number of {row} in a column {column}"
    for (smaller, a), (larger, b) in pairwise(zip(rows, values, strict=True)):
        if b - a < _GAP * max(abs(a), abs(b)):
            return f"{column}: {a} of {smaller} is not smaller than {b} of {larger} by {_GAP:.0%}"
    return ""


def _cell(printed, column, row):
    """Return the number in a column and row of the boards in `printed`, or None."""
    position = None  # from the right, since only some rows have a rank in a first cell
    for line in printed.splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if "generator" in cells[:2]:
            names = [re.split(r" [↑↓→]", cell)[0] for cell in cells]
            position = names.index(column) - len(names) if column in names else None
        elif position is not None and row in cells[:2] and _is_number(cells[position].split()[0]):
            return float(cells[position].split()[0])
    return None


def _lines(text, *, is_trained=False):
    """Return the lines that are not blank, each with single spaces and rules of one length."""
    lines = [re.sub("─+", "─", " ".join(line.split())) for line in text.splitlines()]
    return [line for line in (_unranked(lines) if is_trained else lines) if line]


def _unranked(lines):
    """Return lines in which the ranked rows of each board have neither rank nor `*`, sorted by name.

    In a table without ranks, these are the rows above its second rule.
    """
    result, ranked, in_board, has_ranks, rules = [], [], False, True, 0
    for line in [*lines, ""]:
        is_head = re.match(r"(\w+ )?generator ", line)  # the first cell is "rank", or the aspect of the ranks
        if is_head:
            has_ranks, rules = bool(is_head[1]), 0
        rules += line.startswith("─")
        in_board = bool(is_head) or (in_board and line != "")
        if in_board and has_ranks and re.match(r"\d+ ", line):
            ranked.append(line.partition(" ")[2].replace(" *", ""))
            continue
        if in_board and not has_ranks and rules == 1 and line[:1] not in ("─", "…"):
            ranked.append(line.replace(" *", ""))
            continue
        result += [
            *sorted(ranked, key=lambda row: row.split()[0]),
            line.replace(" *", "") if in_board else line,
        ]
        ranked = []
    return result


def _is_alike(expected, got, *, is_trained):
    """Return whether a line is the expected one; numbers may differ by rounding, trained ones in value."""
    pattern, numbers, end = "", [], 0
    for number in _NUMBER.finditer(expected):
        pattern += _escaped(expected[end : number.start()]) + ("± " if number[0][0] == "±" else "")
        pattern += r"(-?[\d.][\d.e+-]*)" if is_trained else r"([\d.e+-]+)"
        numbers.append(number[0])
        end = number.end()
    found = re.fullmatch(pattern + _escaped(expected[end:]), got)
    if found is None or is_trained:
        return found is not None and all(map(_is_number, found.groups()))
    return all(
        _is_near(number, other, _TOLERANCE[number[0] == "±"])
        for number, other in zip(numbers, found.groups(), strict=True)
    )


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _escaped(text):
    return ".*".join(map(re.escape, re.split(r" ?… ?", text)))


def _is_near(number, other, tolerance):
    value = float(number.removeprefix("± "))
    try:
        return abs(float(other) - value) <= tolerance * abs(value) + 1e-12
    except ValueError:
        return number == other


def read_blocks(page):
    """Return the fenced blocks of a page of this repository."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    blocks, start = [], None
    for number, line in enumerate(lines):
        if start is None and (fence := _FENCE.match(line)):
            start, language = number, fence[1]
        elif start is not None and line == "```":
            mark = _MARK.match(lines[start - 1])
            text = "\n".join(lines[start + 1 : number]) + "\n"
            name, argument = (mark[1], mark[2] or "") if mark else ("", "")
            blocks.append(Block(page, start + 1, language, text, name, argument))
            start = None
    assert start is None, f"{page}: the fence of line {start} does not end"
    return blocks


def used_pages(page):
    """Return the pages whose files the commands of a page use."""
    return _USES.findall((ROOT / page).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def root():
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def blocks():
    """Return the function that reads the blocks of a page."""
    return read_blocks


@pytest.fixture(scope="session")
def pages():
    """Return the names of all pages that have code to run."""
    names = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
    folders = (ROOT / "docs", ROOT / "docs/plugins")
    found = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return [str(path.relative_to(ROOT)) for path in [*names, *found]]


@pytest.fixture(scope="session")
def all_pages():
    """Return the names of all pages, those of metrics and of published boards too."""
    folders = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "results/published").rglob("README.md")]
    return [str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *sorted(folders)]]


@pytest.fixture(scope="session")
def claimed():
    """Return the function that says why a printed board does not show a claimed order, or ""."""
    return broken_claim


@pytest.fixture(scope="session")
def compared():
    """Return the function that says how a printed text differs from the one that is shown, or ""."""
    return mismatch


@pytest.fixture
def section():
    """Return the function that gives the part of a page under a heading, up to the next of its level."""

    def under(page, heading):
        level = heading.partition(" ")[0]
        text = (ROOT / page).read_text(encoding="utf-8")
        assert f"\n{heading}\n" in text, f"{page} has no heading {heading!r}"
        found = text.partition(f"\n{heading}\n")[2]
        return re.split(rf"^#{{1,{len(level)}}} ", found, flags=re.MULTILINE)[0]

    return under


@pytest.fixture
def table():
    """Return the function that gives the cells of the first table in a text, its head left out."""

    def rows(text):
        found = re.search(r"^\|.*\n(?:\|.*\n?)*", text, re.MULTILINE)
        lines = found[0].splitlines() if found else []
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]

    return rows


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory):
    """Return the function that makes a reader's folder; all of them share one store."""
    store = tmp_path_factory.mktemp("store")

    def make(name):
        kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "NO_COLOR")}
        environment = kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GENBENCH_STORE": str(store),
            "GENBENCH_ASSETS": str(store / "assets"),
            "GENBENCH_PLUGINS": "genbench",
            "COLUMNS": "100",
            "OMP_NUM_THREADS": "1",
        }
        path = tmp_path_factory.mktemp(name)
        (path / "benchmarks").symlink_to(ROOT / "benchmarks")  # as in a clone
        return Folder(path, environment)

    return make


@pytest.fixture
def run_page(folder_of):
    """Return the function that runs every block of a page in its order, as a reader would."""

    def run(page):
        folder = folder_of("page")
        folder.write_files(*used_pages(page))
        for block in read_blocks(page):
            folder.run(block)

    return run


@pytest.fixture
def written(folder_of):
    """Return the function that makes a folder with the files of a page, and of the pages that it uses."""

    def write(page):
        folder = folder_of("page")
        folder.write_files(*used_pages(page), page)
        return folder

    return write
