"""genbench: which generative model is better, and by how much can that be trusted?

Everything public is a name of this package. docs/api.md lists the names by use: for people who run suites
and score samples, and for people who write plugins. A name is imported when it is first used, so
`import genbench` costs nothing, and a plugin can describe its components without numpy. `__init__.pyi`
lists the names with their modules, for type checkers and for this file. `genbench.plugin` also has the
names for plugin authors, and `dir(genbench)` lists only the names for people who run suites.
"""

from __future__ import annotations

import functools
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
def _read_modules() -> dict[str, str]:
    """Return the module of each public name, as `__init__.pyi` lists them."""
    from pathlib import Path

    stub = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    imports = re.findall(r"^from (\S+) import (\w+)", stub, re.MULTILINE)
    return {name: module for module, name in imports if name != "__version__"}


def __getattr__(name: str) -> Any:
    """Return what a public name stands for, imported from its module; `__all__` is the list of these names.

    Python calls this function for a name that this file does not define.
    """
    import importlib

    if name == "plugin":
        return importlib.import_module(f"{__name__}.{name}")
    if name == "__all__":
        return sorted(_read_modules())
    if name not in _read_modules():
        raise AttributeError(f"module 'genbench' has no attribute {name!r}")
    return getattr(importlib.import_module(_read_modules()[name]), name)


def __dir__() -> list[str]:
    """Return the names for people who run, for completion in a shell; `__all__` has every public name."""
    return [*_LISTED, "plugin", "__version__"]
