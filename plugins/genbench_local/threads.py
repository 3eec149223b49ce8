"""Calls in threads: each waits for the process of its trial, and a thread is all that waiting takes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

__all__ = ["local"]


def local(jobs: int | None) -> ThreadPoolExecutor:
    """Return an executor of `jobs` threads; None: one for each core that this process may use."""
    return ThreadPoolExecutor(_cores() if jobs is None else jobs, thread_name_prefix="genbench")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
