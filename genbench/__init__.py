"""genbench: which generative model is better, and by how much can that be trusted?

Everything public is a name of this package. docs/api.md lists the names by use: for people who run suites
and score samples, and for people who write plugins. A name is imported when it is first used, so
`import genbench` costs nothing, and a plugin can describe its components without numpy. `__init__.pyi`
lists the names with their modules, for type checkers and for this file. `genbench.plugin` also has the
names for plugin authors, and `dir(genbench)` lists only the names for people who run suites.
"""

from __future__ import annotations

import functools
import importlib
import re
from typing import Any

from genbench._version import __version__ as __version__

#: The names that completion shows, for people who run and score; `genbench.plugin` has those for authors.
_LISTED = (
    "DataError", "EngineError", "GenbenchError", "Measurement", "Measurements", "PluginError",
    "Ragged", "Reference", "ResultsError", "Run", "Samples", "Space", "StoredRun", "SuiteError",
    "Verification", "Yardstick", "images", "open_run", "open_samples", "run", "score", "verify",
)  # fmt: skip


@functools.cache
def _read_modules(file: str = __file__) -> dict[str, str]:
    """Return the module of each name that the stub of a file lists."""
    from pathlib import Path

    stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
    imports = re.findall(r"^from (\S+) import (\w+)", stub, re.MULTILINE)
    return {name: module for module, name in imports if name != "__version__"}


def _find_name(importer: str, file: str, name: str) -> Any:
    """Return what a name stands for that the stub of a file lists; `__all__` is the list of these names."""
    modules = _read_modules(file)
    if name == "__all__":
        return sorted(modules)
    if name not in modules:
        raise AttributeError(f"module {importer!r} has no attribute {name!r}")
    return getattr(importlib.import_module(modules[name]), name)


def __getattr__(name: str) -> Any:
    """Return what a public name stands for; Python calls this for a name that this file does not define."""
    if name == "plugin":
        return importlib.import_module(f"{__name__}.{name}")
    return _find_name(__name__, __file__, name)


def __dir__() -> list[str]:
    """Return the names for people who run, for completion in a shell; `__all__` has every public name."""
    return [*_LISTED, "plugin", "__version__"]
