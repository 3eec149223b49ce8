"""Shapes and types of the arrays at the beginning of a .npy or .npz file."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ArrayHead", "array_heads"]

_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_LONGEST_HEADER_BYTES = 2**14  # of an array; numpy refuses longer ones than 10,000 characters

# PKWARE's APPNOTE.TXT 6.3.9, sections 4.3.7 (the local header of a member) and 4.5.3 (its sizes above 4 GiB)
_MEMBER = struct.Struct("<4s2xHH8xIIHH")
_MAGIC = b"PK\x03\x04"
_SIZES_FOLLOW = 1 << 3
_STORED, _DEFLATED = 0, 8
_LARGE = 0xFFFFFFFF  # numpy writes it for every member, with the size in an extra field
_LARGE_SIZES = struct.Struct("<HH8xQ")
_ZIP64 = 1


class ArrayHead(NamedTuple):
    """The shape and the type of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def array_heads(head: bytes, suffix: str) -> Mapping[str, ArrayHead | None]:
    """Return shape and dtype of each array at the beginning of a file, by name; "" in a .npy file.

    head    the first bytes of a file
    suffix  ".npy" or ".npz"

    An array is None if its header is damaged or not within `head`; arrays after `head` are left out. No data
    are read, and nothing is unpickled.
    """
    if suffix == ".npy":
        return {"": _read_array_head(head)}
    return {name.removesuffix(".npy"): _read_array_head(content) for name, content in _list_members(head)}


def _read_array_head(content: bytes) -> ArrayHead | None:
    """Return shape and type from the first bytes of an array; None if its header is damaged or cut."""
    stream = io.BytesIO(content)
    try:  # the magic bytes give the version of the format, and leave the stream at the header
        shape, _, dtype = _READERS[np.lib.format.read_magic(stream)](stream)
    except Exception:  # numpy evaluates the header as a literal, which can raise many types
        return None
    return ArrayHead(shape, dtype)


def _list_members(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the first 16 KiB, or less, of each member of a zip file that begins within `head`.

    The bytes are decompressed. A member without a size is the last one, since the next cannot be found.
    """
    at = 0  # where the local header of a member begins; the name, extra fields and content follow it
    while len(head) >= at + _MEMBER.size:
        magic, flags, method, packed, _, name_bytes, extra_bytes = _MEMBER.unpack_from(head, at)
        start = at + _MEMBER.size + name_bytes
        if magic != _MAGIC or len(head) < start + extra_bytes:
            return
        name = head[start - name_bytes : start].decode("utf-8", "replace")
        extra = head[start : start + extra_bytes]
        start += extra_bytes
        yield name, _unpack(head[start : start + _LONGEST_HEADER_BYTES], method)
        at = start + _packed_bytes(packed, extra)
        if flags & _SIZES_FOLLOW:  # the size is behind the content, so the next member cannot be found
            return


def _packed_bytes(packed: int, extra: bytes) -> int:
    """Return how many bytes the compressed content of a member takes.

    packed  the size in its header, or `_LARGE` if the size is in the first of its `extra` fields
    """
    if packed != _LARGE or len(extra) < _LARGE_SIZES.size:
        return int(packed)
    kind, _, size = _LARGE_SIZES.unpack_from(extra)
    return int(size) if kind == _ZIP64 else int(packed)


def _unpack(content: bytes, method: int) -> bytes:
    """Return the first 16 KiB, or less, of a zip member, decompressed; b"" if that is impossible.

    method  of compression, by its number in the header
    """
    if method == _STORED:
        return content
    if method != _DEFLATED:
        return b""
    try:  # MAX_WBITS is negative for a raw stream, since members of a zip file have no header of zlib
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, _LONGEST_HEADER_BYTES)
    except zlib.error:
        return b""
