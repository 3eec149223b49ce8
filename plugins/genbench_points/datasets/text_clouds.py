"""Clouds in the text formats XYZ and OFF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from genbench import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["decode_text", "from_off", "from_xyz", "off_has_faces", "rows_of"]

_DIMENSIONS = (2, 3)
_SHOWN = 20  # characters of a line in a message
_COUNTS = 3  # of vertices, faces and edges
_OFF_FACES = re.compile(r"(?:\s|#.*\n)*\w*OFF(?:\s|#.*\n)+\d+\s+0*[1-9]")


def from_xyz(content: bytes, name: str) -> NDArray[np.float64]:
    """Return the points of an .xyz file: 2 or more numbers a line, of which the first 3 count.

    White space, commas or semicolons separate numbers; blank lines and those that begin with # are left out.
    Raises DataError, naming the file and the line.
    """
    lines = decode_text(content, name).translate(str.maketrans(",;", "  ")).splitlines()
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#"]
    return rows_of(kept, name)


def from_off(content: bytes, name: str) -> NDArray[np.float64]:
    """Return the vertices of an .off file, faces left out; raise DataError, naming the file and the line.

    The first word is OFF, or one such as COFF; comments begin with #.
    """
    lines = [line.partition("#")[0] for line in decode_text(content, name).splitlines()]
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    first = kept[0][1].split() if kept else []
    if not first or not first[0].endswith("OFF"):
        raise DataError(f"{name} does not begin with OFF; expected a file in the Object File Format")
    counts, vertices = (first[1:], kept[1:]) if len(first) > 1 else (
        kept[1][1].split() if len(kept) > 1 else [], kept[2:]
    )  # fmt: skip
    if len(counts) != _COUNTS or not all(count.isascii() and count.isdigit() for count in counts):
        raise DataError(f"{name} does not say how many vertices, faces and edges it has; expected 3 numbers")
    if len(vertices) < int(counts[0]):
        raise DataError(f"{name} ends after {len(vertices)} of {counts[0]} vertices; make it again")
    return rows_of(vertices[: int(counts[0])], name)


def off_has_faces(head: bytes) -> bool:
    """Return whether an .off file, which begins with `head`, says that it has faces."""
    return _OFF_FACES.match(head.decode("utf-8-sig", "replace")) is not None


def decode_text(content: bytes, name: str) -> str:
    """Return the text of a file; raise DataError, naming it, unless it is UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is no text in UTF-8; expected numbers as text") from error


def rows_of(lines: Iterable[tuple[int, str]], name: str) -> NDArray[np.float64]:
    """Return the first 2 or 3 numbers of numbered lines, (n, d) float64; raise DataError, naming the line."""
    rows: list[list[float]] = []
    for number, line in lines:
        try:
            row = [float(word) for word in line.split()[: _DIMENSIONS[1]]]
        except ValueError:
            row = []
        if len(row) not in _DIMENSIONS or (rows and len(row) != len(rows[0])):
            wanted = len(rows[0]) if rows else "2 or 3"
            raise DataError(f"{name}: line {number} is {line.strip()[:_SHOWN]!r}; expected {wanted} numbers")
        rows.append(row)
    return np.array(rows, np.float64) if rows else np.empty((0, _DIMENSIONS[1]))
