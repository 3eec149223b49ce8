"""Paired comparison of two generators over seeds, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from genbench.board.comparability import ComparedRow, group_lines, signature_differences
from genbench.board.leaderboard import outcomes
from genbench.board.ranking import interval, loss
from genbench.board.valid_shares import are_apart, share_of
from genbench.core.errors import SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from genbench.results.records import Plan, Record

__all__ = ["Comparison", "compare", "comparison_frame"]

_COLUMNS = {
    "dataset": "str", "metric": "str", "direction": "str", "a": "str", "b": "str", "difference": "float64",
    "low": "float64", "high": "float64", "seeds": "int64", "verdict": "str",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two generators in one metric on one dataset.

    difference  mean of a's value minus b's over the seeds at which both are ok; for a metric of direction
                "target", of their distances from the best value
    low, high   95 % t-interval of the difference, None under two seeds; not corrected for multiple metrics
    seeds       number of those seeds
    outcome     "better": the interval excludes zero, and `better` names the better generator; "differs": the
                interval excludes zero and the metric has no direction; "unknown": the interval includes zero,
                or is missing for the `reason`; "refused": the signatures, or the shares of samples with
                features, differ, as `reason` says
    """

    dataset: str
    metric: str
    direction: str
    a: str
    b: str
    outcome: Literal["better", "differs", "unknown", "refused"]
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    seeds: int = 0
    better: str = ""
    reason: str = ""

    @property
    def verdict(self) -> str:
        """The outcome in words."""
        words = {
            "better": f"{self.better} better",
            "differs": "differs",
            "unknown": "cannot tell",
            "refused": "not comparable",
        }
        return words[self.outcome] + (f": {self.reason}" if self.reason else "")


def compare(
    plan: Plan, records: Mapping[str, Record], a: str, b: str, *, dataset: str | None = None
) -> list[Comparison]:
    """Return the comparison of `a` with `b` in each dataset and metric that both have, sorted.

    Raises SuiteError for an unknown name, if they share no dataset and metric, or if all signatures differ.
    """
    planned = outcomes(plan, records)
    _check_names(planned, a, b, dataset)
    cells: dict[tuple[str, str], dict[str, list[Record]]] = {}
    for record in planned:
        cell = record.cell
        if cell.generator in (a, b) and dataset in (None, cell.dataset):
            sides = cells.setdefault((cell.dataset, cell.metric), {})
            sides.setdefault(cell.generator, []).append(record)
    rows = [_compared(sides[a], sides[b]) for _, sides in sorted(cells.items()) if len(sides) == 2]  # noqa: PLR2004
    _check_rows(rows, a, b)
    return rows


def comparison_frame(rows: Sequence[Comparison]) -> pd.DataFrame:
    """Return one row a comparison: its fields, with the verdict in words; NaN for a missing number."""
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series([getattr(row, name) for row in rows], dtype=kind) for name, kind in _COLUMNS.items()}
    )


def _check_names(records: Iterable[Record], a: str, b: str, dataset: str | None) -> None:
    cells = [record.cell for record in records]
    if dataset is not None:
        _check_name("dataset", dataset, sorted({cell.dataset for cell in cells}))
    generators = sorted({cell.generator for cell in cells})
    for name in (a, b):
        _check_name("generator", name, generators)
    if a == b:
        raise SuiteError(f"{a} is compared with itself; name two generators of {', '.join(generators)}")


def _check_name(kind: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise SuiteError(f"no {kind} named {name!r} in these results{nearest(name, names)}")


def _check_rows(rows: list[Comparison], a: str, b: str) -> None:
    if not rows:
        raise SuiteError(f"{a} and {b} share no dataset and metric; expected two generators of one board")
    if all(row.outcome == "refused" for row in rows):
        raise SuiteError(f"{a} and {b} are {rows[0].verdict}")


def _compared(records: list[Record], other_records: list[Record]) -> Comparison:
    """Return the comparison of two generators in one metric; a list holds one generator's records by seed."""
    cell, other = records[0].cell, other_records[0].cell
    row = Comparison(
        dataset=cell.dataset,
        metric=cell.metric,
        direction=cell.direction,
        a=cell.generator,
        b=other.generator,
        outcome="unknown",
    )
    if cell.signature != other.signature:
        sides = [
            ComparedRow(label=c.generator, seeds=(), signatures={c.metric: c.signature})
            for c in (cell, other)
        ]
        return replace(row, outcome="refused", reason=next(signature_differences(cell.metric, *sides)))
    shares = share_of(records), share_of(other_records)
    if cell.direction != "none" and not cell.any_valid_share and are_apart(*shares):
        groups = [
            [(c.generator, share)]
            for c, share in zip((cell, other), shares, strict=True)
            if share is not None
        ]
        return replace(row, outcome="refused", reason=next(group_lines(groups)))
    values, others = _values(records), _values(other_records)
    seeds = sorted(values.keys() & others.keys())
    if not seeds:
        return replace(row, reason="no seed in common")
    mean, half = interval([values[seed] - others[seed] for seed in seeds])
    row = replace(row, difference=mean, seeds=len(seeds))
    if half is None:
        return replace(row, reason="one seed")
    return _judged(replace(row, low=mean - half, high=mean + half))


def _judged(row: Comparison) -> Comparison:
    """Return a comparison with the outcome that its interval shows."""
    if row.low is None or row.high is None or row.low <= 0 <= row.high:
        return row
    if row.direction == "none":
        return replace(row, outcome="differs")
    is_a = (row.low > 0) == (row.direction == "higher")
    return replace(row, outcome="better", better=row.a if is_a else row.b)


def _values(records: list[Record]) -> dict[int, float]:
    """Return the ok values by seed; for a metric with a target, their distances from it."""
    values = {r.cell.seed: r.value for r in records if r.status == "ok" and r.value is not None}
    cell = records[0].cell
    if cell.direction != "target":
        return values
    return {seed: loss(value, cell.direction, cell.best) for seed, value in values.items()}
