"""The client of the fork server: starts jobs in child processes and reads their events.

`ForkServer` starts a new interpreter, which imports what all jobs need under fixed thread counts and then
forks a child for each job that it receives. The fork server of multiprocessing would import the caller's main
script into every child, so a training script could not call `genbench.run` without a guard.

A job is a picklable object with `run(report)`. The output of its process goes to a log file. The process
sends events to its starter through a socket: a JSON line for each `report(**event)`, then {"done": true} or
{"error": …}. The server adds {"pid": …} when the process starts, and {"exit": …, "left": …} when it has
ended, with the number of processes that it left behind. When the starter ends, the server and its children
end too.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from genbench.files.outputs import open_log
from genbench.files.secrets import Redactor, secrets_in
from genbench.files.temporary import make_temp_folder
from genbench.jobs.isolation.fork_server import LENGTH, Kill, serve
from genbench.jobs.isolation.process_tree import kill_each, list_descendants
from genbench.jobs.isolation.worker import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Child", "ForkServer", "OutputLog", "change_hash_seed"]

# The server imports from the same places as its starter; -P excludes a torch.py in the working folder.
_START = (
    "import json, pathlib, socket, sys; sys.path[:] = json.loads(sys.argv[2]); "
    f"from {serve.__module__} import serve; "
    "serve(socket.socket(fileno=int(sys.argv[1])), pathlib.Path(sys.argv[3]), json.loads(sys.argv[4]))"
)
_PATIENCE = 1.0  # seconds for the server to exit after its connection was closed
_PIECE = 1 << 16  # bytes that a pipe of Linux holds
_HEAD = _TAIL = 512 * 1024  # about 5,000 lines: the start of a training, and a traceback after it


class ForkServer:
    """A fork server of its own: `start(job, log)` runs a job in a new child."""

    def __init__(
        self, environment: Mapping[str, str], plugins: Sequence[Path] = (), preload: Sequence[str] = ()
    ) -> None:
        """Start the server's process, and the socket through which it gets requests.

        environment  all variables that the server and its children have
        plugins      plugin files that jobs may refer to
        preload      modules that the server imports before it forks the first child
        """
        self._plugins = tuple(plugins)
        self._lock = threading.Lock()
        self._scratch = make_temp_folder()
        self._control, theirs = socket.socketpair()
        # the server imports the same modules as this process
        import_folders = [str(Path(folder).absolute()) for folder in sys.path]
        with theirs:
            arguments = (
                str(theirs.fileno()),
                json.dumps(import_folders),
                str(self._scratch),
                json.dumps(list(preload)),
            )
            self._process = subprocess.Popen(
                # -P: a file of the working folder, such as torch.py, is not imported in place of a library
                [sys.executable, "-P", "-c", _START, *arguments],
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches only the starter, which ends the server
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextlib.contextmanager
    def start(self, job: Any, log: Path, *, variables: Mapping[str, str] | None = None) -> Iterator[Child]:
        """Run a job in a new child and yield the Child; leaving the block ends it if it still runs.

        job        an object that can be pickled, with `run(report)`
        log        the file to which the child's output is appended
        variables  environment variables for this child only
        """
        scratch = make_temp_folder(self._scratch)
        request = Request(pickle.dumps(job), self._plugins, scratch, dict(variables or {}))
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        try:
            # if the server has ended, sending fails; then `Child.events` ends with {"exit": None}
            with theirs, contextlib.suppress(OSError):
                self._send(request, [theirs.fileno(), write_end])
        finally:
            os.close(write_end)  # only the child's copy stays open: reading ends when the child closes it
        # values of secret variables, such as keys, are replaced in the log
        secrets = secrets_in({**os.environ, **request.variables}, request.variables)
        child = Child(self, ours, read_end, OutputLog(log, secrets))
        try:
            yield child
        finally:
            child.close()
            shutil.rmtree(scratch, ignore_errors=True)

    def kill(self, pid: int) -> None:
        """Kill a child and all processes that it started; do nothing if it has ended."""
        with contextlib.suppress(OSError):
            self._send(Kill(pid), [])

    def stop(self) -> None:
        """Kill the server; its children end with it."""
        self._process.kill()

    @property
    def is_alive(self) -> bool:
        """Whether the server can still start jobs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the server and all its children; kill them if the server has not ended them in a second."""
        self._control.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:  # the server still imports libraries, or was stopped
            # listed before the server ends, since their parent is another process then
            orphans = list_descendants(self._process.pid)
            self._process.kill()
            self._process.wait()
            kill_each(orphans)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _send(self, message: Request | Kill, descriptors: list[int]) -> None:
        """Send a pickled message, with file descriptors, to the server; several threads may call this."""
        content = pickle.dumps(message)
        with self._lock:
            socket.send_fds(self._control, [LENGTH.pack(len(content))], descriptors)
            self._control.sendall(content)


class Child:
    """A running job.

    pid            of its process, once it has started
    n_left_behind  number of its child processes that were still alive when it had ended
    """

    def __init__(self, server: ForkServer, channel: socket.socket, output: int, log: OutputLog) -> None:
        """Prepare to read from a child that was requested.

        channel  the socket of its events
        output   the end of a pipe from which its output is read, to be written to `log`
        """
        self.pid: int | None = None
        self.n_left_behind = 0
        self._server = server
        self._channel = channel
        self._output = output
        self._log = log
        self._partial_line = b""
        self._has_ended = False
        self._output_open = True
        self._descendants: list[int] = []
        channel.setblocking(False)
        os.set_blocking(output, False)

    def events(self, tick: float | None = None) -> Iterator[dict[str, Any]]:
        """Yield the job's events; the last is {"exit": status}, negative for a signal.

        If the server itself has ended, the last event is {"exit": None}. With a `tick`, there is an event,
        empty if necessary, at least once in so many seconds.
        """
        while not self._has_ended:
            channel = self._channel.fileno()
            readable = [channel, self._output] if self._output_open else [channel]
            ready, _, _ = select.select(readable, [], [], tick)
            if self._output in ready:
                self._take_output()
            if channel in ready:
                yield from self._read()
            if tick is not None and not self._has_ended:
                yield {}

    def list_processes(self) -> list[int]:
        """Return the pids of the job's process and all its descendants; [] before it has started.

        They are remembered for `_read`: if the server dies, they are no longer its descendants and cannot be
        found, but must be killed.
        """
        if self.pid is None:
            return []
        self._descendants = [self.pid, *list_descendants(self.pid)]
        return self._descendants

    def kill(self, *, by_force: bool = False) -> None:
        """End the job's process and all that it started.

        by_force  kill these processes directly, and the server too, which did not do it in time; False: ask
                  the server to kill them
        """
        if self.pid is None or self._has_ended:
            return
        if by_force:
            kill_each(self.list_processes())
            self._server.stop()
        else:
            self._server.kill(self.pid)

    def close(self) -> None:
        """End the job if it has not ended, write the rest of its output to its log, and close the log."""
        self.kill()
        self._channel.close()
        while self._take_output():  # until the pipe is empty
            pass
        os.close(self._output)
        self._log.close()

    def _read(self) -> Iterator[dict[str, Any]]:
        """Yield the events that have arrived, and set `pid` and `n_left_behind` from them.

        A line may arrive in pieces, so its beginning waits in `_partial_line`.
        """
        try:
            content = self._channel.recv(_PIECE)
        except ConnectionResetError:  # the server was killed
            content = b""
        if not content:
            self._has_ended = True
            kill_each(self._descendants)  # usually the server kills them, but it has ended
            yield {"exit": None}
            return
        *lines, self._partial_line = (self._partial_line + content).split(b"\n")
        for event in filter(None, map(_parse_event, lines)):
            self.pid = event.get("pid", self.pid)
            if "exit" in event:
                self._has_ended = True
                self.n_left_behind = event.pop("left", 0)
            yield event

    def _take_output(self) -> bool:
        """Write new output to the log; return whether there may be more now.

        False: the pipe is empty for now, or all processes have closed it.
        """
        with contextlib.suppress(BlockingIOError):  # the pipe is empty for now
            content = os.read(self._output, _PIECE)
            self._log.write(content)
            self._output_open = bool(content)  # nothing to read: all processes have closed the pipe
            return self._output_open
        return False


class OutputLog:
    """The log of one process, appended to a file: `write` while it runs, `close` when it has ended.

    Its size is bounded, so that a process that prints without end does not fill the disk: it has the
    first 512 KiB of the output, a line with the number of bytes left out, and the last 512 KiB. `secrets` are
    redacted first, since a cut could divide one. If the log cannot be written, the job still runs.
    """

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        """Open the log file; if that fails, all output is discarded.

        secrets  texts that are redacted in the output
        """
        self._redactor = Redactor(secrets)
        self._file: int | None = None
        self._head_left = _HEAD
        self._tail = bytearray()
        self._left_out = 0
        with contextlib.suppress(OSError):
            self._file = open_log(path)

    def write(self, content: bytes) -> None:
        """Add output to the log, without secrets."""
        self._store(self._redactor.feed(content))

    def _store(self, content: bytes) -> None:
        """Write output to the file until it has 512 KiB; of what follows, keep the end for `close`."""
        head, rest = content[: self._head_left], content[self._head_left :]
        self._head_left -= len(head)
        self._write_file(head)
        self._tail += rest
        # cut at twice the size that is kept, and so seldom, since each cut moves _TAIL bytes
        if len(self._tail) > 2 * _TAIL:
            self._left_out += len(self._tail) - _TAIL
            del self._tail[:-_TAIL]

    def close(self) -> None:
        """Write the number of bytes left out, if any, and the end of the output; close the file."""
        self._store(self._redactor.flush())
        cut = max(0, len(self._tail) - _TAIL)
        if self._left_out + cut:
            self._write_file(b"\n[%d bytes were left out here]\n" % (self._left_out + cut))
        self._write_file(bytes(self._tail[cut:]))
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write_file(self, content: bytes) -> None:
        """Write bytes to the file; stop at the first error, such as a full disk."""
        while content and self._file is not None:
            try:
                content = content[os.write(self._file, content) :]
            except OSError:
                return


def _parse_event(line: bytes) -> dict[str, Any] | None:
    """Return the event in a line; None for other output, which a plugin wrote to the socket."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def change_hash_seed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with another hash seed than its own: sets of strings then have another order."""
    return {**environment, "PYTHONHASHSEED": "2" if environment.get("PYTHONHASHSEED") == "1" else "1"}
