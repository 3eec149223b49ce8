"""Comparison of two generators, of one run or of two, by the test behind the ranges of ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from genbench.board.blocks import group_by_samples
from genbench.board.comparability import ComparedSide, group_lines, seed_difference, signature_differences
from genbench.board.inference.rank_ranges import adjust_by_holm
from genbench.board.inference.welch import estimate_difference
from genbench.board.leaderboard import build_board
from genbench.board.merge import Number, SeedSamples, group_samples_by_seed, have_same_samples
from genbench.board.ranking import ALPHA, LEAST_RUNS
from genbench.board.valid_shares import format_percent, group_by_share
from genbench.board.verdict import list_near_copies
from genbench.board.warnings import list_data_warnings, list_row_warnings
from genbench.core.errors import SuiteError
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names, suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row
    from genbench.results.records import Plan, Record

__all__ = [
    "Comparison", "Contender", "check_name", "compare", "comparison_frame", "list_comparisons",
    "list_contender_warnings",
]  # fmt: skip

_COLUMNS = {
    "dataset": "str", "metric": "str", "direction": "str", "a": "str", "b": "str", "difference": "float64",
    "low": "float64", "high": "float64", "effect": "float64", "p": "float64", "p_corrected": "float64",
    "seeds": "int64", "verdict": "str", "caution": "str",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One generator of one run; `label` names it in messages."""

    label: str
    generator: str
    plan: Plan
    records: Mapping[str, Record]

    @cached_property
    def board(self) -> Board:
        """The board of the run that has this generator."""
        return build_board(self.plan, self.records)

    def rows(self, dataset: str | None) -> dict[str, Row]:
        """Return the generator's row on each dataset, or on one; raise SuiteError for an unknown name."""
        if dataset is not None:
            check_name("dataset", dataset, self.board.datasets)
        check_name("generator", self.generator, sorted({row.generator for row in self.board.rows}))
        rows = [row for row in self.board.rows if row.generator == self.generator]
        return {row.dataset: row for row in rows if dataset in (None, row.dataset)}

    def describe_side(self, dataset: str) -> ComparedSide:
        """Return the generator's label, and its seeds and the signature of each metric on a dataset.

        A signature contains the settings that decide what a number means, such as options and n.
        """
        names = dataset, self.generator
        cells = (cell for cell in self.plan.cells if (cell.dataset, cell.generator) == names)
        return ComparedSide.of(self.label, cells)

    @cached_property
    def samples_by_seed(self) -> dict[tuple[str, str], dict[int, SeedSamples]]:
        """By (dataset, generator) of the run, the hashes of its samples and the keys of its cells, by seed.

        They show which generators have the same samples: copies add nothing to the test of a difference.
        """
        groups = group_pairs(
            ((record.cell.dataset, record.cell.generator), Number(record.cell, record))
            for record in self.board.outcomes
        )
        return {name: group_samples_by_seed(numbers) for name, numbers in groups.items()}

    def find_competitors(self, dataset: str, entry: Entry) -> list[tuple[Row, Entry]]:
        """Return (row, its entry) for the run's competitors in the column of `entry`.

        The column is the metric at the signature and seeds of `entry`. A competitor without a value at some
        seed is left out, and one whose seeds share samples, since its spread is unknown. Rows of merged runs
        with the same samples follow one another, in the order of the runs; a test takes the first alone.
        """
        pairs = self.board.list_comparable(dataset, entry)
        column = {row.generator: (row, other) for row, other in pairs if other.tested_values}
        groups = group_by_samples(row for row, _ in column.values() if not row.same_samples)
        return [column[row.generator] for rows in groups for row in rows]

    def list_competing_shares(self, dataset: str, entry: Entry) -> set[Fraction]:
        """Return the valid shares of the competitors in the column of an entry, without unknown ones.

        A valid share is the share of a row's samples that have features. The column is the metric at the
        signature and seeds of `entry`.
        """
        shares = {other.valid_share for _, other in self.board.list_comparable(dataset, entry)}
        return {share for share in shares if share is not None}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two generators in one metric on one dataset.

    difference   mean of a's value minus b's over the seeds; for a metric of direction "target", of their
                 distances from the best value
    low, high    its 95 % interval by Welch's test, of this metric by itself; None under three seeds, which
                 say next to nothing about a spread, and if a side's seeds share samples, so that its spread
                 is unknown
    effect       the difference in standard deviations of a run (Hedges' g); None without any spread, and
                 without an interval
    p            of Welch's test that there is no difference, of this metric by itself
    p_corrected  p, corrected for all metrics of the dataset by Holm's method
    seeds        number of seeds; 0 if refused
    outcome      "better": p_corrected is at most 0.05 or, for a metric that compares all generators at once,
                 its own intervals are apart, and `better` names the better generator; "differs": p_corrected
                 is at most 0.05, and the metric has no direction; "unknown": p_corrected is greater, or
                 missing for a `reason`; "refused": a side has no records, or signatures, directions, seeds or
                 shares of samples with features differ, as `reason` says
    valid_shares the shares of samples with features, in words; "" if all have them, and if they are refused
    caution      the warnings of `list_contender_warnings` on this dataset, joined
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
    effect: float | None = None
    p: float | None = None
    p_corrected: float | None = None
    seeds: int = 0
    better: str = ""
    reason: str = ""
    valid_shares: str = ""
    caution: str = ""

    @property
    def verdict(self) -> str:
        """The outcome in words, with the reason and the shares of samples with features."""
        words = {
            "better": f"{self.better} better",
            "differs": "differs",
            "unknown": "cannot tell",
            "refused": "not comparable",
        }
        remarks = "; ".join(filter(None, (self.reason, self.valid_shares)))
        return words[self.outcome] + (f": {remarks}" if remarks else "")


def compare(first: Contender, second: Contender, *, dataset: str | None = None) -> list[Comparison]:
    """Return the comparison of two generators in each dataset and metric that both have, sorted.

    Raises SuiteError for an unknown name, if both sides are the same, if they share no dataset and metric, or
    if nothing can be compared.
    """
    pairs = list_comparisons(first, second, dataset=dataset)
    if not pairs:
        raise SuiteError(
            f"{first.label} and {second.label} share no dataset and metric; expected two generators that do"
        )
    if all(comparison.outcome == "refused" for comparison in pairs):
        raise SuiteError(f"{first.label} and {second.label} are {pairs[0].verdict}")
    return pairs


def list_comparisons(first: Contender, second: Contender, *, dataset: str | None = None) -> list[Comparison]:
    """Return the comparison of two generators in each dataset and metric that both have, sorted.

    The list may be empty, or all its comparisons refused: `compare` raises an error for these two cases.
    Raises SuiteError for an unknown name, and if both sides are the same.
    """
    rows, others = first.rows(dataset), second.rows(dataset)
    if first.label == second.label:
        raise SuiteError(f"{first.label} is compared with itself; name two generators")
    return [
        comparison
        for name in sorted(rows.keys() & others.keys())
        for comparison in _correct_p_values(_compare_rows(first, second, rows[name], others[name]))
    ]


def list_contender_warnings(contenders: Iterable[Contender], dataset: str | None = None) -> list[str]:
    """Return a line for each reason why one of the generators is not ranked, and on copies in its samples.

    The metrics of memorisation and privacy of the run, beside its controls, show near copies. A warning on
    the data of both is one line.
    """
    lines = [
        f"{name}: {text}"
        for contender in contenders
        for name, row in sorted(contender.rows(dataset).items())
        for text in _list_warnings(contender, row)
    ]
    return list(dict.fromkeys(lines))


def _list_warnings(contender: Contender, row: Row) -> list[str]:
    """Return the lines of `list_contender_warnings` on one row of a generator, without the dataset."""
    texts = [*list_row_warnings(row), *list_near_copies(contender.board, row)]
    return [*list_data_warnings(contender.board, row), *(f"{contender.label}: {text}" for text in texts)]


def comparison_frame(rows: Sequence[Comparison]) -> pd.DataFrame:
    """Return one row a comparison: its fields, with the verdict in words; NaN for a missing number."""
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series([getattr(row, name) for row in rows], dtype=kind) for name, kind in _COLUMNS.items()}
    )


