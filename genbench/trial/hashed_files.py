"""Checks that the files of path options, and of code, still have the content whose hash is in the keys.

A component opens its paths itself, and may import code late, so genbench cannot hash what it reads. Instead,
genbench compares the identity of each file, before the component works and before each artefact and record is
stored, with the identity from before the hash.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from genbench.contract.options import get_value
from genbench.contract.specs import Spec
from genbench.core.errors import DataError
from genbench.files.identity import check_identity, renew_identity
from genbench.files.read import content_sha256
from genbench.trial.failures import blame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from genbench.suite.components import Part

__all__ = ["check_after_write", "check_files", "check_files_after", "renew_identities"]

_SpecT = TypeVar("_SpecT", bound=Spec)


def renew_identities(part: Part[_SpecT]) -> Part[_SpecT]:
    """Check the content of a part's files, and return the part with the present identities of these files.

    Call it before the component reads its files. An identity holds names, sizes and times. A file whose
    identity is no longer that of its hash, such as a copied one, is hashed again. Raises BlameError, with a
    FileChangedError that names the file, if its content has changed.
    """
    with blame(part.component):
        return replace(
            part,
            code=part.code and part.code.renew(),  # None for a component without keys
            # the modality, if the component may run its code
            modality_parts=tuple(map(renew_identities, part.modality_parts)),
            files={
                name: renew_identity(get_value(part.options, name), before, partial(_has_hash, part, name))
                for name, before in part.files.items()
            },
        )


def check_files(*parts: Part[Spec]) -> None:
    """Raise BlameError, with a FileChangedError that names the file, if files of components have changed.

    A component may read or import a file only after its hash was taken for the keys. So a file of code, or of
    a path option, counts as changed once it was written, even if its content is the same again. If it was
    only renamed or linked, its content decides.
    """
    for part in parts:
        check_files(*part.modality_parts)  # the modality, if the component gets it and may run its code
        with blame(part.component):
            if part.code is not None:
                part.code.check()
            for name, before in part.files.items():
                check_identity(get_value(part.options, name), before, partial(_has_hash, part, name))


@contextlib.contextmanager
def check_files_after(*parts: Part[Spec]) -> Iterator[None]:
    """Check the files of components at the end of a block, even if it fails, as `check_files` does.

    A half-written file makes a component raise any error.
    """
    try:
        yield
    except Exception:  # any error of the component: the changed file is the better reason
        check_files(*parts)
        raise
    check_files(*parts)


def check_after_write(write: Callable[[Path], None], part: Part[Spec]) -> Callable[[Path], None]:
    """Return a function that writes an artefact and then checks the files of the component that made it."""

    def write_and_check(folder: Path) -> None:
        """Write the artefact; raise BlameError if a file of its component has changed meanwhile."""
        with check_files_after(part):
            write(folder)

    return write_and_check


def _has_hash(part: Part[Spec], name: str) -> bool:
    """Return whether the file or folder of the option `name` has the content whose hash is in the keys.

    The canonical options are the options as the keys contain them, with hashes in place of paths.
    """
    try:
        # a file to fetch may be declared with the first digits of its hash alone
        expected = get_value(part.canonical, name)["sha256"]
        return content_sha256(get_value(part.options, name)).startswith(expected)
    except DataError:
        return False
