"""The four containers of samples: arrays, ragged arrays, strings and frames.

A container can count, select, concatenate, hash and check its items. What the items mean is the business of
their modality.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged, check_unmasked, find_not_finite, isolate
from genbench.core.errors import Invalid
from genbench.core.frames import check_column, check_columns, read_columns, unify_column
from genbench.core.rows import identify_rows, serialize_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from genbench.core.spaces import Space

__all__ = ["CONTAINERS", "Container", "find_container"]

_FINITE = "expected finite numbers"


class Container(ABC):
    """The operations on the data of samples of one form.

    form    the type of the data, for messages
    advice  how a user turns other data into this form, for messages
    """

    name: str
    form: str
    advice: str

    @abstractmethod
    def holds(self, data: Any) -> bool:
        """Return whether the data have this form."""

    @abstractmethod
    def take(self, data: Any, index: NDArray[np.intp] | slice) -> Any:
        """Return the items at `index`, in its order, in the same container."""

    @abstractmethod
    def concat(self, parts: Sequence[Any]) -> Any:
        """Return the items of one or more `parts`, one part after the other, in the same container."""

    @abstractmethod
    def serialize_items(self, data: Any) -> Iterator[bytes]:
        """Yield each item's content as bytes to hash, equal on all machines; one at a time to save memory."""

    def identify(self, data: Any) -> bytes | None:  # noqa: ARG002 - most are hashed item by item
        """Return a hash of all items that is faster than the hashes of each, or None if there is none."""
        return None

    @abstractmethod
    def check(self, data: Any, space: Space) -> None:
        """Raise Invalid, with the expected and the actual value, unless all items belong to `space`."""

    def guard(self, data: Any) -> Any:
        """Return the data for one component, which cannot change the original: here a copy.

        The containers of arrays override this: they return read-only views, which need no memory.
        """
        return self.copy(data)

    def copy(self, data: Any) -> Any:
        """Return a copy of the data; strings cannot be changed, and stay as they are."""
        return data

    def unify_numbers(self, data: Any) -> Any:
        """Return the data with float32 for float64 and 0.0 for -0.0, which have other bytes."""
        return data

    def values(self, data: Any) -> NDArray[Any] | None:  # noqa: ARG002 - not all forms have some
        """Return the numbers of all items in one array, or None if the items are no arrays."""
        return None

    def shape(self, data: Any) -> tuple[int, ...]:  # noqa: ARG002 - not all forms have one
        """Return the shape of an item, without an axis that varies."""
        return ()

    def parameters(self, data: Any) -> Mapping[str, Any]:  # noqa: ARG002 - not all forms have some
        """Return the parameters of a space that follow from the data, such as the columns of a frame."""
        return {}


class _Numbers(Container):
    """Arrays, of which `values` returns all numbers."""

    def take(self, data: Any, index: NDArray[np.intp] | slice) -> Any:
        return data[index]

    def shape(self, data: Any) -> tuple[int, ...]:
        """Return the shape of an item; of a Ragged, without the first axis of its items, which varies."""
        return tuple(self.values(data).shape[1:])

    def parameters(self, data: Any) -> Mapping[str, Any]:
        """Return the bounds `low` and `high` of unsigned integers, from their dtype; none for others.

        Unsigned integers, such as pixels, use the range of their dtype; the dtype of others tells no range.
        """
        dtype = self.values(data).dtype
        return {"low": 0, "high": int(np.iinfo(dtype).max)} if dtype.kind == "u" else {}

    @abstractmethod
    def values(self, data: Any) -> NDArray[Any]:
        """Return the numbers of all items in one array."""


