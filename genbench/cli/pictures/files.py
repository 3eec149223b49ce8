"""Files that commands write, such as pictures and pages: what their names end in, and errors in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.core.errors import SuiteError
from genbench.files.outputs import check_output, write_output
from genbench.results.folder import report_write_errors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["check_picture", "write_file"]


def check_picture(what: str, path: Path, formats: Iterable[str]) -> str:
    """Return the format that the suffix of a path names; commands call it before long work.

    what     names the path in messages: the option, or the kind of file
    formats  the formats in which the command can write, such as "svg"

    Raises SuiteError for another suffix, and ResultsError if no file can be written at the path.
    """
    form = path.suffix.lower().removeprefix(".")
    allowed = sorted(formats)
    if form not in allowed:
        endings = " or ".join(f".{name}" for name in allowed)
        raise SuiteError(f"{what} {path}: expected a file whose name ends in {endings}")
    with report_write_errors(f"{what} {path}:"):
        check_output(path)
    return form


def write_file(what: str, path: Path, content: bytes) -> None:
    """Write what a command makes to a file; raise ResultsError if that fails; `what` names it in messages."""
    with report_write_errors(f"{what} {path}:"):
        write_output(path, content)
