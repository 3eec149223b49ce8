"""Why a file cannot be read, in words that fit a results file."""

from __future__ import annotations

__all__ = ["why"]


def why(error: Exception) -> str:
    """Return what `error` says, without the path that the operating system's errors bear.

    Messages name files themselves, by their names alone: results must not tell of a machine's folders.
    """
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
