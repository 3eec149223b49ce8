"""Features of samples of which some have none, and counts of the samples that have features."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Extracted", "ValidCount", "hash_features"]


@dataclass(frozen=True, eq=False)
class Extracted:
    """The features of n samples of which some have none, such as molecules that cannot be parsed.

    arrays  (n, d) float32 by output, or float64 if the samples were float64; rows without features may hold
            anything
    valid   (n,) bool, True for each sample that has features
    """

    arrays: dict[str, NDArray[Any]]
    valid: NDArray[np.bool_]


def hash_features(extracted: Extracted) -> str:
    """Return the hash of all arrays of features and of the mask `valid`, bit by bit: 64 hex digits."""
    arrays = {**extracted.arrays, "": extracted.valid}  # no output has the name ""
    return digest(
        {
            name: [str(array.dtype), list(array.shape), hashlib.sha256(array.tobytes()).hexdigest()]
            for name, array in arrays.items()
        }
    )


@dataclass(frozen=True, kw_only=True)
class ValidCount:
    """The number `n` of samples of a side that have features, out of `of` samples.

    `str` gives "57 of 60".
    """

    n: int
    of: int

    def __str__(self) -> str:
        return f"{self.n} of {self.of}"

    @property
    def share(self) -> Fraction:
        """The share of the samples that have features, in [0, 1]."""
        return Fraction(self.n, self.of)

    @property
    def dropped(self) -> float:
        """The share of the samples that have no features, in [0, 1]."""
        return float(1 - self.share)

    def to_json(self) -> dict[str, Any]:
        """Return as JSON how many samples have features, of how many, and the share that has none."""
        return {"n": self.n, "of": self.of, "dropped": self.dropped}

    @classmethod
    def from_json(cls, value: Any) -> ValidCount:
        """Return the count from its JSON in a record.

        Raises ValueError if it is malformed, or if all samples have features: records omit such a count.
        """
        n, of = (value.get("n"), value.get("of")) if isinstance(value, Mapping) else (None, None)
        if type(n) is int and type(of) is int and 0 <= n < of:  # type(), since True is an int
            count = cls(n=n, of=of)
            if value == count.to_json():
                return count
        raise ValueError(
            f"count {value!r:.80}: expected whole numbers n and of, with 0 <= n < of, and dropped, the share "
            f"without features"
        )
