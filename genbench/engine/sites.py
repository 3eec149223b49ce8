"""A worker's own place for a run: plugin files, store and fork-server, kept from packet to packet."""

from __future__ import annotations

import atexit
import contextlib
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.catalog import load_catalog
from genbench.core.errors import EngineError
from genbench.engine.versions import difference, this_process
from genbench.files.process_env import common_variables
from genbench.isolation.pool import Silent, Workplace
from genbench.store.environment import offline_variables, thread_variables
from genbench.store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.engine.messages import Errand

__all__ = ["Site", "job_variables", "site_of"]

_IDLE = 60.0  # seconds without a packet after which a site is closed


def job_variables(*, threads: int, offline: bool) -> dict[str, str]:
    """Return all environment variables of a run's processes on this machine."""
    variables = common_variables(os.environ) | thread_variables(threads)
    return variables | (offline_variables() if offline else {})


class _Noting(Silent):
    """A listener that keeps warnings for whoever started the run."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)


class Site:
    """A place for the packets of one run in this process.

    Raises EngineError if this process has other versions than the run.
    """

    def __init__(self, errand: Errand) -> None:
        wrong = difference(errand.versions)
        if wrong is not None:
            raise EngineError(
                f"{this_process()} cannot take part: {wrong}; install the same there as where the run was "
                f"started, and start the worker again"
            )
        self.users = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.listener = _Noting()
        self.store, warning = open_store()
        if warning is not None:
            self.listener.warn(warning)
        plugins = [self._at_hand(path, content) for path, content in errand.plugins.items()]
        load_catalog(plugins, only=())
        variables = job_variables(threads=errand.threads, offline=errand.offline)
        self.place = Workplace(variables, plugins, self.listener)

    def noted(self) -> tuple[str, ...]:
        """Return the warnings since the last call."""
        noted = tuple(self.listener.warnings)
        self.listener.warnings.clear()
        return noted

    def close(self) -> None:
        """End the fork-server with all its children, and remove what was only for the run."""
        self.place.__exit__()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def home(self) -> Path:
        """Return the folder of this place, made when it is first needed."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="genbench-worker-")
        return Path(self._folder.name)

    def _at_hand(self, path: Path, content: bytes) -> Path:
        """Return a plugin file of this content: the run's own, if it can be seen from here, or a copy."""
        with contextlib.suppress(OSError):
            if path.read_bytes() == content:
                return path
        copy = self.home / "plugins" / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(content)
        return copy


_SITES: dict[str, Site] = {}
_LOCK = threading.Lock()


@contextlib.contextmanager
def site_of(errand: Errand) -> Iterator[Site]:
    """Give the place for a run, made with its first packet; places of other runs that are idle are closed."""
    with _LOCK:
        _close_idle(except_for=errand.run)
        if errand.run not in _SITES:
            _SITES[errand.run] = Site(errand)
        site = _SITES[errand.run]
        site.users += 1
    try:
        yield site
    finally:
        with _LOCK:
            site.users -= 1
        _close_later()


def _close_idle(*, except_for: str | None = None) -> None:
    for run in [run for run, site in _SITES.items() if run != except_for and not site.users]:
        _SITES.pop(run).close()


def _close_later() -> None:
    """Close what is idle when nothing has come for a while."""
    global _timer  # noqa: PLW0603 - one timer a process
    with _LOCK:
        _timer.cancel()
        _timer = threading.Timer(_IDLE, _close_all)
        _timer.daemon = True
        _timer.start()


def _close_all() -> None:
    with _LOCK:
        _close_idle()


_timer = threading.Timer(_IDLE, _close_all)
atexit.register(_close_all)
