"""The tables of a run as pandas frames and as escaped CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from genbench.board.leaderboard import build_board, outcomes
from genbench.board.rows import UNVERIFIED
from genbench.board.tables.columns import ENTRY, HISTORY, SCORES, TIMINGS, leaderboard_columns
from genbench.core.escaping import csv_text, encodable
from genbench.results.signatures import short_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.board.tables.columns import CsvColumn
    from genbench.results.records import Plan, Record, Trace

__all__ = ["history_frame", "leaderboard_frame", "scores_frame", "timings_frame", "to_csv"]


def scores_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per planned cell, sorted by dataset, generator, seed and metric.

    Rows of CSV files of merged runs are left out: their cells have no records, and may be means.

    Columns: dataset, generator, seed, metric, value, low, high (the metric's own interval), status, reason,
    n, signature (8 hex digits). A cell without a record has the status "missing".
    """
    own = [record for record in outcomes(plan, records) if record.cell.plugin != UNVERIFIED]
    return _frame(SCORES, [_score(record) for record in own])


def leaderboard_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per dataset and generator, sorted.

    Columns: dataset, generator, plugin, seeds ("0 1 2"), n, rank, rank:low and rank:high (its range), then
    for each metric, sorted: ID (mean over seeds), ID:low and ID:high (95 % t-interval over seeds), ID:rank,
    ID:rank:low, ID:rank:high, ID:sig.
    """
    board = build_board(plan, records)
    return _frame(leaderboard_columns(plan.cells), [_row(row) for row in board.rows])


def timings_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the cost of each trial, sorted: parameters, wall seconds by stage, peak memory in MiB."""
    return _frame(TIMINGS, [_timing(trace) for trace in _in_order(traces)])


def history_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the training logs of the generators, one value a row, in the order of steps."""
    return _frame(HISTORY, [point for trace in _in_order(traces) for point in _points(trace)])


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Return `frame` as UTF-8 CSV: no index, "\n" line ends, shortest round-trip floats, "" for no value.

    Control characters in texts are escaped; a text that a spreadsheet would run as a formula gets an
    apostrophe in front.
    """
    safe = frame.copy()
    for name in safe.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in safe.dtypes]]:
        safe[name] = safe[name].map(_safe)
    return safe.to_csv(index=False, lineterminator="\n", na_rep="").encode("utf-8")


def _safe(cell: Any) -> Any:
    return csv_text(cell) if isinstance(cell, str) else cell


def _frame(columns: Sequence[CsvColumn], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame with these columns and types; a column that a row lacks is empty there."""
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [row.get(column.name, "" if column.dtype == "str" else None) for row in rows],
                dtype=column.dtype,
            )
            for column in columns
        }
    )


def _score(record: Record) -> dict[str, Any]:
    cell = record.cell
    return {
        "dataset": cell.dataset,
        "generator": cell.generator,
        "seed": cell.seed,
        "metric": cell.metric,
        "value": record.value,
        "low": record.low,
        "high": record.high,
        "status": record.status,
        "reason": encodable(record.reason),  # pandas with pyarrow holds UTF-8 alone
        "n": cell.n,
        "signature": short_signature(cell.signature),
    }


def _row(row: Row) -> dict[str, Any]:
    cells = {
        "dataset": row.dataset,
        "generator": row.generator,
        "plugin": row.plugin,
        "seeds": " ".join(map(str, row.seeds)),
        "n": " ".join(map(str, row.n)),
        "rank": row.rank,
        "rank:low": row.rank_low,
        "rank:high": row.rank_high,
    }
    for metric, entry in row.entries.items():
        cells |= {metric + part.name: value for part, value in zip(ENTRY, _entry(entry), strict=True)}
    return cells


def _entry(entry: Entry) -> tuple[Any, ...]:
    ranks = entry.rank, entry.rank_low, entry.rank_high
    return entry.value, entry.low, entry.high, *ranks, entry.short


def _in_order(traces: Iterable[Trace]) -> list[Trace]:
    return sorted(traces, key=lambda trace: (trace.dataset, trace.generator, trace.seed))


def _timing(trace: Trace) -> dict[str, Any]:
    cells = {"dataset": trace.dataset, "generator": trace.generator, "seed": trace.seed}
    stages = {f"{stage}_s": seconds for stage, seconds in trace.seconds.items()}
    return cells | stages | {"parameters": trace.parameters, "peak_mib": trace.peak_bytes / 2**20}


def _points(trace: Trace) -> list[dict[str, Any]]:
    trial = {"dataset": trace.dataset, "generator": trace.generator, "seed": trace.seed}
    return [
        trial | {"step": entry["step"], "total": entry["total"], "name": name, "value": entry[name]}
        for entry in trace.history
        for name in sorted(set(entry) - {"step", "total"})
    ]
