"""Statuses and reasons of failures, and the component to blame for each."""

from __future__ import annotations

import contextlib
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import Absent, Invalid, ResultsError, Undefined, read_message
from genbench.files.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genbench.catalog.catalog import Component

__all__ = [
    "BlameError", "LostWork", "NotRetriedError", "blame", "clean_line", "is_provisional", "read_outcome",
]  # fmt: skip


class LostWork:
    """The work during which a process died earlier in this run, and which is not tried again."""

    def __init__(self, report: Callable[..., None], lost: Mapping[str, tuple[str, str]] | None) -> None:
        """Store the function that receives events, and the lost work.

        report  receives each stage that begins, with the name of the work in it, as keyword arguments
        lost    by the name of the work, the (status, reason) of the cells that need it; None: none was lost
        """
        self._report = report
        self._lost = lost or {}

    def refuse(self, component: Component, name: str) -> None:
        """Raise NotRetriedError, which blames the component, if a process died earlier in the same work.

        name  of the work, such as the fit of a generator
        """
        if name in self._lost:
            raise NotRetriedError(component, *self._lost[name])

    def begin(self, stage: str, component: Component, name: str) -> None:
        """Report that a component begins some work, so that the run knows the work if the process dies.

        name  of the work, such as the fit of a generator

        Raises NotRetriedError if a process died earlier in the same work.
        """
        self.refuse(component, name)
        self._report(stage=stage, work=name)


_MOST_CHARACTERS = 300  # of a reason: a cell of scores.csv and a line below a table stay readable
#: Addresses of objects in memory, which differ in every run; shorter numbers may be values.
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Paths with at least one folder, in quotes (which may contain spaces) or without. URLs, markup as
# in "</s>", and names such as "/think" do not match.
_QUOTED = re.compile(r"""(['"])(?:~|/[^'"/<>]+)/(?:[^'"<>]*/)?([^'"/<>]+)/?\1""")
_FOLDERS = re.compile(r"(?<![\w.:/])(?:~|/[\w.@+-]+)(?:/[\w.@+-]+)*/(?=[\w.@+-])")


class BlameError(Exception):
    """An error of a component: `__cause__` is the error, `component` the component."""

    def __init__(self, component: Component) -> None:
        """Make the error of a component; its message is the component's reference, "distribution:name"."""
        super().__init__(component.reference)
        self.component = component


class NotRetriedError(BlameError):
    """The refusal to repeat work during which the component's process died earlier in this run."""

    def __init__(self, component: Component, status: str, reason: str) -> None:
        """Make the refusal to repeat a component's work.

        status, reason  how the first attempt ended: the cells that need the work get the same outcome
        """
        super().__init__(component)
        self.outcome = (status, reason)


@contextlib.contextmanager
def blame(component: Component) -> Iterator[None]:
    """Turn every error into a BlameError of the component, except BlameError, ResultsError and Ctrl-C."""
    try:
        yield
    except (BlameError, ResultsError):  # another component is blamed; or genbench's own files are unusable
        raise
    except (Exception, SystemExit) as error:
        raise BlameError(component) from error
    except KeyboardInterrupt as error:
        # A process that ignores Ctrl-C, as a job does, gets none from it: the component raised the error.
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            raise
        raise BlameError(component) from error


def read_outcome(failure: BlameError | Undefined | Invalid) -> tuple[str, str]:
    """Return (status, reason) of a cell for which `failure` was raised.

    The status is "skipped", "invalid", "error" or "memory"; a NotRetriedError has the status with which the
    first attempt ended. The reason of a BlameError names the component to blame, unless the cell is skipped.
    """
    if not isinstance(failure, BlameError):
        return "skipped" if isinstance(failure, Undefined) else "invalid", clean_line(str(failure))
    if isinstance(failure, NotRetriedError):
        return failure.outcome
    error, who = failure.__cause__, failure.component.reference
    text = clean_line(read_message(error))
    if isinstance(error, Undefined):
        return "skipped", text
    if isinstance(error, Invalid):
        return "invalid", f"{who}: {text}"
    if isinstance(error, SystemExit):
        return "error", f"{who}: called sys.exit({clean_line(str(error.code))})"
    status = "memory" if isinstance(error, MemoryError) else "error"
    return status, f"{who}: {type(error).__name__}: {text}".rstrip(": ")  # an error may have no text


def is_provisional(failure: BlameError | Undefined | Invalid) -> bool:
    """Return whether a later run tries the cell again: a requirement, such as a library, was missing."""
    return isinstance(failure.__cause__ if isinstance(failure, BlameError) else failure, Absent)


def clean_line(text: str) -> str:
    """Return the first line of `text` without secrets, memory addresses and folders, at most 300 characters.

    The next line is part of it if it ends with a colon, as in torch's "Error(s) in loading state_dict:".
    CSV files contain reasons, so a reason must be the same in every run and contain no home folder.
    """
    lines = [line.strip() for line in _COLOURS.sub("", redact(text)).splitlines() if line.strip()]
    line = " ".join(lines[: 2 if lines[:1] and lines[0].endswith(":") else 1])
    line = _ADDRESS.sub("0x…", line)
    if Path.home() != Path("/"):  # in some containers the home is "/", which begins every path
        line = line.replace(str(Path.home()), "~")
    # only the last part of each path remains: of a path in quotes (group 2) between its quotes (group 1)
    line = _FOLDERS.sub("", _QUOTED.sub(r"\1\2\1", line))
    line = line.encode("utf-8", "backslashreplace").decode("utf-8")  # escapes lone surrogates of file names
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"
