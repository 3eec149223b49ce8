"""Dataset `npz`: images or feature vectors in a numpy file."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from genbench import Data, DataError, Samples, advise_images, array_heads, unchanging
from genbench_image.files.limits import check_ratio, why
from genbench_image.files.npy_files import BROKEN, map_array, read_array, read_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["npz", "recognizes_arrays"]

_ITEMS = ("images", "features", "arr_0")
_LABELS = ("labels", "arr_1")
_CHANNELS = (1, 3)
_GREY_AXES, _IMAGE_AXES, _VECTOR_AXES = 3, 4, 2
_POINT_AXES = (2, 3)  # the coordinates of a point in the plane or in space
_BLOCK_ROWS = 4096  # so that the check of a mapped file takes little memory
_BLOCK_BYTES = 1 << 22  # the rest of a member is read only for its checksum
_LOCAL_HEADER = struct.Struct(
    "<26xHH"
)  # of a member of a zip file; the last two are the lengths of name and extra field


def npz(*, path: Path) -> Data:
    """Return the samples in a .npz or .npy file.

    path  a .npy file, or a .npz file with the samples in `images`, `features` or `arr_0` (the first that
          exists) and, optionally, integer labels in `labels` or `arr_1`

    Images are uint8 (n, height, width, channels) with 1 or 3 channels, or (n, height, width); vectors are
    float32 or float64 (n, d). The header of each array is compared with a limit of 16 GiB and the size of the
    file before data are read, and the size of a compressed array with its decompressed one. Nothing is ever
    unpickled. An uncompressed array is memory-mapped from the file, which must not change meanwhile; a
    compressed one is in memory or, above 1 GiB, in an unnamed temporary file.
    Raises DataError, naming the file, for other files.
    """
    if path.exists() and not path.is_file():
        raise DataError(f"{path.name} is not a regular file; expected a .npz or .npy file")
    try:
        with unchanging(path):
            items, labels = _read_npy(path) if path.suffix.lower() == ".npy" else _read_npz(path)
            kind, data = _samples(items, path.name)
    except BROKEN as error:
        raise DataError(f"{path.name} cannot be read: {why(error)}; write it with numpy.savez") from error
    if labels is not None and (labels.shape != (len(data),) or labels.dtype.kind not in "iu"):
        raise DataError(
            f"{path.name} holds labels that are {labels.dtype} of shape {labels.shape}; expected integers of "
            f"shape ({len(data)},)"
        )
    return Data(Samples.of(kind, data, labels))


def recognizes_arrays(head: bytes, suffix: str) -> bool | None:
    """Return whether a numpy file begins with an array of images or vectors.

    True also for a damaged header, of which `npz` says what is wrong; None for numbers of another shape or
    type, of which it says what it expects; False for numbers (n, points, 2 or 3) that are no bytes, which are
    clouds of points, and for an .npz file without an array of the names that it reads.
    """
    heads = array_heads(head, suffix)
    if suffix == ".npz":
        if not heads.keys() & {*_ITEMS}:
            return heads.keys() <= {*_LABELS}
        if heads.keys() & {*_ITEMS[:-1]}:
            return True
    array = heads.get(_ITEMS[-1] if suffix == ".npz" else "")
    if array is None or _is_read(array.dtype, len(array.shape)):
        return True
    return False if len(array.shape) == _GREY_AXES and array.shape[-1] in _POINT_AXES else None


def _is_read(dtype: np.dtype[Any], axes: int) -> bool:
    """Return whether an array is one of images or vectors."""
    is_image = dtype == np.uint8 and axes in (_GREY_AXES, _IMAGE_AXES)
    return is_image or (_is_float(dtype) and axes == _VECTOR_AXES)


def _is_float(dtype: np.dtype[Any]) -> bool:
    return str(dtype.newbyteorder("=")) in ("float32", "float64")


def _read_npy(path: Path) -> tuple[NDArray[Any], None]:
    with path.open("rb") as stream:
        header = read_header(stream, path.name)
        header.check(path.stat().st_size - stream.tell(), path.name)
        return map_array(path, header, stream.tell()), None


def _read_npz(path: Path) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the array of samples, and that of labels or None."""
    with zipfile.ZipFile(path) as archive:
        held = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        if len(held) < len(archive.infolist()):
            raise DataError(f"{path.name} holds an array twice; expected each name once")
        items = next((name for name in _ITEMS if name in held), None)
        if items is None:
            raise DataError(f"{path.name} holds {sorted(held)}; expected one of {', '.join(_ITEMS)}")
        chosen = [items, *[name for name in _LABELS if name in held][:1]]
        arrays = [_member(path, archive, held[name], f"{path.name}: {name}") for name in chosen]
    return arrays[0], arrays[1] if len(arrays) > 1 else None


def _member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    """Return the array in a member of an archive, and verify its checksum."""
    if member.compress_type != zipfile.ZIP_STORED:
        packed = min(member.compress_size, path.stat().st_size)
        check_ratio(member.file_size, packed, name, "save it with numpy.savez, which does not compress")
    with archive.open(member) as opened:
        stream = cast("BinaryIO", opened)
        header = read_header(stream, name)
        start = stream.tell()
        header.check(member.file_size - start, name)
        if member.compress_type == zipfile.ZIP_STORED:
            offset = _offset(path, member) + start
            if offset % header.dtype.itemsize == 0:  # unaligned numbers would be slow
                while stream.read(_BLOCK_BYTES):
                    pass
                return map_array(path, header, offset)
        return read_array(stream, header, name)


def _offset(path: Path, member: zipfile.ZipInfo) -> int:
    """Return the offset of a member's content in the file, after the member's header."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    return member.header_offset + _LOCAL_HEADER.size + int(name_bytes) + int(extra_bytes)


def _samples(array: NDArray[Any], name: str) -> tuple[str, NDArray[Any]]:
    """Return the kind of space of `array`, and the array in its layout."""
    if array.size == 0:
        raise DataError(f"{name} holds an array of shape {array.shape}; expected at least one sample")
    if array.dtype == np.uint8 and array.ndim in (_GREY_AXES, _IMAGE_AXES):
        return "image", _images(array, name)
    if _is_float(array.dtype) and array.ndim == _VECTOR_AXES:
        starts = range(0, len(array), _BLOCK_ROWS)
        if not all(np.isfinite(array[start : start + _BLOCK_ROWS]).all() for start in starts):
            raise DataError(f"{name} holds values that are not finite; expected numbers only")
        return "vector", np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    advice = advise_images(array)
    raise DataError(
        f"{name} holds {array.dtype} of shape {array.shape}; expected uint8 images (n, height, width, "
        f"channels), or float32 vectors (n, d){advice and f'; for images, {advice}'}"
    )


def _images(array: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    if array.ndim == _GREY_AXES:
        array = array[..., None]
    if array.shape[3] not in _CHANNELS:
        remedy = "; use x.transpose(0, 2, 3, 1)" if array.shape[1] in _CHANNELS else ""
        raise DataError(
            f"{name} holds images of shape {array.shape}; expected (n, height, width, channels) with 1 or 3 "
            f"channels{remedy}"
        )
    return np.ascontiguousarray(array)
