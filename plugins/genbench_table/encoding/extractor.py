"""Extractor `table-encoder`: rows as numbers, by the ranges and categories of the training table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genbench import DataError
from genbench_table.encoding.encoding import Encoding, fit_encoding

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["TableEncoder", "load", "table_encoder"]

_FILE = "encoding.json"


@dataclass(frozen=True)
class TableEncoder:
    """A fitted encoder."""

    encoding: Encoding

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32."""
        return {"features": self.encoding.encode(samples).astype(np.float32)}

    def save(self, folder: Path) -> None:
        """Write the encoding into a folder."""
        (folder / _FILE).write_text(json.dumps(self.encoding.to_json()), encoding="utf-8")


def table_encoder(train: Samples) -> TableEncoder:
    """Return the encoder of a table: numbers and dates scaled to its range, categories one-hot."""
    return TableEncoder(fit_encoding(train))


def load(folder: Path) -> TableEncoder:
    """Return the encoder that `save` wrote; raise DataError if it cannot be read."""
    try:
        return TableEncoder(Encoding.from_json(json.loads((folder / _FILE).read_bytes())))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DataError(
            f"the stored table-encoder cannot be read: {type(error).__name__}: {error}; run the command again"
        ) from error
