"""Cells of a board's tables: from the number of a row to the texts that terminals, files and pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.board.numbers import cell_text, format_fixed
from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.numbers import ColumnNumbers
    from genbench.board.rows import Entry, Row
    from genbench.results.records import Record

__all__ = ["BEST_MEANING", "TableCell", "build_cells", "collect_reasons"]

#: What the mark of the best says, wherever a board has one: a star, bold, or a filled mark.
BEST_MEANING = "no other is significantly better; a metric without the mark has no known best"

_SEED_DIGITS = 2  # decimals of the value of one seed beyond those of the mean
_MOST_REASONS = 3  # of one cell; the lines below the tables list all of them


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """A number with its interval, a status with its reasons, or neither.

    entry     None if the row has no number in the column
    plain     the number with four digits and its interval, or the status; "" without an entry
    text      the number as its column shows it, the status, or without an entry "same" or a dash
    pad       what `text` lacks behind its last digit, so that the points of the column line up: ".00"
    interval  as the column shows it, or ""
    whole     number, interval and unit of the column; without a value, the same as `plain`
    runs      the value of each seed, "7.965 9.1"
    reasons   why there is no value
    is_best       whether no other generator is significantly better, in a column where some are worse
    is_undecided  whether the number is worse than the best by the test of its metric alone, but not after the
                  correction for the number of metrics
    """

    entry: Entry | None
    plain: str = ""
    text: str
    pad: str = ""
    interval: str = ""
    whole: str = ""
    runs: str = ""
    reasons: str = ""
    is_best: bool = False
    is_undecided: bool = False

    @property
    def value(self) -> float | None:
        """The cell's number, None without one."""
        return None if self.entry is None else self.entry.value


def build_cells(
    block: Block,
    column: Column,
    numbers: ColumnNumbers,
    reasons: Mapping[tuple[str, str, str], str],
    undecided: Collection[tuple[str, str]],
) -> dict[str, TableCell]:
    """Return the cells of a column of a block by generator.

    numbers    the column's numbers as texts, by generator
    reasons    why cells have no value, by dataset, generator and metric
    undecided  (generator, metric) of each number that is worse than the best by the test of its metric alone,
               but not after correction for the number of metrics
    """
    entries = [column.find_entry(row) for row in block.competitors]
    # the best are marked only if another is significantly worse
    has_worse = any(entry and entry.rank_low is not None and entry.rank_low > 1 for entry in entries)
    cells = {}
    for row in block.rows:
        names, entry = (row.generator, column.metric), column.find_entry(row)
        if entry is None:
            cells[row.generator] = _make_empty_cell(row, column, block)
        elif entry.value is None:
            text, why = one_line(cell_text(entry)), reasons.get((row.dataset, *names), "")
            cells[row.generator] = TableCell(entry=entry, plain=text, text=text, whole=text, reasons=why)
        else:
            number = numbers.texts[row.generator]
            digits = number.decimals + _SEED_DIGITS
            unit = f" in {numbers.unit}" if numbers.unit else ""
            cells[row.generator] = TableCell(
                entry=entry,
                plain=cell_text(entry),
                text=number.text,
                pad=number.pad,
                interval=number.interval,
                whole=f"{number.text} {number.interval}".rstrip() + unit,
                runs=" ".join(format_fixed(value, numbers.exponent, digits) for value in entry.values),
                is_best=entry.is_best and has_worse,
                is_undecided=names in undecided,
            )
    return cells


def _make_empty_cell(row: Row, column: Column, block: Block) -> TableCell:
    """Return the cell of a row without an entry in a column, with the reason.

    Its text is "same" if a row of a merged run with the same samples has the number, else a dash.
    """
    same_samples = [each for each in block.rows if each.generator in row.same_as and column.find_entry(each)]
    if same_samples:
        name = one_line(same_samples[0].generator)
        return TableCell(
            entry=None, text="same", reasons=f"the samples are those of {name}, whose row has the number"
        )
    has_other_settings = column.metric in row.entries
    reason = (
        "its number has another signature or other seeds"
        if has_other_settings
        else "its run lacks this metric"
    )
    return TableCell(entry=None, text="–", reasons=reason)


def collect_reasons(records: Iterable[Record]) -> dict[tuple[str, str, str], str]:
    """Return why cells have no value, in words, by (dataset, generator, metric), equal reasons once."""
    pairs = []
    for record in records:
        if record.status != "ok":
            cell, reason = record.cell, one_line(f"{record.status}: {record.reason}")
            names = cell.dataset, cell.generator, cell.metric
            pairs += [(names, (reason, str(seed))) for seed in cell.seeds]
    return {names: _join_reasons(group_pairs(failures)) for names, failures in group_pairs(pairs).items()}


def _join_reasons(seeds_by_reason: Mapping[str, Sequence[str]]) -> str:
    """Return why a cell has no value as one text: each reason with its seeds.

    Of more than three reasons, the text has the first two and the number of the others.
    """
    lines = [
        f"{reason} ({'seed' if len(seeds) == 1 else 'seeds'} {' '.join(seeds)})"
        for reason, seeds in seeds_by_reason.items()
    ]
    return join_names(lines, _MOST_REASONS)
