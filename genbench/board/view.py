"""A board as plain values with their texts: what tables, charts, pages and files show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from genbench.board import warnings
from genbench.board.comparability import block_differences
from genbench.board.leaderboard import build_board
from genbench.board.numbers import ColumnNumbers, Estimate, arrow, column_numbers, direction_text, rank_text
from genbench.board.table_cells import build_cells, collect_reasons
from genbench.board.undecided import find_undecided
from genbench.board.verdict import make_verdict
from genbench.contract.specs import ASPECTS
from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names, parse_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rank_rules import RankRule
    from genbench.board.rows import Entry, Row
    from genbench.board.table_cells import TableCell
    from genbench.contract.specs import MetricFacts
    from genbench.results.records import Record
    from genbench.results.results import Results

__all__ = ["Head", "Line", "Panel", "Table", "View", "view_board", "view_results"]

_GAP = 3  # characters between two columns in print
_Item = TypeVar("_Item")
_MOST_EQUAL = 12  # names in one note


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column.

    id         unique in its table: the metric's id, with signature and group of shares if there are several
    name       of the metric without its extractor, with what tells the column from others of that metric
    text       the same with the arrow of the better direction
    aspect     what the metric measures, such as "fidelity"; "no aspect", or "" where no metric has one
    extractor  the name in brackets in the metric's id, or ""
    signature, digest  its short form, and its SHA-256
    unit       the power of ten by which the numbers of the column are divided, or "" for none
    is_ranked  whether it has ranks: its metric has a direction, and competitors have numbers in it
    is_shared  whether the overall rank counts it: it has a vote, and all competitors of the table have it
    decides    whether the overall rank counts it, and it can tell competitors apart: at least two take part,
               and one has a value
    wrong_controls   the controls that it ranks wrongly, in words
    unseen_controls  the controls whose flaws it may not see, which are never among `wrong_controls`
    note       what the metric notes of its numbers
    """

    id: str
    metric: str
    name: str
    text: str
    aspect: str
    extractor: str
    facts: MetricFacts
    signature: str
    digest: str
    seeds: tuple[int, ...]
    unit: str
    is_ranked: bool
    is_shared: bool
    decides: bool
    wrong_controls: tuple[str, ...]
    unseen_controls: tuple[str, ...]
    note: str

    @property
    def arrow(self) -> str:
        """The arrow of the metric's better direction, or "" if it has none."""
        return arrow(self.facts.direction, self.facts.best).strip()

    @property
    def better(self) -> str:
        """Which values of the metric are better, in words."""
        return direction_text(self.facts.direction, self.facts.best)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A generator of a table.

    name   its id, with a mark if it is not deterministic, or has no records
    kind   "control", "unverified" for a row of a CSV file, or ""
    ranks  by the table's `rank_names`, each with the ranks that the seeds leave possible
    cells  by the ids of the table's heads
    """

    row: Row
    name: str
    kind: str
    ranks: Mapping[str, str]
    cells: Mapping[str, TableCell]

    @property
    def rank(self) -> str:
        """The overall rank, with the ranks that the seeds leave possible."""
        return self.ranks["rank"]

    def entry(self, head: Head) -> Entry | None:
        """Return the generator's entry in a column (its mean over seeds, with rank), or None without one."""
        return self.cells[head.id].entry


