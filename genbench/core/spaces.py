"""Spaces of samples: kind, shape, bounds and type."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DTYPES", "KINDS", "Space"]

KINDS = ("audio", "image", "points", "sequence", "table", "text", "vector")

#: The dtypes of the arrays of samples, by kind; kinds without arrays are absent.
DTYPES: dict[str, tuple[str, ...]] = {
    "audio": ("float32",),
    "image": ("uint8",),
    "points": ("float32",),
    "vector": ("float32", "float64"),
}

_AXES = {"audio": 1, "image": 3, "points": 2, "vector": 1}


@dataclass(frozen=True, kw_only=True)
class Space:
    """The set that samples are drawn from.

    kind     one of KINDS
    shape    of one sample: image (height, width, channels), audio (t,), points (p, 3), vector (d,); else ()
    low      least value an array may hold, or None
    high     greatest value an array may hold, or None
    rate     audio: samples per second
    longest  text, sequence: greatest length in characters, or None
    columns  table: (name, pandas dtype) of each column
    classes  class names in the order of label numbers; () if labels are plain numbers

    Raises ValueError if the kind is unknown or the shape does not fit it.
    """

    kind: str
    shape: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None
    rate: int | None = None
    longest: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of space {self.kind!r}; expected one of {', '.join(KINDS)}")
        if len(self.shape) != _AXES.get(self.kind, 0) or any(side < 1 for side in self.shape):
            raise ValueError(
                f"shape {self.shape} does not fit a space of kind {self.kind!r}, whose samples have "
                f"{_AXES.get(self.kind, 0)} axes of at least 1"
            )

    def __str__(self) -> str:
        return f"{self.kind} {'x'.join(map(str, self.shape))}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Return the space as JSON-like values; absent fields are left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Space:
        """Return the space from the values of `to_json`."""
        fields = dict(value)
        fields["shape"] = tuple(fields.get("shape", ()))
        fields["columns"] = tuple((name, dtype) for name, dtype in fields.get("columns", ()))
        fields["classes"] = tuple(fields.get("classes", ()))
        return cls(**fields)
