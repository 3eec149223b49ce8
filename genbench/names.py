"""What to say when a name is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest"]

_SHOWN = 12  # names that still make one readable line


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown `name`: the nearest of the `known` ones, or the first few."""
    import difflib

    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    shown = names[:_SHOWN] + ["…"] * (len(names) > _SHOWN)
    return f"; expected one of {', '.join(shown)}" if names else "; there is none"
