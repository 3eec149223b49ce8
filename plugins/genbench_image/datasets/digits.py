"""Dataset `digits`: 1,797 real handwritten digits of 8x8 grey pixels, with labels."""

from __future__ import annotations

import gzip
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from genbench import Data, DataError, Samples
from genbench_image.files.limits import why

__all__ = ["digits"]

_COUNT = 1797  # digits that scikit-learn ships
_SIDE = 8  # pixels of each
_GREATEST = 16  # pixels of the source count set dots in blocks of 4x4


def digits() -> Data:
    """Return scikit-learn's digits: images (1797, 8, 8, 1) uint8 in [0, 255] and labels in 0..9.

    The source has counts in [0, 16]; they become round(count * 255 / 16). Only scikit-learn's data file is
    read, because importing the package takes a second.
    Raises DataError if the file is missing or has other content.
    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), its test part, as
    shipped with scikit-learn.
    """
    path = _file()
    try:
        lines = gzip.decompress(path.read_bytes()).splitlines()
        table = np.array([line.split(b",") for line in lines], dtype=np.float64)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{path.name} of scikit-learn cannot be read: {why(error)}; reinstall it") from error
    expected = (_COUNT, _SIDE * _SIDE + 1)
    if table.shape != expected or table[:, :-1].min() < 0 or table[:, :-1].max() > _GREATEST:
        raise DataError(
            f"{path.name} of scikit-learn has shape {table.shape}; expected {expected} with counts in "
            f"[0, {_GREATEST}]; reinstall it"
        )
    pixels = (table[:, :-1] * 255 / _GREATEST).round().astype(np.uint8)
    images = pixels.reshape(_COUNT, _SIDE, _SIDE, 1)
    return Data(Samples.of("image", images, table[:, -1].astype(np.int64)))


def _file() -> Path:
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DataError(
            "digits is read from scikit-learn's data, which is not installed; pip install scikit-learn"
        )
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if not path.is_file():
        raise DataError(
            f"this scikit-learn has no datasets/data/{path.name}; pip install --force-reinstall scikit-learn"
        )
    return path
