"""What a block of code imports or reads although its content is in no key, in the words of notices."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.catalog.file_recorder import Files, recorded_files
from genbench.catalog.import_recorder import Imports, recorded_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Recorded", "recorded"]

_IMPORTED = (
    "imported {}, whose code is in no key, so an edit of it keeps old results: import it by its name at the "
    "top of the plugin's file, with its folder on PYTHONPATH"
)
_OPENED = (
    "opened {}, whose content is in no key, so other content keeps old results: name the file with an option "
    "of the type Path"
)


@dataclass(frozen=True)
class Recorded:
    """What a block of code imported and opened."""

    imports: Imports
    files: Files

    def unkeyed(self, counted: Callable[[], Iterable[Path]], given: Iterable[Path] = ()) -> list[str]:
        """Return a text for each module and file that is in no key.

        counted  returns the files of code in the keys; it is called only if it is needed
        given    the paths among the options of the component
        """
        imported = map(_IMPORTED.format, self.imports.besides(counted))
        opened = map(_OPENED.format, self.files.besides(counted, given))
        return [*imported, *opened]


@contextlib.contextmanager
def recorded() -> Iterator[Recorded]:
    """Record what a block does itself in this thread, except in an inner block with its own record."""
    with recorded_imports() as imports, recorded_files() as files:
        yield Recorded(imports, files)
