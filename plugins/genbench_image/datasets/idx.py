"""Dataset `idx`: images and labels in the file format of MNIST."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from genbench import Data, DataError, Samples, unchanging
from genbench_image.datasets.official import HeldOut, official
from genbench_image.files.limits import MOST_BYTES, check_ratio, read_claimed, why

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["idx", "read_idx"]

_UNSIGNED_BYTE = 8  # the type code in the third byte of a file
_DEFLATE_RATIO = 1032  # maximum compression ratio of deflate (zlib's technical notes)


def idx(*, path: Path, held_out: HeldOut = "test-half") -> Data:
    """Return the images (n, height, width, 1) uint8 and labels of a folder of MNIST-format files.

    path      a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
              t10k-labels-idx1-ubyte, each optionally gzipped (.gz)
    held_out  "test-half": one half of t10k is the test split, the other is held out, label by label and by
              content; "none": t10k is the test split and nothing is held out

    The train files are the train split, whole.
    Raises DataError, naming the file, if one is missing, not an idx file, or longer or shorter than its
    header says. Format: LeCun, Cortes and Burges, The MNIST database.
    """
    if not path.is_dir():
        raise DataError(f"{path.name} is not a folder; idx takes the folder with train-images-idx3-ubyte.gz")
    return official({"train": _part(path, "train"), "test": _part(path, "t10k")}, held_out)


def read_idx(path: Path, axes: int) -> NDArray[np.uint8]:
    """Return the array of unsigned bytes with `axes` axes in the idx file `path`, gzipped or not.

    Raises DataError, naming the file, if the header is not that of such a file, claims more data than the
    file can have, or the data are longer or shorter than it says.
    """
    packed = path.suffix == ".gz"
    try:
        with unchanging(path), cast("BinaryIO", gzip.open(path)) if packed else path.open("rb") as stream:
            shape, size = _header(stream, axes, path.name), path.stat().st_size
            most = size * (_DEFLATE_RATIO if packed else 1)
            if packed and math.prod(shape) <= min(most, MOST_BYTES):
                check_ratio(math.prod(shape), size, path.name, "unpack it with gunzip")
            data = read_claimed(stream, shape, 1, most, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} cannot be read: {why(error)}; fetch it again") from error
    return np.frombuffer(data, np.uint8).reshape(shape)


def _part(folder: Path, name: str) -> Samples:
    images = read_idx(_find(folder, f"{name}-images-idx3-ubyte"), 3)
    file = _find(folder, f"{name}-labels-idx1-ubyte")
    labels = read_idx(file, 1)
    if len(labels) != len(images):
        raise DataError(f"{file.name} holds {len(labels)} labels for {len(images)} images; fetch both again")
    return Samples.of("image", images[..., None], labels)


def _find(folder: Path, name: str) -> Path:
    for file in (folder / name, folder / f"{name}.gz"):
        if file.is_file():
            return file
    raise DataError(f"{folder.name} holds neither {name} nor {name}.gz; idx needs four files")


def _header(stream: BinaryIO, axes: int, name: str) -> tuple[int, ...]:
    header = stream.read(4 * (1 + axes))
    if len(header) < 4 * (1 + axes) or header[:4] != bytes((0, 0, _UNSIGNED_BYTE, axes)):
        raise DataError(
            f"{name} is no idx file of unsigned bytes with {axes} axes: it starts with "
            f"{header[:4].hex() or 'nothing'}, expected 000008{axes:02x}"
        )
    shape = tuple(int.from_bytes(header[i : i + 4], "big") for i in range(4, len(header), 4))
    if math.prod(shape) == 0:
        raise DataError(f"{name} has the shape {shape} and is empty; expected at least one item")
    return shape
