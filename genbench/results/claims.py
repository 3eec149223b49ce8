"""Claims of a results folder: at any time, the runs that write into it have one plan."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from genbench.core.errors import ResultsError
from genbench.results.records import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["claim_folder"]

_PATIENCE_S, _PAUSE_S = 10.0, 0.05  # a plan of a million cells takes seconds to write


@contextlib.contextmanager
def claim_folder(folder: Path, keys: frozenset[str], write_plan: Callable[[], None]) -> Iterator[None]:
    """Keep runs of another plan out of a folder while the block runs; runs of the same plan may share it.

    keys        of the cells of this run's plan
    write_plan  writes run.json; it is called unless a run of the same plan is at work

    The claim is a lock on the folder itself, which the system ends with the process. Where a file system has
    no such locks, as some of networks, nothing is claimed. Raises ResultsError if a run of another plan is at
    work in the folder.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if _lock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB):  # no other run is at work
            write_plan()
        until = time.monotonic() + _PATIENCE_S  # another run may be about to write its plan
        while not _lock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB):
            if time.monotonic() > until:
                raise ResultsError(
                    f"{folder}: another program holds a lock on it; choose another folder with -o"
                )
            time.sleep(_PAUSE_S)
        # between the two locks, another run may have come first
        if frozenset(cell.key for cell in read_plan(folder).cells) != keys:
            raise ResultsError(
                f"{folder}: a run of another suite, or with other seeds, n or generators, writes here; wait "
                f"until it ends, or choose another folder with -o"
            )
        yield
    finally:
        os.close(handle)


def _lock(handle: int, kind: int) -> bool:
    """Lock an open folder; return False if others hold the lock, True also where there are no locks."""
    try:
        fcntl.flock(handle, kind)
    except OSError as error:  # any other error: a file system without such locks
        return not isinstance(error, BlockingIOError)
    return True