def check_name(kind: str, name: str, names: Sequence[str]) -> None:
    """Raise SuiteError, with the nearest name, for a name that results do not have."""
    if name not in names:
        raise SuiteError(f"no {kind} named {name!r} in these results{suggest_names(name, list(names))}")


@dataclass(frozen=True)
class _Side:
    """One side of a comparison in one metric."""

    compared: ComparedSide
    row: Row
    entry: Entry

    @property
    def label(self) -> str:
        """The name of the side in messages."""
        return self.compared.label


def _compare_rows(first: Contender, second: Contender, row: Row, other: Row) -> list[Comparison]:
    """Return the comparison of two rows of one dataset in each metric that both have, sorted by metric.

    `_correct_p_values` then adds the corrected p-values and the outcomes that follow from them.

    row, other  of `first` and of `second`
    """
    contenders = first, second
    described = [each.describe_side(row.dataset) for each in contenders]
    caution = "; ".join(dict.fromkeys([*_list_warnings(first, row), *_list_warnings(second, other)]))
    # Competitors' valid shares decide which rows are ranked together. So they count, unless one of the two
    # rows is a control, which is never ranked.
    rivals = contenders if row.competes and other.competes else ()
    compared_rows = []
    for metric in sorted(row.entries.keys() & other.entries.keys()):
        entry = row.entries[metric]
        sides = [_Side(described[0], row, entry), _Side(described[1], other, other.entries[metric])]
        comparison = Comparison(
            dataset=row.dataset,
            metric=metric,
            direction=entry.facts.direction,
            a=first.label,
            b=second.label,
            outcome="unknown",
            seeds=len(entry.seeds),
            caution=caution,
        )
        shares = {share for each in rivals for share in each.list_competing_shares(row.dataset, entry)}
        # the first reason counts
        refusal = _find_unverified_refusal(sides) or _find_setting_refusal(sides)
        refusal = refusal or _find_share_refusal(sides, shares)
        if refusal:
            compared_rows.append(replace(comparison, outcome="refused", reason=refusal, seeds=0))
        else:
            comparison = replace(comparison, valid_shares=_describe_shares(sides))
            other_runs = _list_other_runs(contenders, row.dataset, entry)
            compared_rows.append(_measure(comparison, sides, other_runs))
    return compared_rows