class Panel(NamedTuple):
    """Columns beside one another in print.

    aspect     of the metrics, as in their heads
    extractor  the name in brackets in their ids, or ""
    heads      of the metrics
    ranks      names of the ranks: the first is left of the generators' names, the others are right of them;
               none beside metrics that have no vote
    """

    aspect: str
    extractor: str
    heads: tuple[Head, ...]
    ranks: tuple[str, ...]

    def format_title(self, dataset: str) -> str:
        """Return the title of the panel: "digits · fidelity on digits-classifier"."""
        aspect = f" · {self.aspect}" if self.aspect else ""
        return f"{dataset}{aspect}" + (f" on {self.extractor}" if self.extractor else "")


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a dataset that share columns.

    seeds, n  of its rows, in words
    verdict   one sentence: who wins, what cannot be told apart, what is suspicious; "" without any
    heads     sorted; if the plan states aspects, by aspect, those with a vote first, then as in the suite
    rank_names  "rank" for the overall rank and, if several aspects vote, these aspects
    notes     what the ranks are over, which generators have none
    equal     the metrics in which all competitors have equal values, in words
    """

    dataset: str
    seeds: str
    n: str
    verdict: str
    heads: tuple[Head, ...]
    rank_names: tuple[str, ...]
    rows: tuple[Line, ...]
    notes: tuple[warnings.RankNote, ...]
    equal: tuple[warnings.RankNote, ...]

    @property
    def visible_heads(self) -> tuple[Head, ...]:
        """The columns in which a row has a value; all columns, which show statuses, if there are none."""
        visible = [
            head for head in self.heads if any(row.cells[head.id].value is not None for row in self.rows)
        ]
        return tuple(visible) or self.heads

    @property
    def settings(self) -> str:
        """The seeds of the table's rows, and n, their number of generated samples, in words."""
        return f"seeds {self.seeds}, n {self.n}"

    @property
    def unranked(self) -> list[str]:
        """Why generators of the table are not ranked, a line for each reason; they are among its `notes`."""
        return warnings.list_unranked(line.row for line in self.rows)

    @property
    def sections(self) -> list[list[Line]]:
        """The table's generators, rows of CSV files and controls, which a line separates in print.

        Rows of one kind follow one another.
        """
        return [list(rows) for _, rows in groupby(self.rows, key=lambda line: line.kind)]

    def column(self, head: Head) -> list[tuple[Line, Entry]]:
        """Return the rows that have an entry in a column, with this entry."""
        return [(line, entry) for line in self.rows if (entry := line.entry(head)) is not None]

    @property
    def has_aspects(self) -> bool:
        """Whether columns are shown by aspect: those with values have several."""
        return len({head.aspect for head in self.visible_heads}) > 1

    @property
    def columns_by_aspect(self) -> list[tuple[str, Head | None]]:
        """The (aspect, head) of each visible column; before those of an aspect with ranks, (aspect, None)."""
        heads = group_pairs((head.aspect, head) for head in self.visible_heads)
        with_ranks = ((name, [None] * (name in self.rank_names) + found) for name, found in heads.items())
        return [(aspect, head) for aspect, in_aspect in with_ranks for head in in_aspect]

    def panels(self, room: int, widths: Mapping[str, int]) -> Iterator[Panel]:
        """Yield the table's columns in panels of one aspect and extractor, each with what fits into `room`.

        If several aspects vote, panels with the overall rank and the ranks in these aspects come first.

        room    the width of a panel in characters
        widths  of the columns in characters, by id; a column wider than `room` gets its own panel
        """
        rank_widths = {name: _GAP + self.measure_ranks([name]) for name in self.rank_names[1:]}
        yield from (Panel("", "", (), ("rank", *names)) for names in _fill_rows(rank_widths, room))
        heads = self.visible_heads
        if not any(head.aspect for head in heads):
            # parse_id returns (name, extractor); reversed, columns of one extractor follow one another
            heads = tuple(sorted(heads, key=lambda head: parse_id(head.metric)[::-1]))
        keys = [(head.aspect if self.has_aspects else "", head.extractor) for head in heads]
        for (aspect, extractor), in_group in group_pairs(zip(keys, heads, strict=True)).items():
            ranks: tuple[str, ...] = (aspect if aspect in self.rank_names else "rank",)
            if aspect and not any(head.is_shared for head in in_group):
                ranks = ()  # the overall rank beside numbers that it does not count would seem to be theirs
            parts = _fill_rows({head: widths[head.id] for head in in_group}, room)
            yield from (Panel(aspect, extractor, tuple(part), ranks) for part in parts)

    def measure_ranks(self, names: Iterable[str]) -> int:
        """Return the width of the widest text of columns of ranks, their names included, in characters."""
        return max(len(text) for name in names for text in (name, *(row.ranks[name] for row in self.rows)))


