"""Clouds in numpy's .npy and .npz files, read without unpickling."""

from __future__ import annotations

import io
import itertools
import math
import zipfile
import zlib
from typing import Any

import numpy as np

from genbench import DataError, array_heads

__all__ = ["from_npy", "from_npz", "recognizes_clouds"]

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_CLOUDS = ("clouds", "points", "arr_0")
_SET_AXES, _CLOUD_AXES = 3, 2
_DIMENSIONS = ((2,), (3,))
_MOST_BYTES = 4 * 2**30  # of an array, packed or not


def from_npy(content: bytes, name: str) -> tuple[list[Any], Any]:
    """Return the clouds in a .npy file, and no labels.

    An array (n, points, d) is n clouds, an array (points, d) one. Raises DataError, naming the file.
    """
    return _split_clouds(_array(content, name), None, name), None


def from_npz(content: bytes, name: str) -> tuple[list[Any], Any]:
    """Return the clouds in a .npz file, and the labels in its array `labels`, or None.

    The clouds are in the first of the arrays `clouds`, `points` and `arr_0`: (n, points, d), or (total, d)
    with `offsets`, (n + 1,) integers, where cloud i is rows offsets[i] to offsets[i + 1]. Raises DataError,
    naming the file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
            if len(members) < len(archive.infolist()):
                raise DataError(f"{name} holds an array twice; expected each name once")
            chosen = next((array for array in _CLOUDS if array in members), None)
            if chosen is None:
                raise DataError(f"{name} holds {sorted(members)}; expected one of {', '.join(_CLOUDS)}")
            wanted = [key for key in (chosen, "offsets", "labels") if key in members]
            if any(members[key].file_size > _MOST_BYTES for key in wanted):
                raise DataError(f"{name} claims an array above {_MOST_BYTES / 2**30:.0f} GiB; split it")
            arrays = {key: _array(archive.read(members[key]), f"{name}: {key}") for key in wanted}
    except (OSError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{name} is no whole .npz file: {error}; write it with numpy.savez") from error
    return _split_clouds(arrays[chosen], arrays.get("offsets"), name), arrays.get("labels")


def recognizes_clouds(head: bytes, suffix: str) -> bool | None:
    """Return whether a numpy file begins with an array of clouds, or None where it may be of something else.

    An array (n, points, 2 or 3) is clouds, unless it is of bytes, as pictures are; an array (points, 2 or 3)
    may be vectors. An .npz file says it by the name of the array, or by `offsets`.
    """
    heads = array_heads(head, suffix)
    name = next((name for name in _CLOUDS if name in heads), None) if suffix == ".npz" else ""
    if name is None:  # the array may come later
        return None if heads and heads.keys() <= {"labels", "offsets"} else False
    if name in _CLOUDS[:-1]:
        return True
    array = heads[name]
    is_set = array is not None and array.dtype.kind in "fiu" and array.shape[-1:] in _DIMENSIONS
    if array is None or not is_set or len(array.shape) not in (_SET_AXES, _CLOUD_AXES):
        return False
    is_sure = (len(array.shape) == _SET_AXES or "offsets" in heads) and array.dtype != np.uint8
    return is_sure or None


def _array(content: bytes, name: str) -> Any:
    """Return the array of an npy file."""
    stream = io.BytesIO(content)
    try:
        shape, by_column, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
    except Exception as error:  # numpy evaluates the header as a literal, which can raise many types
        raise DataError(f"{name} has no npy header of version 1 or 2; write it with numpy.save") from error
    if dtype.kind not in "fiu":
        raise DataError(f"{name} holds {dtype}; expected numbers, which are read without unpickling")
    held = len(content) - stream.tell()
    if any(side < 0 for side in shape) or math.prod(shape) * dtype.itemsize != held:
        raise DataError(f"{name} holds {held} bytes, and its header says shape {shape}; make it again")
    array = np.frombuffer(content, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if by_column else "C")


def _split_clouds(array: Any, offsets: Any, name: str) -> list[Any]:
    """Return the clouds of an array."""
    if offsets is not None:
        is_sound = array.ndim == _CLOUD_AXES and offsets.ndim == 1 and offsets.dtype.kind in "iu"
        ends = offsets.tolist() if is_sound else []
        if not ends or ends[0] != 0 or ends[-1] != len(array) or ends != sorted(ends):
            raise DataError(f"{name}: offsets do not divide points of shape {array.shape}; expected integers "
                            f"that rise from 0 to {len(array)}")  # fmt: skip
        return [array[start:end] for start, end in itertools.pairwise(ends)]
    if array.ndim == _CLOUD_AXES:
        return [array]
    if array.ndim == _SET_AXES:
        return list(array)
    raise DataError(f"{name} holds an array of shape {array.shape}; expected (n, points, 2 or 3)")
