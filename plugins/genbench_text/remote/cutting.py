"""Texts of a model that does not know how long they may be: cut to what the space allows, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench import Space

__all__ = ["cut"]


def cut(texts: Sequence[str], space: Space, log: Callable[..., Any]) -> Samples:
    """Return texts as samples of a space: of each its first space.longest characters.

    log  is told of how many texts the rest was cut off, `cut`, if there are any
    """
    shorter = tuple(text[: space.longest] for text in texts)
    count = sum(len(text) > len(kept) for text, kept in zip(texts, shorter, strict=True))
    if count:
        log(len(texts), len(texts), cut=count)
    return Samples(shorter, space)
