"""What a block of code imports or reads although its content is in no key, in the words of notices."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from time import time_ns
from typing import TYPE_CHECKING

from genbench.catalog.file_recorder import listen, unversioned_files
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
    """What a block of code, which began at `start_ns`, imported and opened."""

    imports: Imports
    start_ns: int

    def unkeyed(self, counted: Callable[[], Iterable[Path]], given: Iterable[Path] = ()) -> list[str]:
        """Return a text for each module and file that is in no key.

        counted  returns the files of code in the keys; it is called only if it is needed
        given    the paths among the options of the component
        """
        imported = map(_IMPORTED.format, self.imports.besides(counted))
        opened = unversioned_files(self.imports.opened, self.start_ns, counted, given)
        return [*imported, *map(_OPENED.format, opened)]


@contextlib.contextmanager
def recorded() -> Iterator[Recorded]:
    """Record what a block does, as `recorded_imports`."""
    listen()
    start_ns = time_ns()
    with recorded_imports() as imports:
        yield Recorded(imports, start_ns)
