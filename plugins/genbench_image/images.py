"""One image file as an array: what is decoded, how, and what is refused."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from genbench import DataError
from genbench_image.reasons import why

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["FORMATS", "MOST_FILE_BYTES", "decode"]

FORMATS = ("PNG", "JPEG", "WEBP")

#: Pillow's MAX_IMAGE_PIXELS take 256 MiB uncompressed: a larger file is hardly an image that it would decode.
MOST_FILE_BYTES = 256 * 2**20

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTH = 24  # the byte that holds the bits a channel, in the header chunk that comes first
_DEEP = b"\x10"  # 16 bits

#: Pillow's mode to the mode of the array. All else (CMYK, 16 bits, Lab, floats) is refused.
_MODES = {"1": "L", "L": "L", "LA": "L", "P": "RGB", "PA": "RGB", "RGB": "RGB", "RGBA": "RGB"}


def decode(path: Path, name: str, mode: str = "auto") -> NDArray[np.uint8]:
    """Return the image in the file `path` as (height, width, channels) uint8, turned as its EXIF data say.

    With `mode` "auto" a grey file has 1 channel and a coloured or palette file 3; "L" and "RGB" convert
    (grey by the luma of ITU-R BT.601, as Pillow does). Colour profiles are not applied.

    Raises DataError, calling the file `name`, if it has more than MOST_FILE_BYTES, is no whole PNG, JPEG or
    WebP image, has more pixels than Pillow's MAX_IMAGE_PIXELS, several frames, transparent pixels, 16 bits a
    channel or another mode.
    """
    data = _bytes(path, name)
    _check_png(data, name)
    image = _open(data, name)
    if image.mode not in _MODES:
        raise DataError(
            f"{name} has the mode {image.mode}; expected grey, palette or RGB with 8 bits a channel"
        )
    target = _MODES[image.mode] if mode == "auto" else mode
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            raise DataError(f"{name} has transparent pixels; flatten it onto a background first")
        image = image.convert("RGB")
    pixels = np.asarray(image if image.mode == target else image.convert(target))
    return pixels.reshape(*pixels.shape[:2], -1)


def _bytes(path: Path, name: str) -> bytes:
    """Return what the file holds, if its size allows that it is read."""
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise DataError(
                f"{name} has {size} bytes; an image file may have {MOST_FILE_BYTES}; "
                f"replace it or move it out of the folder"
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{name} cannot be read: {why(error)}") from error


def _open(data: bytes, name: str) -> Image.Image:
    """Return the decoded image."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            frames = getattr(image, "n_frames", 1)
            if frames == 1:
                image.load()
                image = ImageOps.exif_transpose(image)
    except UnidentifiedImageError as error:  # its text holds an address of memory
        what = "is empty" if not data else f"is no {', '.join(FORMATS)} image"
        raise DataError(f"{name} {what}; replace it or move it out of the folder") from error
    except Exception as error:  # a broken file makes Pillow raise anything, SyntaxError included
        raise DataError(f"{name} cannot be decoded: {why(error)}; replace it") from error
    if frames != 1:
        raise DataError(f"{name} holds {frames} frames; expected one; save the frame you mean")
    return image


def _check_png(data: bytes, name: str) -> None:
    """Refuse what Pillow takes without a word: a PNG file without its end, or with 16 bits a channel."""
    if not data.startswith(_PNG_START):
        return
    at = len(_PNG_START)
    while data[at + 4 : at + 8] != b"IEND":
        if at + 12 > len(data):
            raise DataError(f"{name} is truncated: it has no end; replace it")
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    if len(data) < at + 12:
        raise DataError(f"{name} is truncated: its end is cut; replace it")
    if data[_PNG_DEPTH : _PNG_DEPTH + 1] == _DEEP:
        raise DataError(f"{name} has 16 bits a channel; convert it to 8 bits first")
