"""Interrupts of the program: SIGINT and SIGTERM end it with a line and the exit code that shells report."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Terminated", "exit_code", "interrupt_line", "terminable"]


class Terminated(KeyboardInterrupt):
    """The process received SIGTERM."""


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a program that an interrupt ended: 128 + the number of the signal."""
    return 128 + (signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)


def interrupt_line(stop: KeyboardInterrupt) -> str:
    """Return the line to print for an interrupt: "Terminated." after SIGTERM, else "Interrupted."."""
    return "Terminated." if isinstance(stop, Terminated) else "Interrupted."


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise Terminated while the block runs, so that the block can remove its temporary files.

    By default, SIGTERM ends a process at once.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: _terminate())
    try:
        yield
    finally:
        # None: code in C installed the handler before, which Python cannot install again
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _terminate() -> NoReturn:
    """Raise Terminated, which a lambda cannot."""
    raise Terminated
