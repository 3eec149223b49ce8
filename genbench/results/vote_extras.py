"""What the extra of a comparison's score may hold, so that pages and `genbench power` can show it.

    wins     {rival: [won, lost, neither]}
    facts    [[name, number or text], …] of the whole comparison
    raters   [[name of a column, …], [number, text or null, …], …]: the columns, then a row for each rater
    pairs    [{"first": [generator, number], "second": [generator, number], "counts": [3, 2, 0]}, …]: two
             samples, by their positions among the `fakes` of their generators, and how often the first one,
             the second one and neither was chosen
    votes    how many votes, or other observations, the interval of the score comes from
    freedom  the degrees of freedom of that interval
    errors   {rival: standard error of the difference of both scores}

`facts`, `raters` and `pairs` belong into the extra of one generator. What has another form is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Counts", "Plain", "SamplePair", "VoteExtra", "vote_extra"]

_MOST_ROWS = 1000  # of a list: a record may be forged
_SIDES = 2

Plain = float | int | str | None


class Counts(NamedTuple):
    """How often one side was chosen, the other side, and none of both."""

    won: int
    lost: int
    neither: int


class SamplePair(NamedTuple):
    """Two samples, each by its generator and its position, and what was chosen."""

    first: tuple[str, int]
    second: tuple[str, int]
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class VoteExtra:
    """The extra of one generator's score; fields as in the module's docstring, empty or None without one.

    columns  of `raters`, whose rows are as long
    """

    wins: Mapping[str, Counts] = field(default_factory=dict)
    facts: tuple[tuple[str, Plain], ...] = ()
    columns: tuple[str, ...] = ()
    raters: tuple[tuple[Plain, ...], ...] = ()
    pairs: tuple[SamplePair, ...] = ()
    votes: int | None = None
    freedom: float | None = None
    errors: Mapping[str, float] = field(default_factory=dict)


def vote_extra(extra: Mapping[str, Any]) -> VoteExtra:
    """Return what the extra of a score says in the form of the module's docstring."""
    votes, freedom = extra.get("votes"), extra.get("freedom")
    columns, *raters = _list(extra.get("raters")) or ([],)
    names = tuple(map(str, _list(columns)))
    pairs = (_pair(_mapping(each)) for each in _list(extra.get("pairs")))
    wins = {name: _counts(each) for name, each in _mapping(extra.get("wins")).items()}
    return VoteExtra(
        wins={name: counts for name, counts in wins.items() if counts is not None},
        facts=tuple(
            (fact[0], fact[1])
            for fact in _list(extra.get("facts"))
            if _is_list(fact, _SIDES) and isinstance(fact[0], str) and _is_plain(fact[1])
        ),
        columns=names,
        raters=tuple(tuple(row) for row in raters if _is_list(row, len(names)) and all(map(_is_plain, row))),
        pairs=tuple(pair for pair in pairs if pair is not None),
        votes=votes if _is_count(votes) and votes else None,
        freedom=float(freedom) if isinstance(freedom, float | int) and _is_positive(freedom) else None,
        errors={
            name: float(error) for name, error in _mapping(extra.get("errors")).items() if _is_positive(error)
        },
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value[:_MOST_ROWS] if isinstance(value, list | tuple) else ()


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == length


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_positive(value: Any) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and 0 < value < math.inf


def _counts(value: Any) -> Counts | None:
    is_triple = _is_list(value, len(Counts._fields)) and all(map(_is_count, value))
    return Counts(*value) if is_triple else None


def _pair(value: Mapping[str, Any]) -> SamplePair | None:
    first, second = _place(value.get("first")), _place(value.get("second"))
    counts = _counts(value.get("counts"))
    if first is None or second is None or counts is None:
        return None
    return SamplePair(first, second, counts)


def _place(value: Any) -> tuple[str, int] | None:
    is_place = _is_list(value, _SIDES) and isinstance(value[0], str) and _is_count(value[1])
    return (value[0], value[1]) if is_place else None
