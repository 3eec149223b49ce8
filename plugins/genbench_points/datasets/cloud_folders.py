"""Files of a folder in an order that is the same on every machine, and their classes by sub-folders."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

from genbench import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["classes_of", "escape", "find_files"]

_IGNORED = ("thumbs.db", "desktop.ini", "__macosx")  # what Windows and macOS leave in folders and archives


def find_files(
    folder: Path, endings: tuple[str, ...], ignored: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """Return the files below a folder, each as the parts of its path, in the order of their NFC names.

    ignored  endings of files that belong to others

    Hidden files and what systems leave in folders are ignored, too. Raises DataError if there is none, and
    for a symbolic link, a special file, or a file without one of the endings, which would be missing in
    numbers.
    """
    found = sorted(
        _walk(folder, (), endings, ignored), key=lambda parts: unicodedata.normalize("NFC", "/".join(parts))
    )
    if not found:
        raise DataError(f"{escape((folder.name,))} holds no files; expected files that end in "
                        f"{', '.join(endings)}")  # fmt: skip
    return found


def classes_of(files: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sorted names of the top-level folders, or () unless all files are in two or more."""
    if any(len(parts) == 1 for parts in files):
        return ()
    tops = sorted({parts[0] for parts in files}, key=lambda name: unicodedata.normalize("NFC", name))
    return () if len(tops) == 1 else tuple(escape((top,)) for top in tops)


def escape(parts: tuple[str, ...]) -> str:
    """Return a relative path that is safe to print: unprintable characters and backslashes are escaped."""
    return "".join(
        char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode()
        for char in "/".join(parts)
    )


def _walk(
    folder: Path, above: tuple[str, ...], endings: tuple[str, ...], ignored: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    try:
        with os.scandir(folder.joinpath(*above)) as scanned:
            entries = sorted(scanned, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise DataError(
            f"{escape(above or (folder.name,))} cannot be read: {error.strerror}; expected a readable folder"
        ) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower() in _IGNORED:
            continue
        parts = (*above, entry.name)
        if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
            raise DataError(f"{escape(parts)} is a link or a special file; copy the file itself")
        if entry.is_dir():
            yield from _walk(folder, parts, endings, ignored)
        elif entry.name.lower().endswith(endings):
            yield parts
        elif not entry.name.lower().endswith(ignored):
            raise DataError(
                f"{escape(parts)} does not end in {', '.join(endings)}; move it out of the folder"
            )
