"""Canonical JSON and its SHA-256: equal values have equal bytes, so a hash identifies a value."""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["canonical", "digest"]


def canonical(value: Any) -> str:
    """Return `value` as JSON with sorted keys, no spaces and ASCII only.

    `value` is JSON-like, typed Any since it is nested. Raises ValueError for NaN and infinity, and TypeError
    for a type without a JSON form.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: Any) -> str:
    """Return the SHA-256 of `canonical(value)`, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
