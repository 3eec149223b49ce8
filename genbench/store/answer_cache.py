"""Content-addressed cache of the answers of endpoints and programs, safe for concurrent writers."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import ResultsError
from genbench.files.read import read_regular
from genbench.files.sealed import draft_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["AnswerCache"]

_MOST_BYTES = 64 * 2**20  # four times the longest answer of an endpoint


@dataclass(frozen=True)
class AnswerCache:
    """A folder of the answers of an endpoint or a program to requests.

    Requests and answers are JSON values; neither may contain a secret key.
    """

    folder: Path

    def get(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the cached answer to a request; None if there is none, or its file is damaged.

        A damaged file is no error: the caller asks again, and `put` replaces the file.
        """
        try:
            stored = json.loads(read_regular(self._find_path(request), _MOST_BYTES))
            answer = stored["answer"]
            is_whole = stored["request"] == dict(request) and stored["sha256"] == digest(answer)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return answer if is_whole and isinstance(answer, dict) else None

    def put(self, request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """Cache the answer to a request and return it, or the answer of another process that was first.

        Raises ResultsError if the folder cannot be written.
        """
        path = self._find_path(request)
        content = canonical({"request": dict(request), "answer": answer, "sha256": digest(answer)})
        draft = path.with_name(draft_name(path.name))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(draft, "x", encoding="ascii", opener=_open_private) as file:
                file.write(content)
            return self._publish(draft, request, answer)
        except OSError as error:
            raise ResultsError(
                f"cannot cache answers in {self.folder}: {error.strerror or error}; free some space, set "
                f"GENBENCH_STORE to another folder, or go without the cache"
            ) from error
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()

    def _publish(self, draft: Path, request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """Give a temporary file its final name, and return the answer that then has that name.

        If another process has put a complete answer there, that one stays and is returned, so that all
        processes use the same answer; a damaged one is replaced.
        """
        path = self._find_path(request)
        try:
            path.hardlink_to(draft)  # unlike a rename, it fails if the name is taken
        except OSError:  # it exists, or this file system has no links
            stored = self.get(request)
            if stored is not None:
                return stored
            draft.replace(path)
        return answer

    def _find_path(self, request: Mapping[str, Any]) -> Path:
        """Return the path of the answer to a request, whether it exists or not."""
        name = digest(dict(request))
        return self.folder / name[:2] / f"{name}.json"


def _open_private(path: str, flags: int) -> int:
    """Open a file that only its owner can read, because prompts and answers can be confidential."""
    return os.open(path, flags, 0o600)
