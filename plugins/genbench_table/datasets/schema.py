"""Schemas of tables: the kinds of columns, the target, the group and what is ignored, as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from genbench import DataError, read_regular
from genbench_table.columns.values import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Schema", "read_schema"]

_MOST_BYTES = 2**24  # hundreds of thousands of columns; a larger file is no schema
_KINDS: tuple[str, ...] = get_args(Kind)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FORM = f"a kind ({', '.join(_KINDS)}) or a list of levels, ascending"


@dataclass(frozen=True)
class Schema:
    """What a user says of a table, or what was inferred of a file.

    columns  the kind of columns, or the levels of an ordered category, ascending; of others it is inferred
    target   the column that models of utility predict
    group    the column whose rows of one value are in one split; no column of the samples
    ignore   columns that are left out
    empty    columns without any value, which are categories
    """

    columns: Mapping[str, Kind | tuple[str, ...]] = field(default_factory=dict)
    target: str | None = None
    group: str | None = None
    ignore: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """Return the schema as a file that `read_schema` reads."""
        stated = {"target": self.target, "group": self.group}
        lines = [f"{name} = {_quote(value)}" for name, value in stated.items() if value is not None]
        if self.ignore:
            lines.append(f"ignore = [{', '.join(map(_quote, self.ignore))}]")
        lines += ["", "[columns]"] if lines else ["[columns]"]
        for name, kind in self.columns.items():
            value = _quote(kind) if isinstance(kind, str) else f"[{', '.join(map(_quote, kind))}]"
            note = "  # no value in any row" if name in self.empty else ""
            lines.append(f"{name if _BARE.fullmatch(name) else _quote(name)} = {value}{note}")
        return "\n".join(lines) + "\n"


def read_schema(path: Path) -> Schema:
    """Return the schema in a TOML file; raise DataError, with the file and the key, for any other content."""
    try:
        found = tomllib.loads(read_regular(path, _MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DataError(f"{path.name} cannot be read as a schema: {reason}; expected TOML") from error
    strange = sorted(set(found) - {"columns", "target", "group", "ignore"})
    if strange:
        raise DataError(
            f"{path.name}: a schema has no {strange[0]!r}; expected columns, target, group, ignore"
        )
    columns = found.get("columns", {})
    if not isinstance(columns, dict):
        raise DataError(
            f'{path.name}: columns is no table; expected lines such as [columns] and age = "integer"'
        )
    return Schema(
        {name: _kind(value, f"{path.name}: column {name!r}") for name, value in columns.items()},
        _name(found.get("target"), f"{path.name}: target"),
        _name(found.get("group"), f"{path.name}: group"),
        _names(found.get("ignore", []), f"{path.name}: ignore"),
    )


def _kind(value: Any, where: str) -> Any:
    if isinstance(value, str) and value in _KINDS:
        return value
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise DataError(f"{where} is {value!r}; expected {_FORM}")
    if len(set(value)) < len(value):
        raise DataError(f"{where} has a level twice; expected {_FORM}")
    return tuple(value)


def _name(value: Any, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise DataError(f"{where} is {value!r}; expected the name of a column")


def _names(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise DataError(f"{where} is {value!r}; expected a list of names of columns")


def _quote(text: str) -> str:
    """Return a TOML string; JSON's escapes are TOML's, apart from DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
