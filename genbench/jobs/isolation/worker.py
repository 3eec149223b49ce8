"""The child process of a job: runs it and sends events to the starter.

It has its own session, scratch folder and output pipe, and ends with the server that forked it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import pickle
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_files
from genbench.core.errors import GenbenchError, describe_error
from genbench.files.process_settings import DECLARED, keep_settings
from genbench.files.secrets import redact
from genbench.store.environment import describe_machine, read_library_versions

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Request", "adopt_orphans", "preload", "run_child", "send"]

_DIES_WITH_PARENT, _ADOPTS_ORPHANS = 1, 36  # PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of Linux' prctl


@dataclass(frozen=True)
class Request:
    """A job to run in a child.

    job        pickled
    plugins    plugin files to load before it can be unpickled
    scratch    an empty folder to run in
    variables  environment variables to add to the server's
    """

    job: bytes
    plugins: tuple[Path, ...]
    scratch: Path
    variables: Mapping[str, str]


def run_child(
    request: Request, channel: socket.socket, output: int, *, server: int, inherited: Sequence[socket.socket]
) -> None:
    """Run a request in this process, a child of the fork server, and end the process.

    It never returns, since the code of the server would follow.

    channel    the socket to the starter, the process that started the server and sends requests
    output     the pipe for its output
    server     the process number of the server, which forked this process
    inherited  sockets of the server, to close here
    """
    status = 1  # if anything below raises
    try:
        _detach(server, inherited, output)
        _enter_scratch(request)
        status = _run_request(request, channel)
    finally:
        _end_process(status)


def preload(modules: Sequence[str]) -> None:
    """Import modules that every job needs, and cache the environment that every record holds.

    A module that cannot be imported is skipped: the job that needs it fails with the reason.
    """
    for name in modules:
        with contextlib.suppress(Exception):  # a broken library may raise any when it is imported
            importlib.import_module(name)
    read_library_versions()  # cached for the forks
    describe_machine(1, "")  # caches the name of the CPU; the threads and the device do not matter
    gc.freeze()  # garbage collection in a fork would copy every page that it visits


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that they can be found and killed.

    Only Linux supports this.
    """
    _set_process_option(_ADOPTS_ORPHANS, 1)


def _set_process_option(option: int, value: int) -> None:
    """Set an option of this process with Linux' prctl; other systems lack it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def _detach(server: int, inherited: Sequence[socket.socket], output: int) -> None:
    """Replace what the child inherited from the server: its session, signals, sockets and output.

    Ends the process if the server has ended meanwhile, since nothing else would.
    """
    os.setsid()  # by its session, the server knows which job a leftover process belongs to
    signal.set_wakeup_fd(-1)  # signals of this child must not wake the server
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the server's handler is only for its own children
    for server_socket in inherited:
        server_socket.close()
    _set_process_option(_DIES_WITH_PARENT, signal.SIGKILL)
    adopt_orphans()
    if os.getppid() != server:  # it ended before the option _DIES_WITH_PARENT was set
        os._exit(1)
    os.dup2(output, 1)  # standard output
    os.dup2(output, 2)  # standard error
    os.close(output)


def _enter_scratch(request: Request) -> None:
    """Change to the scratch folder, use it for temporary files too, and set the request's variables."""
    os.chdir(request.scratch)
    os.environ.update(request.variables)
    if request.variables:
        # `redact` hides the values of these variables, which may be secrets: it reads their names here
        os.environ[DECLARED] = ",".join((os.environ.get(DECLARED, ""), *request.variables))
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(request.scratch)))
    tempfile.tempdir = None  # forget the folder that the server has cached; the next use reads TMPDIR


def _run_request(request: Request, channel: socket.socket) -> int:
    """Run a job, send its events and its result, and return the exit status: 0, or 1 after an error.

    The result is {"done": true}, or {"error": message, "code": exit code of genbench}. The code is None for
    an error that is no GenbenchError: a bug.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # output is complete if the process dies
    try:
        with keep_settings():  # imports may change settings of libraries, such as numpy's handling of errors
            # the job has classes of these files; one that fails to load raises nothing: a job may not need it
            load_files(request.plugins)
            job = pickle.loads(request.job)  # noqa: S301 - sent by our own starter
        job.run(lambda **event: send(channel, redact(event)))
        send(channel, {"done": True})
    except GenbenchError as error:
        send(channel, {"error": redact(str(error)), "code": error.exit_code})
        return 1
    except BaseException as error:  # also SystemExit and KeyboardInterrupt, which a plugin may raise
        traceback.print_exc()
        send(channel, {"error": redact(describe_error(error)), "code": None})
        return 1
    return 0


def _end_process(status: int) -> None:
    """Flush the output, and end the process without the exit handlers that it inherited from the server."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a plugin may have closed or replaced the stream
            stream.flush()
    os._exit(status)


def send(channel: socket.socket, event: Mapping[str, Any]) -> None:
    """Send an event to the starter as a line of JSON; do nothing if the starter has ended."""
    with contextlib.suppress(OSError):
        channel.sendall((json.dumps(event) + "\n").encode())
