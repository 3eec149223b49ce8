"""The fork-server's end: a warm process that forks a child for each job, and ends all that the child left.

Processes that lose their parent fall to the child, and when that ends to the server, which kills them: a job
leaves nothing behind, not even what has put itself into the background.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import shutil
import signal
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.isolation.process_tree import descendants, kill_each
from genbench.isolation.worker import Request, adopt_orphans, live, preload, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["LENGTH", "Kill", "serve"]

#: How many bytes follow, before each pickled message.
LENGTH = struct.Struct("!Q")

_MOST_SWEEPS = 100  # of processes that start others while they are killed
_PATIENCE = 1.0  # seconds between two looks whether the starter is still there
_IMPATIENCE = 0.25  # the same while libraries are imported


@dataclass(frozen=True)
class Kill:
    """The child `pid` is to be ended, with all that it started."""

    pid: int


def serve(control: socket.socket, scratch: Path, modules: Sequence[str]) -> None:
    """Fork a child for every request until the starter closes the connection or has gone; then kill all.

    scratch  removed at the end, in case the starter could not
    modules  imported before the first child is forked
    """
    starter = os.getppid()
    adopt_orphans()
    with _leaving(starter, scratch):
        preload(modules)
    wakeup, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channels: dict[int, socket.socket] = {}
    while os.getppid() == starter:
        ready, _, _ = select.select([control, wakeup], [], [], _PATIENCE)
        if wakeup in ready:
            wakeup.recv(4096)
            _reap(channels)
        if control in ready:
            message, descriptors = _receive(control)
            if message is None:
                break
            if isinstance(message, Kill):
                _kill(message.pid, channels)
            else:
                _fork(message, descriptors, channels, [control, wakeup, waker])
    signal.set_wakeup_fd(-1)
    _sweep(channels=())
    shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _leaving(starter: int, scratch: Path) -> Iterator[None]:
    """End this process here as soon as its starter has gone: imports can take longer than a run."""

    def look(*_: object) -> None:
        if os.getppid() != starter:
            shutil.rmtree(scratch, ignore_errors=True)
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _IMPATIENCE, _IMPATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _receive(control: socket.socket) -> tuple[Request | Kill | None, list[int]]:
    header, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 2)
    if len(header) < LENGTH.size:
        return None, descriptors
    (length,) = LENGTH.unpack(header)
    body = bytearray()
    while len(body) < length:
        part = control.recv(min(length - len(body), 1 << 20))
        if not part:
            return None, descriptors
        body += part
    return pickle.loads(bytes(body)), descriptors  # noqa: S301 - sent by our own starter


def _fork(
    request: Request, descriptors: list[int], channels: dict[int, socket.socket], ours: list[socket.socket]
) -> None:
    channel, output = socket.socket(fileno=descriptors[0]), descriptors[1]
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        live(request, channel, output, server=server, inherited=[*ours, *channels.values()])
    os.close(output)
    channels[pid] = channel
    send(channel, {"pid": pid})


def _reap(channels: dict[int, socket.socket]) -> None:
    """Tell of each child that has ended, once all that it left behind is dead."""
    ended: dict[int, tuple[socket.socket, int]] = {}
    for pid, status in _statuses():
        channel = channels.pop(pid, None)
        if channel is not None:
            ended[pid] = channel, os.waitstatus_to_exitcode(status)
    if not ended:
        return
    for pid in ended:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # where orphans are not adopted, this is all that is known
    sessions = _sweep(channels)
    for pid, (channel, code) in ended.items():
        strangers = sum(session not in ended for session in sessions) if len(ended) == 1 else 0
        send(channel, {"exit": code, "left": sessions.count(pid) + strangers})
        channel.close()


def _statuses() -> Iterator[tuple[int, int]]:
    """Yield the number and status of each child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _kill(pid: int, channels: Mapping[int, socket.socket]) -> None:
    if pid in channels:  # else it has ended, and its number may be another process's
        kill_each([pid])


def _sweep(channels: Iterable[int]) -> list[int]:
    """Kill all below this process but the trees of `channels`; return the session of each that was killed."""
    killed: set[int] = set()
    sessions: list[int] = []
    for _ in range(_MOST_SWEEPS):
        kept = {below for pid in channels for below in (pid, *descendants(pid))}
        found = {pid: _session(pid) for pid in descendants(os.getpid()) if pid not in kept | killed}
        fresh = kill_each(list(found))
        if not fresh:
            break
        killed |= fresh
        sessions += [found[pid] for pid in fresh]
    return sessions


def _session(pid: int) -> int:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        return os.getsid(pid)
    return 0
