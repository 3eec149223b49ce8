"""Steps of a computation over blocks of pairs of rows, for a metric's `log`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from genbench_fidelity.numeric.arrays import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Log = Callable[[int, int], object]
    Pairs = tuple[NDArray[Any], NDArray[Any]]

T = TypeVar("T")
__all__ = ["Steps"]


class Steps:
    """The blocks of several passes over pairs of rows, logged one by one as (done, all).

    passes  the two arrays of each pass; of an array with itself, only the blocks from the diagonal on count
    """

    def __init__(self, log: Log, *passes: Pairs) -> None:
        self._log = log
        self._total = sum(_blocks(x, y) for x, y in passes)
        self._done = 0

    def over(self, blocks: Iterable[T]) -> Iterator[T]:
        """Yield the blocks, and log each when the next one is asked for."""
        for block in blocks:
            yield block
            self._done += 1
            self._log(self._done, self._total)


def _blocks(x: NDArray[Any], y: NDArray[Any]) -> int:
    rows, cols = (-(-len(side) // BLOCK) for side in (x, y))
    return rows * (rows + 1) // 2 if x is y else rows * cols