def _list_other_runs(sides: Sequence[Contender], dataset: str, entry: Entry) -> list[tuple[float, ...]]:
    """Return the runs, one value for each seed, of each competitor except both sides, sorted.

    The test estimates from them how much values usually differ between seeds. A row with the same samples as
    an earlier row or a side adds nothing, and is left out.

    entry  of either side; the competitors have the same metric, signature and seeds
    """
    earlier_samples = [side.samples_by_seed[dataset, side.generator] for side in sides]
    runs = []
    for side in sides:
        for row, other_entry in side.find_competitors(dataset, entry):
            row_samples = side.samples_by_seed[dataset, row.generator]
            if not any(have_same_samples(row_samples, samples) for samples in earlier_samples):
                earlier_samples.append(row_samples)
                runs.append(other_entry.tested_values)
    return sorted(runs)  # in one order, whichever side is the first


def _find_unverified_refusal(sides: Sequence[_Side]) -> str:
    """Return which sides come from a CSV file, which is why they are not compared, or "".

    The board of a CSV file, or of runs that were merged with one, has such rows.
    """
    names = [side.label for side in sides if not side.row.is_verifiable]
    return f"from a CSV file, without records that could be verified: {join_names(names)}" if names else ""


def _find_setting_refusal(sides: Sequence[_Side]) -> str:
    """Return why the entries of one metric cannot be compared, or "".

    The reason is the first of these: other seeds, another signature, another direction.
    """
    one, two = [side.entry for side in sides]
    if one.seeds != two.seeds:
        # the message has the seeds of this metric; `side.compared` has those of all metrics
        return seed_difference(*(replace(side.compared, seeds=side.entry.seeds) for side in sides))
    if one.signature != two.signature:
        return next(signature_differences(one.metric, *(side.compared for side in sides)))
    if (one.facts.direction, one.facts.best) != (two.facts.direction, two.facts.best):
        aims = [f"{_describe_direction(side.entry)} in {side.label}" for side in sides]
        return f"the metric's direction is {' and '.join(aims)}; run both with one version of its plugin"
    return ""


def _find_share_refusal(sides: Sequence[_Side], competing: set[Fraction]) -> str:
    """Return how the valid shares of both sides differ if they are in different share groups, else "".

    A valid share is the share of samples that have features. Only rows of one share group, those with similar
    valid shares, are ranked together.

    competing  the valid shares of the competitors of both runs: which shares form a group depends on all
    """
    side_shares = [share for side in sides if (share := side.entry.valid_share) is not None]
    entry = sides[0].entry
    if len(side_shares) < len(sides) or not entry.is_ranked or entry.facts.any_valid_share:
        return ""  # a share is unknown, or the metric has no share groups
    shares = {str(share): share for share in {*side_shares, *competing}}  # each once, under its own text
    groups = group_by_share(shares)  # {text of a share: number of its group}
    side_groups = [groups[str(share)] for share in side_shares]
    if side_groups[0] == side_groups[1]:
        return ""
    members = [[share for name, share in shares.items() if groups[name] == group] for group in side_groups]
    named_shares = []
    for side, group in zip(sides, members, strict=True):
        name = side.label if len(group) == 1 else f"the group of {side.label}"
        named_shares.append([(name, share) for share in group])
    return next(group_lines(named_shares))  # the only line for two groups


