"""Atomic writes of sealed JSON files, whose hash shows damage when they are read.

A file contains {"schema", "sha256", "body"}. The hash covers the body's canonical JSON, and from version 2 of
a schema on also the schema. Writes are atomic: a temporary file in the same folder is flushed to disk
and renamed, so a kill at any moment leaves the old file or the new one.

A file of a higher version of a schema was written by a newer genbench: it is neither read nor replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from genbench.core.canonical_json import canonical, digest, is_nested_deeper, make_object
from genbench.core.errors import DataError
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "DamagedError", "NewerError", "Schema", "delete", "draft_name", "drafts_in", "is_stale",
    "open_replacement", "read_sealed", "replace_file", "sweep", "write_folder", "write_sealed",
]  # fmt: skip

_DRAFT = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.tmp")  # names from `draft_name`
_DRAFT_CHARACTERS = 48  # of 4 bytes at most each, with the rest below the 255 bytes of a name
_DAY_NS = 24 * 3600 * 10**9  # after which no process still writes: the longest default timeout is 6 h


def drafts_in(folder: Path) -> list[Path]:
    """Return the drafts, temporary files or folders, in a folder, sorted; none if the folder is missing."""
    try:
        return sorted(path for path in folder.iterdir() if _DRAFT.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove the drafts in these folders that had no write for a day, and return their paths.

    A draft is the temporary file or folder of an unfinished write. A draft that cannot be removed is left
    without an error, and its path is returned too.
    """
    drafts = [draft for folder in folders for draft in drafts_in(folder) if is_stale(draft)]
    for draft in drafts:
        delete(draft)
    return drafts


def is_stale(draft: Path) -> bool:
    """Return whether a draft, the temporary file or folder of an unfinished write, had no write for a day.

    The clock of its file system counts; False if the time is unknown. On a network, that clock may differ
    from this machine's, so the time of a new file beside the draft tells the present.
    """
    try:
        times = [path.lstat().st_mtime_ns for path in (draft, *draft.rglob("*"))]
        with tempfile.TemporaryFile(dir=draft.parent) as new_file:
            return os.fstat(new_file.fileno()).st_mtime_ns - max(times) > _DAY_NS
    except OSError:  # the draft is missing, or its folder cannot be written
        return False


def delete(path: Path) -> None:
    """Unlink a file, or a folder with its content; what cannot be removed is left without an error.

    Files are not truncated, so mapped ones stay readable. A link is removed, and not its target.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


#: The schema that a file names: its name and version.
_SCHEMA = re.compile(r"(.+)-([1-9][0-9]{0,3})")

_MOST_BYTES = 2**30  # enough for a plan of two million cells
_MOST_LEVELS = 100  # levels of tables and lists: more than any body needs, less than recursion allows


class DamagedError(Exception):
    """A sealed file was changed or cut short; the argument says how."""


class NewerError(DataError):
    """A newer genbench wrote a sealed file; this one neither reads nor replaces it."""


@dataclass(frozen=True)
class Schema:
    """The form of a sealed file's body; a file names it as NAME-VERSION."""

    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name}-{self.version}"


def write_sealed(path: Path, schema: Schema, body: Any, *, flush: bool = True) -> None:
    """Write the JSON-like `body` to `path`, with a seal that shows damage; replace a file atomically.

    flush  whether to flush to disk, so that the file survives a power failure

    Raises NewerError if a newer genbench wrote the existing file.
    """
    with contextlib.suppress(OSError, DamagedError):  # a missing, unreadable or damaged file may be replaced
        read_sealed(path, schema)  # only to raise NewerError before the file is replaced
    text = canonical({"schema": str(schema), "sha256": _compute_seal(schema, body), "body": body})
    replace_file(path, (text + "\n").encode("ascii"), flush=flush)


