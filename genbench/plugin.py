"""The public names for plugin authors: `from genbench.plugin import MetricSpec, Samples, hookimpl`.

Each name is the object of this name in `genbench`, imported when it is first used. `plugin.pyi` lists the
names, for type checkers and for this file.
"""

from __future__ import annotations

import sys
from typing import Any

_genbench: Any = sys.modules[__package__]  # Python imports a package before its modules


def __getattr__(name: str) -> Any:
    """Return what a name stands for in `genbench`; Python calls this for a name that this file lacks."""
    return _genbench._find_name(__name__, __file__, name)  # noqa: SLF001 - both list names in a stub


def __dir__() -> list[str]:
    """Return the names, for completion in a shell."""
    return list(_genbench._read_modules(__file__))  # noqa: SLF001 - as above
