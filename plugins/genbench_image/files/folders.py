"""Image files of a folder, in an order that is the same on every machine."""

from __future__ import annotations

import os
import unicodedata
import warnings
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING

from genbench import DataError
from genbench_image.files.limits import why

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["escape", "find_images", "sort_key"]

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
_IGNORED = ("thumbs.db", "desktop.ini", "__macosx")  # what Windows and macOS leave in folders and archives


def find_images(folder: Path, ignore: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """Return the images below `folder`, each as the parts of its path below it, ordered by `sort_key`.

    ignore  patterns, such as "*.txt", of the names or paths of files to leave out; a warning has their number

    Hidden files and folders, Thumbs.db, desktop.ini and __MACOSX are ignored.
    Raises DataError if `folder` is not a folder, is unreadable, has no image, or contains a symbolic link, a
    special file, or a file without the extension of a PNG, JPEG or WebP file: a silently skipped file would
    be missing from the numbers.
    """
    if not folder.is_dir():
        raise DataError(
            f"{escape((folder.name,))} is not a folder; image-folder takes one of PNG, JPEG or WebP files"
        )
    everything = sorted(_walk(folder, ()), key=sort_key)
    files = [parts for parts in everything if not _matches(parts, ignore)]
    if count := len(everything) - len(files):
        text = f"{escape((folder.name,))}: left out {count} of {len(everything)} files, which match `ignore`"
        warnings.warn(text, stacklevel=2)
    for parts in files:
        if not parts[-1].lower().endswith(_ENDINGS):
            pattern = f'["*{escape((PurePath(parts[-1]).suffix or parts[-1],))}"]'
            raise DataError(
                f"{escape(parts)} does not end in {', '.join(_ENDINGS)}; move it out of the folder, or set "
                f"ignore = {pattern} in a suite, --reader 'image-folder ignore={pattern}' in a command"
            )
    if not files:
        raise DataError(
            f"{escape((folder.name,))} holds no images; expected files that end in {', '.join(_ENDINGS)}"
        )
    return files


def sort_key(parts: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Return the sort key of a relative path: the bytes of its NFC form, then those of the name itself."""
    text = "/".join(parts)
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape"), os.fsencode(text)


def escape(parts: tuple[str, ...]) -> str:
    """Return a relative path that is safe to print: unprintable characters and backslashes are escaped.

    So are undecodable bytes, line breaks, and all other characters that control a terminal or the direction
    of text. Distinct paths have distinct results.
    """
    return "".join(
        char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode()
        for char in "/".join(parts)
    )


def _matches(parts: tuple[str, ...], patterns: Sequence[str]) -> bool:
    """Return whether the name or the path of a file matches a pattern."""
    return any(fnmatchcase(name, each) for each in patterns for name in (parts[-1], "/".join(parts)))


def _walk(folder: Path, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the files below `above`, each as the parts of its path below `folder`."""
    for entry in _entries(folder, above):
        if entry.name.startswith(".") or entry.name.lower() in _IGNORED:
            continue
        parts = (*above, entry.name)
        if entry.is_symlink():
            raise DataError(
                f"{escape(parts)} is a symbolic link, which genbench does not follow; copy the file itself"
            )
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, parts)
        elif not entry.is_file(follow_symlinks=False):
            raise DataError(f"{escape(parts)} is not a regular file; move it out of the folder")
        else:
            yield parts


def _entries(folder: Path, above: tuple[str, ...]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder.joinpath(*above)) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise DataError(
            f"{escape(above or (folder.name,))} cannot be read: {why(error)}; expected a readable folder"
        ) from error
