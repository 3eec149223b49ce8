"""Batched inference: batch sizes that adapt to memory, in full float32 precision."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

__all__ = ["batch_sizes", "full_precision", "in_batches", "run_network"]

# On a CPU a convolutional network is fastest while a batch's layers stay in the caches.
_CPU = 8
# A GPU is busy from hundreds of images on; the first batch is small, since memory may allow no larger one.
_FIRST, _MOST = 32, 512


def run_network(
    compute: Callable[[NDArray[Any]], Arrays], data: NDArray[Any], device: str,
    log: Callable[[int, int], object],
) -> Arrays:  # fmt: skip
    """Return the outputs of a network on `device` for all rows of `data`; `compute` runs one batch."""
    first, most = batch_sizes(device)
    with torch.inference_mode(), full_precision(device):
        return in_batches(lambda rows: compute(data[rows]), len(data), first=first, most=most, log=log)


def batch_sizes(device: str) -> tuple[int, int]:
    """Return the size of the first batch on `device`, and the maximum size."""
    return (_CPU, _CPU) if torch.device(device).type == "cpu" else (_FIRST, _MOST)


def full_precision(device: str) -> AbstractContextManager[None]:
    """Return a context in which a GPU's convolutions use full float32, which is not the default."""
    if torch.device(device).type != "cuda":
        return nullcontext()
    flags: AbstractContextManager[None] = torch.backends.cudnn.flags(
        enabled=True, benchmark=False, deterministic=True, allow_tf32=False
    )
    return flags


def in_batches(
    compute: Callable[[slice], Arrays], n: int, *, first: int, most: int, log: Callable[[int, int], object]
) -> Arrays:
    """Return the arrays that `compute` returns for all of `n` rows, concatenated over batches.

    compute  takes the rows of a batch as a slice and returns as many rows by name; n = 0 is one empty batch
    first    rows in the first batch; the size doubles after each batch that fits, up to `most`
    log      called with the rows done and n, after each batch

    If `compute` raises torch.OutOfMemoryError, the size is halved permanently, and the same rows are retried.
    Raises MemoryError if a single row does not fit.
    """
    if n == 0:
        return compute(slice(0, 0))
    arrays: Arrays = {}
    done, size = 0, min(first, most)
    while done < n:
        rows = slice(done, min(done + size, n))
        answer = _attempt(compute, rows)
        if answer is None:
            size = most = (rows.stop - rows.start) // 2
            continue
        for name, part in answer.items():
            if done == 0:
                arrays[name] = np.empty((n, *part.shape[1:]), part.dtype)
            arrays[name][rows] = part
        done, size = rows.stop, min(2 * size, most)
        log(done, n)
    return arrays


def _attempt(compute: Callable[[slice], Arrays], rows: slice) -> Arrays | None:
    """Return the outputs for some rows; None if they do not fit into memory."""
    try:
        return compute(rows)
    except torch.OutOfMemoryError as error:
        if rows.stop - rows.start == 1:
            raise MemoryError(
                "not even one sample at a time fits into the device's memory; use --device cpu, or "
                "smaller samples"
            ) from error
    if torch.cuda.is_available():  # the error has released the batch by now
        torch.cuda.empty_cache()
    return None
