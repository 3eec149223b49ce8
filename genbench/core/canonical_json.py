"""Canonical JSON and its SHA-256: equal values have equal bytes, so a hash identifies a value."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["canonical", "digest", "is_nested_deeper", "make_object"]


def canonical(value: Any) -> str:
    """Return `value` as JSON with sorted keys, no spaces and ASCII only.

    value  tables, lists, texts, numbers, booleans and None

    Raises ValueError for NaN and infinity, and TypeError for a type without a JSON form.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object of these pairs, as an `object_pairs_hook`; raise ValueError if a key repeats.

    Readers of JSON differ in which of the values counts, so one could show what another does not.
    """
    table = dict(pairs)
    if len(table) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise ValueError(f"an object has the key {counts.most_common(1)[0][0]!r:.80} twice")
    return table


def is_nested_deeper(value: Any, levels: int) -> bool:
    """Return whether the tables and lists of a JSON-like value are nested more than `levels` deep.

    It goes down level by level, since recursion would itself fail in a value that is too deep.
    """
    containers = _select_containers([value])  # tables and lists of one level
    for _ in range(levels):
        containers = _select_containers(child for each in containers for child in _list_children(each))
    return bool(containers)


def _list_children(item: Any) -> Iterable[Any]:
    """Return the values of a table or a list."""
    return item.values() if isinstance(item, dict) else item


def _select_containers(items: Iterable[Any]) -> list[Any]:
    """Return the tables and lists among JSON-like values."""
    return [item for item in items if isinstance(item, (dict, list))]


def digest(value: Any) -> str:
    """Return the SHA-256 of `canonical(value)`, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
