"""Samples of one space, and operations on them: select, concatenate, hash, check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.canonical_json import canonical
from genbench.core.errors import Invalid
from genbench.core.spaces import DTYPES, Space

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "Data",
    "Samples",
    "check",
    "concat",
    "content_hash",
    "digests",
    "guarded",
    "locked",
    "not_finite",
    "plain_row",
]


def guarded(samples: Samples) -> Samples:
    """Return the samples for one component: arrays as read-only views, a table as a copy."""
    data, labels = samples.data, samples.labels
    if isinstance(data, np.ndarray):
        data = locked(data)
    elif not isinstance(data, tuple):
        data = data.copy()
    return Samples(data, samples.space, None if labels is None else locked(labels))


def locked(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view of an array."""
    view = array.view()
    view.flags.writeable = False
    return view


_BLOCK = 2**22  # values checked at a time, which limits memory
_CONVERT = {
    "image": "convert images in [0, 1] with (x * 255).round().clip(0, 255).astype('uint8')",
    "audio": "convert with x.astype('float32')",
    "points": "convert with x.astype('float32')",
    "vector": "convert with x.astype('float64')",
}


@dataclass(frozen=True, eq=False)
class Samples:
    """n items of one space.

    data    by kind of space: image (n, height, width, channels) uint8; audio (n, t) float32; points
            (n, p, 3) float32; vector (n, d) float32 or float64; text and sequence a tuple of n str; table a
            pandas frame of n rows. Typed Any, because a plugin knows the kinds that it supports.
    space   the space of each item
    labels  (n,) int64 class numbers, or None
    """

    data: Any
    space: Space
    labels: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.data)

    @classmethod
    def of(
        cls, kind: str, data: Any, labels: Any = None, *, rate: int | None = None,
        classes: tuple[str, ...] = (),
    ) -> Samples:  # fmt: skip
        """Return samples of a `kind` of space; its shape, or a table's columns, come from `data`.

        rate     samples per second of audio
        classes  class names in the order of label numbers, by which labels of other samples are matched;
                 () if labels are plain numbers

        Images get the bounds 0 and 255. Raises ValueError if the axes of `data` do not fit the kind.
        """
        labels = None if labels is None else _whole_numbers(labels)
        if kind in DTYPES:
            bounds = (0, 255) if kind == "image" else (None, None)
            space = Space(
                kind=kind, shape=data.shape[1:], low=bounds[0], high=bounds[1], rate=rate, classes=classes
            )
        elif kind == "table":
            columns = tuple((str(n), str(t)) for n, t in data.dtypes.items())
            space = Space(kind=kind, columns=columns, classes=classes)
        else:
            data = tuple(data)
            space = Space(kind=kind, classes=classes)
        return cls(data, space, labels)

    def take(self, index: NDArray[np.intp] | slice) -> Samples:
        """Return the items at `index`, in the order of `index`."""
        labels = None if self.labels is None else self.labels[index]
        if isinstance(self.data, np.ndarray):
            return Samples(self.data[index], self.space, labels)
        if isinstance(self.data, tuple):
            order = range(len(self.data))[index] if isinstance(index, slice) else index
            return Samples(tuple(self.data[i] for i in order), self.space, labels)
        return Samples(self.data.iloc[index].reset_index(drop=True), self.space, labels)


@dataclass(frozen=True, eq=False)
class Data:
    """The content of a dataset, before the host splits it.

    samples  all samples, each once
    labels   (n,) integers, unless `samples` has labels
    splits   official splits: name ("train", "test", "held_out") to the (k,) indices of its samples
    truth    an exact sampler of the data's distribution, if it is known
    """

    samples: Samples
    labels: Any = None
    splits: Mapping[str, NDArray[np.intp]] | None = None
    truth: Any = None

    def labelled(self) -> Samples:
        """Return the samples with their labels; raise Invalid unless these are integers."""
        if self.labels is None:
            return self.samples
        return Samples(self.samples.data, self.samples.space, _whole_numbers(self.labels))


def concat(parts: Sequence[Samples]) -> Samples:
    """Concatenate one or more `parts` of one space; labels remain only if all parts have them."""
    first = parts[0]
    labels = [part.labels for part in parts if part.labels is not None]
    joined = np.concatenate(labels) if len(labels) == len(parts) else None
    if isinstance(first.data, np.ndarray):
        return Samples(np.concatenate([part.data for part in parts]), first.space, joined)
    if isinstance(first.data, tuple):
        return Samples(tuple(item for part in parts for item in part.data), first.space, joined)
    import pandas as pd

    return Samples(pd.concat([part.data for part in parts], ignore_index=True), first.space, joined)


def digests(samples: Samples) -> list[bytes]:
    """Return the SHA-256 of each item's content, without labels."""
    return [hashlib.sha256(row).digest() for row in _rows(samples)]


def content_hash(samples: Samples) -> str:
    """Return the SHA-256 of space, items and labels, 64 hex digits; the order of items counts."""
    total = hashlib.sha256(canonical(samples.space.to_json()).encode())
    for item in digests(samples):
        total.update(item)
    if samples.labels is not None:
        total.update(np.ascontiguousarray(samples.labels, dtype="<i8").tobytes())
    return total.hexdigest()


