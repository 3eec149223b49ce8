"""Structural differences of two JSON values, such as two signatures, leaf by leaf."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["NOT_SET", "describe_differences", "find_differences", "join_path"]

_PLAIN_KEY = re.compile(r'[^."\[\]]+')  # any other key is quoted in a path, so that no two places share one
_HASH = re.compile(r"[0-9a-f]{64}")
_SHOWN_DIGITS = 8  # of a hash in a message
NOT_SET = "not set"


def find_differences(value: Any, other: Any) -> dict[str, tuple[Any, Any]]:
    """Return both values of each leaf that differs, sorted by its path, such as "options.votes[0].sha256".

    Tables are compared by key, and lists that contain tables by position; all other values are leaves, and so
    is an empty table where the other value has no table. A leaf that one side lacks is None there.
    """
    leaves, others = _list_leaves(value, other, ""), _list_leaves(other, value, "")
    # Compared as texts: so a missing leaf differs from null, and true from 1.
    return {
        path: (leaves.get(path), others.get(path))
        for path in sorted(leaves.keys() | others.keys())
        if _format_leaf(leaves, path) != _format_leaf(others, path)
    }


def describe_differences(value: Any, other: Any) -> dict[str, tuple[str, str]]:
    """Return the texts of each leaf in which two JSON values differ, by path: {"options.n": ("5", "6")}.

    A leaf is a value without tables in it. A missing one is "not set". Hashes are cut to 8 digits if the two
    texts still differ then.
    """
    leaves, others = _list_leaves(value, other, ""), _list_leaves(other, value, "")
    return {
        path: _shorten(_format_leaf(leaves, path), _format_leaf(others, path))
        for path in find_differences(value, other)
    }


def join_path(path: str, key: str) -> str:
    """Return the path of a key of the table at a path, such as "options.n"; "" is the path of the whole."""
    name = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key)
    return f"{path}.{name}" if path else name


def _list_leaves(value: Any, other: Any, path: str) -> dict[str, Any]:
    """Return the leaves of a JSON value by path, such as {"options.n": 5}: the values without tables in them.

    other  the value it is compared with: an empty table is a leaf unless this is a table too
    path   of the value itself, which begins the paths of its leaves; "" for the whole
    """
    if isinstance(value, dict) and (value or isinstance(other, dict)):
        others = other if isinstance(other, dict) else {}
        items = {join_path(path, key): (item, others.get(key)) for key, item in value.items()}
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        others = dict(enumerate(other)) if isinstance(other, list) else {}
        items = {f"{path}[{number}]": (item, others.get(number)) for number, item in enumerate(value)}
    else:
        return {path: value}
    tables = [_list_leaves(item, other_item, name) for name, (item, other_item) in items.items()]
    return {leaf_path: leaf for leaves in tables for leaf_path, leaf in leaves.items()}


def _format_leaf(leaves: dict[str, Any], path: str) -> str:
    """Return the leaf at a path as JSON with sorted keys, and "not set" if there is none."""
    return json.dumps(leaves[path], sort_keys=True) if path in leaves else NOT_SET


def _shorten(one: str, two: str) -> tuple[str, str]:
    """Return the texts of two leaves with hashes cut to 8 digits, or whole if cut texts would be equal."""
    # a leaf that is a hash is shown without the quotes of JSON
    whole = [text.strip('"') if _HASH.fullmatch(text[1:-1]) else text for text in (one, two)]
    first, second = (_HASH.sub(lambda match: match[0][:_SHOWN_DIGITS], text) for text in whole)
    return (first, second) if first != second else (whole[0], whole[1])
