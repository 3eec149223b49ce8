"""Texts from .txt, .jsonl and .csv files; docs/text.md lists the rules.

    .txt             lines, or paragraphs
    .jsonl .ndjson   one JSON string per line, or one object with a string in one field
    .csv             a column, named in the first row

Files must be UTF-8: other bytes are refused with their line, and nothing is replaced or left out.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import itertools
import json
import reprlib
from typing import TYPE_CHECKING, Literal

from genbench.core.errors import DataError
from genbench.core.escaping import escape_unprintable
from genbench.core.names import closest
from genbench.files.read import MOST_FILE_BYTES, read_head, read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["TEXT_ENDINGS", "list_fields", "read_texts"]

#: The suffixes of text files, in lower case.
TEXT_ENDINGS = (".csv", ".jsonl", ".ndjson", ".txt")
_EXPECTED = "; expected a file of texts"
# What a user can do about an error of `read_regular`, by its number: a pipe or a device has EINVAL.
_ADVICE = {errno.EFBIG: "; split it", errno.EISDIR: _EXPECTED, errno.EINVAL: _EXPECTED}


def read_texts(
    path: Path, *, field: str = "text", unit: Literal["lines", "paragraphs"] = "lines",
    ending: str | None = None, option: str = "`field`", keeps_blank: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    """Return the texts of a file, in order; () if there are none.

    field   the key of the text in JSON objects, or the column of a CSV file
    option  what messages call the option that sets `field`
    unit    what counts as a text in a .txt file; blank lines separate paragraphs
    ending  the suffix that decides how the file is read, such as ".txt" for a .smi file; None: its own suffix
    keeps_blank  whether a blank line of a .txt file, before the last full one, is an empty text

    Raises DataError, naming file and line, if the file cannot be read, has another suffix, is not UTF-8, or
    contains a value that is not a text.
    """
    ending = path.suffix.lower() if ending is None else ending
    name = escape_unprintable(path.name, keep="")
    if ending not in TEXT_ENDINGS:
        raise DataError(f"{name} is no file of texts; expected one that ends in {', '.join(TEXT_ENDINGS)}")
    if unit != "lines" and ending != ".txt":
        raise DataError(f"{name} has no {unit}, which only .txt files have; leave the option unit out")
    content = _decode_utf8(_read_bytes(path, name), name)
    if ending == ".txt":
        lines = [line.removesuffix("\r") for line in content.split("\n")]
        if unit == "paragraphs":
            return tuple(_join_paragraphs(lines))
        return tuple(_select_lines(lines, keeps_blank=keeps_blank))
    read = _read_csv_column if ending == ".csv" else _read_json_lines
    return tuple(read(content, field, name, option))


def list_fields(path: Path) -> tuple[str, ...]:
    """Return the columns of a CSV file, or the keys in the first line of JSON Lines.

    Returns () for another file. So it does for a file that cannot be read: `read_texts` raises an
    error that tells why.
    """
    ending = path.suffix.lower()
    try:
        head = read_head(path).removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
        first_line = head.partition("\n")[0].rstrip("\r")
        if ending == ".csv":
            return tuple(next(csv.reader([first_line]), ()))
        value = json.loads(first_line) if ending in (".jsonl", ".ndjson") else None
    except (OSError, ValueError, RecursionError, csv.Error):
        return ()
    return tuple(value) if isinstance(value, dict) else ()


def _read_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a file; raise DataError if it is not regular, or is too large.

    name  of the file, for messages
    """
    try:
        return read_regular(path, MOST_FILE_BYTES)
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "")  # an OSError may have no number
        raise DataError(f"{name} cannot be read: {error.strerror}{advice}") from error


