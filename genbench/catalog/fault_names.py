"""Faults by the names that a metric's `expects` has for them.

A fault is one of the metric's own distribution, or one of genbench; others are "distribution:name". A name
may have an extractor in brackets: "noise[pixels]".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from genbench.catalog.loader import shorten_reference
from genbench.core.names import closest, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["find_declaration", "find_fault", "suggest_fault"]

_KEY = re.compile(r"((?:[a-z0-9-]+:)?[a-z0-9-]+)(\[[a-z0-9-]+\])?")

_T = TypeVar("_T")


def find_fault(key: str, known: Collection[str], home: str) -> tuple[str | None, str]:
    """Return the known fault that a key of `expects` means, None if there is none, and its "[extractor]".

    known  faults as on cards: "distribution:name", for genbench's own distribution the name alone
    home   the distribution of the metric, whose own faults go first
    """
    match = _KEY.fullmatch(key)
    if match is None:
        return None, ""
    candidates = (f"{home}:{match[1]}", shorten_reference(match[1]))
    return next((name for name in candidates if name in known), None), match[2] or ""


def suggest_fault(key: str, known: Collection[str]) -> str:
    """Return the end of a message about a key of `expects` that means no known fault.

    It suggests the fault of this name in another distribution, else the most similar one with its
    distribution, else without. Of several with one name, genbench's goes first.
    """
    fault = key.partition("[")[0]
    by_name = {_name(each): each for each in sorted(known, key=lambda each: (":" not in each, each))}
    similar = closest(_name(fault), by_name)
    near = by_name.get(_name(fault)) or closest(fault, known) or (similar and by_name[similar])
    return f"; did you mean {near!r}?" if near else nearest(fault, known)


def find_declaration(declared: Mapping[str, _T], fault: str, extractor: str | None) -> _T | None:
    """Return what is declared of a fault with this extractor, else of the fault, else None."""
    return declared.get(f"{fault}[{extractor}]", declared.get(fault))


def _name(reference: str) -> str:
    return reference.rpartition(":")[2]
