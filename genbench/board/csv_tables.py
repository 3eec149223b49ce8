"""The tables of a run as pandas frames, as escaped CSV, and as a Frictionless Data Package, version 1.

Specification of the package: https://specs.frictionlessdata.io/tabular-data-package/ (2017). It allows own
properties; `unit` and `aspect` are two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.board.leaderboard import build_board, list_outcomes
from genbench.board.rows import UNVERIFIED
from genbench.board.verdict import list_near_copies
from genbench.board.warnings import list_data_warnings, list_row_warnings
from genbench.core.escaping import csv_text, escape_surrogates, json_text
from genbench.core.scores import STATUSES
from genbench.results.cells import short_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from genbench.board.leaderboard import Board
    from genbench.board.rank_rules import RankRule
    from genbench.board.rows import Row
    from genbench.results.cells import Cell
    from genbench.results.records import Plan, Record, Trace

__all__ = [
    "ENTRY", "HISTORY", "ROW", "SCORES", "TIMINGS", "CsvColumn", "data_package", "history_frame",
    "leaderboard_columns", "leaderboard_frame", "scores_frame", "timings_frame", "to_csv",
]  # fmt: skip


@dataclass(frozen=True)
class CsvColumn:
    """One column of a CSV.

    name     its name; in ENTRY, what follows the metric's id
    dtype    of its pandas series
    meaning  in words, as on the page of results
    unit     of its numbers, or "" for counts, ids and numbers in the unit of a metric
    aspect   that its metric measures; "" for none, and for another column than that of a metric's mean
    """

    name: str
    dtype: str
    meaning: str
    unit: str = ""
    aspect: str = ""


_DATASET = CsvColumn("dataset", "str", "id of the dataset")
_GENERATOR = CsvColumn("generator", "str", "id of the generator")
_SEED = CsvColumn("seed", "int64", "the seed")
_SEED_IF_ANY = replace(_SEED, dtype="Int64")  # a comparison has none
_N = CsvColumn("n", "int64", "number of fakes")
_SIGNATURE = "the signature, shortened to 8 hex digits"
_BEST_RANK = "the best rank that the seeds leave possible, with 95 % confidence; empty under three seeds"
_WORST_RANK = "the worst rank that the seeds leave possible, with 95 % confidence; empty under three seeds"
_END = "end of the 95 % t-interval over seeds, within the metric's range; empty if there is only one seed"
_OWN_END = "end of the metric's own interval, if it has one"
_CAUTION = CsvColumn(
    "caution",
    "str",
    "why the generator is not ranked, copies among its samples, and what spoils scores of its data",
)

#: The columns of leaderboard.csv before those of the metrics.
ROW = (
    _DATASET,
    _GENERATOR,
    CsvColumn("plugin", "str", "distribution and version that provides the generator"),
    CsvColumn("seeds", "str", "the seeds, ascending, separated by spaces"),
    _N,
    CsvColumn(
        "rank",
        "Int64",
        "rank by mean win rate among comparable competitors, 1 is the best; empty for a control",
    ),
    CsvColumn("rank:low", "Int64", _BEST_RANK),
    CsvColumn("rank:high", "Int64", _WORST_RANK),
    _CAUTION,
)

#: The columns of leaderboard.csv for each aspect that votes; its name precedes theirs.
_ASPECT = (
    CsvColumn("", "Int64", "rank by mean win rate in the metrics of this aspect; empty for a control"),
    CsvColumn(":low", "Int64", _BEST_RANK),
    CsvColumn(":high", "Int64", _WORST_RANK),
)

#: The columns of leaderboard.csv for each metric.
ENTRY = (
    CsvColumn("", "float64", "mean over the seeds if every seed is ok, otherwise empty"),
    CsvColumn(":low", "float64", f"lower {_END}"),
    CsvColumn(":high", "float64", f"upper {_END}"),
    CsvColumn(
        ":rank", "Int64", "rank in this metric; empty for a control and for a metric without a direction"
    ),
    CsvColumn(":rank:low", "Int64", _BEST_RANK),
    CsvColumn(":rank:high", "Int64", _WORST_RANK),
    CsvColumn(":sig", "str", _SIGNATURE),
)

#: The columns of scores.csv.
SCORES = (
    _DATASET,
    _GENERATOR,
    _SEED_IF_ANY,
    CsvColumn("metric", "str", "id of the metric"),
    CsvColumn("value", "float64", "the number; empty unless the status is ok"),
    CsvColumn("low", "float64", f"lower {_OWN_END}"),
    CsvColumn("high", "float64", f"upper {_OWN_END}"),
    CsvColumn("status", "str", "the outcome of the cell"),
    CsvColumn("reason", "str", "why there is no value, in one line"),
    _N,
    CsvColumn("signature", "str", _SIGNATURE),
)

#: The columns of timings.csv.
TIMINGS = (
    _DATASET,
    _GENERATOR,
    _SEED,
    CsvColumn("parameters", "Int64", "number of trained parameters, if the generator reports it"),
    CsvColumn("fit_s", "float64", "wall seconds of training", "s"),
    CsvColumn("sample_s", "float64", "wall seconds of drawing samples", "s"),
    CsvColumn("extract_s", "float64", "wall seconds of extracting features", "s"),
    CsvColumn("score_s", "float64", "wall seconds of all metrics", "s"),
    CsvColumn("peak_mib", "float64", "peak resident memory of the trial's process, in MiB", "MiB"),
)

#: The columns of history.csv. The series of values holds Python numbers, whole ones among them.
HISTORY = (
    _DATASET,
    _GENERATOR,
    _SEED,
    CsvColumn("step", "Int64", "the step of training"),
    CsvColumn("total", "Int64", "number of steps in all"),
    CsvColumn("name", "str", "name of the value, such as loss"),
    CsvColumn("value", "object", "the logged value"),
)


def leaderboard_columns(cells: Iterable[Cell], rule: RankRule) -> tuple[CsvColumn, ...]:
    """Return the columns of leaderboard.csv for planned cells, and the rule of the overall rank.

    ROW (dataset, generator, rank …) comes first, then the rank in each aspect that votes, then ENTRY (mean,
    interval, rank …) for each metric, sorted. `n`, the number of fakes, is a text of several numbers,
    separated by spaces, if a row has several.
    """
    cells = list(cells)
    sizes = {(cell.dataset, cell.generator, cell.n) for cell in cells}
    # whether a row, a generator on a dataset, has several numbers of fakes
    is_mixed = len(sizes) > len({(dataset, generator) for dataset, generator, _ in sizes})
    row = (replace(column, dtype="str") if is_mixed and column is _N else column for column in ROW)
    aspects = (replace(c, name=f"rank:{aspect}{c.name}") for aspect in rule.votes or () for c in _ASPECT)
    metrics = sorted({cell.metric for cell in cells})
    entries = (replace(column, name=metric + column.name) for metric in metrics for column in ENTRY)
    # in ENTRY, the column of the mean has the name ""
    return (*row, *aspects, *(replace(c, aspect=rule.aspects.get(c.name, "")) for c in entries))


def scores_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per planned cell, which `list_outcomes` sorts by dataset, generator, seed and metric.

    Cells that a merge read from a CSV file (UNVERIFIED) are left out: they have no records, and their numbers
    may be means over seeds.

    Columns: dataset, generator, seed, metric, value, low, high (the metric's own interval), status, reason,
    n, signature (8 hex digits). A cell without a record has the status "missing".
    """
    verifiable = [record for record in list_outcomes(plan, records) if record.cell.plugin != UNVERIFIED]
    return _build_frame(SCORES, [_score_cells(record) for record in verifiable])


