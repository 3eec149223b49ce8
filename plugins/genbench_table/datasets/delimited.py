"""Rows of files with delimiters: CSV (RFC 4180) and TSV."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from genbench import DataError, no_log
from genbench_table.datasets.forms import NUMBER, form_of
from genbench_table.datasets.inference import infer_columns
from genbench_table.datasets.rows import BLOCK_ROWS, Block, check_width, list_names, show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Log
    from genbench_table.columns.values import Kind

    #: The numbers of the first lines of rows, and their cells by column.
    LinesWithColumns = tuple[list[int], Sequence[Sequence[str]]]

__all__ = ["CANDIDATES", "DelimitedRows", "open_delimited"]

CANDIDATES = (",", ";", "\t", "|")
_MOST_KEPT = 2**24  # bytes of a file whose rows stay in memory, where they take about ten times as many
_TRIED_ROWS = 20  # rows from which the delimiter is inferred, and by which quotes and signs are found
_NO_SIGNS = "_-./'\"`"  # of punctuation, what stands in words, paths and numbers, and quotes

#: The first bytes of files that are no text, and what to do with them.
_SIGNATURES = (
    (b"\x1f\x8b", "is a gzip; unpack it"),
    (b"PK\x03\x04", "is a zip archive, as .xlsx files are; save the table as CSV"),
    (b"PAR1", "is a Parquet file; give it the ending .parquet"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel file; save the table as CSV"),
)
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


@dataclass(frozen=True)
class DelimitedRows:
    """The rows below the first one of a file with delimiters.

    content   the bytes of the file
    encoding  of the bytes
    missing   texts that mean a gap; spaces around them do not count
    names     of the columns, in the first row
    start     the number of rows with cells, which is 1, before the first row of data
    """

    content: bytes
    file: str
    encoding: str
    delimiter: str
    missing: frozenset[str]
    names: tuple[str, ...]
    unit: str = "line"

    def blocks(self) -> Iterator[Block]:
        """Yield the rows, a block at a time; those of a small file are kept for the next time.

        Raises DataError for a row with more or fewer cells than the first, and for what is no CSV.
        """
        if len(self.content) <= _MOST_KEPT:
            return iter(self._kept)
        return self._read_blocks()

    @cached_property
    def _kept(self) -> list[Block]:
        """All blocks, for a file that is read twice: for the kinds of its columns, and for its cells."""
        return list(self._read_blocks())

    def _read_blocks(self) -> Iterator[Block]:
        """Yield the rows of the file, a block at a time."""
        blocks = self._split_plain_lines() or self._split_rows()
        for lines, columns in blocks:
            cells = {name: self._mark_gaps(column) for name, column in zip(self.names, columns, strict=True)}
            yield Block(lines, cells)

    def _split_rows(self) -> Iterator[LinesWithColumns]:
        """Yield the rows as columns, a block at a time; raise DataError for a row of another length."""
        rows = itertools.islice(_rows(self.content, self.file, self.encoding, self.delimiter), 1, None)
        while chunk := list(itertools.islice(rows, BLOCK_ROWS)):
            for line, row in chunk:
                if len(row) != len(self.names):
                    raise DataError(
                        f"{self.file}, line {line} has {len(row)} cells; expected {len(self.names)}, as in "
                        f"the first row, with the delimiter {self.delimiter!r}"
                    )
            yield [line for line, _ in chunk], list(zip(*(row for _, row in chunk), strict=True))

    def _split_plain_lines(self) -> Iterator[LinesWithColumns] | None:
        """Yield what `_split_rows` does, in a fifth of its time; None for a file that is not plain.

        A plain file is UTF-8 without quotes, and each line has as many cells as there are names, at least 2.
        """
        content, width = self.content.replace(b"\r\n", b"\n").removesuffix(b"\n") + b"\n", len(self.names)
        has_signs = any(sign in content for sign in (b'"', b"\0", b"\r"))
        if has_signs or width == 1 or self.encoding != "utf-8-sig" or not self.delimiter.isascii():
            return None
        characters = np.frombuffer(content, np.uint8)
        ends = np.flatnonzero(characters == ord("\n")) + 1
        between = np.searchsorted(np.flatnonzero(characters == ord(self.delimiter)), ends)
        if (np.diff(between, prepend=0) != width - 1).any() or not _is_utf8(content):
            return None
        return _split_at(content, ends, self.delimiter, width)

    def _mark_gaps(self, column: Sequence[str]) -> list[str | None]:
        """Return the cells of a column, None for those that mean a gap."""
        if self.missing.isdisjoint(map(str.strip, column)):  # a third faster than the loop: most have no gap
            return list(column)
        return [None if text.strip() in self.missing else text for text in column]

    @property
    def most(self) -> int:
        """How many rows it has at most: one a line."""
        return self.content.count(b"\n") + 1

    def kinds(self, known: Collection[str], *, log: Log = no_log) -> dict[str, Kind | None]:
        """Return the columns with their inferred kinds."""
        found = dict.fromkeys(self.names, None)
        return found | infer_columns(self, known, form_of, is_typed=False, log=log)


def _split_at(
    content: bytes, ends: NDArray[np.intp], delimiter: str, width: int
) -> Iterator[LinesWithColumns]:
    """Yield the lines of a plain file after the first as columns, a block at a time; each ends at `ends`."""
    for first in range(1, len(ends), BLOCK_ROWS):
        last = min(first + BLOCK_ROWS, len(ends))
        text = content[ends[first - 1] : ends[last - 1] - 1].decode()
        cells = text.replace("\n", delimiter).split(delimiter)
        yield list(range(first + 1, last + 1)), [cells[place::width] for place in range(width)]


def _is_utf8(content: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        content.decode()
        return True
    return False


def open_delimited(
    content: bytes, file: str, *, encoding: str, delimiter: str | None, missing: Collection[str]
) -> DelimitedRows:
    """Return the rows of a file with delimiters.

    delimiter  None: the one of , ; tab | by which the first 20 rows have the most cells, and equally many

    Raises DataError for an unknown encoding, bytes of another one or of UTF-8, no first row, a first row in
    which columns have no names or equal ones, the quote ', and another sign that seems to be the delimiter.
    """
    try:
        "".encode(encoding)
    except LookupError as error:
        raise DataError(
            f"the option encoding is {encoding!r}, which Python does not know; expected one such as "
            f"utf-8, latin-1, cp1252 or utf-16"
        ) from error
    other = next((advice for first, advice in _SIGNATURES if content.startswith(first)), None)
    if other is not None:
        raise DataError(f"{file} {other}")
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"  # a byte order mark is not part of the first name
        marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
        if marked is not None:
            raise DataError(f"{file} is {marked}, by its byte order mark; set the option {_encoding(marked)}")
    elif not codecs.lookup(encoding).name.startswith("utf"):
        _check_is_no_utf8(content, file, encoding)
    if delimiter is None:
        delimiter = _infer_delimiter(content, file, encoding)
        _check_has_no_other(content, file, encoding, delimiter)
    _, names = next(_rows(content, file, encoding, delimiter), (0, []))
    _check_names(names, file)
    _check_quotes(content, file, encoding, delimiter, missing)
    return DelimitedRows(content, file, encoding, delimiter, frozenset(missing), tuple(names))


def _encoding(name: str) -> str:
    """Return the option of an encoding for a message, of all files and of fakes alone."""
    return (
        f'encoding = "{name}", or save the file as UTF-8; for fakes alone, genbench score has '
        f"--reader 'table-file fake.encoding={name}', and the generator samples of a suite "
        f'reader_options = {{ encoding = "{name}" }}'
    )


def _check_is_no_utf8(content: bytes, file: str, encoding: str) -> None:
    """Raise DataError for letters in UTF-8 that an option says to be of another encoding.

    Letters of another encoding are hardly ever valid UTF-8, so the option is wrong for this file.
    """
    if content.isascii():
        return
    with contextlib.suppress(UnicodeDecodeError):
        content.decode("utf-8")
        raise DataError(
            f"{file} is UTF-8, and the option encoding says {encoding}; leave it out, or state it for the "
            f"other file alone: --reader 'table-file fake.encoding={encoding}', or real.encoding"
        )


def _infer_delimiter(content: bytes, file: str, encoding: str) -> str:
    """Return the delimiter that `open_delimited` describes; failing that, the one of most names."""
    merits = {}
    for candidate in CANDIDATES:
        counts = _cells(content, file, encoding, candidate)
        merits[candidate] = _parts(counts), counts[0]
    return max(merits, key=merits.__getitem__, default=",")


def _cells(content: bytes, file: str, encoding: str, delimiter: str) -> list[int]:
    """Return how many cells each of the first rows has by a delimiter; at most one number for no CSV."""
    counts = [0]
    with contextlib.suppress(csv.Error):
        rows = _csv_rows(content, file, encoding, delimiter)
        counts = [len(next(rows, (0, []))[1])]
        counts += [len(row) for _, row in itertools.islice(rows, _TRIED_ROWS)]
    return counts


def _parts(counts: Sequence[int]) -> bool:
    """Return whether rows have several cells, and equally many, and are more than the first one."""
    return len(counts) > 1 and counts[0] > 1 and len(set(counts)) == 1


def _check_has_no_other(content: bytes, file: str, encoding: str, delimiter: str) -> None:
    """Raise DataError for a file of one column whose first rows another sign parts into equally many."""
    names = next(_raw_rows(content, file, encoding, delimiter), [])
    signs = filter(_is_sign, dict.fromkeys(names[0])) if len(names) == 1 else ()
    sign = next((each for each in signs if _parts(_cells(content, file, encoding, each))), None)
    if sign is not None:
        value = json.dumps(sign, ensure_ascii=False)
        raise DataError(
            f"{file} has one column by the delimiters {list_names(CANDIDATES)}, and equally many "
            f"{show(sign)} in each of its first rows; set the option delimiter = {value}, or "
            f'delimiter = "," if it has one column; for fakes alone, genbench score has '
            f"--reader 'table-file fake.delimiter={value}', and the generator samples of a suite "
            f"reader_options = {{ delimiter = {value} }}"
        )


def _is_sign(character: str) -> bool:
    """Return whether a character may be a delimiter: a sign that is no quote and no part of a word."""
    category = unicodedata.category(character)
    is_quote = category in ("Pi", "Pf") or character in _NO_SIGNS
    return category[0] in "PS" and not is_quote


def _check_quotes(content: bytes, file: str, encoding: str, delimiter: str, missing: Collection[str]) -> None:
    """Raise DataError if all names, or the first cells of a column, begin and end with '.

    A cell in double quotes may: these count as part of it here.
    """
    names, *rows = _raw_rows(content, file, encoding, delimiter)
    columns = zip(*(row for row in rows if len(row) == len(names)), strict=True)
    values = [[cell for cell in column if cell and cell not in missing] for column in columns]
    if _are_quoted(names) or any(len(cells) > 1 and _are_quoted(cells) for cells in values):
        raise DataError(
            f"{file} uses ' as its quote; expected \"; write it again with double quotes, such as "
            f"pandas' to_csv"
        )


def _are_quoted(cells: Sequence[str]) -> bool:
    return all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)


def _raw_rows(content: bytes, file: str, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the first rows, whose cells keep their double quotes and lose the spaces around them."""
    rows = _csv_rows(content, file, encoding, delimiter, csv.QUOTE_NONE)
    return ([cell.strip() for cell in row] for _, row in itertools.islice(rows, 1 + _TRIED_ROWS))


