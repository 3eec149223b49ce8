"""What a process prints, written to a file that stays small: its beginning and its end.

Nobody reads the middle of a gigabyte; a full disk would end the run of everybody.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from genbench.files.secrets import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["OutputLog"]

_HEAD = _TAIL = 512 * 1024


class OutputLog:
    """The log of one process, added to a file: `write` while it runs, `close` when it has ended.

    The first 512 KiB are in the file at once; of what follows the last 512 KiB, when it is closed, after a
    line that says how much was left out. `secrets` are replaced before anything is cut. A log that cannot be
    written costs nothing but the log.
    """

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        self._redactor = Redactor(secrets)
        self._file: int | None = None
        self._room = _HEAD
        self._tail = bytearray()
        self._left_out = 0
        with contextlib.suppress(OSError):
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, content: bytes) -> None:
        """Take what was printed."""
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
        """Write the end of what was printed."""
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
