"""What a block of code imports, reads or names although its content is in no key, in the words of notices."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from time import time_ns
from typing import TYPE_CHECKING

from genbench.catalog.edited_modules import noted_files
from genbench.catalog.file_recorder import listen, unversioned_files
from genbench.catalog.import_recorder import Imports, recorded_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Recorded", "is_unkeyed", "recorded"]

_IMPORTED = (
    "imported {}, whose code is in no key, so an edit of it keeps old results: import it by its name at the "
    "top of the plugin's file, with its folder on PYTHONPATH"
)
_FILE = (
    "opened or names {}, whose content is in no key, so other content keeps old results: name the file with "
    "an option of the type Path"
)


@dataclass(frozen=True)
class Recorded:
    """What a block of code, which began at `start_ns`, imported and opened."""

    imports: Imports
    start_ns: int

    def unkeyed(
        self, counted: Callable[[], Iterable[Path]], given: Iterable[Path] = (), named: Iterable[Path] = (),
        noted: Iterable[str] = (),
    ) -> list[str]:  # fmt: skip
        """Return a text for each module and file that is in no key, sorted.

        counted  returns the files of code in the keys; it is called only if it is needed
        given    the paths among the options of the component
        named    the files that its code and its other options name
        noted    texts of the component that are known, in the answer too
        """
        texts = {*noted, *map(_IMPORTED.format, self.imports.besides(counted))}
        opened = _without_sources(self.imports.opened)  # which a component reads that looks for plugins
        files = unversioned_files({*opened, *named}, self.start_ns, counted, given)
        besides = [file for file in files if not any(f" from {file}, whose" in text for text in texts)]
        return sorted({*texts, *map(_FILE.format, besides)})


def _without_sources(opened: set[Path]) -> set[Path]:
    """Return files without those of modules of plugins, and of loaded ones, whose imports are recorded."""
    if not opened:
        return set()
    modules = [module for module in list(sys.modules.values()) if hasattr(module, "__dict__")]
    sources = {vars(module).get("__file__") for module in modules}
    return {file for file in opened - noted_files() if str(file) not in sources}


def is_unkeyed(text: str) -> bool:
    """Return whether a notice's text is of code or a file that is in no key."""
    return any(form.partition("{}, ")[2] in text for form in (_IMPORTED, _FILE))


@contextlib.contextmanager
def recorded() -> Iterator[Recorded]:
    """Record what a block does, as `recorded_imports`."""
    listen()
    start_ns = time_ns()
    with recorded_imports() as imports:
        yield Recorded(imports, start_ns)
