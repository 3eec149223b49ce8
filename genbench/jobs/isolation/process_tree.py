"""Process trees: their members, their memory, and how to kill them.

On Linux this reads /proc, which takes a fraction of a millisecond per tree. Elsewhere it uses psutil, which
reads every process of the machine.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

import psutil

__all__ = ["kill_each", "list_descendants", "machine_memory", "measure_resident", "measure_share"]

# some kernels of Linux are built without this file
_LINUX = sys.platform == "linux" and Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def list_descendants(pid: int) -> list[int]:
    """Return the processes below `pid`, parents before their children."""
    pids: list[int] = []
    level = [pid]
    while level:
        level = [child for parent in level for child in _list_children(parent)]
        pids += level
    return pids


def measure_resident(pids: list[int]) -> int:
    """Return the resident memory of processes in bytes; a page that two of them share counts twice."""
    return sum(map(_measure_process, pids))


def measure_share(pids: list[int]) -> int:
    """Return the memory of processes in bytes, each shared page divided among the processes that share it.

    It is slower than `measure_resident`: milliseconds for a large process. A process of which the system does
    not report it counts with its resident memory.
    """
    return sum(map(_measure_share, pids))


def kill_each(pids: list[int]) -> set[int]:
    """Kill the processes that still run, zombies excluded, and return their numbers.

    A zombie has ended already, and only waits for its parent, so it is no process that a job left running.
    """
    killed = set()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if not _is_zombie(pid):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
    return killed


def machine_memory() -> int:
    """Return the memory that this process and its children may use together, in bytes.

    It is the smaller of the machine's memory and the limit of the control group, such as a container.
    """
    total = int(psutil.virtual_memory().total)
    for path in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no such group, or the text "max": no limit
            total = min(total, int(path.read_text(encoding="ascii")))
    return total


def _list_children(pid: int) -> list[int]:
    """Return the children of a process, those of each of its threads on Linux; [] if it has ended."""
    if not _LINUX:
        with contextlib.suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children()]
        return []
    pids: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - many times a second; pathlib is slower
            with contextlib.suppress(OSError):  # the thread has ended
                pids += map(int, _read_file(f"/proc/{pid}/task/{thread}/children").split())
    return pids


def _measure_process(pid: int) -> int:
    """Return the resident memory of one process in bytes; 0 if it has ended."""
    if _LINUX:
        with contextlib.suppress(OSError, IndexError):
            # the second number of statm is the resident memory in pages
            return int(_read_file(f"/proc/{pid}/statm").split()[1]) * _PAGE
        return 0
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def _measure_share(pid: int) -> int:
    """Return the proportional share (Pss) of one process in bytes, or its resident memory."""
    with contextlib.suppress(OSError):
        for line in _read_file(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):  # "Pss:   1234 kB"
                return int(line.split()[1]) * 1024
    return _measure_process(pid)


def _is_zombie(pid: int) -> bool:
    """Return whether a process has ended and waits for its parent to read its status."""
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return False


def _read_file(path: str) -> bytes:
    """Return the content of a file of /proc."""
    with open(path, "rb") as file:  # noqa: PTH123 - many times a second; pathlib takes several times as long
        return file.read()
