"""Boards as JSON-like values: the tables and the lines below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genbench.board.rows import Entry
    from genbench.board.view import Head, Line, Table, View

__all__ = ["board_to_json"]


_ROW_FIELDS = (
    "generator", "plugin", "control", "seeds", "n", "rank", "rank_low", "rank_high", "deterministic",
    "is_verifiable", "unranked",
)  # fmt: skip
_ENTRY_FIELDS = ("status", "value", "low", "high", "values", "rank", "rank_low", "rank_high")


def board_to_json(view: View) -> dict[str, Any]:
    """Return a board as JSON-like values.

    title        name of the suite, or ""
    blocks       the tables: dataset, `verdict` (one sentence: who wins, what is suspicious), `ranked_over`
                 (the columns of the overall rank), `notes`, columns and rows. A column has an `id`, unique in
                 its block, a metric with aspect, direction and best value, seeds, and a signature (a hash of
                 the settings that decide what its numbers mean). A row has its entries by the ids of columns.
                 `aspects` has its ranks in those that vote,
                 `unranked` has the reasons why it is not ranked, and `is_verifiable` is false for a row of a
                 CSV file, which is not ranked either
    runs         of merged runs, the folder of each by its name
    differences  why rows of a dataset cannot be compared
    wrong_controls  metrics that rank a control wrongly
    failures     cells without a value
    notes, cautions  further lines below the tables
    """
    return {
        "title": view.title,
        "blocks": [{"dataset": table.dataset, **_table_to_json(table)} for table in view.tables],
        "runs": dict(view.sources),
        "notes": list(view.notes),
        "cautions": list(view.cautions),
        "differences": list(view.differences),
        "wrong_controls": list(view.wrong_controls),
        "failures": list(map(str, view.failures)),
    }


def _table_to_json(table: Table) -> dict[str, Any]:
    """Return a table as JSON-like values, without its dataset.

    The head of a column `is_shared` if the overall ranks are over this column.
    """
    return {
        "verdict": table.verdict,
        "ranked_over": [head.id for head in table.heads if head.is_shared],
        "notes": [note.text for note in table.notes],
        "columns": list(map(_column_to_json, table.heads)),
        "rows": list(map(_row_to_json, table.rows)),
    }


def _column_to_json(head: Head) -> dict[str, Any]:
    """Return the head of a column as JSON-like values: its metric, aspect, direction, signature and seeds."""
    facts = {"aspect": head.aspect, "direction": head.facts.direction, "best": head.facts.best}
    return _select_fields(head, "id", "metric") | facts | _select_fields(head, "signature", "seeds")


def _row_to_json(line: Line) -> dict[str, Any]:
    """Return a row as JSON-like values; columns in which its generator has no entry are left out."""
    entries = {
        id_: _entry_to_json(cell.entry) | {"is_best": cell.is_best}
        for id_, cell in line.cells.items()
        if cell.entry is not None
    }
    # where all metrics vote together, the aspect "" has the overall rank
    places = {name: place for name, place in line.row.aspects.items() if name}
    aspects = {name: _select_fields(place, "rank", "rank_low", "rank_high") for name, place in places.items()}
    return _select_fields(line.row, *_ROW_FIELDS) | {"aspects": aspects, "entries": entries}


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    """Return an entry, the number of a generator in a column, as JSON-like values."""
    # a Fraction, which JSON lacks
    share = None if entry.valid_share is None else float(entry.valid_share)
    return _select_fields(entry, *_ENTRY_FIELDS) | {"valid_share": share}


def _select_fields(value: object, *names: str) -> dict[str, Any]:
    """Return the named fields of a value, by name; tuples become lists, as in JSON."""
    fields = {name: getattr(value, name) for name in names}
    return {name: list(field) if isinstance(field, tuple) else field for name, field in fields.items()}