def _decode_utf8(content: bytes, name: str) -> str:
    """Return bytes as a text without a leading byte order mark.

    Raises DataError, with the line, for bytes that are not UTF-8, and for NUL characters.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = error.start - content.rfind(b"\n", 0, error.start) - 1
        raise DataError(
            f"{name}, line {line} is not UTF-8: {error.reason} at byte {byte}; save the file as UTF-8"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"{name}, line {line} holds a NUL, as UTF-16 and binary files do; expected UTF-8")
    return text


def _select_lines(lines: list[str], *, keeps_blank: bool) -> Iterator[str]:
    """Yield the lines that are texts, in order: those with more than white space.

    keeps_blank  whether a blank line is a text too, "", if a line that is not blank follows
    """
    last = max((number for number, line in enumerate(lines) if line.strip()), default=-1)
    texts = (line if line.strip() else "" for line in lines[: last + 1])
    return (text for text in texts if text or keeps_blank)


def _join_paragraphs(lines: list[str]) -> Iterator[str]:
    """Yield the paragraphs: lines between blank ones, joined by line feeds."""
    # Runs of lines that are all full or all blank.
    runs = itertools.groupby(lines, key=lambda line: bool(line.strip()))
    return ("\n".join(run) for is_full, run in runs if is_full)


def _read_json_lines(content: str, field: str, name: str, option: str) -> Iterator[str]:
    """Yield the text of each line; only line feeds end lines, since strings may contain other separators."""
    lines = content.split("\n")
    if lines[-1] == "":  # behind the last line feed
        lines.pop()
    return (
        _read_json_text(line, field, f"{name}, line {number}", option) for number, line in enumerate(lines, 1)
    )


def _read_json_text(line: str, field: str, where: str, option: str) -> str:
    """Return the text in a line of JSON: the string itself, or the string at `field` of an object.

    where   file and line, for messages
    option  what messages call the option that sets `field`

    Raises DataError if there is no such text.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} is not JSON: {error}; expected a string or an object a line") from error
    if isinstance(value, dict):
        if field not in value:
            raise _absent_error(f"{where} has no field {field!r}", field, sorted(value), option)
        value = value[field]
    if not isinstance(value, str):
        raise DataError(
            f"{where} holds {type(value).__name__}; expected a string, or an object with {field!r}"
        )
    return _check_encodable(value, where)


def _absent_error(problem: str, field: str, names: list[str], option: str) -> DataError:
    """Return the error for a missing field or column: the problem, the existing names, and the option."""
    near = closest(field, names)
    choice = f"{near!r}" if near else "one of them"
    return DataError(f"{problem}, it has {reprlib.repr(names)}; set {option} to {choice}")


def _check_encodable(text: str, where: str) -> str:
    """Return the text; raise DataError if UTF-8 cannot encode it, as JSON can contain lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"{where} holds {text[error.start]!r} alone, half of a surrogate pair and no character; "
            f"fix the program that wrote it"
        ) from error
    return text


def _read_csv_column(content: str, field: str, name: str, option: str) -> Iterator[str]:
    """Yield the cells of the column `field` below the first row; blank lines are skipped.

    option  what messages call the option that sets `field`

    Raises DataError if there is not exactly one such column, if a row has more or fewer cells than the first,
    or if a cell is empty.
    """
    rows = iter(_read_csv_rows(content, name))
    line, head = next(rows, (0, [field]))  # an empty file has no texts, and is no error
    if field not in head:
        raise _absent_error(f"{name}, line {line} has no column {field!r}", field, head, option)
    if head.count(field) > 1:
        raise DataError(f"{name}, line {line} names column {field!r} twice; expected different names")
    column = head.index(field)
    for line, row in rows:
        if len(row) != len(head):
            raise DataError(
                f"{name}, line {line} has {len(row)} cells; expected {len(head)}, as in the first row"
            )
        if not row[column]:
            raise DataError(
                f"{name}, line {line} has nothing in column {field!r}: an empty text and a missing one look "
                f"alike in CSV; take the row out, or write JSON Lines"
            )
        yield row[column]


def _read_csv_rows(content: str, name: str) -> list[tuple[int, list[str]]]:
    """Return the rows that have cells, each as (number of its first line, cells).

    Raises DataError if the content is not CSV.
    """
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    # By default, cells have at most 131,072 characters; this is a global setting, restored below.
    before = csv.field_size_limit(max(1, len(content)))
    rows, line = [], 1
    try:
        for row in reader:
            if row:
                rows.append((line, row))
            line = reader.line_num + 1  # where the next row begins; cells in quotes may contain line feeds
    except csv.Error as error:
        raise DataError(
            f"{name}, line {line} is not CSV: {error}; expected cells in closed quotes"
        ) from error
    finally:
        csv.field_size_limit(before)
    return rows
