"""Samples in the space of the real ones: a table whose columns are in another order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genbench.catalog.modalities import find_modality
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid
from genbench.scoring.inputs import given_side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.catalog.modalities import Modality
    from genbench.core.spaces import Space
    from genbench.scoring.inputs import Side

__all__ = ["adapted"]


def adapted(side: Side, space: Space, modalities: Iterable[Modality]) -> Side:
    """Return a side in the space of the real samples, or as it is if its modality adapts nothing.

    Raises DataError, with what differs, if the samples cannot be of that space.
    """
    if side.space == space or side.space.modality != space.modality:
        return side
    modality = find_modality(modalities, space.modality)
    if not modality.adapts:
        return side
    try:
        made = given_side(modality.adapt(side.open(), space), side.name)
    except Invalid as error:
        raise DataError(f"{side.name}: {error}") from error
    return replace(made, split=side.split, store_id=digest(["content", made.hash]))