def leaderboard_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per dataset and generator, by which `build_board` sorts them.

    Columns: dataset, generator, plugin, seeds ("0 1 2"), n, rank, rank:low and rank:high (its range),
    caution (warnings on the samples and the data), rank:ASPECT, rank:ASPECT:low and rank:ASPECT:high for each
    aspect that votes, then for each metric, sorted: ID (mean over seeds), ID:low and ID:high (95 % t-interval
    over seeds), ID:rank, ID:rank:low, ID:rank:high, ID:sig (8 hex digits of the signature, which identifies
    the number's meaning).
    """
    board = build_board(plan, records)
    columns = leaderboard_columns(plan.cells, board.rule)
    return _build_frame(columns, [_leaderboard_cells(board, row) for row in board.rows])


def timings_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the cost of each trial, sorted: parameters, wall seconds by stage, peak memory in MiB."""
    return _build_frame(TIMINGS, [_timing_cells(trace) for trace in _sort_traces(traces)])


def history_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the training logs of the generators, one value a row, sorted by trial and then by step."""
    return _build_frame(HISTORY, [point for trace in _sort_traces(traces) for point in _history_rows(trace)])


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Return `frame` as UTF-8 CSV: no index, "\n" line ends, shortest round-trip floats, "" for no value.

    Control characters in texts are escaped; a text that a spreadsheet would run as a formula gets an
    apostrophe in front.
    """
    import pandas as pd

    escaped = frame.copy()
    may_have_texts = [not pd.api.types.is_numeric_dtype(dtype) for dtype in escaped.dtypes]
    for name in escaped.columns[may_have_texts]:
        escaped[name] = escaped[name].map(lambda cell: csv_text(cell) if isinstance(cell, str) else cell)
    return escaped.to_csv(index=False, lineterminator="\n", na_rep="").encode("utf-8")


def _build_frame(columns: Sequence[CsvColumn], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows, each a value by column, as a frame with these columns and types.

    A column that a row lacks is empty there: "" in a text column, else a missing value. pandas reads the text
    of a number, such as `n` in a row of leaderboard.csv, as a number of the column's type.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            column.name: pd.Series(
                [row.get(column.name, "" if column.dtype == "str" else None) for row in rows],
                dtype=column.dtype,
            )
            for column in columns
        }
    )