@dataclass(frozen=True, kw_only=True)
class View:
    """The tables of a board, and the lines below them.

    tally     the number of cells by status, in words
    tables    by dataset
    outcomes  the records behind the numbers, one for each planned cell
    runs      of merged runs, name and folder of each
    sources   the same by name
    notes     what metrics note of their numbers, and side effects of components
    differences     why rows of a dataset cannot be compared
    cautions        warnings: why numbers say less than they seem to, such as too few seeds
    wrong_controls  metrics that rank a control wrongly
    failures        cells without a value
    rule            of the overall rank
    """

    title: str
    tally: str
    tables: tuple[Table, ...]
    outcomes: tuple[Record, ...]
    runs: tuple[str, ...]
    sources: Mapping[str, str]
    notes: tuple[str, ...]
    differences: tuple[str, ...]
    cautions: tuple[str, ...]
    wrong_controls: tuple[str, ...]
    failures: tuple[warnings.FailedCells, ...]
    rule: RankRule

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The ids of the board's datasets, sorted, as the tables are."""
        return tuple(dict.fromkeys(table.dataset for table in self.tables))

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The ids of the board's metrics, sorted."""
        return tuple(sorted({record.cell.metric for record in self.outcomes}))

    def list_warnings(self) -> list[str]:
        """Return the lines of `cautions` and `wrong_controls`, which most formats show together."""
        return [*self.cautions, *self.wrong_controls]

    def find_tables(self, dataset: str) -> list[Table]:
        """Return the tables of a dataset; it has several if some of its rows share no column."""
        return [table for table in self.tables if table.dataset == dataset]

    def list_generators(self, dataset: str) -> list[str]:
        """Return the generators of a dataset in the order of its tables, each once."""
        tables = self.find_tables(dataset)
        return list(dict.fromkeys(line.row.generator for table in tables for line in table.rows))

    def list_rows(self, dataset: str) -> list[Row]:
        """Return the rows of a dataset, each once, sorted by name; several tables may show one."""
        rows = {line.row.generator: line.row for table in self.find_tables(dataset) for line in table.rows}
        return [rows[name] for name in sorted(rows)]


def view_results(results: Results) -> View:
    """Return the board of a run, or of merged runs, as plain values with their texts."""
    return view_board(build_board(results.plan, results.records))


def view_board(board: Board) -> View:
    """Return a board as plain values with their texts, which all formats show."""
    # warnings of metrics that rank a control wrongly, such as noise above a generator
    wrong = warnings.find_wrong_controls(board)
    wrong_by_column = group_pairs(((note.dataset, note.metric, note.signature), note) for note in wrong)
    reasons, notes = collect_reasons(board.outcomes), _join_notes_by_metric(board.outcomes)
    texts = _Texts(wrong=wrong_by_column, reasons=reasons, notes=notes)
    return View(
        title=board.title,
        tally=warnings.count_cells(board),
        tables=tuple(
            _build_table(block, texts, board.rule)
            for dataset in board.datasets
            for block in board.blocks(dataset)
        ),
        outcomes=board.outcomes,
        runs=tuple(warnings.list_run_lines(board)),
        sources=board.sources,
        notes=tuple(warnings.list_notes(board)),
        differences=tuple(block_differences(board)),
        cautions=tuple(warnings.list_board_warnings(board)),
        wrong_controls=tuple(f"{note.dataset}: {note.metric}: {note.text}" for note in wrong),
        failures=tuple(warnings.list_failures(board)),
        rule=board.rule,
    )


def _fill_rows(widths: Mapping[_Item, int], room: int) -> list[list[_Item]]:
    """Return items in rows, each with as many as fit into `room`; a wider item has its own row."""
    rows: list[list[_Item]] = []
    used = 0  # width of the last row
    for item, width in widths.items():
        if not rows or used + width > room:
            rows.append([])
            used = 0
        rows[-1].append(item)
        used += width
    return rows


