"""The workplace of a run's jobs: a fork server, started with the first job, and an observer of all jobs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol, Self

from genbench.core.errors import EngineError
from genbench.isolation.client import ForkServer
from genbench.isolation.supervisor import Meter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Observer", "Workplace"]


class Observer(Protocol):
    """An object that jobs report to. Several threads call it, at each event of each job."""

    def warn(self, text: str) -> None:
        """Note something that does not stop the run."""

    def begin(self, job: str) -> None:
        """Note that a job begins."""

    def event(self, job: str, event: Mapping[str, Any]) -> None:
        """Note an event of a job: a stage, or a step with its total and values."""

    def end(self, job: str, *, seconds: float | None = None) -> None:
        """Note that a job has ended, with success or without.

        seconds  its duration, where known; None: the time since it began
        """


class Workplace:
    """A fork server, started with the first job; leaving the `with` block ends it and all its children.

    environment  all variables that its processes have
    plugins      plugin files that jobs may refer to
    preload      modules that the server imports before its first job
    meter        measures the memory of all jobs together
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        plugins: Sequence[Path],
        observer: Observer,
        preload: Sequence[str] = (),
    ) -> None:
        self.observer = observer
        self.is_closed = False
        self.meter = Meter()
        self._environment = environment
        self._plugins = plugins
        self._preload = preload
        self._lock = threading.Lock()
        self._server: ForkServer | None = None
        self._warnings: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.is_closed = True
        with self._lock:
            if self._server is not None:
                self._server.close()

    def warn_once(self, text: str) -> None:
        """Warn once, however many jobs report the same."""
        with self._lock:
            is_new = text not in self._warnings
            self._warnings.add(text)
        if is_new:
            self.observer.warn(text)

    def server(self) -> ForkServer:
        """Return the server, started or, if it died, replaced. A run with nothing to do never starts one.

        Raises EngineError once the block was left: nothing would end a server that starts then.
        """
        with self._lock:
            if self.is_closed:
                raise EngineError("the run has ended; no process is started for a job of it")
            if self._server is not None and not self._server.is_alive:
                self._server.close()
                self._server = None
            if self._server is None:
                self._server = ForkServer(self._environment, self._plugins, self._preload)
            return self._server

    def own_server(self) -> ForkServer:
        """Return a new server for a job that may have ended the shared one; the caller closes it."""
        return ForkServer(self._environment, self._plugins, self._preload)