class _Arrays(_Numbers):
    """A numpy array (n, ...): items of equal shapes."""

    name = "array"
    form = "a numpy array"
    advice = "write x.detach().cpu().numpy() for a torch tensor x, np.stack(items) for items of equal shapes"

    def holds(self, data: Any) -> bool:
        return isinstance(data, np.ndarray)

    def concat(self, parts: Sequence[Any]) -> Any:
        return np.concatenate(parts)

    def serialize_items(self, data: Any) -> Iterator[bytes]:
        return (row.tobytes() for row in _to_little_endian(data))

    def check(self, data: Any, space: Space) -> None:
        """Raise Invalid for a masked array, another shape, and values not finite or out of bounds."""
        check_unmasked(data)
        if data.ndim == 0 or data.shape[1:] != space.shape:
            expected = (*data.shape[:1], *space.shape)
            advice = _suggest_last_axis(data.shape[1:], space)
            raise Invalid(f"expected samples of shape {expected}, got {data.shape}{advice}")
        count, first = find_not_finite(data)
        if count:
            raise Invalid(f"{count} values are not finite, the first in sample {first}; {_FINITE}")
        _check_bounds(data, space)

    def guard(self, data: Any) -> Any:
        """Return a read-only array for one component, which cannot change the original."""
        return isolate(data)

    def copy(self, data: Any) -> Any:
        return data.copy()

    def unify_numbers(self, data: Any) -> Any:
        return _unify_numbers(data)

    def values(self, data: Any) -> NDArray[Any]:
        return np.asarray(data)


class _RaggedArrays(_Numbers):
    """A Ragged: items that differ in the length of their first axis."""

    name = "ragged"
    form = "a genbench.Ragged"
    advice = "make one of a list of arrays with genbench.Ragged.of(arrays)"

    def holds(self, data: Any) -> bool:
        return isinstance(data, Ragged)

    def concat(self, parts: Sequence[Any]) -> Any:
        """Return a Ragged of the arrays of all parts, with new offsets."""
        lengths = np.concatenate([part.lengths for part in parts])
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        # a part may have values outside of its offsets: `check`, which refuses such a part, may not have run
        values = [part.values[part.offsets[0] : part.offsets[-1]] for part in parts]
        return Ragged(np.concatenate(values), offsets)

    def serialize_items(self, data: Any) -> Iterator[bytes]:
        return (_to_little_endian(item).tobytes() for item in data)

    def check(self, data: Any, space: Space) -> None:
        """Raise Invalid for bad offsets, another shape, and values that are not finite or out of bounds."""
        data.check()
        if self.shape(data) != space.shape:
            raise Invalid(f"expected arrays (t, …) of the shape {space.shape} after their first axis, "
                          f"got {self.shape(data)}{_suggest_last_axis(self.shape(data), space)}")  # fmt: skip
        count, row = find_not_finite(data.values)
        if count:
            # The sample with this row is the last one that begins at or before it: empty samples before that
            # one begin at the same offset.
            first = int(np.searchsorted(data.offsets, row, side="right")) - 1
            raise Invalid(f"{count} values are not finite, the first in sample {first}; {_FINITE}")
        _check_bounds(data.values, space)

    def guard(self, data: Any) -> Any:
        """Return a Ragged of read-only arrays for one component, which cannot change the original."""
        return Ragged(isolate(data.values), isolate(data.offsets))

    def copy(self, data: Any) -> Any:
        return Ragged(data.values.copy(), data.offsets.copy())

    def unify_numbers(self, data: Any) -> Any:
        return Ragged(_unify_numbers(data.values), data.offsets)

    def values(self, data: Any) -> NDArray[Any]:
        return np.asarray(data.values)


class _Strings(Container):
    """A tuple of str."""

    name = "strings"
    form = "a tuple of str"
    advice = "make one with tuple(texts)"

    def holds(self, data: Any) -> bool:
        return isinstance(data, tuple)

    def take(self, data: Any, index: NDArray[np.intp] | slice) -> Any:
        """Return the strings at `index`, in its order, as a tuple."""
        order = range(len(data))[index] if isinstance(index, slice) else index
        return tuple(data[i] for i in order)

    def concat(self, parts: Sequence[Any]) -> Any:
        return tuple(item for part in parts for item in part)

    def serialize_items(self, data: Any) -> Iterator[bytes]:
        return (item.encode("utf-8") for item in data)

    def check(self, data: Any, space: Space) -> None:
        """Raise Invalid for an item that is no str, is longer than the space allows, or is not UTF-8."""
        longest = space.get("longest")
        for number, item in enumerate(data):
            if not isinstance(item, str):
                raise Invalid(f"expected str, got {type(item).__name__} in sample {number}")
            if longest is not None and len(item) > longest:
                raise Invalid(f"sample {number} has {len(item)} characters; the space allows {longest}")
            try:
                item.encode("utf-8")
            except UnicodeEncodeError as error:
                raise Invalid(
                    f"sample {number} cannot be written as UTF-8: {error.reason}; expected whole characters"
                ) from error


