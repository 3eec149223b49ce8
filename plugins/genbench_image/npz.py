"""The data set `npz`: images or feature vectors in a numpy file."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from genbench import Data, DataError, Samples
from genbench_image.limits import read_claimed
from genbench_image.reasons import why

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["npz"]

_ITEMS = ("images", "features", "arr_0")
_LABELS = ("labels", "arr_1")
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_CHANNELS = (1, 3)
_GREY_AXES, _IMAGE_AXES, _VECTOR_AXES = 3, 4, 2
_TORN = (OSError, EOFError, zipfile.BadZipFile, zlib.error)
_BROKEN = (*_TORN, KeyError, RuntimeError, ValueError)


def npz(*, path: Path) -> Data:
    """Return the samples in a .npz or .npy file.

    path  a .npy file, or a .npz file whose array `images`, `features` or `arr_0` (the first of these that is
          there) holds the samples and whose `labels` or `arr_1`, if there, their integer labels

    Images are uint8 (n, height, width, channels) with 1 or 3 channels, or (n, height, width); vectors are
    float32 or float64 (n, d). The header of each array is held against a limit of 16 GiB and the size of the
    file before it is read; nothing is ever unpickled.
    Raises DataError, naming the file, for all else.
    """
    try:
        items, labels = _read_npy(path) if path.suffix.lower() == ".npy" else _read_npz(path)
    except _BROKEN as error:
        raise DataError(f"{path.name} cannot be read: {why(error)}; write it with numpy.savez") from error
    kind, data = _samples(items, path.name)
    if labels is not None and (labels.shape != (len(data),) or labels.dtype.kind not in "iu"):
        raise DataError(
            f"{path.name} holds labels that are {labels.dtype} of shape {labels.shape}; expected integers of "
            f"shape ({len(data)},)"
        )
    return Data(Samples.of(kind, data, labels))


def _read_npy(path: Path) -> tuple[NDArray[Any], None]:
    with path.open("rb") as stream:
        return _array(stream, path.stat().st_size, path.name), None


def _read_npz(path: Path) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the array of items and that of labels, if there is one."""
    with zipfile.ZipFile(path) as archive:
        held = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        items = next((name for name in _ITEMS if name in held), None)
        if items is None:
            raise DataError(f"{path.name} holds {sorted(held)}; expected one of {', '.join(_ITEMS)}")
        chosen = [items, *[name for name in _LABELS if name in held][:1]]
        arrays = []
        for name in chosen:
            with archive.open(held[name]) as stream:
                arrays.append(_array(cast("BinaryIO", stream), held[name].file_size, f"{path.name}: {name}"))
    return arrays[0], arrays[1] if len(arrays) > 1 else None


def _array(stream: BinaryIO, size: int, name: str) -> NDArray[Any]:
    """Return the array in an npy `stream` of `size` bytes, whose header must tell the truth."""
    try:
        shape, by_column, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
    except _TORN:
        raise
    except Exception as error:  # numpy evaluates the header as Python, which can raise much
        raise DataError(f"{name} has no npy header of version 1 or 2; write it with numpy.save") from error
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never unpickled; expected uint8 or float")
    data = read_claimed(stream, shape, dtype.itemsize, size, name)
    flat: NDArray[Any] = np.frombuffer(data, dtype)
    return flat.reshape(shape[::-1]).T if by_column else flat.reshape(shape)


def _samples(array: NDArray[Any], name: str) -> tuple[str, NDArray[Any]]:
    """Return the kind of space of `array` and the array in its form."""
    if array.size == 0:
        raise DataError(f"{name} holds an array of shape {array.shape}; expected at least one sample")
    if array.dtype == np.uint8 and array.ndim in (_GREY_AXES, _IMAGE_AXES):
        return "image", _images(array, name)
    if str(array.dtype.newbyteorder("=")) in ("float32", "float64") and array.ndim == _VECTOR_AXES:
        if not np.isfinite(array).all():
            raise DataError(f"{name} holds values that are not finite; expected numbers only")
        return "vector", np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    raise DataError(
        f"{name} holds {array.dtype} of shape {array.shape}; expected uint8 images (n, height, width, "
        f"channels), made from [0, 1] with (x * 255).round().astype('uint8'), or float32 vectors (n, d)"
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
