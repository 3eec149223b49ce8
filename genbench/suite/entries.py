"""One table of a suite: a component, its name on the board, its options and its limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from genbench.core.errors import PluginError, SuiteError
from genbench.core.limits import LIMITS, Limits, read_limits
from genbench.core.names import check_name

__all__ = ["Entry", "MetricEntry", "read_entry", "read_metric", "read_name"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One component as a suite names it.

    use      the reference, name the id on the board (None: the component's own), options as written
    where    "file: key path", for messages
    limits   of its work
    """

    use: str
    name: str | None
    options: Mapping[str, Any]
    where: str
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class MetricEntry(Entry):
    """A metric, and the extractor that it is to use instead of its canonical one."""

    extractor: Entry | None


def read_entry(where: str, table: Mapping[str, Any], limits: Limits) -> Entry:
    """Return the entry that a table describes, with `limits` where it sets none of its own.

    Raises SuiteError, after `where`, for what it must not hold.
    """
    options = {key: value for key, value in table.items() if key not in ("use", "name", *LIMITS)}
    _check_finite(where, options)
    name = None if "name" not in table else read_name(f"{where}.name", table["name"])
    own = read_limits(f"{where}.", table, limits)
    return Entry(use=_use(where, table), name=name, options=options, where=where, limits=own)


def read_metric(where: str, table: Mapping[str, Any], limits: Limits) -> MetricEntry:
    """Return the metric that a table describes, and its extractor; raises as `read_entry` does."""
    plain = read_entry(where, {key: value for key, value in table.items() if key != "extractor"}, limits)
    extractor = None
    if "extractor" in table:
        extractor = _extractor(f"{where}.extractor", table["extractor"], plain.limits)
    return MetricEntry(**vars(plain), extractor=extractor)


def read_name(where: str, value: Any) -> str:
    """Return a name; raise SuiteError, after `where`, for what is none."""
    try:
        return check_name(value, "the name")
    except PluginError as error:
        raise SuiteError(f"{where}: {error}") from error


def _extractor(where: str, value: Any, limits: Limits) -> Entry:
    table = {"use": value} if isinstance(value, str) else value
    if not isinstance(table, dict):
        raise SuiteError(f"{where}: expected a name or a table with `use`, got {value!r}")
    return read_entry(where, table, limits)


def _use(where: str, table: Mapping[str, Any]) -> str:
    use = table.get("use")
    if not isinstance(use, str) or not use:
        raise SuiteError(f"{where}.use: expected the name of a component, got {use!r}")
    return use


def _check_finite(where: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_finite(f"{where}.{key}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_finite(f"{where}[{number}]", item)
    elif isinstance(value, float) and not math.isfinite(value):
        raise SuiteError(f"{where}: expected a finite number, got {value}")
