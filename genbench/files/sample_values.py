"""Samples as JSON-like values, for a few samples in a sealed file.

The values are untrusted input, like sample files: each is compared with the others before samples are made
of them.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged
from genbench.core.errors import DataError, Invalid
from genbench.core.frames import frame_of, plain_row
from genbench.core.samples import Samples
from genbench.core.spaces import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["samples_of", "values_of"]

_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64",
)  # fmt: skip


def values_of(samples: Samples) -> dict[str, Any]:
    """Return samples, their space and their labels as JSON-like values.

    Arrays are base64 of their little-endian bytes, so equal samples give equal values on every machine.
    """
    data = samples.data
    body: dict[str, Any] = {"space": samples.space.to_json()}
    if samples.labels is not None:
        body["labels"] = [int(label) for label in samples.labels]
    if isinstance(data, Ragged):
        first, last = (int(data.offsets[end]) for end in (0, -1))
        offsets = [int(offset) - first for offset in data.offsets]
        return body | {"offsets": offsets, "array": _array_values(data.values[first:last])}
    if isinstance(data, np.ndarray):
        return body | {"array": _array_values(data)}
    if isinstance(data, tuple):
        return body | {"strings": list(data)}
    return body | {"rows": [plain_row(row) for row in data.itertuples(index=False, name=None)]}


def samples_of(values: Mapping[str, Any]) -> Samples:
    """Return the samples that `values_of` gave.

    Raises DataError if the values do not fit one another. `Modality.admit` checks everything else.
    """
    try:
        space = Space.from_json(values["space"])
        data = _data(values, space)
        labels = None if values.get("labels") is None else np.array(values["labels"])
        if labels is not None and len(labels) == 0:
            labels = labels.astype(np.int64)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, Invalid) as error:
        raise DataError(f"it holds no samples: {error}") from error
    if labels is not None and (labels.dtype != np.int64 or labels.shape != (len(data),)):
        raise DataError(f"it holds no samples: {labels.dtype} labels of shape {labels.shape} for {len(data)}")
    return Samples(data, space, labels)


def _array_values(array: NDArray[Any]) -> dict[str, Any]:
    content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "base64": base64.b64encode(content).decode("ascii"),
    }


def _data(values: Mapping[str, Any], space: Space) -> Any:
    if "strings" in values:
        return tuple(_checked(item, str) for item in values["strings"])
    if "rows" in values:
        columns = space.get("columns") or ()
        rows = [_checked(row, list) for row in values["rows"]]
        if any(len(row) != len(columns) for row in rows):
            raise ValueError(f"a row has not {len(columns)} cells")
        return frame_of(rows, columns)
    array = _array(values["array"])
    if "offsets" not in values:
        return array
    data = Ragged(array, np.array(values["offsets"], dtype=np.int64))
    data.check()
    return data


def _array(values: Mapping[str, Any]) -> NDArray[Any]:
    shape = [_checked(side, int) for side in values["shape"]]
    if values["dtype"] not in _DTYPES or not shape or min(shape) < 0:
        raise ValueError(f"no array is {values['dtype']!r:.40} of shape {shape!r:.80}")
    dtype = np.dtype(values["dtype"]).newbyteorder("<")
    try:
        content = base64.b64decode(values["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from error
    return np.frombuffer(content, dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
