"""The tables of a run as pandas frames and as escaped CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from genbench.board.leaderboard import build_board, outcomes
from genbench.core.escaping import csv_text, encodable
from genbench.results.records import short_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.results.records import Plan, Record, Trace

__all__ = ["history_frame", "leaderboard_frame", "scores_frame", "timings_frame", "to_csv"]

_SCORES = {
    "dataset": "str", "generator": "str", "seed": "int64", "metric": "str", "value": "float64",
    "low": "float64", "high": "float64", "status": "str", "reason": "str", "n": "int64", "signature": "str",
}  # fmt: skip
_ROW = {
    "dataset": "str", "generator": "str", "plugin": "str", "seeds": "str", "n": "str", "rank": "Int64",
    "rank:low": "Int64", "rank:high": "Int64",
}  # fmt: skip
_ENTRY = {
    "": "float64", ":low": "float64", ":high": "float64", ":rank": "Int64", ":rank:low": "Int64",
    ":rank:high": "Int64", ":sig": "str",
}  # fmt: skip
_TIMINGS = {
    "dataset": "str", "generator": "str", "seed": "int64", "parameters": "Int64", "fit_s": "float64",
    "sample_s": "float64", "extract_s": "float64", "score_s": "float64", "peak_mib": "float64",
}  # fmt: skip
_HISTORY = {
    "dataset": "str", "generator": "str", "seed": "int64", "step": "Int64", "total": "Int64", "name": "str",
    "value": "object",
}  # fmt: skip


def scores_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per planned cell, sorted by dataset, generator, seed and metric.

    Columns: dataset, generator, seed, metric, value, low, high (the metric's own interval), status, reason,
    n, signature (8 hex digits). A cell without a record has the status "missing".
    """
    return _frame(_SCORES, [_score(record) for record in outcomes(plan, records)])


def leaderboard_frame(plan: Plan, records: Mapping[str, Record]) -> pd.DataFrame:
    """Return one row per dataset and generator, sorted.

    Columns: dataset, generator, plugin, seeds ("0 1 2"), n, rank, rank:low and rank:high (its range), then
    for each metric, sorted: ID (mean over seeds), ID:low and ID:high (95 % t-interval over seeds), ID:rank,
    ID:rank:low, ID:rank:high, ID:sig.
    """
    board = build_board(plan, records)
    columns = _ROW | {metric + part: dtype for metric in board.metrics for part, dtype in _ENTRY.items()}
    frame = _frame(columns, [_row(row) for row in board.rows])
    if all(len(row.n) == 1 for row in board.rows):
        frame["n"] = frame["n"].astype("int64")
    return frame


def timings_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the cost of each trial, sorted: parameters, wall seconds by stage, peak memory in MiB."""
    return _frame(_TIMINGS, [_timing(trace) for trace in _in_order(traces)])


def history_frame(traces: Iterable[Trace]) -> pd.DataFrame:
    """Return the training logs of the generators, one value a row, in the order of steps."""
    return _frame(_HISTORY, [point for trace in _in_order(traces) for point in _points(trace)])


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


def _frame(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame with these columns and types; a column that a row lacks is empty there."""
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name, "" if dtype == "str" else None) for row in rows], dtype=dtype)
            for name, dtype in columns.items()
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
        cells |= {metric + part: value for part, value in zip(_ENTRY, _entry(entry), strict=True)}
    return cells


def _entry(entry: Entry) -> tuple[Any, ...]:
    ranks = entry.rank, entry.rank_low, entry.rank_high
    return entry.value, entry.low, entry.high, *ranks, entry.signature


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
