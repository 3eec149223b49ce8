"""The executor `local`: a pool of threads, each of which waits for the process of its trial."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from genbench import cores

__all__ = ["local"]


def local(jobs: int | None) -> ThreadPoolExecutor:
    """Return an executor of `jobs` threads; None: one for each core that this process may use."""
    return ThreadPoolExecutor(cores() if jobs is None else jobs, thread_name_prefix="genbench")
