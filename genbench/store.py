"""Content-addressed artefacts: samples, features, fitted samplers and extractors.

    <root>/<kind>/<first two digits>/<key>/meta.json     sealed: the parts of the key, notes, a hash per file
                                          /files/…

An artefact is written beside its place, flushed, and renamed; its files are hashed again when it is opened.
One that does not match is moved to <root>/damaged/ and counts as absent. Nothing is ever unpickled.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from genbench.canonical import digest
from genbench.errors import ResultsError
from genbench.redaction import redacted
from genbench.sealed import DamagedError, read_sealed, sync_folder, write_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Artefact", "Store", "default_root", "open_store"]

_SCHEMA = "genbench-artefact-1"
_META, _FILES = "meta.json", "files"


@dataclass(frozen=True)
class Artefact:
    """A stored artefact whose files were found to be whole; `notes` is what its maker said about it."""

    folder: Path
    notes: Mapping[str, Any]


@dataclass(frozen=True)
class Store:
    """A folder of artefacts, each under the hash of all that decides it."""

    root: Path

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key (its parts, with "kind"), or None if there is no whole one."""
        folder = self.place(key)
        if not folder.exists():
            return None
        try:
            body = read_sealed(folder / _META, _SCHEMA)
            _check_body(folder, body)
        except (FileNotFoundError, DamagedError):
            self._quarantine(folder)
            return None
        return Artefact(folder / _FILES, body["notes"])

    def notes(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the notes of an artefact without reading its files, or None if there is none."""
        try:
            notes: Mapping[str, Any] = read_sealed(self.place(key) / _META, _SCHEMA)["notes"]
        except (FileNotFoundError, DamagedError):
            return None
        return notes

    def files(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Return the SHA-256 of each file of an artefact, as recorded; nothing if there is none."""
        try:
            return dict(read_sealed(self.place(key) / _META, _SCHEMA)["files"])
        except (FileNotFoundError, DamagedError):
            return {}

    def put(
        self, key: Mapping[str, Any], write: Callable[[Path], None], notes: Mapping[str, Any] | None = None
    ) -> Artefact:
        """Store what `write(folder)` writes, with JSON-like notes; a whole artefact that is there stays.

        Raises ResultsError if it cannot be written: whatever OSError `write` lets out counts as that.
        """
        place = self.place(key)
        draft = place.with_name(f".{place.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        try:
            (draft / _FILES).mkdir(parents=True)
            write(draft / _FILES)
            home = draft / _FILES
            files = sorted(path for path in home.rglob("*") if path.is_file())
            hashes = {path.relative_to(home).as_posix(): _file_hash(path, sync=True) for path in files}
            body = {"key": dict(key), "files": hashes, "notes": redacted(dict(notes or {}))}
            write_sealed(draft / _META, _SCHEMA, body)
            return self._publish(draft, key, body["notes"])
        except OSError as error:
            raise ResultsError(
                f"the store {self.root} cannot be written: {error.strerror or error}; free some space, "
                f"or set GENBENCH_STORE to another folder"
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def place(self, key: Mapping[str, Any]) -> Path:
        """Return the folder in which the artefact of a key lies or would lie."""
        name = digest(dict(key))
        return self.root / str(key["kind"]) / name[:2] / name

    def _publish(self, draft: Path, key: Mapping[str, Any], notes: Mapping[str, Any]) -> Artefact:
        place = self.place(key)
        try:
            draft.rename(place)
        except OSError:
            found = self.get(key)
            if found is not None:  # somebody else was first; equal keys hold equal content
                return found
            draft.rename(place)  # what lay there was damaged, and `get` has put it aside
        sync_folder(place.parent)
        return Artefact(place / _FILES, notes)

    def _quarantine(self, folder: Path) -> None:
        damaged = self.root / "damaged"
        damaged.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            folder.rename(damaged / f"{folder.name}-{secrets.token_hex(4)}")


def default_root() -> Path:
    """Return the store's folder: GENBENCH_STORE, or `store` in the user's cache folder."""
    named = os.environ.get("GENBENCH_STORE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("genbench")) / "store"


def open_store(root: Path | None = None) -> tuple[Store, str | None]:
    """Return a store that can be written, and a warning if it is only a temporary one.

    A cache that cannot be written costs time, not results: the run goes on with a store of its own.
    """
    root = default_root() if root is None else root
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return Store(root), None
    except OSError as error:
        substitute = Path(tempfile.mkdtemp(prefix="genbench-store-"))
        atexit.register(shutil.rmtree, substitute, ignore_errors=True)
        return Store(substitute), (
            f"the store {root} cannot be written ({error.strerror or error}); nothing will be kept for the "
            f"next run but the results; set GENBENCH_STORE to a folder that can"
        )


def _check_body(folder: Path, body: Mapping[str, Any]) -> None:
    """Raise DamagedError unless a sealed body belongs into this folder and describes its files."""
    if digest(body["key"]) != folder.name:
        raise DamagedError("it was written for another key")
    for name, expected in body["files"].items():
        if _file_hash(folder / _FILES / name) != expected:
            raise DamagedError(f"{name} does not match its hash")


def _file_hash(path: Path, *, sync: bool = False) -> str:
    with path.open("rb") as file:
        if sync:
            os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