def _check_names(names: list[str], file: str) -> None:
    if not names:
        raise DataError(f"{file} is empty; expected the names of columns in the first row, and rows below")
    check_width(len(names), file)
    repeated = next((name for name, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        raise DataError(
            f"{file}: two columns are named {show(repeated)}; expected different names in the first row"
        )
    if all(NUMBER.fullmatch(name.strip()) for name in names):
        raise DataError(
            f"{file}: the first row holds numbers; expected the names of columns; add a row of them"
        )


def _rows(content: bytes, file: str, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with cells, each with the number of its first line."""
    line = 1
    try:
        for line, row in _csv_rows(content, file, encoding, delimiter):
            yield line, row
    except csv.Error as error:
        raise DataError(
            f"{file}, in or after line {line}: this is no CSV: {error}; expected "
            f"cells as in RFC 4180, with quotes around cells that hold a quote, which is doubled within"
        ) from error


def _csv_rows(
    content: bytes, file: str, encoding: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> Iterator[tuple[int, list[str]]]:
    before = csv.field_size_limit(max(1, len(content)))  # a global setting, restored below
    reader = csv.reader(_lines(content, file, encoding), delimiter=delimiter, quoting=quoting, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(before)


def _lines(content: bytes, file: str, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends; raise DataError for other bytes and for a NUL."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    number = 0
    try:
        if b"\0" not in content:  # then no line has one: every encoding writes a NUL with a zero byte
            yield from stream
        for number, text in enumerate(stream, 1):
            if "\0" in text:
                raise DataError(
                    f"{file}, line {number} holds a NUL, as UTF-16 and binary files do; expected text; if it "
                    f"is UTF-16, set the option {_encoding('utf-16')}"
                )
            yield text
    except UnicodeError as error:
        raise DataError(
            f"{file}, line {_bad_line(content, encoding, number)} is not {encoding.removesuffix('-sig')}: "
            f"{getattr(error, 'reason', error)}; set the option encoding, for example {_encoding('latin-1')}"
        ) from error


def _bad_line(content: bytes, encoding: str, number: int) -> int:
    """Return the number of the first line that cannot be decoded; at least the one after `number`."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        with contextlib.suppress(UnicodeError):
            return content[: error.start].decode(encoding).count("\n") + 1
    return number + 1