def _describe_shares(sides: Sequence[_Side]) -> str:
    """Return the valid share of each side in words, or "" if both are 100 %.

    A valid share is the share of samples that have features.
    """
    shares = [(side.label, share) for side in sides if (share := side.entry.valid_share) is not None]
    texts = [f"{format_percent(share)} in {label}" for label, share in shares]
    return f"valid share is {join_names(texts)}" if any(share != 1 for _, share in shares) else ""


def _describe_direction(entry: Entry) -> str:
    """Return the direction of a metric, with its best value if it has one: "target (best 0)"."""
    facts = entry.facts
    return facts.direction if facts.best is None else f"{facts.direction} (best {facts.best:g})"


def _measure(comparison: Comparison, sides: Sequence[_Side], others: list[tuple[float, ...]]) -> Comparison:
    """Return a comparison with its difference and, if seeds allow a test, interval, effect size and p-value.

    Where one of these is missing, `reason` says why.

    others  the runs of the other competitors, by which the test estimates the spread between seeds
    """
    for side in sides:
        if side.entry.value is None:
            why = f"{side.entry.status} at {side.entry.bad} of {len(side.entry.seeds)} seeds"
            return replace(comparison, reason=f"{side.label} has no value: {why}")
    one, two = [side.entry for side in sides]
    runs, other_runs = one.tested_values, two.tested_values
    if one.is_comparison:  # one number for all seeds
        return _compare_own_intervals(comparison, one, two)
    same = [side.label for side in sides if side.row.same_samples]  # its spread over seeds is unknown
    if same or len(runs) < LEAST_RUNS:
        # each value is divided first, since the sum of large values could overflow
        means = [math.fsum(value / len(values) for value in values) for values in (runs, other_runs)]
        sides_text = "both sides" if len(same) > 1 else "".join(same)
        reason = f"the seeds of {sides_text} share samples" if same else f"a test needs {LEAST_RUNS} seeds"
        return replace(comparison, difference=means[0] - means[1], reason=reason)
    estimate = estimate_difference(runs, other_runs, others)  # Welch's test
    is_constant = len(set(runs)) == len(set(other_runs)) == 1
    return replace(
        comparison,
        difference=estimate.mean,
        low=estimate.low,
        high=estimate.high,
        effect=estimate.effect,
        p=estimate.p,
        reason="no spread over seeds" if is_constant else "",
    )


def _compare_own_intervals(comparison: Comparison, entry: Entry, other: Entry) -> Comparison:
    """Return a comparison of two numbers that have no seeds to test: "better" if their intervals are apart.

    Else, or without intervals, its outcome stays "unknown", with the reason.
    """
    # `_measure` has returned for an entry without a value, so `or 0.0` only satisfies the type checker
    measured = replace(comparison, difference=(entry.value or 0.0) - (other.value or 0.0))
    ends, other_ends = entry.loss_range, other.loss_range  # of losses, so that lower is better
    if ends is None or other_ends is None:
        return replace(measured, reason="its numbers have no intervals, and no seeds to test")
    if ends[1] < other_ends[0] or other_ends[1] < ends[0]:
        better = comparison.a if ends[1] < other_ends[0] else comparison.b
        return replace(measured, outcome="better", better=better, reason="its own intervals are apart")
    return replace(measured, reason="its own intervals overlap, and there are no seeds to test")


def _correct_p_values(rows: list[Comparison]) -> list[Comparison]:
    """Return the comparisons of one dataset with p-values corrected by Holm's method, and with outcomes."""
    corrected = adjust_by_holm([row.p for row in rows])
    return [_decide_outcome(replace(row, p_corrected=p)) for row, p in zip(rows, corrected, strict=True)]


def _decide_outcome(row: Comparison) -> Comparison:
    """Return a comparison as "better" or "differs" if its p-value is significant, otherwise unchanged.

    Without a p-value, the outcome stays as it is, such as "refused". A difference of 0 has no better side.
    """
    if row.p_corrected is None or row.p_corrected > ALPHA or not row.difference:
        return row
    if row.direction == "none":
        return replace(row, outcome="differs")
    # for a target, the values are distances from it, so lower is better
    is_a = (row.difference > 0) == (row.direction == "higher")
    return replace(row, outcome="better", better=row.a if is_a else row.b)
