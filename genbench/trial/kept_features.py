"""Features, fitted extractors and their first features, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from genbench.core.extracted import Extracted
    from genbench.core.samples import Samples
    from genbench.trial.global_state import Noted

__all__ = ["FirstFew", "FittedExtractor", "FoundFeatures", "KeptFeatures"]

_AGAIN = 2  # samples with features, at least, that are compared with those of other calls and processes


@dataclass(frozen=True)
class FittedExtractor:
    """What an extractor's `make` returned, with the notices of the call.

    fit          tells a fit of a fitted extractor from other fits; "" for one that is not fitted
    is_storable  whether features may be stored: whether `fit` is "" or the hash of all that was fitted
    """

    extractor: Any
    noted: Noted
    fit: str = ""
    is_storable: bool = True


@dataclass(frozen=True)
class FoundFeatures:
    """Features, with the notices of their extraction, and the hash of their files, "" if not stored."""

    extracted: Extracted
    noted: Noted
    hash: str = ""


@dataclass(frozen=True)
class FirstFew:
    """A few samples, and their features at the first call of an extractor in this process."""

    samples: Samples
    extracted: Extracted

    @property
    def are_enough(self) -> bool:
        """Whether enough samples have features: rows of zeros tell nothing."""
        rows = [array.any(axis=1) for array in self.extracted.arrays.values()]
        return min(int(row.sum()) for row in rows) >= _AGAIN


@dataclass(frozen=True)
class KeptFeatures:
    """What the features of one or more calls leave in memory; `Features` writes it.

    found       features, by the id of their samples and the name of their extraction
    extractors  by the hash of their key
    first       by the hash of the extractor's key, and whether the store may have the samples
    """

    found: dict[tuple[str, str], FoundFeatures] = field(default_factory=dict)
    extractors: dict[str, FittedExtractor] = field(default_factory=dict)
    first: dict[tuple[str, bool], FirstFew | None] = field(default_factory=dict)

    def trim(self, samples_ids: Collection[str]) -> None:
        """Keep only the features of these samples, and the first few that a later call can be compared with.

        An extractor whose first few samples had no features is compared anew, with samples of the next call.
        """
        for samples_id, name in [key for key in self.found if key[0] not in samples_ids]:
            del self.found[samples_id, name]
        for key in [key for key, few in self.first.items() if few is None or not few.are_enough]:
            del self.first[key]
