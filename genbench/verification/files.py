"""Integrity checks of a run's folder: seals, derived files compared with the records, and foreign files.

The checks write nothing into the folder, so it may be read-only.
"""

from __future__ import annotations

import contextlib
import csv
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

from genbench.board.report import make_board_files
from genbench.core.escaping import escape_surrogates
from genbench.files.read import read_regular
from genbench.files.sealed import drafts_in
from genbench.results.folder import BOARD_FILES, PLAN, RECORDS, RunFolder
from genbench.results.records import PlanError, is_intact
from genbench.results.results import read_results

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.results.records import Plan
    from genbench.results.results import Results

__all__ = ["FileFault", "find_unlisted", "inspect_run", "list_unverified_paths"]

_RECORD = re.compile(r"[0-9a-f]{64}\.json")
_MOST_SHOWN = 80  # of a value in a message
_MOST_PAIRED = 300  # lines of a file that are paired by content, which takes a second at most
# A derived file is read up to 4 times the expected size, and 1 MiB: a larger one was forged.
_ROOM, _MORE_BYTES = 4, 2**20


@dataclass(frozen=True, kw_only=True)
class FileFault:
    """A difference between a run's folder and what genbench wrote there.

    file  relative to the folder
    line  from 1 on; None for the whole file
    text  the difference, in words
    """

    file: str
    line: int | None = None
    text: str

    def __str__(self) -> str:
        """Return the difference in one line, after its file and line: "scores.csv line 3: is missing"."""
        position = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{position}: {self.text}"


def inspect_run(folder: Path) -> tuple[Results | None, tuple[FileFault, ...]]:
    """Return the intact results in `folder`, None if run.json is damaged, and the faults of its files.

    Raises DataError if there is no run or a newer genbench wrote it, and ResultsError if its files cannot be
    read.
    """
    try:
        results = read_results(folder, read_only=True)
    except PlanError as error:
        if not RunFolder(folder).plan.is_file():  # such as a folder of this name
            raise
        return None, (FileFault(file=PLAN, text=error.reason),)
    faults = [*_find_damaged(results), *_find_unlisted(folder, results), *_find_outdated(results)]
    if RunFolder(folder).records.is_dir():
        faults += _compare_derived(folder, make_board_files(results.plan, results.records))
    else:
        faults.append(
            FileFault(file=RECORDS, text="is missing, so no number can be traced to how it was made")
        )
    return results, tuple(faults)


def _find_damaged(results: Results) -> list[FileFault]:
    """Return a fault for each damaged record and trace: the file, and what is wrong with it.

    If the file is a record that run.json lists, the text names its cell.
    """
    cells = {f"{RECORDS}/{cell.key}.json": cell for cell in results.plan.cells}
    return [_seal_fault(file, f" of {cells[file].name}" if file in cells else "") for file in results.damaged]


def _seal_fault(file: str, of: str = "", note: str = "") -> FileFault:
    """Return the fault of a file whose seal, the hash of its content, is wrong.

    of    follows "the seal" in the message, such as " of NAME", the name of the record's cell
    note  the end of the message
    """
    text = f"the seal{of} is broken: the file was edited or damaged, or belongs under another name{note}"
    return FileFault(file=file, text=text)


def _find_unlisted(folder: Path, results: Results) -> list[FileFault]:
    """Return a fault for each damaged record that run.json does not list.

    `_find_damaged` returns the faults of the listed records.
    """
    damaged = [path for path in find_unlisted(folder, results.plan) if not is_intact(path)]
    return [_seal_fault(f"{RECORDS}/{path.name}", note="; run.json does not list it") for path in damaged]


def _find_outdated(results: Results) -> Iterator[FileFault]:
    """Yield a fault for each record that contains another cell than run.json has under the record's key.

    Merged runs are skipped: a merge renames rows, and with them cells.
    """
    if "merged" not in results.plan.provenance:
        for key, difference in results.outdated.items():
            yield FileFault(file=f"{RECORDS}/{key}.json", text=difference)


def _compare_derived(folder: Path, expected: Mapping[str, bytes]) -> Iterator[FileFault]:
    """Yield the differences between the derived files in a folder, such as scores.csv, and their content.

    expected  by file name, the content that follows from the records

    A file whose lines only end in CR LF has one fault, not one for each line.
    """
    for name, content in expected.items():
        try:
            # a much larger file was forged, and is not read into memory
            stored = read_regular(folder / name, _ROOM * len(content) + _MORE_BYTES)
        except OSError as error:
            yield FileFault(file=name, text=f"cannot be read: {error.strerror or error}")
            continue
        if stored == content:
            continue
        if stored.replace(b"\r\n", b"\n") == content:
            yield FileFault(file=name, text="its lines end in CR LF, expected LF alone")
        else:
            yield from _compare_lines(name, _split_lines(stored), _split_lines(content))


def _split_lines(content: bytes) -> list[str]:
    """Return the lines of a file, with bytes that are not UTF-8 escaped."""
    return content.decode("utf-8", "backslashreplace").split("\n")


