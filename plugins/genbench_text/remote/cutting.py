"""Truncation of texts to the maximum length of a space, with a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench import Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench import Log, Space

__all__ = ["cut"]


def cut(texts: Sequence[str], space: Space, log: Log) -> Samples:
    """Return texts as samples of a space, truncated to the `longest` characters of the space.

    log  called with the number of truncated texts, `cut`, if there are any
    """
    shorter = tuple(text[: space.get("longest")] for text in texts)
    count = sum(len(text) > len(kept) for text, kept in zip(texts, shorter, strict=True))
    if count:
        log(len(texts), len(texts), cut=count)
    return Samples(shorter, space)
