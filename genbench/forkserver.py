"""A warm process from which each job's process is forked, in milliseconds instead of seconds.

`ForkServer` starts a fresh interpreter, which imports numpy and torch under fixed thread counts and then
forks a child for each job it is sent. multiprocessing's own server would import the caller's main script into
every child again, so that a training script could not call `genbench.run` without a guard.

A job is a picklable object with `run(report)`. Its process has a session of its own, writes what it prints to
a log file, and speaks to its starter through a socket: a JSON line for each `report(**event)`, then
{"done": true} or {"error": …}. The server adds {"pid": …} when the process starts and {"exit": …} when it has
ended. When the starter goes, the server goes, and with the server its children.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import json
import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from genbench.catalog import load_catalog
from genbench.errors import GenbenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["ForkServer", "serve"]

_PRELOAD = ("numpy", "torch", "genbench.trial")
# The server imports from where its starter does; -P keeps a file named torch.py in the working folder out.
_START = (
    "import json, socket, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from genbench.forkserver import serve; serve(socket.socket(fileno=int(sys.argv[1])))"
)
_LENGTH = struct.Struct("!Q")
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl


@dataclass(frozen=True)
class _Request:
    """A job in pickled form, the plugin files to load before it can be unpickled, and where it logs."""

    job: bytes
    plugins: tuple[Path, ...]
    log: Path


class ForkServer:
    """The starter's end: `events(job, log)` runs a job in a child of its own.

    environment  variables that the server and its children have beside the starter's own
    plugins      plugin files that jobs may refer to
    """

    def __init__(self, environment: Mapping[str, str], plugins: Sequence[Path] = ()) -> None:
        self._plugins = tuple(plugins)
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(theirs.fileno()), json.dumps([*map(str, sys.path)])],
                env={**os.environ, **environment},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def events(self, job: Any, log: Path) -> Iterator[dict[str, Any]]:
        """Run a job in a new child and yield its events, the last of them {"exit": its exit status}.

        The status is what `os.waitpid` calls exit code: negative for a signal. If the server itself has gone,
        the last event is {"exit": None}.
        """
        ours, theirs = socket.socketpair()
        with ours, theirs:
            request = pickle.dumps(_Request(pickle.dumps(job), self._plugins, log))
            with self._lock, contextlib.suppress(OSError):
                socket.send_fds(self._control, [_LENGTH.pack(len(request))], [theirs.fileno()])
                self._control.sendall(request)
            theirs.close()
            with ours.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    event = json.loads(line)
                    yield event
                    if "exit" in event:
                        return
        yield {"exit": None}

    @property
    def is_alive(self) -> bool:
        """Whether the server can still start jobs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the server and all its children at once."""
        self._control.close()
        self._process.wait()


def serve(control: socket.socket) -> None:
    """Fork a child for every request until the starter closes the connection; then kill all children."""
    for name in _PRELOAD:
        importlib.import_module(name)
    wakeup, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channels: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([control, wakeup], [], [])
        if wakeup in ready:
            wakeup.recv(4096)
            _reap(channels)
        if control in ready:
            request = _receive(control)
            if request is None:
                break
            _fork(request, channels, [control, wakeup, waker])
    signal.set_wakeup_fd(-1)
    for pid in channels:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _receive(control: socket.socket) -> tuple[_Request, socket.socket] | None:
    header, descriptors, _, _ = socket.recv_fds(control, _LENGTH.size, 1)
    if not header:
        return None
    (length,) = _LENGTH.unpack(header)
    body = bytearray()
    while len(body) < length:
        part = control.recv(length - len(body))
        if not part:
            return None
        body += part
    request = pickle.loads(bytes(body))  # noqa: S301 - sent by our own starter
    return request, socket.socket(fileno=descriptors[0])


def _fork(
    received: tuple[_Request, socket.socket], channels: dict[int, socket.socket], ours: list[socket.socket]
) -> None:
    request, channel = received
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _become_child(server, [*ours, *channels.values()])
            status = _run(request, channel)
        finally:
            os._exit(status)
    channels[pid] = channel
    _send(channel, {"pid": pid})


def _become_child(server: int, inherited: list[socket.socket]) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for end in inherited:
        end.close()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


def _run(request: _Request, channel: socket.socket) -> int:
    """Run a job and return its exit status: 0, or 1 after an event that says what it raised."""
    _log_to(request.log)
    try:
        load_catalog(request.plugins, only=())  # a broken one matters only to a job that needs it
        job = pickle.loads(request.job)  # noqa: S301 - sent by our own starter
        job.run(lambda **event: _send(channel, event))
        _send(channel, {"done": True})
    except GenbenchError as error:
        _send(channel, {"error": str(error), "code": error.exit_code})
        return 1
    except BaseException as error:
        traceback.print_exc()
        _send(channel, {"error": f"{type(error).__name__}: {error}", "code": None})
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _log_to(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # what was printed is there if the process dies


def _reap(channels: dict[int, socket.socket]) -> None:
    while channels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # what the job started and left behind
        channel = channels.pop(pid, None)
        if channel is not None:
            _send(channel, {"exit": os.waitstatus_to_exitcode(status)})
            channel.close()


def _send(channel: socket.socket, event: Mapping[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        channel.sendall((json.dumps(event) + "\n").encode())
