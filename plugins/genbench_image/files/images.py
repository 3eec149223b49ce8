"""Decoding of one image file into an array, with checks."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from genbench import DataError, read_regular
from genbench_image.files.limits import why

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["FORMATS", "MOST_FILE_BYTES", "PNG_START", "check_end", "decode"]

PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = slice(12, 16)  # the name of the first chunk

_JPEG_START = b"\xff\xd8"

_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"


FORMATS = ("PNG", "JPEG", "WEBP")

#: Pillow's MAX_IMAGE_PIXELS take 256 MiB uncompressed; Pillow would not decode a larger file.
MOST_FILE_BYTES = 256 * 2**20

#: Pillow's mode to the mode of the array. All else (Lab, floats, 32 bits, …) is refused.
_MODES = {"1": "L", "L": "L", "LA": "L", "P": "RGB", "PA": "RGB", "RGB": "RGB", "RGBA": "RGB", "CMYK": "RGB"}

_PNG_DEPTH, _PNG_COLOUR = 24, 25  # offsets of the bit depth and the colour type in a PNG file

_DEEP_BITS = 16  # per channel; Pillow would cut them to 8

_COLOUR, _GREY_ALPHA, _COLOUR_ALPHA = 2, 4, 6  # colour types of the PNG specification

#: How Pillow unpacks the rows of a 16-bit PNG file, by colour type: the first of each two bytes, the second.
_HIGH_AND_LOW = {_COLOUR: ("RGB;16B", "RGB;16L"), _COLOUR_ALPHA: ("RGBA;16B", "RGBA;16L")}


def decode(path: Path, name: str, mode: str = "auto") -> NDArray[np.uint8]:
    """Return the image in the file `path` as (height, width, channels) uint8, rotated as its EXIF data say.

    With `mode` "auto" a grey file has 1 channel and any other 3; "L" and "RGB" convert (grey by the luma of
    ITU-R BT.601, as Pillow does). Palette indices become colours. Alpha is dropped, so colours of invisible
    pixels count. CMYK becomes RGB by (255 - K)(255 - C) / 255 and so on. 16-bit values v are rounded to
    v / 257. Colour profiles are not applied.

    Raises DataError, calling the file `name`, if it has more than MOST_FILE_BYTES, is not a complete PNG,
    JPEG or WebP image, has more pixels than Pillow's MAX_IMAGE_PIXELS, several frames or another mode.
    """
    data = _bytes(path, name)
    check_end(data, name)
    deep = data.startswith(PNG_START) and data[_PNG_DEPTH] == _DEEP_BITS
    image = _deep(data, name) if deep else _open(data, name)
    if image.mode not in _MODES:
        raise DataError(f"{name} has the mode {image.mode}; expected grey, palette, RGB or CMYK")
    if image.mode == "P":
        _check_palette(image, name)
    target = _MODES[image.mode] if mode == "auto" else mode
    image.info.pop("transparency", None)  # transparency by a colour or a table, not by a channel
    if image.mode == "CMYK":
        image = image.convert("RGB")
    pixels = np.asarray(image if image.mode == target else image.convert(target))
    return pixels.reshape(*pixels.shape[:2], -1)


def _check_palette(image: Image.Image, name: str) -> None:
    """Refuse indices outside of the palette, which Pillow makes black."""
    used, colours = int(np.asarray(image).max()) + 1, len(image.getpalette() or ()) // 3
    if used > colours:
        raise DataError(f"{name} uses colour {used} of a palette of {colours}; replace the file")


def _bytes(path: Path, name: str) -> bytes:
    """Return the content of the file; raise DataError if it is too large."""
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise DataError(
                f"{name} has {size} bytes; the limit for an image file is {MOST_FILE_BYTES}; "
                f"replace it or move it out of the folder"
            )
        return read_regular(path, MOST_FILE_BYTES)
    except OSError as error:
        raise DataError(
            f"{name} cannot be read: {why(error)}; replace it or move it out of the folder"
        ) from error


def _deep(data: bytes, name: str) -> Image.Image:
    """Return a PNG file of 16 bits a channel as a grey or RGB image of 8.

    Pillow keeps 16 bits only for grey without alpha; for the others, it decodes the two bytes separately.
    """
    colour = data[_PNG_COLOUR]
    if colour in _HIGH_AND_LOW:
        high, low = (np.asarray(_open(data, name, raw))[..., :3] for raw in _HIGH_AND_LOW[colour])
        return Image.fromarray(_eight_bits(high, low))
    if colour == _GREY_ALPHA:
        pairs = np.asarray(_open(data, name, "RGBA"))  # four bytes a pixel: two of grey, two of alpha
        return Image.fromarray(_eight_bits(pairs[..., 0], pairs[..., 1]))
    image = _open(data, name)
    if image.mode != "I;16":
        raise DataError(f"{name} cannot be decoded: it has two headers; replace it")
    whole = np.asarray(image)
    return Image.fromarray(_eight_bits(whole >> 8, whole & 0xFF))


def _eight_bits(high: NDArray[Any], low: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the nearest of 256 levels to v * 255 / 65535, which is v / 257 and never halfway between two."""
    value = (high.astype(np.uint32) << 8) | low
    levels: NDArray[np.uint8] = ((value + 128) // 257).astype(np.uint8)
    return levels


def _open(data: bytes, name: str, raw: str | None = None) -> Image.Image:
    """Return the decoded image; `raw` overrides the mode in which Pillow unpacks its rows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file = Image.open(io.BytesIO(data), formats=FORMATS)
            frames = getattr(file, "n_frames", 1)
            if frames == 1:
                if raw is not None and isinstance(file, ImageFile.ImageFile):
                    file.tile = [tile._replace(args=raw) for tile in file.tile]
                file.load()
                image = ImageOps.exif_transpose(file)
    except UnidentifiedImageError as error:  # its text contains a memory address
        what = "is empty" if not data else f"is no {', '.join(FORMATS)} image"
        raise DataError(f"{name} {what}; replace it or move it out of the folder") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = Image.MAX_IMAGE_PIXELS
        raise DataError(f"{name} has more than {most} pixels, Pillow's limit; shrink it") from error
    except Exception as error:  # Pillow raises many types for broken files, SyntaxError included
        raise DataError(f"{name} cannot be decoded: {why(error)}; replace it") from error
    if frames != 1:
        raise DataError(f"{name} holds {frames} frames; expected one; save a single frame")
    return image


# Detection of truncated image files, which Pillow fills in silently.


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
