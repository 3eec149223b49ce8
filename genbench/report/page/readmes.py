"""The README of a results folder, as its author wrote it: what a reader of the page should know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from genbench.core.escaping import one_line, printable
from genbench.files.read import read_regular
from genbench.report.page.markdown import html_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from markupsafe import Markup

    from genbench.results.results import Results

__all__ = ["folder_readmes"]

_NAME = "README.md"
_MOST_BYTES = 2**16


def folder_readmes(folders: Sequence[Path], results: Results) -> list[tuple[str, Markup]]:
    """Return a title and the README, as HTML, of each folder that has one.

    folders  of the run, or of the runs that are merged, in the order of their names

    A link is not followed, since it may lead out of the folder; a larger file, and one that is no UTF-8, is
    left out. Characters that are not printable are escaped.
    """
    merged = results.plan.provenance.get("merged")
    names = list(merged) if isinstance(merged, Mapping) and len(merged) == len(folders) else []
    found = []
    for number, folder in enumerate(folders):
        text = _text(folder / _NAME)
        if text is not None:
            whose = f" of {one_line(names[number])}" if names else ""
            found.append((f"Notes{whose} (README.md)", html_of(text)))
    return found


def _text(file: Path) -> str | None:
    if file.is_symlink():
        return None
    try:
        text = read_regular(file, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return printable("\n".join(text.expandtabs(4).splitlines()))
