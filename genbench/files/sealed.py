"""Sealed JSON files: written whole or not at all, and known to be whole when read.

A file holds {"schema", "sha256", "body"}. The hash is that of the body's canonical JSON, and from the second
version of a schema on that of the schema's name and the body. It is written beside its place under another
name, flushed to disk and renamed, so a kill at any moment leaves the old file or the new one.

A schema's name ends in its version. A file of a higher version than is asked for was written by a newer
genbench: it is neither read nor replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "DamagedError",
    "NewerError",
    "delete",
    "draft_name",
    "drafts_in",
    "is_stale",
    "read_sealed",
    "replace_file",
    "sweep",
    "sync_folder",
    "write_sealed",
]

_DRAFT = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.tmp")  # as genbench.files.sealed.draft_name names them
_DAY_NS = 24 * 3600 * 10**9


def drafts_in(folder: Path) -> list[Path]:
    """Return the drafts that lie in a folder, sorted; none if there is no such folder."""
    try:
        return sorted(path for path in folder.iterdir() if _DRAFT.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove the drafts in these folders that nobody has written to for a day; return which they were.

    What cannot be removed is left: it is in nobody's way.
    """
    swept = [draft for folder in folders for draft in drafts_in(folder) if is_stale(draft)]
    for draft in swept:
        delete(draft)
    return swept


def is_stale(draft: Path) -> bool:
    """Return whether nothing in a draft was written for a day, by the clock of its file system."""
    try:
        times = [path.lstat().st_mtime_ns for path in (draft, *draft.rglob("*"))]
        with tempfile.TemporaryFile(dir=draft.parent) as probe:
            return os.fstat(probe.fileno()).st_mtime_ns - max(times) > _DAY_NS
    except OSError:  # it is gone, or its folder cannot be written
        return False


def delete(path: Path) -> None:
    """Unlink a file, or a folder and all in it; nothing is truncated, so what is mapped stays readable."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


_VERSIONED = re.compile(r"(.+)-([1-9][0-9]{0,3})")

_MOST_BYTES = 4 * 2**30  # the plan of some million cells


class DamagedError(Exception):
    """A sealed file is not what was written; the argument says in what way."""


class NewerError(DataError):
    """A newer genbench wrote a sealed file, which this one neither reads nor replaces."""


def write_sealed(path: Path, schema: str, body: Any, *, flush: bool = True) -> None:
    """Write the JSON-like `body` to `path` under its seal, in place of the file that is there.

    `flush` is that of `replace_file`. Raises NewerError if a newer genbench wrote the file that is there.
    """
    with contextlib.suppress(OSError, DamagedError):
        read_sealed(path, schema)  # refuses what a newer genbench wrote
    text = canonical({"schema": schema, "sha256": _seal(schema, body), "body": body})
    replace_file(path, (text + "\n").encode("ascii"), flush=flush)


def read_sealed(path: Path, schema: str) -> Any:
    """Return the body of a sealed file.

    Raises NewerError if it is of a higher version of this schema, and DamagedError unless it is whole.
    """
    try:
        outer = json.loads(read_regular(path, _MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"not JSON: {error}") from error
    if isinstance(outer, dict) and _claims_newer(outer, schema):
        raise NewerError(
            f"{path} was written by a newer genbench; upgrade genbench, or choose another folder"
        )
    if not isinstance(outer, dict) or set(outer) != {"schema", "sha256", "body"}:
        raise DamagedError("not a sealed file")
    if outer["schema"] != schema:
        raise DamagedError(f"schema {outer['schema']!r}, this genbench reads {schema!r}")
    try:
        found = _seal(schema, outer["body"])
    except ValueError as error:
        raise DamagedError(str(error)) from error
    if found != outer["sha256"]:
        raise DamagedError("its content does not match its seal")
    return outer["body"]


def replace_file(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write `content` to `path` whole or not at all; raise OSError if it cannot be done.

    flush  so that a power failure keeps it, too
    """
    draft = path.with_name(draft_name(path.name))
    try:
        with draft.open("xb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if flush:
        sync_folder(path.parent)


def draft_name(name: str) -> str:
    """Return a name of its own under which something is written before it gets `name`."""
    return f".{name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"


def sync_folder(folder: Path) -> None:
    """Flush the names in `folder` to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(schema: str, body: Any) -> str:
    """Return the hash that seals a body; raise ValueError if it is not JSON-like."""
    return digest(body) if schema.endswith("-1") else digest({"schema": schema, "body": body})


def _claims_newer(outer: Mapping[str, Any], schema: str) -> bool:
    """Return whether a file names a higher version of this schema, and not by a flipped bit.

    A body that this version's own seal fits was written by it, whatever the name says now.
    """
    ours, theirs = _VERSIONED.fullmatch(schema), _VERSIONED.fullmatch(str(outer.get("schema")))
    if ours is None or theirs is None or ours[1] != theirs[1] or int(theirs[2]) <= int(ours[2]):
        return False
    with contextlib.suppress(ValueError):
        return outer.get("sha256") != _seal(schema, outer.get("body"))
    return True