def check(samples: Any, space: Space, n: int) -> None:
    """Raise Invalid, with the expected and the actual value, unless these are `n` valid items of `space`."""
    if not isinstance(samples, Samples):
        raise Invalid(f"expected a genbench.Samples, got {type(samples).__name__}")
    if samples.space.kind != space.kind:
        raise Invalid(f"expected {space.kind} samples, got {samples.space.kind} samples")
    if space.kind in DTYPES:
        _check_array(samples.data, space, n)
    elif space.kind == "table":
        _check_table(samples.data, space, n)
    else:
        _check_strings(samples.data, space, n)
    if samples.labels is not None and np.shape(_whole_numbers(samples.labels)) != (n,):
        raise Invalid(f"expected labels of shape ({n},), got {np.shape(samples.labels)}")


def not_finite(array: NDArray[Any]) -> tuple[int, int]:
    """Return the number of values that are not finite, and the row of the first, -1 if there is none."""
    rows = max(1, _BLOCK // max(1, array[:1].size))
    count, first = 0, -1
    for start in range(0, len(array), rows):
        is_bad = ~np.isfinite(array[start : start + rows])
        if is_bad.any():
            count += int(is_bad.sum())
            first = start + int(np.argwhere(is_bad)[0][0]) if first < 0 else first
    return count, first


def plain_row(row: tuple[Any, ...]) -> list[Any]:
    """Return a table's row as JSON-like values; a missing cell is None."""
    return [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    import pandas as pd

    if pd.isna(value):
        return None
    value = value.item() if isinstance(value, np.generic) else value
    return value.isoformat() if hasattr(value, "isoformat") else value


def _whole_numbers(labels: Any) -> NDArray[np.int64]:
    array = np.asarray(labels)
    if array.dtype.kind not in "iu":
        raise Invalid(f"expected labels that are integers, got {array.dtype}")
    return array.astype(np.int64)


def _rows(samples: Samples) -> Iterator[bytes]:
    """Yield each item's content, one at a time to save memory."""
    data = samples.data
    if isinstance(data, np.ndarray):
        data = np.ascontiguousarray(data).astype(data.dtype.newbyteorder("<"), copy=False)
        return (row.tobytes() for row in data)
    if isinstance(data, tuple):
        return (item.encode("utf-8") for item in data)
    return (canonical(plain_row(row)).encode() for row in data.itertuples(index=False, name=None))


def _check_array(data: Any, space: Space, n: int) -> None:
    if not isinstance(data, np.ndarray):
        raise Invalid(f"expected a numpy array, got {type(data).__name__}")
    if str(data.dtype) not in DTYPES[space.kind]:
        expected = " or ".join(DTYPES[space.kind])
        raise Invalid(f"expected {expected} for a space of kind {space.kind}, got {data.dtype}; "
                      f"{_CONVERT[space.kind]}")  # fmt: skip
    if len(data.shape) == 0 or data.shape[1:] != space.shape:
        raise Invalid(f"expected samples of shape {(n, *space.shape)}, got {data.shape}")
    _check_count(len(data), n)
    if data.dtype.kind == "f":
        count, first = not_finite(data)
        if count:
            raise Invalid(f"{count} values are not finite, the first in sample {first}")
    low, high = space.low, space.high
    if data.size == 0:
        return
    if (low is not None and data.min() < low) or (high is not None and data.max() > high):
        raise Invalid(f"expected values in [{low}, {high}], got values in [{data.min()}, {data.max()}]")


def _check_strings(data: Any, space: Space, n: int) -> None:
    if not isinstance(data, tuple):
        raise Invalid(f"expected a tuple of str, got {type(data).__name__}")
    _check_count(len(data), n)
    for number, item in enumerate(data):
        if not isinstance(item, str):
            raise Invalid(f"expected str, got {type(item).__name__} in sample {number}")
        if space.longest is not None and len(item) > space.longest:
            raise Invalid(f"sample {number} has {len(item)} characters; the space allows {space.longest}")
        try:
            item.encode("utf-8")
        except UnicodeEncodeError as error:
            raise Invalid(f"sample {number} cannot be written as UTF-8: {error.reason}") from error


def _check_table(data: Any, space: Space, n: int) -> None:
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        raise Invalid(f"expected a pandas frame, got {type(data).__name__}")
    columns = tuple((str(name), str(dtype)) for name, dtype in data.dtypes.items())
    if columns != space.columns:
        raise Invalid(f"expected the columns {list(space.columns)}, got {list(columns)}")
    _check_count(len(data), n)
    for name in data.select_dtypes("number").columns:
        if np.isinf(data[name].to_numpy(dtype=float)).any():
            raise Invalid(f"column {name!r} holds infinity")


def _check_count(got: int, n: int) -> None:
    if got != n:
        raise Invalid(f"asked for {n} samples, got {got}")