def _score_cells(record: Record) -> dict[str, Any]:
    """Return a record as a row of scores.csv: its values by column."""
    cell = record.cell
    cells = {name: getattr(cell, name) for name in ("dataset", "generator", "seed", "metric", "n")}
    cells |= {name: getattr(record, name) for name in ("value", "low", "high", "status")}
    reason = escape_surrogates(record.reason)  # pandas with pyarrow stores texts as UTF-8, which has none
    return cells | {"reason": reason, "signature": short_signature(cell.signature)}


def _leaderboard_cells(board: Board, row: Row) -> dict[str, Any]:
    """Return a generator on a dataset as a row of leaderboard.csv: its values by column."""
    # a column has the name of a field of the row: rank:low is the field rank_low
    names = [column.name for column in ROW if column is not _CAUTION]
    cells: dict[str, Any] = {name: getattr(row, name.replace(":", "_")) for name in names}
    cautions = [*list_row_warnings(row), *list_near_copies(board, row), *list_data_warnings(board, row)]
    cells["caution"] = "; ".join(cautions)
    cells |= {name: " ".join(map(str, cells[name])) for name in ("seeds", "n")}  # tuples of numbers
    for aspect, standing in row.aspects.items():
        cells |= {f"rank:{aspect}{c.name}": r for c, r in zip(_ASPECT, standing[:3], strict=True)}
    for metric, entry in row.entries.items():
        # the keys are the names of the columns in ENTRY
        values = {"": entry.value, ":low": entry.low, ":high": entry.high, ":sig": entry.short_signature}
        ranks = {":rank": entry.rank, ":rank:low": entry.rank_low, ":rank:high": entry.rank_high}
        cells |= {metric + name: value for name, value in (values | ranks).items()}
    return cells


def _sort_traces(traces: Iterable[Trace]) -> list[Trace]:
    """Return the traces sorted by dataset, generator and seed."""
    return sorted(traces, key=lambda trace: (trace.dataset, trace.generator, trace.seed))


def _timing_cells(trace: Trace) -> dict[str, Any]:
    """Return the cost of a trial as a row of timings.csv: its values by column; peak memory in MiB."""
    cells = {"dataset": trace.dataset, "generator": trace.generator, "seed": trace.seed}
    stages = {f"{stage}_s": seconds for stage, seconds in trace.seconds.items()}
    return cells | stages | {"parameters": trace.parameters, "peak_mib": trace.peak_bytes / 2**20}


def _history_rows(trace: Trace) -> list[dict[str, Any]]:
    """Return a row of history.csv, its cells by column, for each value that a trial's training logged.

    An entry of the log has the step, the total number of steps, and one or more values by name.
    """
    trial = {"dataset": trace.dataset, "generator": trace.generator, "seed": trace.seed}
    return [
        trial | {"step": entry["step"], "total": entry["total"], "name": name, "value": entry[name]}
        for entry in trace.history
        for name in sorted(set(entry) - {"step", "total"})
    ]


#: Types of pandas, and those of a Table Schema. The values of a history are numbers of Python.
_TYPES = {"str": "string", "int64": "integer", "Int64": "integer", "float64": "number", "object": "number"}

_ROW_KEY, _CELL_KEY = ("dataset", "generator"), ("dataset", "generator", "seed", "metric")


def data_package(title: str, cells: Iterable[Cell], rule: RankRule) -> bytes:
    """Return the datapackage.json of a run with this title, planned cells and rule of ranks, as UTF-8.

    It has a Table Schema for each CSV: names, types, units, meanings, and the empty cell as the missing
    value. It depends only on the title, the rule, and the metrics, seeds and numbers of fakes of the cells.
    The file of scores has no primary key if a cell is a comparison: it has no seed, and no field of a primary
    key may be empty.
    """
    cells = list(cells)
    columns = leaderboard_columns(cells, rule)
    cell_key = () if any(cell.seed is None for cell in cells) else _CELL_KEY
    resources = [
        _resource("leaderboard", "one row per dataset and generator", columns, _ROW_KEY),
        _resource("scores", "one row per cell", SCORES, cell_key),
        _resource("timings", "the cost of each trial", TIMINGS),
        _resource("history", "what each generator logged during training", HISTORY),
    ]
    title_field = {"title": title} if title else {}
    body = {"profile": "tabular-data-package", **title_field, "resources": resources}
    return f"{json_text(body)}\n".encode()


def _resource(
    name: str, description: str, columns: Sequence[CsvColumn], key: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the description of the CSV file `name`.csv for a data package; `key` is its primary key."""
    schema = {"fields": [_schema_field(column) for column in columns], "missingValues": [""]}
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


def _schema_field(column: CsvColumn) -> dict[str, Any]:
    """Return the description of a column for a Table Schema: its name, type and meaning.

    A column of statuses lists the allowed ones, and the mean of a metric has the aspect that it measures.
    """
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.dtype], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.aspect:
        field["aspect"] = column.aspect
    if column.name == "status":
        field["constraints"] = {"enum": list(STATUSES)}
    return field
