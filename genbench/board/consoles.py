"""Consoles that raise BrokenPipeError when their reader has gone."""

from __future__ import annotations

import errno
import os
from typing import NoReturn

from rich.console import Console

__all__ = ["PipeConsole", "open_stderr"]


class PipeConsole(Console):
    """A console that raises BrokenPipeError once, and then prints nothing; rich would exit with 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise BrokenPipeError; rich calls this method when it receives one."""
        self.quiet = True
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def open_stderr(*, quiet: bool = False) -> PipeConsole:
    """Return a console on standard error; a quiet one prints nothing."""
    return PipeConsole(stderr=True, quiet=quiet, highlight=False, markup=False, emoji=False)
