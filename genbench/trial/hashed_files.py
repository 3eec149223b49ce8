"""Checks that the files of path options, and of code, still have the content whose hash is in the keys.

A component opens its paths itself, and may import code late, so genbench cannot hash what it reads. Instead,
genbench compares the identity of each file before and after the component works with the identity from before
the hash.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from genbench.contract.options import value_at
from genbench.contract.specs import Spec
from genbench.core.errors import DataError, FileChangedError
from genbench.files.identity import check_identity, file_changed, identity_now
from genbench.files.read import content_sha256
from genbench.store.keys import written_code
from genbench.trial.failures import blame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from genbench.files.identity import Identity
    from genbench.suite.components import Part

__all__ = ["check_files", "checked_write", "refreshed", "unchanged_files"]

_SpecT = TypeVar("_SpecT", bound=Spec)


def refreshed(part: Part[_SpecT]) -> Part[_SpecT]:
    """Return a part with the present identities of its files, for a component that has not read them yet.

    A file with another identity is hashed again. Raises BlameError, with a FileChangedError that names the
    file, if its content has changed.
    """
    with blame(part.component):
        return replace(part, files={name: _refreshed(part, name) for name in part.files})


def check_files(*parts: Part[Spec]) -> None:
    """Raise BlameError, with a FileChangedError that names the file, if files of components have changed.

    A file of a path option counts as changed as `check_identity` describes, one of code if it was written
    since its hash: what is imported only now would be other code than the keys name.
    """
    for part in parts:
        with blame(part.component):
            if (file := written_code(part.component)) is not None:
                raise FileChangedError(
                    f"{file.name} changed after genbench hashed it, so no key names the code that ran; run "
                    f"the command again"
                )
            for name, before in part.files.items():
                check_identity(value_at(part.options, name), before, functools.partial(_has_hash, part, name))


@contextlib.contextmanager
def unchanged_files(*parts: Part[Spec]) -> Iterator[None]:
    """Check the files of components at the end of a block, even if it fails, as `check_files` does.

    A half-written file makes a component raise any error.
    """
    try:
        yield
    except Exception:
        check_files(*parts)
        raise
    check_files(*parts)


def checked_write(write: Callable[[Path], None], part: Part[Spec]) -> Callable[[Path], None]:
    """Return a function that writes an artefact and then checks the files of the component that made it."""

    def write_and_check(folder: Path) -> None:
        with unchanged_files(part):
            write(folder)

    return write_and_check


def _refreshed(part: Part[_SpecT], name: str) -> Identity:
    path, before = value_at(part.options, name), part.files[name]
    now = identity_now(path, before)
    if now != before and not _has_hash(part, name):
        raise file_changed(path, before)
    return now


def _has_hash(part: Part[Spec], name: str) -> bool:
    """Return whether the path at a place has the content that the keys name."""
    try:
        expected = value_at(part.canonical, name)["sha256"]
        return content_sha256(value_at(part.options, name)).startswith(expected)
    except DataError:
        return False
