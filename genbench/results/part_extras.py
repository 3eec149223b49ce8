"""What the extra of a score may say of parts of samples, such as columns of a table, for pages and charts.

    parts  {name: value}: the metric of each part
    pairs  {"names": [name, …], "real": [[number or null, …], …], "fake": [[…], …]}: how much each part
           depends on each other one, in [-1, 1], in the real samples and in the fakes

What has another form is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from genbench.results import fields

__all__ = ["Dependence", "dependence_in", "parts_in"]

_MOST = 1000  # parts: a record may be forged
_MOST_PAIRED = 100

_Share = Annotated[float, fields.valid(lambda value: fields.is_finite(value) and -1 <= value <= 1)]
_Rows = tuple[tuple[_Share | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """How much parts depend on one another: matrices of numbers in [-1, 1], None where it is not known."""

    names: tuple[fields.Text, ...]
    real: _Rows = field(repr=False)
    fake: _Rows = field(repr=False)


def parts_in(extra: Mapping[str, Any]) -> dict[str, float]:
    """Return the value of each part in the extra of a score."""
    parts = extra.get("parts")
    if not isinstance(parts, Mapping):
        return {}
    known = list(parts.items())[:_MOST]
    return {str(name): float(value) for name, value in known if fields.is_finite(value)}


def dependence_in(extra: Mapping[str, Any]) -> Dependence | None:
    """Return the dependence of pairs of parts in the extra of a score, None if it has none."""
    try:
        found = fields.parse(Dependence, extra.get("pairs"))
    except ValueError:
        return None
    d = len(found.names)
    is_square = all(len(rows) == d and {*map(len, rows)} == {d} for rows in (found.real, found.fake))
    return found if 1 < d <= _MOST_PAIRED and is_square else None
