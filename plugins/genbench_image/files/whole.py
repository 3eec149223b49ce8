"""Detection of truncated image files, which Pillow fills in silently."""

from __future__ import annotations

from genbench import DataError

__all__ = ["PNG_START", "check_end"]

PNG_START = b"\x89PNG\r\n\x1a\n"

_PNG_HEADER = slice(12, 16)  # the name of the first chunk

_JPEG_START = b"\xff\xd8"
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"


def check_end(data: bytes, name: str) -> None:
    """Raise DataError, calling the file `name`, if `data` are a PNG or JPEG file without its end marker."""
    if data.startswith(PNG_START):
        _check_png(data, name)
    elif data.startswith(_JPEG_START):
        _check_jpeg(data, name)


def _check_png(data: bytes, name: str) -> None:
    """Refuse a PNG file without its first or its last chunk."""
    at = len(PNG_START)
    while data[at + 4 : at + 8] != b"IEND":
        if at + 12 > len(data):
            raise DataError(f"{name} is truncated: it has no end; replace it")
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    if len(data) < at + 12:
        raise DataError(f"{name} is truncated: its last chunk is incomplete; replace it")
    if data[_PNG_HEADER] != b"IHDR":
        raise DataError(f"{name} cannot be decoded: its header is missing; replace it")


def _check_jpeg(data: bytes, name: str) -> None:
    """Refuse a JPEG file without an end marker after its first scan.

    Any bytes may follow the end marker. It cannot occur within a scan: a byte 255 is followed there by 0 or
    by the number of a restart (ITU-T T.81, B.1.1.5). A thumbnail, with its own end marker, precedes the scan.
    """
    at = len(_JPEG_START)
    while data[at : at + 1] == b"\xff" and data[at : at + 2] != _JPEG_SCAN:
        filled = data[at + 1 : at + 2] == b"\xff"  # any number of bytes 255 may precede a marker
        at += 1 if filled else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if _JPEG_END not in data[at:]:
        raise DataError(f"{name} is truncated: it has no end; replace it")
