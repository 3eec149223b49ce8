"""The description of a run's CSVs as a Frictionless Data Package, version 1.

Specification: https://specs.frictionlessdata.io/tabular-data-package/ (2017). It allows own properties;
`unit` is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.tables.columns import HISTORY, SCORES, TIMINGS, leaderboard_columns
from genbench.core.escaping import json_text
from genbench.core.scores import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from genbench.board.tables.columns import CsvColumn
    from genbench.results.cells import Cell

__all__ = ["data_package"]

#: Types of pandas, and those of a Table Schema. The values of a history are numbers of Python.
_TYPES = {"str": "string", "int64": "integer", "Int64": "integer", "float64": "number", "object": "number"}

_ROW_KEY, _CELL_KEY = ("dataset", "generator"), ("dataset", "generator", "seed", "metric")


def data_package(title: str, cells: Iterable[Cell]) -> bytes:
    """Return the datapackage.json of a run with this title and these planned cells, as UTF-8.

    It has a Table Schema for each CSV: names, types, units, meanings, and the empty cell as the missing
    value. It depends on the title, and on the metrics, seeds and numbers of fakes of the cells, alone. Scores
    of comparisons have no seed, and a primary key no empty field, so beside comparisons they have no key.
    """
    cells = list(cells)
    cell_key = () if any(cell.seed is None for cell in cells) else _CELL_KEY
    resources = [
        _resource("leaderboard", "one row per dataset and generator", leaderboard_columns(cells), _ROW_KEY),
        _resource("scores", "one row per cell", SCORES, cell_key),
        _resource("timings", "the cost of each trial", TIMINGS),
        _resource("history", "what each generator logged during training", HISTORY),
    ]
    body = {"profile": "tabular-data-package", "title": title, "resources": resources}
    named = {name: value for name, value in body.items() if value != ""}
    return f"{json_text(named)}\n".encode()


def _resource(
    name: str, description: str, columns: Sequence[CsvColumn], key: Sequence[str] = ()
) -> dict[str, Any]:
    schema = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n"},
        "schema": schema | ({"primaryKey": list(key)} if key else {}),
    }


def _field(column: CsvColumn) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.dtype], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.name == "status":
        field["constraints"] = {"enum": list(STATUSES)}
    return field
