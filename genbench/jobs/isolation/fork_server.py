"""The fork server: a process with libraries imported, which forks a child for each job and kills leftovers.

A process that loses its parent becomes a child of the job's process, and when that ends, of the server, which
kills it. So a job leaves no process behind, background processes included.
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

from genbench.jobs.isolation.process_tree import kill_each, list_descendants
from genbench.jobs.isolation.worker import Request, adopt_orphans, preload, run_child, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["LENGTH", "Kill", "serve"]

#: How many bytes follow, before each pickled message.
LENGTH = struct.Struct("!Q")

_MOST_SWEEPS = 100  # a process may start others while it is killed; one that always does must not hang us
_PATIENCE = 1.0  # seconds between two checks that the starter still runs
_IMPATIENCE = 0.25  # the same while libraries are imported


@dataclass(frozen=True)
class Kill:
    """A request to kill the child `pid` and all processes that it started."""

    pid: int


def serve(control: socket.socket, scratch: Path, modules: Sequence[str]) -> None:
    """Fork a child for each request until the starter closes the connection or ends; then kill all children.

    control  the socket to the starter, the process that started this server
    scratch  a folder to remove at the end, in case the starter cannot
    modules  modules to import before the first child is forked
    """
    starter = os.getppid()
    adopt_orphans()
    with _exit_with_starter(starter, scratch):
        preload(modules)
    # the end of a child raises SIGCHLD, upon which Python writes to `waker`, so that `select` returns
    wakeup, waker = socket.socketpair()
    waker.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler, the wakeup descriptor gets nothing
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the starter handles Ctrl-C, and ends the server
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
def _exit_with_starter(starter: int, scratch: Path) -> Iterator[None]:
    """End this process as soon as its starter has ended, while the block runs.

    The block imports libraries, which can take longer than a run; the loop in `serve` does not check yet.
    """

    def exit_without_starter(*_: object) -> None:
        """Remove the scratch folder and end the process if the starter has ended; a handler of SIGALRM."""
        if os.getppid() != starter:
            shutil.rmtree(scratch, ignore_errors=True)
            os._exit(1)

    signal.signal(signal.SIGALRM, exit_without_starter)
    signal.setitimer(signal.ITIMER_REAL, _IMPATIENCE, _IMPATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _receive(control: socket.socket) -> tuple[Request | Kill | None, list[int]]:
    """Return the next message and its file descriptors; the message is None after the connection closed.

    A request comes with two descriptors: the socket to the starter, and the pipe for output.
    """
    header, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 2)
    if len(header) < LENGTH.size:  # a closed connection gives no bytes
        return None, descriptors
    (length,) = LENGTH.unpack(header)
    body = bytearray()
    while len(body) < length:
        piece = control.recv(min(length - len(body), 1 << 20))
        if not piece:
            return None, descriptors
        body += piece
    return pickle.loads(bytes(body)), descriptors  # noqa: S301 - sent by our own starter


def _fork(
    request: Request, descriptors: list[int], channels: dict[int, socket.socket],
    server_sockets: list[socket.socket],
) -> None:  # fmt: skip
    """Fork the child of a request, add its socket to `channels`, and send its process number to the starter.

    The starter is the process that started this server, and sends the requests.

    descriptors     the socket to the starter, and the pipe for the child's output
    channels        the socket of each running child, by process number
    server_sockets  the server's own sockets, which the child closes
    """
    channel, output = socket.socket(fileno=descriptors[0]), descriptors[1]
    server = os.getpid()
    pid = os.fork()
    if pid == 0:  # in the child, which ends inside `run_child`
        run_child(request, channel, output, server=server, inherited=[*server_sockets, *channels.values()])
    os.close(output)
    channels[pid] = channel
    send(channel, {"pid": pid})


def _reap(channels: dict[int, socket.socket]) -> None:
    """Send the starter the exit code of each child that has ended, and how many processes the child left.

    First kill these processes. The starter is the process that started this server.

    channels  the socket of each running child, by process number; the ended ones are removed
    """
    ended: dict[int, tuple[socket.socket, int]] = {}
    for pid, status in _list_statuses():
        channel = channels.pop(pid, None)
        if channel is not None:
            ended[pid] = channel, os.waitstatus_to_exitcode(status)
    if not ended:
        return
    sessions = _sweep(channels)  # first, since it counts the processes that it kills
    for pid in ended:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # without prctl, as on macOS, leftovers do not become our children, and `_sweep` misses them
            os.killpg(pid, signal.SIGKILL)
    for pid, (channel, code) in ended.items():
        # A child begins a session, whose number is its own. A killed process of another session can be
        # attributed to a child only if a single child has ended.
        of_other_sessions = sum(session not in ended for session in sessions) if len(ended) == 1 else 0
        send(channel, {"exit": code, "left": sessions.count(pid) + of_other_sessions})
        channel.close()


def _list_statuses() -> Iterator[tuple[int, int]]:
    """Yield the number and status of each child that has ended."""
    with contextlib.suppress(ChildProcessError):  # raised if there is no child at all
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:  # 0: children run, none has ended
            yield ended


def _kill(pid: int, channels: Mapping[int, socket.socket]) -> None:
    """Kill a child that still runs; once its end is signalled, `_reap` kills what it started."""
    if pid in channels:  # else it has ended, and another process may have its number
        kill_each([pid])


def _sweep(channels: Iterable[int]) -> list[int]:
    """Kill all descendants of this process, and return the session of each killed one.

    channels  process numbers of children that stay alive, with all their descendants

    Processes may start others meanwhile, so this is repeated until none is left, _MOST_SWEEPS times at most.
    """
    killed: set[int] = set()
    sessions: list[int] = []
    for _ in range(_MOST_SWEEPS):
        # a killed process is a descendant until it has ended
        spared = {member for pid in channels for member in (pid, *list_descendants(pid))} | killed
        leftovers = {pid: _find_session(pid) for pid in list_descendants(os.getpid()) if pid not in spared}
        newly_killed = kill_each(list(leftovers))
        if not newly_killed:
            break
        killed |= newly_killed
        sessions += [leftovers[pid] for pid in newly_killed]
    return sessions


def _find_session(pid: int) -> int:
    """Return the session of a process; 0 if it has ended or belongs to another user."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        return os.getsid(pid)
    return 0
