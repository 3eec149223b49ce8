"""What the extra of a score may say of parts of samples, such as columns of a table, for pages and charts.

    parts  {name: value}: the metric of each part
    pairs  {"names": [name, …], "real": [[number or null, …], …], "fake": [[…], …]}: how much each part
           depends on each other one, in [-1, 1], in the real samples and in the fakes

What has another form is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Dependence", "dependence_in", "parts_in"]

_MOST = 1000  # parts: a record may be forged
_MOST_PAIRED = 100

_Rows = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """How much parts depend on one another: matrices of numbers in [-1, 1], None where it is not known."""

    names: tuple[str, ...]
    real: _Rows = field(repr=False)
    fake: _Rows = field(repr=False)


def parts_in(extra: Mapping[str, Any]) -> dict[str, float]:
    """Return the value of each part in the extra of a score."""
    parts = extra.get("parts")
    if not isinstance(parts, Mapping):
        return {}
    known = ((name, _number(value)) for name, value in list(parts.items())[:_MOST])
    return {str(name): value for name, value in known if value is not None}


def dependence_in(extra: Mapping[str, Any]) -> Dependence | None:
    """Return the dependence of pairs of parts in the extra of a score, None if it has none."""
    pairs = extra.get("pairs")
    if not isinstance(pairs, Mapping):
        return None
    names = pairs.get("names")
    if not isinstance(names, list | tuple) or not 1 < len(names) <= _MOST_PAIRED:
        return None
    real, fake = (_rows(pairs.get(side), len(names)) for side in ("real", "fake"))
    if real is None or fake is None:
        return None
    return Dependence(names=tuple(map(str, names)), real=real, fake=fake)


def _rows(value: Any, d: int) -> _Rows | None:
    is_square = isinstance(value, list | tuple) and len(value) == d
    if not is_square or not all(isinstance(row, list | tuple) and len(row) == d for row in value):
        return None
    rows = tuple(tuple(map(_number, row)) for row in value)
    return rows if all(each is None or -1 <= each <= 1 for row in rows for each in row) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, float | int) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None
