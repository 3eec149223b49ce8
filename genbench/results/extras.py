"""Fields of a score's extra that pages, charts and `genbench power` show.

The extra of a score:

    parts  {name: value}: the metric of each part of samples, such as a column of a table
    by_label, by_class  {number of a class: value}: the metric of each class
    pairs  {"names": [name, …], "real": [[number or null, …], …], "fake": [[…], …]}: how much each part
           depends on each other one, in [-1, 1], in the real samples and in the fakes

The extra of a comparison's score:

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

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, get_type_hints

from genbench.results import fields

__all__ = [
    "LABELLED", "Counts", "Dependence", "Plain", "SamplePair", "VoteExtra", "list_pairs", "list_part_numbers",
    "read_dependence", "read_parts", "read_vote_extra",
]  # fmt: skip

#: The tables of an extra whose keys are numbers of classes.
LABELLED = frozenset(("by_class", "by_label"))

# A record may be forged, so a page takes no more of it than a person can read.
_MOST_ROWS = 1000  # of a list, or parts
_MOST_PAIRED = 100  # parts whose dependence is read: a chart shows a cell for each two of them

Plain = Annotated[
    float | int | str | None,
    fields.valid(lambda value: value is None or isinstance(value, str) or fields.is_finite(value)),
]
_Positive = Annotated[float, fields.valid(lambda value: fields.is_finite(value) and value > 0)]


class Counts(NamedTuple):
    """How often one side was chosen, the other side, and none of both."""

    won: fields.Count
    lost: fields.Count
    neither: fields.Count


class SamplePair(NamedTuple):
    """Two samples, each by its generator and its position, and what was chosen."""

    first: tuple[fields.Text, fields.Count]
    second: tuple[fields.Text, fields.Count]
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class VoteExtra:
    """The extra of one generator's score; fields as in the module's docstring, empty or None without one.

    columns  of `raters`, whose rows are as long
    """

    wins: Mapping[str, Counts] = field(default_factory=dict)
    facts: tuple[tuple[fields.Text, Plain], ...] = ()
    columns: tuple[str, ...] = ()
    raters: tuple[tuple[Plain, ...], ...] = ()
    pairs: tuple[SamplePair, ...] = ()
    votes: fields.Positive | None = None
    freedom: _Positive | None = None
    errors: Mapping[str, _Positive] = field(default_factory=dict)


_TYPES = get_type_hints(VoteExtra, include_extras=True)


def read_vote_extra(extra: Mapping[str, Any]) -> VoteExtra:
    """Return the fields of a comparison's `extra`, such as wins and raters; a malformed field is empty.

    extra  what the metric stored beside a score, the number of one generator

    At most 1,000 rows of a list are read. The first row of `raters` becomes `columns`; unless all other rows
    have its length, both are empty.
    """
    parsed: dict[str, Any] = {}
    for name, field_type in _TYPES.items():  # the fields of VoteExtra; `columns` is set below
        value = extra.get(name)
        value = value[:_MOST_ROWS] if isinstance(value, list | tuple) else value
        with contextlib.suppress(ValueError):  # the field keeps its default, which is empty
            parsed[name] = fields.parse(field_type, value)
    table = parsed.pop("raters", ())
    is_rectangle = bool(table) and all(len(row) == len(table[0]) for row in table)
    parsed["columns"] = tuple(map(str, table[0])) if is_rectangle else ()
    parsed["raters"] = table[1:] if is_rectangle else ()
    return VoteExtra(**parsed)


_Share = Annotated[float, fields.valid(lambda value: fields.is_finite(value) and -1 <= value <= 1)]
_Rows = tuple[tuple[_Share | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """How much parts depend on one another: matrices of numbers in [-1, 1], None where it is not known."""

    names: tuple[fields.Text, ...]
    real: _Rows = field(repr=False)
    fake: _Rows = field(repr=False)


def read_parts(extra: Mapping[str, Any]) -> dict[str, float]:
    """Return the value of a metric for each part of the samples, such as a column of a table, by name.

    extra  what the metric stored beside its score

    At most 1,000 parts are read. Parts whose value is no finite number are left out.
    """
    parts = extra.get("parts")
    if not isinstance(parts, Mapping):
        return {}
    first_parts = list(parts.items())[:_MOST_ROWS]
    return {str(name): float(value) for name, value in first_parts if fields.is_finite(value)}


def list_part_numbers(extra: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the tables of an extra with a number for each of several parts, such as `parts`, by name."""
    tables = {name: read_parts({"parts": table}) for name, table in extra.items()}
    return {name.replace("_", " "): table for name, table in tables.items() if len(table) > 1}


def list_pairs(extra: Mapping[str, Any]) -> list[tuple[str, str, float, float]]:
    """Return (part, other part, dependence in real samples, in fakes), the greatest differences first."""
    found = read_dependence(extra)
    if found is None:
        return []
    pairs = [
        (found.names[row], found.names[column], real, fake)
        for row in range(len(found.names))
        for column in range(row)
        if (real := found.real[row][column]) is not None and (fake := found.fake[row][column]) is not None
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[2] - pair[3]))


def read_dependence(extra: Mapping[str, Any]) -> Dependence | None:
    """Return how much the parts of samples, such as columns of a table, depend on each other, or None.

    extra  what the metric stored beside its score; its "pairs" have a matrix of real samples and one of fakes

    Returns None unless the extra names 2 to 100 parts, and both matrices have a row and a column for each.
    """
    try:
        parsed = fields.parse(Dependence, extra.get("pairs"))
    except ValueError:  # it has another form, or is missing
        return None
    size = len(parsed.names)
    are_square = all(len(rows) == size and {*map(len, rows)} == {size} for rows in (parsed.real, parsed.fake))
    return parsed if 1 < size <= _MOST_PAIRED and are_square else None
