"""The workplace of a run's jobs: fork servers, started when a job needs them, and an observer of all jobs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol, Self

from genbench.core.errors import EngineError
from genbench.jobs.isolation.client import ForkServer
from genbench.jobs.isolation.supervisor import Meter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Observer", "Workplace"]


class Observer(Protocol):
    """An object that jobs report to. Several threads call it, at each event of each job."""

    def warn(self, text: str) -> None:
        """React to a warning: something that does not stop the run."""

    def begin(self, job: str) -> None:
        """React to the beginning of a job."""

    def tell_event(self, job: str, event: Mapping[str, Any]) -> None:
        """React to an event of a job: a stage, or a step with its total and values."""

    def end(self, job: str, *, seconds: float | None = None) -> None:
        """React to the end of a job, with success or without.

        seconds  its duration, where known; None: the time since it began
        """


class Workplace:
    """Fork servers, each started with the first job that needs it; leaving the `with` block ends them.

    A fork server is a process that has imported the modules of its jobs, and forks a process for each job.

    meter  measures the memory of all jobs together
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        plugins: Sequence[Path],
        observer: Observer,
        preload: Sequence[str] = (),
    ) -> None:
        """Prepare the workplace; a server starts with the first job that needs it.

        environment  all variables that its processes have
        plugins      plugin files that jobs may refer to
        observer     the object that jobs report to
        preload      modules that every server imports before its first job
        """
        self.observer = observer
        self.is_closed = False
        self.meter = Meter()  # of the memory of all jobs together
        self._environment = environment
        self._plugins = plugins
        self._preload = preload
        self._lock = threading.Lock()
        self._servers: dict[tuple[str, ...], ForkServer] = {}
        self._warnings: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.is_closed = True  # jobs that run see it and end, even while the lock is taken
        with self._lock:
            for server in self._servers.values():
                server.close()

    def warn_once(self, text: str) -> None:
        """Report a warning to the observer, once for all jobs that give the same warning."""
        with self._lock:
            is_new = text not in self._warnings
            self._warnings.add(text)
        if is_new:
            self.observer.warn(text)

    def find_server(self, modules: tuple[str, ...] = ()) -> ForkServer:
        """Return the fork server of jobs that need these modules, started or, if it died, replaced.

        Each set of modules has a server of its own, so the modules that a job finds imported do not depend on
        the jobs before it. Raises EngineError after the `with` block of the workplace, since nothing would
        end a server that starts then.
        """
        with self._lock:
            if self.is_closed:
                raise EngineError("the run has ended; no process is started for a job of it")
            if modules in self._servers and not self._servers[modules].is_alive:
                self._servers.pop(modules).close()
            if modules not in self._servers:
                self._servers[modules] = self._start_server(modules)
            return self._servers[modules]

    def start_own_server(self, modules: tuple[str, ...] = ()) -> ForkServer:
        """Return a new server for one job, after the job and the server that it shared both ended.

        Another job on the shared server may have ended both, so the job is tried again on this one, which no
        other job can end. The caller closes it.
        """
        return self._start_server(modules)

    def _start_server(self, modules: tuple[str, ...]) -> ForkServer:
        """Start a server that imports the modules of every server, and then `modules`."""
        return ForkServer(self._environment, self._plugins, (*self._preload, *modules))