def _compare_lines(name: str, lines: Sequence[str], expected: Sequence[str]) -> Iterator[FileFault]:
    """Yield a fault for each line that differs, is missing or is one too many.

    name      of the file, for the faults
    lines     of the file
    expected  lines that the records give; the first one may be the header of a CSV file
    """
    for number, line, wanted in _pair_lines(lines, expected):
        if line is None or wanted is None:
            quoted = _quote(line or wanted or "") if line or wanted else "an empty line"
            what = "is missing" if line is None else "is one too many"
            yield FileFault(file=name, line=number, text=f"{what}: {quoted}")
        elif line != wanted:
            yield FileFault(file=name, line=number, text=_quote_difference(name, expected[0], line, wanted))


def _pair_lines(
    lines: Sequence[str], expected: Sequence[str]
) -> Iterator[tuple[int, str | None, str | None]]:
    """Yield (number, line, expected line) where two files differ; None for a line that one of them lacks.

    Equal lines are paired first, so that an inserted line is one difference. That takes a time that grows
    with the square of the lines, so in a long file the lines are paired by position, between those that are
    equal at the start and at the end.
    """
    start = _count_shared(lines, expected)
    end = _count_shared(lines[start:][::-1], expected[start:][::-1])  # of the rest, from the end on
    ours, theirs = lines[start : len(lines) - end], expected[start : len(expected) - end]
    parts: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(ours), 0, len(theirs))]
    if max(len(ours), len(theirs)) <= _MOST_PAIRED:
        parts = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    for kind, first, last, first_wanted, last_wanted in parts:
        if kind != "equal":
            pairs = zip_longest(ours[first:last], theirs[first_wanted:last_wanted])
            yield from ((number, *pair) for number, pair in enumerate(pairs, start + first + 1))


def _count_shared(lines: Sequence[str], expected: Sequence[str]) -> int:
    """Return how many lines at the beginning are equal to the expected ones."""
    unequal = (number for number, pair in enumerate(zip(lines, expected, strict=False)) if pair[0] != pair[1])
    return next(unequal, min(len(lines), len(expected)))


def _quote_difference(name: str, head: str, line: str, expected: str) -> str:
    """Return the difference between a line and the expected one, in words.

    It is described cell by cell if both have equally many cells. Lines that differ only between their cells,
    such as in quotes, are quoted whole.

    name  of the file, whose ending decides how lines are split
    head  the first line, whose cells are the names of the columns of a CSV file
    """
    heads, cells, wanted = (_split_cells(name, text) for text in (head, line, expected))
    pairs = enumerate(zip(cells, wanted, strict=False))
    differing = [number for number, (cell, expected_cell) in pairs if cell != expected_cell]
    if len(cells) != len(wanted) or not differing:
        return f"is {_quote(line)}, the records say {_quote(expected)}"
    is_csv = name.endswith(".csv") and len(heads) == len(cells)
    return "; ".join(
        f"{heads[number] + ' ' if is_csv else ''}is {_quote(cells[number])}, the records say "
        f"{_quote(wanted[number])}"
        for number in differing
    )


def _split_cells(name: str, line: str) -> list[str]:
    """Return the cells of a line: the fields of a CSV file, else the cells of a Markdown table.

    A line of datapackage.json, a third kind of file, is one cell, unless it contains a "|".
    """
    if name.endswith(".csv"):
        with contextlib.suppress(csv.Error):  # a field longer than the csv module's limit
            return next(csv.reader([line]), [])
    return [cell.strip() for cell in line.split("|")]


def _quote(text: str) -> str:
    """Return a text quoted, with its end cut off if it is long."""
    return repr(text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…") if text else "nothing"


def list_unverified_paths(folder: Path) -> tuple[str, ...]:
    """Return the paths that no verification checks: at the top of a run's folder, then among its records.

    Each group is sorted. The page of a run is one of them; no run writes any other. Paths are relative to the
    folder; the path of a folder ends in "/".
    """
    run = RunFolder(folder)
    known_names = {PLAN, *BOARD_FILES, *(path.name for path in run.all_folders)}
    paths = _list_unknown(folder, known_names)
    paths += [path for path in _list_unknown(run.records) if not _RECORD.fullmatch(path.name)]
    return tuple(_path_text(path, folder) for path in paths)


def find_unlisted(folder: Path, plan: Plan) -> tuple[Path, ...]:
    """Return the files with the names of records that a plan does not list, sorted.

    An earlier plan of the folder may have listed them: a run of other seeds leaves its records.
    """
    listed = {f"{cell.key}.json" for cell in plan.cells}
    return tuple(path for path in _list_unknown(folder / RECORDS, listed) if _RECORD.fullmatch(path.name))


def _list_unknown(folder: Path, known_names: Collection[str] = ()) -> list[Path]:
    """Return the paths in a folder, sorted, that have no known name; [] if there is no folder.

    Drafts, the temporary files of a run that still writes or was killed, are left out.
    """
    if not folder.is_dir():
        return []
    drafts = set(drafts_in(folder))
    return sorted(path for path in folder.iterdir() if path.name not in known_names and path not in drafts)


def _path_text(path: Path, folder: Path) -> str:
    """Return a path relative to the folder, as a text that UTF-8 can encode."""
    name = escape_surrogates(path.relative_to(folder).as_posix())
    return f"{name}/" if path.is_dir() and not path.is_symlink() else name
