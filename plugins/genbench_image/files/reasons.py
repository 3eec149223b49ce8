"""Short reasons why a file cannot be read, without paths."""

from __future__ import annotations

__all__ = ["why"]


def why(error: Exception) -> str:
    """Return the text of `error`, without the path in the operating system's errors.

    Messages name files without their folders, so that results do not reveal a machine's paths.
    """
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
