"""Vertices of PLY files, in ASCII and in both binary forms."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - annotations of a dataclass

from genbench import DataError
from genbench_points.datasets.text_clouds import decode_text, rows_of

__all__ = ["from_ply", "ply_has_faces"]

_HEADER = re.compile(rb"ply\r?\n(.*?)end_header\r?\n", re.DOTALL)
_FACES = re.compile(rb"^element[ \t]+face[ \t]+0*[1-9]", re.MULTILINE)
_LONGEST_HEADER = 2**16  # bytes; headers have some hundred, and a file without an end is read no further

#: The byte order of each format, None for text.
_FORMATS = {"ascii": None, "binary_little_endian": "<", "binary_big_endian": ">"}
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_AXES = ("x", "y", "z")


@dataclass(frozen=True)
class _Vertices:
    """What a header says: byte order, number of vertices and their properties with types."""

    order: str | None
    count: int
    properties: dict[str, str]


def from_ply(content: bytes, name: str) -> NDArray[np.float64]:
    """Return the properties x, y and z of the vertices of a .ply file, (n, 3) float64.

    Faces, normals and colours are left out. Raises DataError, naming the file, if it is damaged, or if the
    vertices are not its first element or have no x, y and z.
    """
    head = _HEADER.match(content[:_LONGEST_HEADER])
    if head is None:
        raise DataError(f"{name} has no header of a PLY file; expected the lines ply to end_header")
    held = _header(decode_text(head[1], name), name)
    body = content[head.end() :]
    return _from_text(held, body, name) if held.order is None else _from_bytes(held, body, name)


def ply_has_faces(head: bytes) -> bool:
    """Return whether the header of a .ply file, which begins with `head`, says that it has faces."""
    header = _HEADER.match(head[:_LONGEST_HEADER])
    return header is not None and _FACES.search(header[1]) is not None


def _header(text: str, name: str) -> _Vertices:
    lines = [
        line.split() for line in text.splitlines() if line.split()[:1] not in ([], ["comment"], ["obj_info"])
    ]
    form = lines[0][1] if lines and lines[0][0] == "format" and len(lines[0]) > 1 else ""
    if form not in _FORMATS:
        raise DataError(f"{name} has the format {form[:20]!r}; expected {', '.join(_FORMATS)}")
    elements = [number for number, line in enumerate(lines) if line[0] == "element"]
    first = lines[elements[0]] if elements else []
    if len(first) != 3 or first[1] != "vertex" or not (first[2].isascii() and first[2].isdigit()):  # noqa: PLR2004
        raise DataError(f"{name} does not begin with its vertices; expected the line element vertex N")
    own = lines[elements[0] + 1 : elements[1] if len(elements) > 1 else None]
    properties = {line[2]: line[1] for line in own if line[0] == "property" and len(line) == 3}  # noqa: PLR2004
    if len(properties) != len(own) or not set(_AXES) <= set(properties):
        raise DataError(f"{name} has vertices of {', '.join(properties) or 'nothing'}; expected x, y, z and "
                        f"single values")  # fmt: skip
    unknown = sorted(set(properties.values()) - set(_TYPES))
    if unknown:
        raise DataError(f"{name} has values of type {unknown[0][:20]}; expected one of {', '.join(_TYPES)}")
    return _Vertices(_FORMATS[form], int(first[2]), properties)


def _from_text(held: _Vertices, body: bytes, name: str) -> NDArray[np.float64]:
    lines = [line for line in decode_text(body, name).splitlines() if line.strip()]
    if len(lines) < held.count:
        raise DataError(f"{name} ends after {len(lines)} of {held.count} vertices; make it again")
    places = [list(held.properties).index(axis) for axis in _AXES]
    words = [line.split() for line in lines[: held.count]]
    short = next((number for number, row in enumerate(words, 1) if len(row) <= max(places)), None)
    if short is not None:
        raise DataError(f"{name}: vertex {short} has too few values; make it again")
    chosen = (" ".join(row[place] for place in places) for row in words)
    return rows_of(enumerate(chosen, 1), f"{name} after its header")


def _from_bytes(held: _Vertices, body: bytes, name: str) -> NDArray[np.float64]:
    row = np.dtype([(key, f"{held.order}{_TYPES[kind]}") for key, kind in held.properties.items()])
    if len(body) < held.count * row.itemsize:
        whole = len(body) // row.itemsize
        raise DataError(f"{name} ends after {whole} of {held.count} vertices; make it again")
    vertices = np.frombuffer(body, row, count=held.count)
    return np.stack([vertices[axis].astype(np.float64) for axis in _AXES], axis=1)
