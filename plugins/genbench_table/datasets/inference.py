"""Kinds of columns, inferred from the forms of all their cells; docs/tables.md has the rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from genbench import DataError, no_log
from genbench_table.datasets.forms import are_plain_numbers
from genbench_table.datasets.rows import log_blocks, show

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from genbench import Log
    from genbench_table.columns.values import Kind
    from genbench_table.datasets.forms import Form
    from genbench_table.datasets.rows import Block, Rows

    #: For each form in a column its first cell, with the number of the line.
    Seen = dict[Form, tuple[int, Any]]

__all__ = ["infer_columns"]

_FEW = 50  # cells of a block that show of which form the others of a column are likely to be
_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")  # of TOML, without quotes and short
_FAMILIES: tuple[tuple[set[Form], Kind], ...] = (
    ({"boolean"}, "boolean"),
    ({"integer"}, "integer"),
    ({"integer", "number"}, "number"),
    ({"date"}, "date"),
    ({"date", "text"}, "category"),
)


def infer_columns(
    rows: Rows, known: Collection[str], form: Callable[[Any], Form], *, is_typed: bool, log: Log = no_log
) -> dict[str, Kind | None]:
    """Return the columns of a file in their order, with the kind of each, or None if it has no value.

    known     columns whose kind is not inferred; they get None
    form      returns the form of a cell
    is_typed  whether the file has types: its cells then are of one family in each column
    log       is told of the rows that were read

    Raises DataError for a column of several families in a file with types, and for a column that would be one
    of numbers, dates or truth values if a few words meant gaps.
    """
    seen: dict[str, Seen] = {}
    for block in log_blocks(rows, log):
        for name, cells in block.cells.items():
            forms = seen.setdefault(name, {})
            if name in known or (not is_typed and "text" in forms):
                continue
            _see(forms, cells[:_FEW], block, form)
            if is_typed or not are_plain_numbers(cells[_FEW:], forms):
                _see(forms, cells[_FEW:], block, form, start=_FEW)
    decide = _typed_kind if is_typed else _kind
    return {name: decide(forms, name, rows) if forms else None for name, forms in seen.items()}


def _see(forms: Seen, cells: list[Any], block: Block, form: Callable[[Any], Form], *, start: int = 0) -> None:
    """Add the forms of cells, of which the first is that of the row `start` of a block, to those seen."""
    for kind, cell in dict.fromkeys(zip(map(type, cells), cells, strict=True)):
        if cell is None:
            continue
        found = form(cell)
        if found not in forms:
            at = next(i for i, other in enumerate(cells) if type(other) is kind and other == cell)
            forms[found] = block.lines[start + at], cell


def _family(forms: Collection[Form]) -> Kind | None:
    return next((kind for family, kind in _FAMILIES if set(forms) <= family), None)


def _typed_kind(forms: Seen, name: str, rows: Rows) -> Kind:
    kind = _family(forms)
    if kind is None:
        (line, one), (other_line, other) = sorted(forms.values(), key=lambda found: found[0])[:2]
        raise DataError(
            f"{rows.file}, {rows.unit} {other_line}: column {show(name)} holds {show(other)}, and "
            f"{show(one)} in {rows.unit} {line}; expected values of one kind, or its kind in a schema"
        )
    return kind


def _kind(forms: Seen, name: str, rows: Rows) -> Kind:
    certain = {form: found for form, found in forms.items() if form not in ("word", "comma")}
    kind = _family(certain) if certain else None
    if "comma" in forms and not set(certain) - {"integer", "number"}:
        line, text = forms["comma"]
        raise _doubtful(rows, line, name, text, "write numbers with a point")
    if "word" in forms and kind not in (None, "category"):
        line, text = forms["word"]
        held = "truth values" if kind == "boolean" else f"{kind}s"
        raise _doubtful(
            rows, line, name, text, f"if it means a gap among {held}, add it to the option missing"
        )
    return kind or "category"


def _doubtful(rows: Rows, line: int, name: str, text: str, advice: str) -> DataError:
    return DataError(
        f"{rows.file}, {rows.unit} {line}: column {show(name)} holds {show(text)}; {advice}, or state "
        f'the kind of the column in a schema: {name if _KEY.fullmatch(name) else show(name)} = "category"'
    )
