"""Sealed JSON files: written whole or not at all, and known to be whole when read.

A file holds {"schema", "sha256", "body"}, where the hash is that of the body's canonical JSON. It is written
beside its place under another name, flushed to disk and renamed, so a kill at any moment leaves the old file
or the new one.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

from genbench.canonical import canonical, digest
from genbench.reading import read_regular

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DamagedError", "read_sealed", "replace_file", "sync_folder", "write_sealed"]

_MOST_BYTES = 4 * 2**30  # the plan of some million cells


class DamagedError(Exception):
    """A sealed file is not what was written; the argument says in what way."""


def write_sealed(path: Path, schema: str, body: Any) -> None:
    """Write the JSON-like `body` to `path` under its seal, replacing what is there."""
    text = canonical({"schema": schema, "sha256": digest(body), "body": body})
    replace_file(path, (text + "\n").encode("ascii"))


def read_sealed(path: Path, schema: str) -> Any:
    """Return the body of a sealed file; raise DamagedError unless it is whole and of this schema."""
    try:
        outer = json.loads(read_regular(path, _MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"not JSON: {error}") from error
    if not isinstance(outer, dict) or set(outer) != {"schema", "sha256", "body"}:
        raise DamagedError("not a sealed file")
    if outer["schema"] != schema:
        raise DamagedError(f"schema {outer['schema']!r}, this genbench reads {schema!r}")
    try:
        found = digest(outer["body"])
    except ValueError as error:
        raise DamagedError(str(error)) from error
    if found != outer["sha256"]:
        raise DamagedError("its content does not match its seal")
    return outer["body"]


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically and durably; raise OSError if it cannot be done."""
    draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in `folder` to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
