"""An executor of calls on dask workers, with restarts after lost workers and a count of attempts."""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
import time
import uuid
from collections import deque
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from distributed import Client, KilledWorker, Status, Variable, get_client, get_worker

from genbench import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack

    from distributed import Worker

__all__ = ["DaskExecutor"]

_LOGGER = logging.getLogger("distributed.client")
_PATIENCE = 60.0  # seconds to wait for a new worker after all were lost
_CLOSING = 5.0  # timeout for closing a connection, seconds
_OVER = (Status.closing, Status.closed, Status.failed, Status.stopping)


@dataclass(frozen=True, eq=False)
class _Call:
    """A call, its future, and the name of the dask variable that counts its attempts."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)
    counter: str = field(default_factory=lambda: f"genbench-{uuid.uuid4().hex}")


class DaskExecutor(Executor):
    """Calls `function(*arguments, tries=…, is_wanted=…)` on workers of dask, one at a time on each.

    cluster    resources of this executor alone, closed at shutdown
    jobs       maximum number of parallel calls; None: one for each worker
    resources  dask resources that each call reserves on its worker
    """

    def __init__(
        self, client: Client, cluster: ExitStack, *, jobs: int | None, resources: Mapping[str, float]
    ) -> None:
        self._client = client
        self._cluster = cluster
        self._address = client.scheduler.address
        self._engine = client.get_executor(pure=False, retries=0, resources=dict(resources) or None)
        self._jobs = jobs
        self._running: set[_Call] = set()
        self._waiting: deque[_Call] = deque()
        self._lock = threading.Lock()
        self._is_shut = False
        self._level = _LOGGER.level
        _LOGGER.setLevel(logging.CRITICAL)  # it would print a traceback; an error is one line here
        self._end = threading.Event()
        threading.Thread(target=self._watch, name="genbench-dask", daemon=True).start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Future[Any]:
        """Return a future of the function's result on a worker, which also passes the two keywords."""
        if self._is_shut:
            raise RuntimeError("the executor is shut down")
        call = _Call(functools.partial(function, **keywords), arguments)
        try:
            Variable(call.counter, client=self._client).set(0)
        except (OSError, CancelledError) as error:  # the connection is lost
            raise self._connection_error() from error
        with self._lock:
            self._waiting.append(call)
        self._start_some()
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection and the cluster; cancel unfinished calls unless `wait` is true."""
        with self._lock:
            self._is_shut = True
            self._end.set()
            if cancel_futures or not wait:
                self._waiting.clear()
        with contextlib.suppress(Exception):  # in any state, the connection is closed below
            self._engine.shutdown(wait=wait)
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.close(timeout=_CLOSING)
        self._cluster.close()
        _LOGGER.setLevel(self._level)

    def _watch(self) -> None:
        """Fail all calls if there is no worker for _PATIENCE seconds; dask itself would wait forever."""
        seen = time.monotonic()
        while not self._end.wait(1.0):
            with contextlib.suppress(Exception):  # the connection is lost, which the calls report
                if self._client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > _PATIENCE:
                error = EngineError(
                    f"the dask scheduler at {self._address} has lost all workers, and no new one connected "
                    f"within {_PATIENCE:g} s; start some and run the same command to resume"
                )
                with self._lock:
                    calls = [*self._running, *self._waiting]
                for call in calls:
                    with contextlib.suppress(InvalidStateError):
                        call.future.set_exception(error)
                return

    def _start_some(self) -> None:
        while (call := self._next()) is not None:
            self._start(call)

    def _next(self) -> _Call | None:
        """Return a call that may be started now, or None."""
        with self._lock:
            while self._waiting and (self._jobs is None or len(self._running) < self._jobs):
                call = self._waiting.popleft()
                if call.future.set_running_or_notify_cancel():
                    self._running.add(call)
                    return call
        return None

    def _start(self, call: _Call) -> None:
        placed = self._engine.submit(_count_attempt, call.function, call.arguments, call.counter)
        placed.add_done_callback(functools.partial(self._set_result, call))

    def _connection_error(self) -> EngineError:
        return EngineError(
            f"lost the connection to the dask scheduler at {self._address}; start it again and run the same "
            f"command to resume"
        )

    def _set_result(self, call: _Call, placed: Future[Any]) -> None:
        """Set the result of a call; the connection's thread calls this, so it must not block."""
        error = self._connection_error() if placed.cancelled() else placed.exception()
        if isinstance(error, KilledWorker) and not self._is_shut:
            self._start(call)  # dask gives up early; our own count decides whether the call is at fault
            return
        with contextlib.suppress(InvalidStateError):  # it failed before
            if error is None:
                call.future.set_result(placed.result())
            else:
                call.future.set_exception(error)
        with contextlib.suppress(Exception):  # a counter that stays only takes room
            Variable(call.counter, client=self._client).delete()
        with self._lock:
            self._running.discard(call)
        self._start_some()


def _count_attempt(function: Callable[..., Any], arguments: tuple[Any, ...], counter: str) -> Any:
    """Count an attempt, call the function on this worker, and return its result."""
    worker = get_worker()
    count = Variable(counter, client=get_client())
    tries = int(count.get())
    count.set(tries + 1)
    is_wanted = functools.partial(_is_wanted, worker, worker.get_current_task())
    return function(*arguments, tries=tries, is_wanted=is_wanted)


def _is_wanted(worker: Worker, key: str) -> bool:
    """Return whether the scheduler is connected and still waits for a task that this worker executes."""
    task = worker.state.tasks.get(key)
    return worker.status not in _OVER and task is not None and task.state in ("executing", "long-running")
