"""Arrays: read-only views, values that are not finite, and ragged arrays."""

from __future__ import annotations

import mmap
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["Ragged", "check_unmasked", "find_not_finite", "freeze", "is_mapped", "is_masked", "isolate"]

_MOST_KINDS = 3  # kinds of arrays in a message
_BLOCK_VALUES = 2**22  # values checked at a time, which limits memory


def freeze(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view of an array."""
    view = array.view()
    view.flags.writeable = False
    return view


def isolate(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only array for one component, which cannot change the original.

    It is a copy, since torch writes even to arrays that numpy marks read-only. An array in a file that is
    mapped read-only needs no copy: the system ends a process that writes there.
    """
    return freeze(array if _is_mapped_read_only(array) else array.copy())


def _is_mapped_read_only(array: NDArray[Any]) -> bool:
    """Return whether an array is in a file that is mapped to memory read-only."""
    owner = _find_memory_owner(array)
    return is_mapped(owner) and not owner.flags.writeable


def is_mapped(array: NDArray[Any]) -> bool:
    """Return whether an array is in a file that is mapped to memory, to which other processes may write."""
    return isinstance(_find_memory_owner(array).base, mmap.mmap)


def _find_memory_owner(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array of whose memory this one is a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def is_masked(value: Any) -> bool:
    """Return whether a value is an array or a number of numpy with a mask, which hides some of its values."""
    numpy_ma = sys.modules.get("numpy.ma")  # until this module is imported, no masked array exists
    return numpy_ma is not None and isinstance(value, numpy_ma.MaskedArray)


def check_unmasked(array: Any) -> None:
    """Raise Invalid for a masked array of numpy, whose hidden values would count as data."""
    if is_masked(array):
        raise Invalid("expected an array without a mask, got a masked array; leave out what it hides, or "
                      "fill it with array.filled(value)")  # fmt: skip


def find_not_finite(array: NDArray[Any]) -> tuple[int, int]:
    """Return (count, row) of the values that are NaN or infinite.

    count  how many there are
    row    the index on the first axis of the first of them, -1 if there are none
    """
    if array.dtype.kind not in "fc":
        return 0, -1  # integers and the like are always finite
    # Checked in blocks of rows, since a boolean for each value of a large array may not fit into memory.
    block_rows = max(1, _BLOCK_VALUES // max(1, array[:1].size))
    count, first = 0, -1
    for start in range(0, len(array), block_rows):
        is_bad = ~np.isfinite(array[start : start + block_rows])
        if is_bad.any():
            count += int(is_bad.sum())
            first = start + int(np.argwhere(is_bad)[0][0]) if first < 0 else first
    return count, first


def _describe_kind(array: NDArray[Any]) -> str:
    """Return the dtype and the shape of an array for messages, such as "uint8 (t, 3)"; t is any length."""
    shape = ", ".join(["t", *map(str, array.shape[1:])]) if array.ndim else ""
    return f"{array.dtype} ({shape})"


@dataclass(frozen=True, eq=False)
class Ragged:
    """n arrays of one dtype that differ at most in the length of their first axis.

    values   (total, ...) all arrays, one after the other
    offsets  (n + 1,) int64: array i is values[offsets[i] : offsets[i + 1]]

    An integer selects an array, as a view; a slice or an index array selects several, as a Ragged.
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, arrays: Iterable[NDArray[Any]]) -> Ragged:
        """Return one or more arrays as a Ragged, with their values copied one after the other.

        Raises Invalid if there are none, if one is masked, or if they differ in dtype or in an axis other
        than the first.
        """
        items = [np.asanyarray(array) for array in arrays]  # keeps masks, which the next lines refuse
        for array in items:
            check_unmasked(array)
        # None stands for an array without axes, which has no first axis that could vary.
        kinds = {(str(array.dtype), array.shape[1:]) if array.ndim else None for array in items}
        if len(kinds) != 1 or None in kinds:
            got = ", ".join(sorted({_describe_kind(array) for array in items})[:_MOST_KINDS]) or "none"
            raise Invalid(f"expected one or more arrays of one dtype that differ in their first axis alone, "
                          f"got {got}")  # fmt: skip
        return cls(np.concatenate(items), np.cumsum([0, *map(len, items)], dtype=np.int64))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of the first axis of each array, (n,) int64."""
        return np.diff(self.offsets)

    def check(self) -> None:
        """Raise Invalid unless the offsets are (n + 1,) int64 that rise from 0 to the number of values."""
        offsets = self.offsets
        is_sound = isinstance(offsets, np.ndarray) and offsets.dtype == np.int64 and offsets.ndim == 1
        is_whole = is_sound and offsets[:1].tolist() == [0] and offsets[-1] == len(self.values)
        if not is_whole or (np.diff(offsets) < 0).any():
            raise Invalid(f"offsets must be int64 that rise from 0 to the number of values, "
                          f"{len(self.values)}; Ragged.of(arrays) makes them")  # fmt: skip

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        """Return the array at an integer as a view, or those of a slice or an index array as a new Ragged."""
        if isinstance(index, int | np.integer):
            number = range(len(self))[index]  # a range counts a negative index from the end, and checks it
            return self.values[self.offsets[number] : self.offsets[number + 1]]
        numbers = np.arange(len(self))[index]
        lengths = self.lengths[numbers]
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        # How far each value of the result is moved from its position in `values`.
        moves = np.repeat(self.offsets[numbers] - offsets[:-1], lengths)
        return Ragged(self.values[np.arange(offsets[-1]) + moves], offsets)