class _Frames(Container):
    """A pandas frame: items are rows with declared columns."""

    name = "frame"
    form = "a pandas frame"
    advice = "make one with pandas.DataFrame(rows, columns=names)"

    def holds(self, data: Any) -> bool:
        return hasattr(data, "itertuples")  # a check of the type would import pandas

    def take(self, data: Any, index: NDArray[np.intp] | slice) -> Any:
        return data.iloc[index].reset_index(drop=True)

    def concat(self, parts: Sequence[Any]) -> Any:
        """Return the rows of all parts as one frame, with a new index."""
        import pandas as pd

        return pd.concat(parts, ignore_index=True)

    def serialize_items(self, data: Any) -> Iterator[bytes]:
        return serialize_rows(data)

    def identify(self, data: Any) -> bytes:
        """Return a hash of all cells, column by column."""
        return identify_rows(data)

    def check(self, data: Any, space: Space) -> None:
        """Raise Invalid for other columns than the space has, cells without a JSON form, and infinity."""
        check_columns(read_columns(data), space.get("columns") or ())
        for name, dtype in data.dtypes.items():
            check_column(name, dtype, data[name])
        for name in data.select_dtypes("number").columns:
            # missing values, which are allowed, become NaN
            infinite = np.isinf(data[name].to_numpy(dtype=float, na_value=np.nan))
            if infinite.any():
                raise Invalid(
                    f"column {name!r} holds infinity in row {int(infinite.argmax()) + 1}; expected finite "
                    f"numbers and gaps"
                )

    def copy(self, data: Any) -> Any:
        return data.copy()

    def unify_numbers(self, data: Any) -> Any:
        unified = data.copy(deep=False)
        for name in data.columns:
            unified[name] = unify_column(data[name])
        return unified

    def parameters(self, data: Any) -> Mapping[str, Any]:
        """Return the parameter of a space that follows from a frame: the columns."""
        return {"columns": read_columns(data)}


#: The containers, by name.
CONTAINERS: dict[str, Container] = {
    container.name: container for container in (_Arrays(), _RaggedArrays(), _Strings(), _Frames())
}


def find_container(data: Any) -> Container:
    """Return the container that the data have; raise Invalid if they have the form of none."""
    for container in CONTAINERS.values():
        if container.holds(data):
            return container
    forms = ", ".join(container.form for container in CONTAINERS.values())
    raise Invalid(f"expected one of {forms}; got {type(data).__name__}")


def _to_little_endian(data: NDArray[Any]) -> NDArray[Any]:
    """Return the data as a contiguous little-endian array, so that hashes are equal on all machines."""
    return np.ascontiguousarray(data).astype(data.dtype.newbyteorder("<"), copy=False)


def _unify_numbers(data: NDArray[Any]) -> NDArray[Any]:
    """Return float64 as float32, floating-point numbers without -0.0, and other numbers as they are."""
    if data.dtype == np.float64:
        data = data.astype(np.float32)
    return data + data.dtype.type(0) if data.dtype.kind == "f" else data  # also what rounds to -0.0


def _suggest_last_axis(shape: tuple[int, ...], space: Space) -> str:
    """Return the end of a message: what to do if only the last axis of an item is missing, else ""."""
    return "; add the missing last axis with x[..., None]" if (*shape, 1) == space.shape else ""


def _check_bounds(data: NDArray[Any], space: Space) -> None:
    """Raise Invalid for values outside of the bounds `low` and `high` of the space; None is no bound."""
    low, high = space.get("low"), space.get("high")
    # an empty array has no minimum and no maximum
    is_below = low is not None and data.size > 0 and data.min() < low
    is_above = high is not None and data.size > 0 and data.max() > high
    if is_below or is_above:
        raise Invalid(f"expected values in [{low}, {high}], got values in [{data.min()}, {data.max()}]")
