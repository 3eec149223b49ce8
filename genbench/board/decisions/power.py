"""How many seeds tell a difference apart, from the records of a pilot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from genbench.board.blocks import group_by_samples
from genbench.board.decisions.comparison import check_name
from genbench.board.inference import sample_size
from genbench.board.leaderboard import build_board
from genbench.board.ranking import ALPHA, LEAST_RUNS
from genbench.core.errors import SuiteError
from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.board.rows import Entry, Row
    from genbench.results.records import Trace
    from genbench.results.results import Results

__all__ = [
    "Amount", "Need", "check_power_request", "convert_amount", "estimate_seeds", "find_comparisons",
    "list_metric_names", "read_amounts",
]  # fmt: skip

_AMOUNT = re.compile(r"(?P<metric>.+)=(?P<number>[^=%]+)(?P<percent>%?)")
_FEWEST_RUNS = 2  # runs of a generator, from which a spread is known


@dataclass(frozen=True)
class Amount:
    """A difference of two generators in a metric, in the metric's unit or in percent of a value."""

    number: float
    is_percent: bool

    def in_unit(self, value: float) -> float:
        """Return the amount in the unit of the metric; an amount in percent is a share of `value`."""
        return abs(value) * self.number / 100 if self.is_percent else self.number

    def __str__(self) -> str:
        """Return the number as a text: "5 %" if it is in percent, else "5"."""
        return f"{self.number:g}{' %' if self.is_percent else ''}"


@dataclass(frozen=True, kw_only=True)
class Need:
    """The seeds that tell a difference of two generators apart, in one metric on one dataset at one n.

    The pilot is the earlier runs from whose spread over seeds the seeds are computed.

    generators   number of generators in the pilot; the deviation is pooled over them
    seeds        the most seeds that one of these has
    difference   in the unit of the metric
    deviation    standard deviation of a generator's values over seeds
    needed       seeds for each generator; None if 10,000 are too few
    needed_at_most  the same if the deviation is at its upper 80 % confidence limit
    hours        time of `needed` seeds for two generators, at the mean time of a trial of the pilot; None
                 without timings
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
    """Return the amount of each metric from texts such as "fid=2" or "fid=5%".

    Raises SuiteError, naming the option `where`, for other texts and for numbers that are not above zero.
    """
    amounts: dict[str, Amount] = {}
    for text in texts:
        match = _AMOUNT.fullmatch(text)
        number = _read_number(match["number"]) if match else None
        if match is None or number is None:
            raise SuiteError(
                f"{where} {text!r}: expected METRIC=NUMBER or METRIC=NUMBER%, as fid=5 or fid=5%"
            )
        if match["metric"] in amounts:
            raise SuiteError(f"{where} {text!r}: {match['metric']} is given twice; name each metric once")
        amounts[match["metric"]] = Amount(number, bool(match["percent"]))
    return amounts


def estimate_seeds(
    runs: Sequence[Results], differences: Mapping[str, Amount], *, power: float = 0.8,
    generators: Sequence[str] = (),
) -> list[Need]:  # fmt: skip
    """Return the number of seeds that each difference needs, sorted by dataset, metric and n.

    runs         the pilot: earlier runs, whose spread over seeds is expected of the planned ones, too
    differences  by metric, named by its id or without its extractor; percent are of the mean value. The
                 metrics of one dataset are tested together: each at the level 0.05 divided by their number,
                 as in the first step of Holm's method
    power        the probability that the test finds the difference, in (0, 1)
    generators   those whose spread counts; () for all competitors. A generator of a CSV file, or whose seeds
                 share samples, is left out, since its spread is unknown

    Raises SuiteError for a metric or a generator that no run has, for a metric whose spread is unknown or 0
    for all these generators, and for percent of a mean of 0.
    """
    check_power_request(runs, power, generators)
    pilots = [pilot for run in runs for pilot in _find_pilots(run, differences, generators)]
    for metric in differences:
        its_pilots = [pilot for pilot in pilots if metric in list_metric_names(pilot.metric)]
        if not its_pilots:
            raise SuiteError(_explain_missing(runs, metric))
        if not any(pilot.has_spread for pilot in its_pilots):
            raise SuiteError(
                f"{metric}: no generator has values that differ between seeds: the pilot has no spread and "
                f"shows no number of seeds; expected values that differ"
            )
    pilots = [pilot for pilot in pilots if pilot.has_spread]
    # {dataset: its metrics}: the metrics of one dataset are tested together
    metrics = group_pairs((pilot.dataset, pilot.metric) for pilot in pilots)
    seeds_needed = [_plan_seeds(pilot, power, len(set(metrics[pilot.dataset]))) for pilot in pilots]
    return sorted(seeds_needed, key=lambda need: (need.dataset, need.metric, need.n))


def check_power_request(runs: Sequence[Results], power: float, generators: Sequence[str]) -> None:
    """Raise SuiteError for a generator that no run has, and for a power outside (0, 1).

    power  the probability that a test finds a difference
    """
    if not 0 < power < 1:
        raise SuiteError(f"power: expected a number between 0 and 1, got {power}")
    generator_ids = sorted({cell.generator for run in runs for cell in run.plan.cells})
    for name in generators:
        check_name("generator", name, generator_ids)


def convert_amount(metric: str, amount: Amount, values: Iterable[float]) -> float:
    """Return an amount in the unit of its metric; percent are of the mean absolute value of `values`.

    values  the scores of all generators

    Raises SuiteError for percent of a mean of 0: no test can find a difference of 0.
    """
    difference = amount.in_unit(fmean(map(abs, values)))
    if difference == 0:
        raise SuiteError(f"{metric}: {amount} of a mean of 0 is no difference; give one in the metric's unit")
    return difference


def _read_number(text: str) -> float | None:
    """Return a text as a finite number above 0, or None if it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


