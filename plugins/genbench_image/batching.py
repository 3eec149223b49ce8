"""How a network is run over many samples: in the largest batches that fit, in full precision."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

__all__ = ["batch_sizes", "full_precision", "in_batches"]

T = TypeVar("T")

# On a CPU a convolutional network is fastest while a batch's layers stay in the caches.
_CPU = 8
_FIRST, _MOST = 32, 512


def batch_sizes(device: str) -> tuple[int, int]:
    """Return the size of the first batch on `device` and the most that it may grow to."""
    return (_CPU, _CPU) if torch.device(device).type == "cpu" else (_FIRST, _MOST)


def full_precision(device: str) -> AbstractContextManager[None]:
    """Return a context in which a GPU's convolutions keep all bits of float32: by default they do not."""
    if torch.device(device).type != "cuda":
        return nullcontext()
    flags: AbstractContextManager[None] = torch.backends.cudnn.flags(
        enabled=True, benchmark=False, deterministic=True, allow_tf32=False
    )
    return flags


def in_batches(
    compute: Callable[[slice], T],
    n: int,
    *,
    first: int,
    most: int,
    log: Callable[[int, int], object],
) -> list[T]:
    """Return what `compute` gives for one batch after another of `n` rows, in order.

    compute  takes the rows of a batch as a slice; for n = 0 it is asked once, for none
    first    rows in the first batch; the size doubles after each batch that fits, up to `most`
    log      is told the rows done and n, after each batch

    Where `compute` raises torch.OutOfMemoryError the size is halved, for good, and the same rows are tried
    again. Raises MemoryError if a single row does not fit.
    """
    if n == 0:
        return [compute(slice(0, 0))]
    answers: list[T] = []
    done, size = 0, min(first, most)
    while done < n:
        rows = slice(done, min(done + size, n))
        answer = _attempt(compute, rows)
        if answer is None:
            size = most = (rows.stop - rows.start) // 2
            continue
        answers += answer
        done, size = rows.stop, min(2 * size, most)
        log(done, n)
    return answers


def _attempt(compute: Callable[[slice], T], rows: slice) -> list[T] | None:
    """Return the answer for some rows in a list; None if they do not fit into memory together."""
    try:
        return [compute(rows)]
    except torch.OutOfMemoryError as error:
        if rows.stop - rows.start == 1:
            raise MemoryError("not even one sample at a time fits into the device's memory") from error
    if torch.cuda.is_available():  # the error has let go of the batch by now
        torch.cuda.empty_cache()
    return None
