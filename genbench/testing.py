"""What the tests of a plugin use: named checks as tests, and fixtures for small data and small runs.

pytest finds the fixtures by itself. This file imports nothing, so that they cost nothing in the tests of
other projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genbench.checks.testing.parametrize import parametrize_with_checks

__all__ = ["parametrize_with_checks"]


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from genbench.checks.testing import parametrize

    return getattr(parametrize, name)
