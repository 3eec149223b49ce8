"""Two generators, seed by seed: paired differences, and whether they can be told from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.comparability import Side, signature_differences
from genbench.board.leaderboard import outcomes
from genbench.board.ranking import interval, loss
from genbench.core.errors import SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from genbench.results.records import Plan, Record

__all__ = ["compare"]

_COLUMNS = {
    "dataset": "str", "metric": "str", "direction": "str", "a": "str", "b": "str", "difference": "float64",
    "low": "float64", "high": "float64", "seeds": "int64", "verdict": "str",
}  # fmt: skip
_UNKNOWN = "cannot tell"
_REFUSED = "not comparable: "


def compare(
    plan: Plan, records: Mapping[str, Record], a: str, b: str, *, dataset: str | None = None
) -> pd.DataFrame:
    """Return one row per dataset and metric that generators `a` and `b` share, sorted.

    difference  mean over the common ok seeds of a's value minus b's; for a metric of direction "target", of
                their distances from the best value
    low, high   its 95 % t-interval over those seeds, NaN under two; not widened for the number of metrics
    seeds       how many those are
    verdict     "A better" or "B better" with their names, if the interval excludes zero; "differs" where no
                direction is better; else "cannot tell", with the reason if it is not the interval; or "not
                comparable: FIELD is …" where signatures differ

    Raises SuiteError for an unknown name, if they share nothing, or if nothing that they share is comparable.
    """
    found = outcomes(plan, records)
    _check_names(found, a, b, dataset)
    cells: dict[tuple[str, str], dict[str, list[Record]]] = {}
    for record in found:
        cell = record.cell
        if cell.generator in (a, b) and dataset in (None, cell.dataset):
            sides = cells.setdefault((cell.dataset, cell.metric), {})
            sides.setdefault(cell.generator, []).append(record)
    rows = [_row(sides[a], sides[b]) for _, sides in sorted(cells.items()) if len(sides) == 2]  # noqa: PLR2004
    _check_rows(rows, a, b)
    return _frame(rows)


def _check_names(found: Iterable[Record], a: str, b: str, dataset: str | None) -> None:
    cells = [record.cell for record in found]
    if dataset is not None:
        _check_name("dataset", dataset, sorted({cell.dataset for cell in cells}))
    generators = sorted({cell.generator for cell in cells})
    for name in (a, b):
        _check_name("generator", name, generators)
    if a == b:
        raise SuiteError(f"{a} is compared with itself; name two generators of {', '.join(generators)}")


def _check_name(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise SuiteError(f"no {what} named {name!r} in these results{nearest(name, names)}")


def _check_rows(rows: list[dict[str, Any]], a: str, b: str) -> None:
    if not rows:
        raise SuiteError(f"{a} and {b} share no dataset and metric; expected two generators of one board")
    if all(row["verdict"].startswith(_REFUSED) for row in rows):
        raise SuiteError(f"{a} and {b} are {rows[0]['verdict']}")


def _row(one: list[Record], two: list[Record]) -> dict[str, Any]:
    """Return the comparison of one metric's records, each of them one generator's at its seeds."""
    cell, other = one[0].cell, two[0].cell
    row = {"dataset": cell.dataset, "metric": cell.metric, "direction": cell.direction, "seeds": 0}
    row |= {"a": cell.generator, "b": other.generator}
    if cell.signature != other.signature:
        sides = [Side(label=c.generator, seeds=(), signatures={c.metric: c.signature}) for c in (cell, other)]
        return row | {"verdict": _REFUSED + next(signature_differences(cell.metric, *sides))}
    values, others = _values(one), _values(two)
    seeds = sorted(values.keys() & others.keys())
    if not seeds:
        return row | {"verdict": f"{_UNKNOWN}: no seed in common"}
    mean, half = interval([values[seed] - others[seed] for seed in seeds])
    row |= {"difference": mean, "seeds": len(seeds)}
    if half is None:
        return row | {"verdict": f"{_UNKNOWN}: one seed"}
    ends = {"low": mean - half, "high": mean + half}
    return row | ends | {"verdict": _verdict(cell.direction, cell.generator, other.generator, **ends)}


def _values(records: list[Record]) -> dict[int, float]:
    """Return the ok values by seed; of a metric with a target, their distances from it."""
    values = {r.cell.seed: r.value for r in records if r.status == "ok" and r.value is not None}
    cell = records[0].cell
    if cell.direction != "target":
        return values
    return {seed: loss(value, cell.direction, cell.best) for seed, value in values.items()}


def _verdict(direction: str, a: str, b: str, *, low: float, high: float) -> str:
    if low <= 0 <= high:
        return _UNKNOWN
    if direction == "none":
        return "differs"
    return f"{a if (low > 0) == (direction == 'higher') else b} better"


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in _COLUMNS.items()}
    )
