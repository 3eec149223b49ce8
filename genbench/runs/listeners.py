"""Listeners: objects that are told of a run's events, each in a thread of its own."""

from __future__ import annotations

import contextlib
import copy
import os
import queue
import threading
import time
import traceback
import warnings
from typing import TYPE_CHECKING, Any

from genbench.contract.events import bind_event_methods
from genbench.core.errors import describe_error
from genbench.core.escaping import one_line
from genbench.files.outputs import open_log
from genbench.files.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from genbench.contract.events import Methods

__all__ = ["ListenerThread", "PythonWarnings", "close_all"]

# Events that may wait for a listener: at the first number progress is dropped, at the second all others.
_MOST_PROGRESS, _MOST_EVENTS = 5_000, 10_000
_MOST_TRACEBACKS = 20  # of one listener, on disk
_CALL_S, _ALL_S = 120.0, 600.0  # after the run: the longest call, and all calls together
_STOPPED_S = 1.0  # after an interrupt or an error, for all listeners together
_TICK_S = 0.05  # seconds between two checks whether a thread has ended: short, so that a command ends at once


class PythonWarnings:
    """A listener of runs in Python code: it issues the run's warnings by Python's `warnings` module."""

    def warned(self, text: str) -> None:
        """Issue the text of the event "warned" as a RuntimeWarning; the event gives the method its name."""
        warnings.warn(text, RuntimeWarning, stacklevel=2)


class ListenerThread:
    """A listener in a thread of its own, with a bounded queue of events; what it raises becomes a warning.

    name  for messages: "listener mlflow of genbench 0.1.0"
    make  returns the listener; it is called in the thread, too
    log   the file for tracebacks, created when it is needed

    An event is lost to this listener alone if its method raises, if the queue is full, or if the run ends
    before the listener gets it.
    """

    def __init__(self, name: str, make: Callable[[], object], log: Path) -> None:
        """Start the thread, which makes the listener and then calls its methods.

        name  of the listener, for warnings
        make  returns the listener
        log   the file for the tracebacks of its errors
        """
        self._name = name
        self._make = make
        self._log = log
        self._events: queue.SimpleQueue[tuple[str, Mapping[str, Any]] | None] = queue.SimpleQueue()
        self._warnings: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._methods: Methods | None = None  # by event; None until the thread has made the listener
        self._failures = 0
        self._is_behind = False  # whether an event was lost because the queue was full
        self._since: float | None = time.monotonic()  # when the call in progress began: first, that of `make`
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wants(self, event: str) -> bool:
        """Return whether the listener has a method for an event, or may have one once it is made."""
        return self._methods is None or event in self._methods

    def tell(self, event: str, values: Mapping[str, Any]) -> None:
        """Add an event to the queue, unless the listener does not want it or the queue is full.

        Progress is dropped once 5,000 events wait, other events at 10,000, so that the rarer ones get in.
        Only the first loss is a warning.
        """
        if not self.wants(event):
            return
        if self._events.qsize() < (_MOST_PROGRESS if event == "progress" else _MOST_EVENTS):
            self._events.put((event, copy.deepcopy(values)))  # the run changes its values meanwhile
        elif not self._is_behind:
            self._is_behind = True
            waiting = self._events.qsize()
            self._warnings.put(
                f"{self._name} is behind: {waiting:,} events wait for it, and others are not kept"
            )

    def new_warnings(self) -> list[str]:
        """Return the warnings that the listener has caused since the last call."""
        texts = []
        with contextlib.suppress(queue.Empty):  # raised once the queue is empty, which ends the loop
            while True:
                texts.append(self._warnings.get_nowait())
        return texts

    def end(self) -> None:
        """Let the listener's thread end after the events in its queue; None is the signal."""
        self._events.put(None)

    def wait(self, *, call_s: float, until: float) -> None:
        """Wait for the thread to end; if it does not, warn of the lost events and let it run on.

        call_s  the longest time of one call of the listener, in seconds
        until   the latest time to wait for, by the monotonic clock
        """
        while self._thread.is_alive():
            since, now = self._since, time.monotonic()  # `since` is None between two calls
            is_call_too_long = since is not None and now > since + call_s
            if now > until or is_call_too_long:
                break
            self._thread.join(_TICK_S)
        if self._thread.is_alive():
            count = self._events.qsize() - 1  # without the None that ends the thread
            lost = f"; {count:,} events are lost" if count > 0 else ""
            self._warnings.put(f"{self._name} did not end, and is left alone{lost}")

    def _run(self) -> None:
        """Make the listener, and call its methods with the events in the queue until None comes."""
        methods: Methods = {}  # stays empty if the listener cannot be made; its events are then dropped
        with self._catch_errors("start"):
            methods = bind_event_methods(self._make())
        self._methods = methods
        while (item := self._events.get()) is not None:  # `end` adds None
            event, values = item
            if event in methods:
                with self._catch_errors(event):
                    methods[event](values)

    @contextlib.contextmanager
    def _catch_errors(self, event: str) -> Iterator[None]:
        """Catch errors of the listener in a call: warn of the first one, log the tracebacks of the first 20.

        event  the event that the call is for, or "start"

        It also notes when the call began, since `wait` gives up on a call that takes too long.
        """
        self._since = time.monotonic()
        try:
            yield
        except BaseException as error:  # SystemExit too: no error of a listener may end the run
            self._failures += 1
            if self._failures <= _MOST_TRACEBACKS:
                where = self._write_traceback(redact(traceback.format_exc()))
            if self._failures == 1:
                reason = one_line(redact(describe_error(error)))
                self._warnings.put(f"{self._name} failed at {event}, and the run goes on: {reason} ({where})")
        finally:
            self._since = None

    def _write_traceback(self, text: str) -> str:
        """Append a traceback to the log; return where it is, or why it could not be written, in words."""
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(open_log(self._log), "a", encoding="utf-8") as log:
                log.write(text)
        except OSError as error:
            return f"its traceback cannot be written: {error.strerror or error}"
        return f"traceback in {self._log}"


def close_all(threads: Iterable[ListenerThread], *, is_done: bool) -> None:
    """End all threads, and wait for them: 10 minutes at most after a run that is done, else one second.

    A listener whose single call takes longer than two minutes (`_CALL_S`) is no longer waited for.
    """
    threads = tuple(threads)
    for thread in threads:  # all first, so that they end at the same time
        thread.end()
    patience = _ALL_S if is_done else _STOPPED_S
    until = time.monotonic() + patience
    for thread in threads:
        thread.wait(call_s=_CALL_S, until=until)