@dataclass(frozen=True, kw_only=True)
class _Pilot:
    """The rows of one metric on one dataset of a run, and the difference to find.

    There is one row for each generator that counts; generators with the same samples have one together.
    """

    run: Results
    dataset: str
    metric: str
    rows: tuple[Row, ...]
    amount: Amount

    @property
    def entries(self) -> list[Entry]:
        """The entries of the pilot's metric, one for each row; an entry has the values of the row's runs."""
        return [row.entries[self.metric] for row in self.rows]

    @property
    def has_spread(self) -> bool:
        """Whether the values of some row differ between its seeds."""
        return any(len(set(entry.tested_values)) > 1 for entry in self.entries)


def list_metric_names(metric: str) -> tuple[str, str]:
    """Return both names that users may give a metric: its id "fid[pixels]", and "fid", without extractor."""
    return metric, metric.partition("[")[0]


def find_comparisons(runs: Sequence[Results], metrics: Sequence[str]) -> list[str]:
    """Return those of the given metrics, named with or without extractor, that are comparisons."""
    # a comparison is one number over all seeds, so its cell has none
    comparisons = {cell.metric for run in runs for cell in run.plan.cells if cell.seed is None}
    names = {name for metric in comparisons for name in list_metric_names(metric)}
    return [metric for metric in metrics if metric in names]


def _find_pilots(
    run: Results, differences: Mapping[str, Amount], generators: Sequence[str]
) -> Iterator[_Pilot]:
    """Yield a pilot for each metric on a dataset of a run in which a test is to find a difference.

    It has the rows of `generators`. Rows whose spread is unknown are left out: rows of a CSV file that was
    merged into the run, for which it has no records, so nothing shows that the seeds are independent draws;
    rows whose seeds have the same samples; and rows of under two seeds.

    differences  by metric, named by its id or without its extractor
    generators   those whose rows count; () for all competitors
    """
    columns = group_pairs(
        # values with another signature mean something else, although their metric has the same name
        ((row.dataset, metric, entry.signature), row)
        for row in build_board(run.plan, run.records).rows
        if not row.same_samples and row.is_verifiable
        if (row.generator in generators if generators else not row.control)  # by default, competitors
        for metric, entry in row.entries.items()
        if len(entry.tested_values) >= _FEWEST_RUNS
    )
    for (dataset, metric, _), rows in columns.items():
        # merged runs may have the same samples under several names: these count once
        distinct_rows = tuple(first for first, *_ in group_by_samples(rows))
        for name, amount in differences.items():
            if name in list_metric_names(metric):
                yield _Pilot(run=run, dataset=dataset, metric=metric, rows=distinct_rows, amount=amount)


def _plan_seeds(pilot: _Pilot, power: float, tests: int) -> Need:
    """Return the seeds and hours that the difference of a pilot needs.

    power  the probability that the test finds the difference, in (0, 1)
    tests  number of metrics of its dataset that are tested together

    Raises SuiteError for percent of a mean of 0.
    """
    values = [entry.value or 0.0 for entry in pilot.entries]  # None only for mypy: each has two runs or more
    difference = convert_amount(pilot.metric, pilot.amount, values)
    deviation, freedom = sample_size.pool_deviation([entry.tested_values for entry in pilot.entries])
    # the deviation is itself an estimate: with one chance in five, the true one is over this limit
    upper_deviation = sample_size.compute_upper_limit(deviation, freedom)
    needed = _count_seeds(difference, deviation, power, tests)
    return Need(
        dataset=pilot.dataset,
        metric=pilot.metric,
        n=pilot.rows[0].n[0],  # a row lists its numbers of fakes, usually one
        generators=len(pilot.rows),
        seeds=max(len(entry.tested_values) for entry in pilot.entries),
        difference=difference,
        deviation=deviation,
        needed=needed,
        needed_at_most=_count_seeds(difference, upper_deviation, power, tests),
        hours=_estimate_hours(pilot.run.traces, pilot.rows, needed),
    )


def _count_seeds(difference: float, deviation: float, power: float, tests: int) -> int | None:
    """Return the seeds that each generator needs; None if 10,000 are too few.

    Each of the `tests` tests has the level 0.05 / `tests`, as in the first step of Holm's method.
    """
    return sample_size.find_runs(difference / deviation, least=LEAST_RUNS, power=power, alpha=ALPHA / tests)


def _estimate_hours(traces: Sequence[Trace], rows: Sequence[Row], needed: int | None) -> float | None:
    """Return the hours that two generators take at `needed` seeds each; None without timings or `needed`.

    A trial, which is one generator at one seed, is expected to take as long as the mean trial in `rows`.
    """
    names = {(row.dataset, row.generator) for row in rows}
    costs = [sum(trace.seconds.values()) for trace in traces if (trace.dataset, trace.generator) in names]
    if needed is None or not costs:
        return None
    return 2 * needed * sum(costs) / len(costs) / 3600  # 2: a difference is one of two generators


def _explain_missing(runs: Sequence[Results], metric: str) -> str:
    """Return why the spread of a metric is unknown, so no seeds can be planned.

    Raises SuiteError if no run has the metric.
    """
    cells = (cell for run in runs for cell in run.plan.cells)
    names = {name for cell in cells for name in list_metric_names(cell.metric)}
    check_name("metric", metric, sorted(names))  # raises for a metric of no run
    if find_comparisons(runs, [metric]):
        return f"{metric} is one number over all seeds, so no number of seeds can be planned for it"
    return f"{metric}: no generator has values of other samples at two seeds, so its spread is unknown"
