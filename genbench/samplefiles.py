"""Samples as files: npy for arrays, JSON Lines for strings and table rows; never a pickle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.samples import Samples, plain_row
from genbench.spaces import DTYPES, Space

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_array", "read_samples", "write_samples"]


def write_samples(folder: Path, samples: Samples) -> None:
    """Write samples, their space and their labels into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "space.json").write_text(json.dumps(samples.space.to_json()), encoding="ascii")
    if isinstance(samples.data, np.ndarray):
        np.save(folder / "data.npy", samples.data, allow_pickle=False)
    else:
        rows = samples.data if isinstance(samples.data, tuple) else map(plain_row, _tuples(samples.data))
        text = "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows)
        (folder / "data.jsonl").write_text(text, encoding="ascii")
    if samples.labels is not None:
        np.save(folder / "labels.npy", samples.labels, allow_pickle=False)


def read_samples(folder: Path) -> Samples:
    """Return the samples that `write_samples` wrote; arrays are mapped from disk and read-only."""
    space = Space.from_json(json.loads((folder / "space.json").read_bytes()))
    labels = read_array(folder / "labels.npy") if (folder / "labels.npy").exists() else None
    if space.kind in DTYPES:
        return Samples(read_array(folder / "data.npy"), space, labels)
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text(encoding="ascii").splitlines()]
    if space.kind != "table":
        return Samples(tuple(rows), space, labels)
    import pandas as pd

    frame = pd.DataFrame(rows, columns=[name for name, _ in space.columns], dtype=object)
    return Samples(frame.astype(dict(space.columns)), space, labels)


def read_array(path: Path) -> NDArray[Any]:
    """Return the array in an npy file, mapped from disk and read-only."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    array: NDArray[Any] = mapped.view(np.ndarray)
    return array


def _tuples(frame: Any) -> Any:
    return frame.itertuples(index=False, name=None)
