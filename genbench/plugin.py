"""The public names for plugin authors: `from genbench.plugin import MetricSpec, Samples, hookimpl`.

Each name is the object of this name in `genbench`, imported when it is first used. `plugin.pyi` lists the
names, for type checkers and for this file.
"""

from __future__ import annotations

import functools
import re
import sys
from typing import Any


@functools.cache
def _read_names() -> list[str]:
    """Return the names that `plugin.pyi` lists."""
    from pathlib import Path

    stub = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    return re.findall(r"^from genbench import (\w+)", stub, re.MULTILINE)


def __getattr__(name: str) -> Any:
    """Return what a name stands for in `genbench`; Python calls this for a name that this file lacks."""
    if name == "__all__":
        return _read_names()
    if name not in _read_names():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(sys.modules[__package__], name)


def __dir__() -> list[str]:
    """Return the names, for completion in a shell."""
    return _read_names()
