"""Short forms of signatures, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["short_form", "short_signature"]


def short_signature(signature: Mapping[str, Any]) -> str:
    """Return the short form of a signature, for people: 8 hex digits of its SHA-256."""
    return short_form(digest(signature))


def short_form(sha256: str) -> str:
    """Return the first 8 consecutive digits of a SHA-256 that begin with a letter.

    CSV readers would take decimal digits alone, or `12e45678`, for a number. Two signatures may have one
    short form, so nothing is compared by it.
    """
    start = next(i for i in range(len(sha256) - 7) if sha256[i].isalpha())
    return sha256[start : start + 8]