class _Texts(NamedTuple):
    """Texts that cells and columns show.

    wrong    the controls that a metric ranks wrongly, by dataset, metric and signature
    reasons  why cells have no value, by dataset, generator and metric
    notes    what metrics note of their numbers, by dataset and metric
    """

    wrong: Mapping[tuple[str, str, str], list[warnings.WrongControl]]
    reasons: Mapping[tuple[str, str, str], str]
    notes: Mapping[tuple[str, str], str]

    def find_wrong(self, dataset: str, column: Column) -> Sequence[warnings.WrongControl]:
        """Return the controls that a column of a dataset ranks wrongly."""
        return self.wrong.get((dataset, column.metric, column.signature), ())


def _build_table(block: Block, texts: _Texts, rule: RankRule) -> Table:
    """Return the table of a block, which holds the rows of a dataset that share columns.

    texts  what its cells and heads show beside numbers
    rule   of the overall rank, by whose aspects the columns are sorted
    """
    # Rows share a column only at the same seeds and n, so the first row gives those of the table. Numbers are
    # undecided if one test finds them worse, and a stricter one does not.
    first, undecided = block.rows[0], find_undecided(block)
    wrong = [note for column in block.columns for note in texts.find_wrong(first.dataset, column)]
    columns = {}  # the cells of each head
    for column in _sort_columns(block.columns, rule):
        numbers = column_numbers(_list_estimates(block, column))
        cells = build_cells(block, column, numbers, texts.reasons, undecided)
        aspect = "" if rule.votes is None else rule.aspects.get(column.metric) or "no aspect"
        columns[_build_head(block, column, aspect, numbers, texts)] = cells
    # the ranks in the only aspect that votes are the overall ones
    aspects = [aspect for aspect in rule.votes or () if aspect in block.votes and len(block.votes) > 1]
    table = Table(
        dataset=first.dataset,
        seeds=" ".join(map(str, first.seeds)),
        n=" ".join(map(str, first.n)),
        verdict=make_verdict(block, wrong, rule),
        heads=tuple(columns),
        rank_names=("rank", *aspects),
        rows=tuple(
            Line(
                row=row,
                name=one_line(_name_with_marks(row)),
                kind=_row_kind(row),
                ranks={"rank": rank_text(row)} | {aspect: _aspect_text(row, aspect) for aspect in aspects},
                cells={head.id: cells[row.generator] for head, cells in columns.items()},
            )
            for row in block.rows
        ),
        notes=tuple(warnings.list_rank_notes(block, rule)),
        equal=tuple(_describe_equal(block)),
    )
    return replace(table, notes=(*table.notes, *_describe_hidden(table)))


def _sort_columns(columns: Sequence[Column], rule: RankRule) -> list[Column]:
    """Return columns by aspect, those with a vote first, and then in the order of the suite.

    Metrics without an aspect come last. Where no metric has one, the order stays.
    """
    if rule.votes is None:
        return list(columns)
    aspects = list(dict.fromkeys([*rule.votes, *ASPECTS, ""]))
    # a metric that is not in the suite, such as one of a CSV file, comes after the others
    places = {column: [*rule.aspects, column.metric].index(column.metric) for column in columns}
    return sorted(columns, key=lambda each: (aspects.index(rule.aspects.get(each.metric, "")), places[each]))


def _aspect_text(row: Row, aspect: str) -> str:
    """Return the rank of a row in an aspect as text, with its range; "" without one, as for a control."""
    return rank_text(row.aspects[aspect]) if aspect in row.aspects else ""


def _describe_hidden(table: Table) -> Iterator[warnings.RankNote]:
    """Yield one line that counts and names the columns that are not shown, as no row has a value, if any."""
    if metrics := [head.metric for head in table.heads if head not in table.visible_heads]:
        counted = "1 column is" if len(metrics) == 1 else f"{len(metrics)} columns are"
        names = join_names(metrics, _MOST_EQUAL)
        yield warnings.RankNote(f"{counted} hidden, since no row has a value: {names}", tuple(metrics))


def _row_kind(row: Row) -> str:
    """Return the kind of a line: "control", "unverified" for a row of a CSV file, or ""."""
    if row.control:
        return "control"
    return "" if row.is_verifiable else "unverified"


def _list_estimates(block: Block, column: Column) -> dict[str, Estimate]:
    """Return the values of a column with their intervals, by generator."""
    return {
        row.generator: Estimate(entry.value, *entry.display_interval)
        for row in block.rows
        if (entry := column.find_entry(row)) and entry.value is not None
    }


