"""Content-addressed artefacts: samples, features, fitted samplers and extractors.

    <root>/<kind>/<first two digits>/<key>/meta.json     sealed: the parts of the key, notes, a hash per file
                                          /files/…

Writes are atomic: an artefact is written to a temporary folder, which is then renamed. Each opening verifies
the hashes of its files; a damaged artefact is moved to <root>/damaged/ and counts as missing. So nothing is
flushed to disk, which takes longer than many trials: a write that a power failure tears is detected and
recomputed. An artefact of a newer genbench is refused. Nothing is ever unpickled.

The modification time of its folder is the time of its last use, which decides only the order of eviction.
Eviction may remove an artefact at any time, by renaming and unlinking: mapped files stay readable, and a
missing artefact is recomputed (see genbench.store.cache).
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from genbench.core.canonical_json import digest
from genbench.core.errors import ResultsError
from genbench.files.read import file_sha256
from genbench.files.sealed import (
    DamagedError,
    NewerError,
    Schema,
    draft_name,
    read_sealed,
    write_sealed,
)  # fmt: skip
from genbench.files.secrets import redact
from genbench.files.temporary import check_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DAMAGED", "Artefact", "Store", "check_artefact", "open_store", "put_aside", "store_folder"]

DAMAGED, _META = "damaged", "meta.json"

_SCHEMA, _FILES = Schema("genbench-artefact", 1), "files"
#: What a rename to an existing folder, or to a file, raises on Linux and macOS.
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)
_TRIES = 3  # to publish: the first may meet a damaged artefact, the second a process that was faster


@dataclass(frozen=True)
class Artefact:
    """A stored artefact with verified files, and the notes that were stored with it.

    files  the SHA-256 of each file, by name
    """

    folder: Path
    notes: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def hash(self) -> str:
        """The hash of its files, as `Store.hash` gives it."""
        return _hash_of_files(self.files)


@dataclass(frozen=True)
class Store:
    """A folder of artefacts, each under the hash of everything that decides its content."""

    root: Path

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key, or None if it is missing or damaged.

        key  the fields that decide its content, among them "kind", such as "samples"

        Updates the time of its last use. Raises ResultsError if a damaged one cannot be put aside.
        """
        folder = self.locate(key)
        try:
            artefact = check_artefact(folder)
        except DamagedError:
            put_aside(self.root, folder)
            return None
        if artefact is not None:
            with contextlib.suppress(OSError):  # only the order of eviction depends on it
                os.utime(folder)  # not its files: another process that reads them would see a change
        return artefact

    def notes(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the JSON beside a key's artefact, None without an artefact; its files are not verified."""
        body = self._read_meta(key)
        return None if body is None else body["notes"]

    def files(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Return the recorded SHA-256 of each file of a key's artefact, by name; {} without an artefact."""
        body = self._read_meta(key)
        return {} if body is None else dict(body["files"])

    def hash(self, key: Mapping[str, Any]) -> str:
        """Return the recorded hash of the files of an artefact, "" if it has none or does not exist."""
        return _hash_of_files(self.files(key))

    def find(self, kind: str, note: str) -> dict[str, Mapping[str, Any]]:
        """Return the keys of all artefacts of a kind, by the value of one of their notes.

        note  the name of the note, an entry of the JSON that is stored beside an artefact

        Artefacts with damaged metadata, or without the note, are left out; files are not verified.
        """
        keys = {}
        for meta in sorted((self.root / kind).glob(f"*/*/{_META}")):
            with contextlib.suppress(OSError, DamagedError, NewerError, KeyError):
                body = read_sealed(meta, _SCHEMA)
                keys[body["notes"][note]] = body["key"]
        return keys

    def put(
        self, key: Mapping[str, Any], write: Callable[[Path], None], notes: Mapping[str, Any] | None = None
    ) -> Artefact:
        """Store the files that `write(folder)` writes, with JSON-like notes beside them; return the artefact.

        If an intact artefact of the key exists, it stays and is returned. Secrets in notes are redacted.
        Raises ResultsError if it cannot be written; this includes every OSError of `write`.
        """
        folder = self.locate(key)
        draft = folder.with_name(draft_name(folder.name))  # a temporary folder
        home = draft / _FILES
        try:
            home.mkdir(parents=True)
            write(home)
            files = sorted(path for path in home.rglob("*") if path.is_file())
            hashes = {path.relative_to(home).as_posix(): file_sha256(path) for path in files}
            body = {"key": dict(key), "files": hashes, "notes": redact(dict(notes or {}))}
            # A flush takes longer than many trials. A file that a power failure tears does not match its
            # hash, and is recomputed.
            write_sealed(draft / _META, _SCHEMA, body, flush=False)
            return self._publish(draft, key, body)
        except OSError as error:
            raise ResultsError(
                f"the store {self.root} cannot be written: {error.strerror or error}; free some space, "
                f"or set GENBENCH_STORE to another folder"
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def locate(self, key: Mapping[str, Any]) -> Path:
        """Return the folder of the artefact of a key, whether it exists or not."""
        name = digest(dict(key))
        return self.root / str(key["kind"]) / name[:2] / name

    def _read_meta(self, key: Mapping[str, Any]) -> Any:
        """Return the sealed metadata of a key's artefact, None if it is missing or damaged.

        Raises NewerError if a newer genbench wrote it.
        """
        try:
            return read_sealed(self.locate(key) / _META, _SCHEMA)
        except (OSError, DamagedError):
            return None

    def _publish(self, draft: Path, key: Mapping[str, Any], body: Mapping[str, Any]) -> Artefact:
        """Rename a draft, the temporary folder of an artefact, to its final name, and return the artefact.

        If another process was first, its intact artefact is returned.

        Raises OSError if the rename fails, or if at each of three tries a damaged artefact has this name.
        """
        folder = self.locate(key)
        for _ in range(_TRIES):
            try:
                draft.rename(folder)
            except OSError as error:
                if error.errno not in _TAKEN:  # the name is free, so the rename failed for another reason
                    raise
            else:
                return _make_artefact(folder, body)
            existing = self.get(key)  # puts a damaged one aside
            if existing is not None:  # another process was first; equal keys have equal content
                return existing
        raise OSError(errno.EBUSY, f"{folder.name} is taken again and again")


def store_folder() -> Path:
    """Return the store's folder, absolute: GENBENCH_STORE, or `store` in the user's cache folder."""
    named = os.environ.get("GENBENCH_STORE")
    return Path(named).absolute() if named else Path(platformdirs.user_cache_dir("genbench")) / "store"


def open_store(root: Path | None = None) -> tuple[Store, str | None]:
    """Return (store, warning): a store that can be written, and a warning if it is temporary, else None.

    root  the folder of the store; None: the one of `store_folder`

    A cache that cannot be written costs time, not results: the run continues with a temporary store.
    """
    root = store_folder() if root is None else root.absolute()  # jobs have other working folders
    try:
        root.mkdir(parents=True, exist_ok=True)
        check_writable(root)
        return Store(root), None
    except OSError as error:
        substitute = Path(tempfile.mkdtemp(prefix="genbench-store-"))
        atexit.register(shutil.rmtree, substitute, ignore_errors=True)
        return Store(substitute), (
            f"the store {root} cannot be written ({error.strerror or error}); this run uses a temporary "
            f"store, so the next run recomputes everything; set GENBENCH_STORE to a writable folder"
        )


def check_artefact(folder: Path) -> Artefact | None:
    """Return the artefact in a folder after verifying its files; None if it does not exist.

    Raises NewerError if a newer genbench wrote it, DamagedError if it was changed, and ResultsError if it
    cannot be read.
    """
    try:
        body = read_sealed(folder / _META, _SCHEMA)
        if digest(body["key"]) != folder.name:
            raise DamagedError("it was written for another key")
        _check_files(folder / _FILES, body["files"])
    except OSError as error:
        if not os.path.lexists(folder):  # missing, or evicted meanwhile
            return None
        # A file of the artefact is missing or unreadable for good; other errors, as of rights, may pass.
        if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EIO):
            raise DamagedError(error.strerror or str(error)) from error
        raise ResultsError(f"{folder} cannot be read: {error.strerror or error}") from error
    return _make_artefact(folder, body)


def put_aside(root: Path, folder: Path) -> None:
    """Move a damaged artefact to <root>/damaged/; raise ResultsError if it cannot be moved."""
    try:
        (root / DAMAGED).mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another process has put it aside
            folder.rename(root / DAMAGED / f"{folder.name}-{secrets.token_hex(4)}")
    except OSError as error:
        raise ResultsError(
            f"{folder} is damaged and cannot be put aside: {error.strerror or error}; "
            f"set GENBENCH_STORE to a folder that can be written"
        ) from error


def _make_artefact(folder: Path, body: Mapping[str, Any]) -> Artefact:
    """Return the artefact in a folder whose sealed metadata is `body`."""
    return Artefact(folder / _FILES, body["notes"], body["files"])


def _hash_of_files(files: Mapping[str, str]) -> str:
    """Return the hash of the names and hashes of files, "" if there are none."""
    return digest(dict(files)) if files else ""


def _check_files(home: Path, expected: Mapping[str, str]) -> None:
    """Raise DamagedError unless a folder has exactly these files, by name and SHA-256."""
    for name, sha256 in expected.items():
        if file_sha256(home / name) != sha256:
            raise DamagedError(f"{name} does not match its hash")
    names = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    for name in sorted(names - set(expected)):
        raise DamagedError(f"{name} was not there when it was written")
