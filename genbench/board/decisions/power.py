"""How many seeds tell a difference apart, from the records of a pilot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from genbench.board.inference.sample_size import pooled_deviation, runs_needed, upper_limit
from genbench.board.leaderboard import build_board
from genbench.board.ranking import LEAST_RUNS
from genbench.core.errors import SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.board.rows import Row
    from genbench.results.records import Trace
    from genbench.results.results import Results

__all__ = ["Amount", "Need", "needs", "read_amounts"]

_AMOUNT = re.compile(r"(?P<metric>.+)=(?P<number>[^=%]+)(?P<percent>%?)")
_PILOT = 2  # runs of a generator, from which a spread is known


@dataclass(frozen=True)
class Amount:
    """A difference in the unit of a metric, or in percent of a value."""

    number: float
    is_percent: bool

    def of(self, value: float) -> float:
        """Return the amount in the unit of the metric, given the value that percent refer to."""
        return abs(value) * self.number / 100 if self.is_percent else self.number

    def __str__(self) -> str:
        return f"{self.number:g}{' %' if self.is_percent else ''}"


@dataclass(frozen=True, kw_only=True)
class Need:
    """The seeds that tell a difference of two generators apart, in one metric on one dataset at one n.

    generators   number of competitors of the pilot, over which the deviation is pooled
    seeds        the most seeds that one of them has
    difference   in the unit of the metric
    deviation    standard deviation of a run over seeds
    needed       seeds for each generator; None if 10,000 are too few
    needed_at_most  the same if the deviation is at its upper 80 % confidence limit
    hours        of `needed` seeds for two generators, at the mean cost of a trial of the pilot; None without
                 timings
    """

    dataset: str
    metric: str
    n: int
    generators: int
    seeds: int
    difference: float
    deviation: float
    needed: int | None
    needed_at_most: int | None
    hours: float | None


def read_amounts(where: str, texts: Sequence[str]) -> dict[str, Amount]:
    """Return the amounts by metric of texts "METRIC=NUMBER" or "METRIC=NUMBER%".

    Raises SuiteError, naming the option `where`, for other texts and for numbers that are not above zero.
    """
    found: dict[str, Amount] = {}
    for text in texts:
        match = _AMOUNT.fullmatch(text)
        number = _number(match["number"]) if match else None
        if match is None or number is None:
            raise SuiteError(
                f"{where} {text!r}: expected METRIC=NUMBER or METRIC=NUMBER%, as fid=5 or fid=5%"
            )
        if match["metric"] in found:
            raise SuiteError(f"{where} {text!r}: {match['metric']} is given twice")
        found[match["metric"]] = Amount(number, bool(match["percent"]))
    return found


def needs(
    runs: Sequence[Results], differences: Mapping[str, Amount], *, power: float = 0.8,
    generators: Sequence[str] = (),
) -> list[Need]:  # fmt: skip
    """Return what each difference needs, by dataset, metric and n, from all `runs` of a pilot.

    differences  by metric, named by its id or without its extractor; percent are of the mean value
    power        the probability that the test finds the difference, in (0, 1)
    generators   those whose spread counts; () for all competitors. One with the same samples at all seeds is
                 left out, since its spread is unknown

    Raises SuiteError for a metric that no run has, or of which no such generator has values of other samples
    at two seeds.
    """
    if not 0 < power < 1:
        raise SuiteError(f"power: expected a number between 0 and 1, got {power}")
    found = []
    for metric, amount in differences.items():
        of_metric = [need for run in runs for need in _needs(run, metric, amount, power, generators)]
        if not of_metric:
            raise SuiteError(_why_not(runs, metric))
        found += of_metric
    return sorted(found, key=lambda need: (need.dataset, need.metric, need.n))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _needs(
    run: Results, metric: str, amount: Amount, power: float, generators: Sequence[str]
) -> Iterator[Need]:
    board = build_board(run.plan, run.records)
    columns: dict[tuple[str, str, str], list[Row]] = {}
    for row in board.rows:
        if row.same_samples or (row.generator not in generators if generators else row.control):
            continue
        for name, entry in row.entries.items():
            if metric in (name, name.partition("[")[0]) and len(entry.runs) >= _PILOT:
                columns.setdefault((row.dataset, name, entry.signature), []).append(row)
    for (dataset, name, _), rows in columns.items():
        entries = [row.entries[name] for row in rows]
        difference = amount.of(fmean(abs(entry.value or 0.0) for entry in entries))
        deviation, freedom = pooled_deviation([entry.runs for entry in entries])
        needed = _seeds(difference, deviation, power)
        yield Need(
            dataset=dataset,
            metric=name,
            n=rows[0].n[0],
            generators=len(rows),
            seeds=max(len(entry.runs) for entry in entries),
            difference=difference,
            deviation=deviation,
            needed=needed,
            needed_at_most=_seeds(difference, upper_limit(deviation, freedom), power),
            hours=_hours(run.traces, rows, needed),
        )


def _seeds(difference: float, deviation: float, power: float) -> int | None:
    if deviation == 0:
        return LEAST_RUNS
    return runs_needed(difference / deviation, least=LEAST_RUNS, power=power)


def _hours(traces: Sequence[Trace], rows: Sequence[Row], needed: int | None) -> float | None:
    """Return the hours of `needed` seeds for two generators, or None without timings."""
    of = {(row.dataset, row.generator) for row in rows}
    costs = [sum(t.seconds.values()) for t in traces if (t.dataset, t.generator) in of]
    if needed is None or not costs:
        return None
    return 2 * needed * sum(costs) / len(costs) / 3600


def _why_not(runs: Sequence[Results], metric: str) -> str:
    names = sorted({cell.metric for run in runs for cell in run.plan.cells})
    known = {name for full in names for name in (full, full.partition("[")[0])}
    if metric not in known:
        return f"no metric named {metric!r} in these results{nearest(metric, sorted(known))}"
    return f"{metric}: no generator has values of other samples at two seeds, so its spread is unknown"