def _name_with_marks(row: Row) -> str:
    """Return the generator's id, with a mark if it is not deterministic, or has no records."""
    marks = ["deterministic: no"] * (not row.deterministic) + ["unverified"] * (not row.is_verifiable)
    return f"{row.generator} ({', '.join(marks)})" if marks else row.generator


def _build_head(block: Block, column: Column, aspect: str, numbers: ColumnNumbers, texts: _Texts) -> Head:
    """Return the head of a column of a block, which holds the rows of a dataset that share columns.

    aspect   above the column
    numbers  the texts of the column, and the unit that they share
    texts    what metrics note, and which controls they rank wrongly
    """
    entry, dataset = block.first_entries[column], block.rows[0].dataset
    name, extractor = parse_id(column.metric)
    same = [other for other in block.columns if other.metric == column.metric]
    is_only = len(same) == 1
    # what tells the column from others of its metric: the signature, or the group of rows with similar shares
    signature = f" {entry.short_signature}" if len({other.signature for other in same}) > 1 else ""
    group = f" ({column.share_group + 1})" if len({other.share_group for other in same}) > 1 else ""
    # the controls in the column whose flaws the metric may not detect; without ranks, it judges no control
    controls = [row for row in block.rows if row.control in entry.facts.unseen_controls]
    unseen = [row.generator for row in controls if column.find_entry(row)] if entry.is_ranked else []
    return Head(
        id=column.metric if is_only else f"{column.metric} {entry.short_signature} {column.share_group + 1}",
        metric=column.metric,
        name=name + signature + group,
        text=name + arrow(entry.facts.direction, entry.facts.best) + signature + group,
        aspect=aspect,
        extractor=extractor,
        facts=entry.facts,
        signature=entry.short_signature,
        digest=column.signature,
        seeds=entry.seeds,
        unit=numbers.unit,
        is_ranked=column in block.ranked_columns,
        is_shared=column in block.voters,
        decides=column in block.voters and _tells_apart(block, column),
        wrong_controls=tuple(note.text for note in texts.find_wrong(dataset, column)),
        unseen_controls=tuple(unseen),
        note=texts.notes.get((dataset, column.metric), ""),
    )


def _tells_apart(block: Block, column: Column) -> bool:
    """Return whether at least two competitors take part in a column, and at least one has a value there.

    Those that take part have a loss: the value turned so that lower is better, or infinity after a failure.
    Competitors with the same samples count once.
    """
    rivals = [rival for rows in block.competitor_groups if (rival := column.pick_entry(rows)) is not None]
    has_value = any(rival.value is not None for rival in rivals)
    return has_value and sum(rival.loss is not None for rival in rivals) > 1


def _describe_equal(block: Block) -> Iterator[warnings.RankNote]:
    """Yield one line that names the metrics in which all competitors have equal values at each seed, if any.

    Only ranked metrics count in which all competitors have records (`block.shared_columns`). Competitors with
    the same samples count once; if only one is left, there is nothing to compare and no line.
    """
    equal = []
    for column in block.shared_columns:
        entries = [column.pick_entry(rows) for rows in block.competitor_groups]
        # the different tuples of a competitor's values at its seeds; () where a seed has no value
        different = {() if entry is None else entry.values for entry in entries}
        if len(entries) > 1 and len(different) == 1 and () not in different:
            equal.append(column.metric)
    if equal:
        names = join_names(sorted(equal), _MOST_EQUAL)
        yield warnings.RankNote(
            f"no difference between generators in {names}: the values are equal", tuple(equal)
        )


def _join_notes_by_metric(records: Iterable[Record]) -> dict[tuple[str, str], str]:
    """Return what metrics note of their numbers as one text, by (dataset, metric), equal notes once."""
    by_metric = group_pairs(
        ((record.cell.dataset, record.cell.metric), one_line(note))
        for record in records
        if (note := warnings.extra_text(record.extra, "note"))
    )
    return {metric: "; ".join(dict.fromkeys(notes)) for metric, notes in by_metric.items()}
