"""What a failure becomes in a record: a status and one line that is the same on every machine."""

from __future__ import annotations

import contextlib
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.core.errors import Absent, Invalid, ResultsError, Undefined
from genbench.files.secrets import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genbench.catalog.catalog import Component

__all__ = ["BlameError", "CasualtyError", "Losses", "blame", "is_provisional", "outcome_of", "plain_line"]


class Losses:
    """What cannot be made in this run, by name: the status and reason of each.

    report(**event) is told which stage begins, and the name of what is being made in it
    """

    def __init__(self, report: Callable[..., None], lost: Mapping[str, tuple[str, str]] | None) -> None:
        self._report = report
        self._lost = lost or {}

    def refuse(self, component: Component, name: str) -> None:
        """Raise CasualtyError, which a component is blamed for, if that is lost."""
        if name in self._lost:
            raise CasualtyError(component, *self._lost[name])

    def begin(self, stage: str, component: Component, name: str) -> None:
        """Report that a component begins to make something; raise CasualtyError if that is lost."""
        self.refuse(component, name)
        self._report(stage=stage, work=name)


_LONGEST = 300
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_QUOTED = re.compile(r"""(['"])~?/(?:[^'"]*/)?([^'"/]+)/?\1""")  # a path in quotes, which may hold spaces
_FOLDERS = re.compile(r"(?<![\w.:/])~?(?:/[\w.@+-]+)*/(?=[\w.@+-])")  # but not an address of the web


class BlameError(Exception):
    """A component raised something: its cause says what, its argument which component."""

    def __init__(self, component: Component) -> None:
        super().__init__(component.reference)
        self.component = component


class CasualtyError(BlameError):
    """What a component was making when its process died earlier in this run is not tried again."""

    def __init__(self, component: Component, status: str, reason: str) -> None:
        super().__init__(component)
        self.outcome = (status, reason)


@contextlib.contextmanager
def blame(component: Component) -> Iterator[None]:
    """Raise BlameError from whatever a component raises here; what nobody is to blame for passes."""
    try:
        yield
    except (BlameError, ResultsError):
        raise
    except (Exception, SystemExit) as error:
        raise BlameError(component) from error
    except KeyboardInterrupt as error:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # else nobody could have pressed a key
            raise
        raise BlameError(component) from error


def outcome_of(failure: BlameError | Undefined | Invalid) -> tuple[str, str]:
    """Return the status and the reason of a cell for which `failure` was raised."""
    if not isinstance(failure, BlameError):
        return "skipped" if isinstance(failure, Undefined) else "invalid", plain_line(str(failure))
    if isinstance(failure, CasualtyError):
        return failure.outcome
    error, who = failure.__cause__, failure.component.reference
    text = plain_line(_text(error))
    if isinstance(error, Undefined):
        return "skipped", text
    if isinstance(error, Invalid):
        return "invalid", f"{who}: {text}"
    if isinstance(error, SystemExit):
        return "error", f"{who}: called sys.exit({plain_line(str(error.code))})"
    status = "memory" if isinstance(error, MemoryError) else "error"
    return status, f"{who}: {type(error).__name__}: {text}".rstrip(": ")


def _text(error: BaseException | None) -> str:
    """Return what an exception says, which its own method may fail to do."""
    try:
        return str(error)
    except Exception as second:
        return f"it cannot say what is wrong: {type(second).__name__}"


def is_provisional(failure: BlameError | Undefined | Invalid) -> bool:
    """Return whether a later run may find what this one lacked, though nothing that it measures changed."""
    return isinstance(failure.__cause__ if isinstance(failure, BlameError) else failure, Absent)


def plain_line(text: str) -> str:
    """Return the first line of `text` without secrets, memory addresses and folders, at most 300 characters.

    A reason stands in CSVs, which hold nothing that changes from run to run or names somebody's home.
    """
    line = next((line.strip() for line in redacted(text).splitlines() if line.strip()), "")
    line = _ADDRESS.sub("0x…", line).replace(str(Path.home()), "~") if Path.home() != Path("/") else line
    line = _FOLDERS.sub("", _QUOTED.sub(r"\1\2\1", line))
    line = line.encode("utf-8", "backslashreplace").decode("utf-8")  # halves of characters, in file names
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