def read_sealed(path: Path, schema: Schema, most_bytes: int = _MOST_BYTES) -> Any:
    """Return the body of a sealed file: JSON with a schema, a body, and a hash that shows damage.

    Raises NewerError for a higher version of this schema, DamagedError for a damaged file, and OSError for
    one that cannot be read or has more than `most_bytes`.
    """
    try:
        outer = json.loads(read_regular(path, most_bytes), object_pairs_hook=_refuse_repeated)
    except json.JSONDecodeError as error:
        raise DamagedError(f"it is not JSON at line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, numbers of too many digits, too deep
        raise DamagedError("it is not JSON") from error
    if is_nested_deeper(outer, _MOST_LEVELS):
        raise DamagedError(f"its tables and lists are nested more than {_MOST_LEVELS} levels deep")
    # before the form is checked, since a newer genbench may write another form
    if isinstance(outer, dict) and _claims_newer(outer, schema):
        raise NewerError(
            f"{path} was written by a newer genbench; upgrade genbench, or choose another folder"
        )
    if not isinstance(outer, dict) or set(outer) != {"schema", "sha256", "body"}:
        raise DamagedError("not a sealed file")
    if outer["schema"] != str(schema):
        raise DamagedError(f"schema {outer['schema']!r}, this genbench reads {str(schema)!r}")
    try:
        seal = _compute_seal(schema, outer["body"])
    except ValueError as error:
        raise DamagedError(str(error)) from error
    if seal != outer["sha256"]:
        raise DamagedError("its content does not match its seal")
    return outer["body"]


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object of these pairs; raise DamagedError if a key repeats."""
    try:
        return make_object(pairs)
    except ValueError as error:
        raise DamagedError(str(error)) from error


def replace_file(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write `content` to `path` atomically; raise OSError if it cannot be written.

    flush  whether to flush to disk, so that the file survives a power failure
    """
    with open_replacement(path, flush=flush) as file:
        file.write(content)


@contextlib.contextmanager
def open_replacement(path: Path, *, flush: bool = True) -> Iterator[IO[bytes]]:
    """Open a temporary file that replaces `path` at the end of the block, and is removed if the block raises.

    flush  whether to flush to disk, so that the file survives a power failure
    """
    draft = path.with_name(draft_name(path.name))
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            if flush:
                os.fsync(file.fileno())
            draft.replace(path)  # after the flush, so that a power failure leaves no empty file
    except BaseException:  # an interrupt leaves no draft either
        draft.unlink(missing_ok=True)
        raise
    if flush:
        _flush(path.parent)


def write_folder(path: Path, fill: Callable[[Path], object], *, flush: bool = True) -> None:
    """Create a folder with the files that `fill` writes into it, atomically; raise OSError if this fails.

    flush  whether to flush each file to disk, so that the folder survives a power failure

    A folder that another process put there meanwhile stays, since both have the same content.
    """
    draft = path.with_name(draft_name(path.name))
    try:
        draft.mkdir(parents=True)
        fill(draft)
        if flush:
            for entry in (*draft.rglob("*"), draft):
                _flush(entry)
        draft.rename(path)
    except OSError:
        if not path.exists():
            raise
    finally:
        delete(draft)
    if flush:
        _flush(path.parent)


def draft_name(name: str) -> str:
    """Return a unique temporary name for a file or folder that is later renamed to `name`.

    It contains only the beginning of a long name, so that it is no longer than file systems allow.
    """
    return f".{name[:_DRAFT_CHARACTERS]}.{os.getpid()}-{secrets.token_hex(4)}.tmp"


def _flush(path: Path) -> None:
    """Flush a file, or the directory entries of a folder, to disk, to survive a power failure.

    A rename survives if the folder that contains it is flushed afterwards.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _compute_seal(schema: Schema, body: Any) -> str:
    """Return the hash that seals a body, 64 hex digits.

    From version 2 of a schema on, the hash covers the schema too. Raises ValueError for NaN and infinity in
    the body.
    """
    return digest(body) if schema.version == 1 else digest({"schema": str(schema), "body": body})


def _claims_newer(outer: Mapping[str, Any], schema: Schema) -> bool:
    """Return whether a sealed file is of a higher version of this schema, by the version that it names.

    outer  the JSON of the file, with its schema, hash and body

    If the seal of this version matches the body, this version wrote it, and the named version is damaged.
    """
    named = _SCHEMA.fullmatch(str(outer.get("schema")))
    if named is None or named[1] != schema.name or int(named[2]) <= schema.version:
        return False
    with contextlib.suppress(ValueError):  # a body with NaN has no hash
        return outer.get("sha256") != _compute_seal(schema, outer.get("body"))
    return True
