"""Logs of bounded size: the beginning and the end of a process's output.

A process that prints without end would otherwise fill the disk.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from genbench.files.outputs import open_log
from genbench.files.secrets import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["OutputLog"]

_HEAD = _TAIL = 512 * 1024  # about 5,000 lines: the start of a training, and a traceback after it


class OutputLog:
    """The log of one process, appended to a file: `write` while it runs, `close` when it has ended.

    It writes the first 512 KiB at once. When it is closed, it writes the last 512 KiB of the rest, after a
    line with the number of bytes between. It redacts `secrets` before it cuts. A log that cannot be written
    is lost, and nothing else.
    """

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        self._redactor = Redactor(secrets)
        self._file: int | None = None
        self._room = _HEAD
        self._tail = bytearray()
        self._left_out = 0
        with contextlib.suppress(OSError):
            self._file = open_log(path)

    def write(self, content: bytes) -> None:
        """Add output."""
        self._take(self._redactor.feed(content))

    def _take(self, content: bytes) -> None:
        head, rest = content[: self._room], content[self._room :]
        self._room -= len(head)
        self._put(head)
        self._tail += rest
        if len(self._tail) > 2 * _TAIL:
            self._left_out += len(self._tail) - _TAIL
            del self._tail[:-_TAIL]

    def close(self) -> None:
        """Write the end of the output."""
        self._take(self._redactor.flush())
        cut = max(0, len(self._tail) - _TAIL)
        if self._left_out + cut:
            self._put(b"\n[%d bytes were left out here]\n" % (self._left_out + cut))
        self._put(bytes(self._tail[cut:]))
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _put(self, content: bytes) -> None:
        while content and self._file is not None:
            try:
                content = content[os.write(self._file, content) :]
            except OSError:
                return
