"""A run's folder held against itself: every seal, and every derived file against the records.

Nothing in the folder is changed, so it may be somebody else's, or read-only.
"""

from __future__ import annotations

import contextlib
import csv
import shutil
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.board.report import board_files
from genbench.core.errors import DataError, ResultsError
from genbench.results.folder import PLAN, RECORDS, TRACES, RunFolder
from genbench.results.records import read_plan
from genbench.results.results import read_results

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.results.records import Cell, Plan
    from genbench.results.results import Results

__all__ = ["FileFault", "cell_name", "inspect_run"]

_SHOWN = 80  # characters of what stands in a line


@dataclass(frozen=True, kw_only=True)
class FileFault:
    """Something in a run's folder that is not as genbench wrote it.

    file  relative to the folder; line from 1 on, None where it is the whole file; text says what is wrong
    """

    file: str
    line: int | None = None
    text: str

    def __str__(self) -> str:
        """Return it in one line."""
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{place}: {self.text}"


def inspect_run(folder: Path, scratch: Path) -> tuple[Results | None, tuple[FileFault, ...]]:
    """Return what a run left in `folder`, as far as it is whole, and what is wrong there.

    scratch  an empty folder, in which sealed files are copied to be read

    What was left is None if run.json is damaged. Raises DataError if there is no run, ResultsError if it
    cannot be read.
    """
    try:
        plan = read_plan(folder)
    except DataError as error:
        if not RunFolder(folder).plan.is_file():
            raise
        text = str(error).removeprefix(str(RunFolder(folder).plan)).lstrip(": ")
        return None, (FileFault(file=PLAN, text=text),)
    _copy(folder, scratch, plan)
    results = read_results(scratch)
    faults = _damaged(results)
    if RunFolder(folder).records.is_dir():
        faults += _derived(folder, board_files(results.plan, results.records))
    else:
        faults.append(
            FileFault(file=RECORDS, text="is missing, so no number can be traced to how it was made")
        )
    return results, tuple(faults)


def cell_name(cell: Cell) -> str:
    """Return what messages call a cell."""
    return f"{cell.dataset} {cell.generator} seed {cell.seed} {cell.metric}"


def _copy(folder: Path, scratch: Path, plan: Plan) -> None:
    """Copy run.json, and the records and traces of its plan that are there."""
    try:
        there, here = RunFolder(folder), RunFolder(scratch).create()
        pairs = [(there.plan, here.plan)]
        pairs += [(there.record(cell.key), here.record(cell.key)) for cell in plan.cells]
        pairs += [(there.trace(key), here.trace(key)) for key in plan.traces]
        for source, copy in pairs:
            if source.is_file():
                shutil.copyfile(source, copy)
    except OSError as error:
        raise ResultsError(f"the files in {folder} cannot be read: {error.strerror or error}") from error


def _damaged(results: Results) -> list[FileFault]:
    cells = {f"{cell.key}.json": cell for cell in results.plan.cells}
    faults = []
    for name in (Path(path).name for path in results.damaged):
        cell = cells.get(name)
        kind, of = (TRACES, "") if cell is None else (RECORDS, f" of {cell_name(cell)}")
        text = f"the seal{of} is broken, or no record has such content, or it belongs under another name"
        faults.append(FileFault(file=f"{kind}/{name}", text=text))
    return faults


def _derived(folder: Path, expected: Mapping[str, bytes]) -> Iterator[FileFault]:
    """Yield where the derived files are not what the records say, byte by byte."""
    for name, content in expected.items():
        try:
            found = (folder / name).read_bytes()
        except OSError as error:
            yield FileFault(file=name, text=f"cannot be read: {error.strerror or error}")
            continue
        if found == content:
            continue
        if found.replace(b"\r\n", b"\n") == content:
            yield FileFault(file=name, text="its lines end in CR LF, expected LF alone")
        else:
            yield from _differing(name, _lines(found), _lines(content))


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "backslashreplace").split("\n")


def _differing(name: str, found: Sequence[str], expected: Sequence[str]) -> Iterator[FileFault]:
    """Yield the lines that are not as expected, once what is equal at both ends is left out."""
    start = _shared(found, expected)
    end = _shared(found[start:][::-1], expected[start:][::-1])
    pairs = zip_longest(found[start : len(found) - end], expected[start : len(expected) - end])
    for line, (one, two) in enumerate(pairs, start + 1):
        if one is None or two is None:
            text = f"is missing: {_cut(two or '')}" if one is None else f"is one too many: {_cut(one)}"
            yield FileFault(file=name, line=line, text=text)
        elif one != two:
            yield FileFault(file=name, line=line, text=_unlike(name, expected[0], one, two))


def _shared(one: Sequence[str], two: Sequence[str]) -> int:
    """Return how many lines are the same at the beginning of both."""
    unlike = (number for number, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1])
    return next(unlike, min(len(one), len(two)))


def _unlike(name: str, head: str, one: str, two: str) -> str:
    """Return what stands in a line, and what the records say: in the cells that differ, if these match."""
    heads, ones, twos = (_cells(name, line) for line in (head, one, two))
    differing = [number for number, pair in enumerate(zip(ones, twos, strict=False)) if pair[0] != pair[1]]
    if len(ones) != len(twos) or not differing:
        return f"stands {_cut(one)}, the records say {_cut(two)}"
    is_csv = name.endswith(".csv") and len(heads) == len(ones)
    said = [
        f"{heads[number] + ' ' if is_csv else ''}stands {_cut(ones[number])}, the records say "
        f"{_cut(twos[number])}"
        for number in differing
    ]
    return "; ".join(said)


def _cells(name: str, line: str) -> list[str]:
    if name.endswith(".csv"):
        with contextlib.suppress(csv.Error):  # a field that is longer than any of ours
            return next(csv.reader([line]), [])
    return [cell.strip() for cell in line.split("|")]


def _cut(text: str) -> str:
    """Return a text as a reader finds it in the file, its end cut off where it is long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…") if text else "nothing"
