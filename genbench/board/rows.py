"""Rows of a board from records: one generator on one dataset, with its mean over seeds in each metric."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.ranking import FAILED, NO_LOSS, interval, loss, round_number
from genbench.board.valid_shares import compute_valid_share
from genbench.core.canonical_json import digest
from genbench.core.grouping import group_pairs
from genbench.core.names import join_seeds
from genbench.results.cells import short_form
from genbench.results.copies import add_copies
from genbench.results.sketches import Sketch, are_independent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from genbench.contract.specs import MetricFacts
    from genbench.results.copies import Copies
    from genbench.results.records import Record

__all__ = [
    "UNKNOWN_SIGNATURE", "UNVERIFIED", "Entry", "Row", "Standing", "build_rows", "clearly_beats",
    "get_interval_ends", "has_lower_loss",
]  # fmt: skip

#: The plugin of a row that comes from a CSV file alone, which is shown and not ranked.
UNVERIFIED = "unverified"

#: Statuses that no other row beats, with their rank: if the seeds of an entry have both, it gets the first.
_NO_FAILURES = {"missing": 1, "skipped": 2}
_NOT_COUNTED = "not counted{}, as in records of an earlier genbench: how many samples are copies of real ones"
_NO_SAMPLES = "rated without samples, so copies of real ones are not counted"
_NO_RECORDS = "from a CSV file, so copies of real ones are not counted"

#: The only field of a signature of which a CSV file gives the short form alone.
UNKNOWN_SIGNATURE = "unverified"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One metric of one row: the mean over seeds, if every seed is ok.

    facts      of the metric
    signature  its SHA-256; several with spaces between them if that of the seeds differs
    seeds      the planned seeds, ascending
    status     "ok"; else the first failure by seed, or "missing" if a seed has no record, or "skipped"
    bad        number of seeds that are not ok
    values     by seed, () unless all are ok, and if only their mean is known
    value      their mean, or None unless all are ok
    low, high  95 % t-interval over seeds within the metric's range, or None under two seeds, and for a mean
               that a CSV file gives without it; of a comparison, the metric's own interval
    rank       among comparable competitors, 1 the best, or None
    rank_low, rank_high  the range of ranks that the seeds leave possible, or None
    own_low, own_high  the interval that the metric itself gives at each seed, where all seeds have one value
    has_untested_better  whether a competitor has a better mean that no test can compare with this one: that
               competitor has no range of ranks, or each of the two has one value at all its seeds
    valid_share      share of the samples that have features, over all seeds; None if no record says, as for
                     a row of a CSV file
    share_group      number, from 0, of the group of competitors whose `valid_share` is similar
    is_comparison    whether its one number compares the generators over all seeds
    vote             the aspect in which its metric votes for the overall rank, "" where all metrics vote
                     together; None without a vote
    """

    metric: str
    facts: MetricFacts
    signature: str
    seeds: tuple[int, ...]
    status: str
    bad: int
    values: tuple[float, ...] = ()
    value: float | None = None
    low: float | None = None
    high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    own_low: float | None = None
    own_high: float | None = None
    has_untested_better: bool = False
    valid_share: Fraction | None = None
    share_group: int = 0
    is_comparison: bool = False
    vote: str | None = ""

    @property
    def short_signature(self) -> str:
        """The short form of the signature, the hash of what decides the number's meaning, for people.

        It has 8 hex digits. If the seeds have different signatures, it has the short form of each.
        """
        return " ".join(map(short_form, self.signature.split()))

    @property
    def is_ranked(self) -> bool:
        """Whether the entry's metric says which of two values is better."""
        return self.facts.is_ranked

    @property
    def has_own_interval(self) -> bool:
        """Whether the seeds, or a single one, show no spread, and the metric itself gives an interval.

        An interval that is a point does not count.
        """
        # rounded, since rounding errors make no interval
        ends = [round_number(end) for end in (self.own_low, self.own_high) if end is not None]
        return self.low == self.high and len(set(ends)) > 1

    @property
    def display_interval(self) -> tuple[float | None, float | None]:
        """The interval for readers: over seeds, or the metric's own if `has_own_interval`."""
        return (self.own_low, self.own_high) if self.has_own_interval else (self.low, self.high)

    @property
    def is_best(self) -> bool:
        """Whether no competitor is significantly better; False where that cannot be said.

        Seeds may be too few, or those of a competitor with a better mean may show no spread. `rank_low` is
        the best rank that the seeds leave possible.
        """
        return self.rank_low == 1 and not self.has_untested_better

    @property
    def is_untested(self) -> bool:
        """Whether no competitor is significantly better, but one with a better mean cannot be tested.

        No test compares an entry whose seeds share samples, or two entries that each have one value at all
        seeds. `rank_low` is the best rank that the seeds leave possible.
        """
        return self.rank_low == 1 and self.has_untested_better

    @property
    def is_absent(self) -> bool:
        """Whether a seed has no record, and no other seed failed: others do not beat this entry."""
        return self.status == "missing"

    @property
    def loss(self) -> float | None:
        """The mean as a loss for ranking, where lower is better.

        Without a mean, FAILED, which every loss beats, or NO_LOSS for an entry that takes no part in ranking.
        """
        if self.value is not None:
            return loss(self.value, self.facts.direction, self.facts.best)
        return NO_LOSS if self.status in _NO_FAILURES else FAILED

    @property
    def seed_losses(self) -> tuple[float, ...] | None:
        """The loss, where lower is better, at each seed.

        FAILED for each seed if the entry failed; NO_LOSS in place of all if it takes no part in ranking.
        A comparison, which is one number over all seeds, has the same loss at each.
        """
        if self.is_comparison and self.loss is not None:
            return (self.loss,) * len(self.seeds)
        if self.value is not None:
            return tuple(loss(value, self.facts.direction, self.facts.best) for value in self.values)
        return NO_LOSS if self.status in _NO_FAILURES else (FAILED,) * len(self.seeds)

    @property
    def loss_range(self) -> tuple[float, float] | None:
        """The range of the loss that the interval leaves possible; None without an interval."""
        if self.low is None or self.high is None:
            return None
        ends = sorted(loss(end, self.facts.direction, self.facts.best) for end in (self.low, self.high))
        # an interval around the target holds the loss 0, which is at neither end
        holds_best = self.facts.target is not None and self.low <= self.facts.target <= self.high
        return (0.0 if holds_best else ends[0]), ends[1]

    @property
    def tested_values(self) -> tuple[float, ...]:
        """The values that significance tests compare, by seed: for a metric with a target, distances from it.

        A distance is positive on the mean's side of the target and negative on the other side, so that the
        mean distance is that of the mean, with the spread of the values. Values are rounded to 12 digits, so
        that rounding errors decide no test.
        """
        target = self.facts.target
        if self.value is None or target is None:
            return tuple(map(round_number, self.values))
        side = 1 if self.value >= target else -1
        return tuple(round_number(side * (value - target)) for value in self.values)


def has_lower_loss(entry: Entry, other: Entry) -> bool:
    """Return whether an entry has a better value than another, which has a value too.

    An entry's loss is its value, turned so that lower is better. Without a value, it is FAILED (infinity) if
    the entry failed, and None if the entry takes no part in ranking.
    """
    loss, other_loss = entry.loss, other.loss
    return loss is not None and other_loss is not None and loss < other_loss < FAILED


def clearly_beats(entry: Entry, other: Entry) -> bool:
    """Return whether an entry is better, and the intervals, if both have one, do not overlap.

    Without an interval, the better value is enough.
    """
    if not has_lower_loss(entry, other):
        return False
    low, high = get_interval_ends(entry)
    other_low, other_high = get_interval_ends(other)
    if low is None or high is None or other_low is None or other_high is None:
        return True
    # the better interval may be on either side, as higher or lower values are better
    return high < other_low or other_high < low


def get_interval_ends(entry: Entry) -> tuple[float | None, float | None]:
    """Return the ends of the interval over the seeds, or at one seed those that the metric itself gives.

    Both are None without an interval.
    """
    return (entry.own_low, entry.own_high) if entry.low is None else (entry.low, entry.high)


class Standing(NamedTuple):
    """A rank with the range that the seeds leave possible; None where there is none.

    has_untested_better  whether a row that no test can compare with this one has a better mean
    """

    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    has_untested_better: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One generator on one dataset.

    plugin   distribution and version
    control  the generator's role as a control, which does not compete; None for a competitor
    seeds    ascending
    n        numbers of fakes, usually one
    entries  by metric, sorted
    rank     by mean win rate among the competitors of its block, or None
    rank_low, rank_high  the range of that rank, or None
    aspects  its ranks in each aspect that has a vote
    win_rate  the mean win rate that decides the rank, in [0, 1], or None
    deterministic  whether the generator always gave the same samples at one key
    same_samples   whether it gave the same samples at several seeds, or shares of them that no independent
                   draws share, so that its seeds show no spread
    has_run        whether a metric has a record at each seed, or failed
    same_as        names of the rows of merged runs with the same samples, in the order of the runs, its own
                   among them: they are one competitor
    copies         by split and of all splits together, how many of the samples of all seeds equal real ones;
                   {} if no record has counts
    uncounted      why copies are not counted at some seeds, or at any, in words; "" if they are at all
    unranked       the reasons why a competitor is shown and not ranked, each a clause in front of ", so not
                   ranked:" below its table; () if it may be ranked. To add one: `row = row.exclude(reason)`,
                   before `rank_rows`
    """

    dataset: str
    generator: str
    plugin: str
    control: str | None
    seeds: tuple[int, ...]
    n: tuple[int, ...]
    entries: Mapping[str, Entry]
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    win_rate: float | None = None
    aspects: Mapping[str, Standing] = field(default_factory=dict)
    deterministic: bool = True
    same_samples: bool = False
    has_run: bool = True
    same_as: tuple[str, ...]
    copies: Mapping[str, Copies] = field(default_factory=dict)
    uncounted: str = ""
    unranked: tuple[str, ...] = ()

    def exclude(self, reason: str) -> Row:
        """Return the row without a rank, for one more reason; a control stays as it is, since it has none.

        The row stays on the board, and `compare` and `gate` compute its differences. It has no rank, is in
        no win rate of others, and is never marked as best.
        """
        return self if self.control else replace(self, unranked=(*self.unranked, reason))

    @property
    def is_verifiable(self) -> bool:
        """Whether there are records behind the row, and not a CSV file alone."""
        return self.plugin != UNVERIFIED

    @property
    def is_absent(self) -> bool:
        """Whether the row would compete but has not run: it has not failed, and others do not beat it.

        Controls and rows of CSV files never compete.
        """
        return self.is_verifiable and not self.has_run and not self.control

    @property
    def competes(self) -> bool:
        """Whether the row is ranked, and counts for the ranks of others: no control, and with records.

        A row that a reason excludes (`unranked`) does not compete. Nor does a row of a CSV file, which has no
        records: the file does not show which rows are controls, how many samples have features, and whether
        its seeds are independent draws.
        """
        return self.is_verifiable and self.has_run and not self.control and not self.unranked


def build_rows(
    records: Sequence[Record], same_as: Mapping[tuple[str, str], tuple[str, ...]] | None = None
) -> list[Row]:
    """Return one row, without ranks, for each dataset and generator; the records are sorted by both.

    same_as  by dataset and generator, the names of all rows of merged runs with the same samples, its own
             among them; only for samples of several rows. The records of all these rows decide together
             whether the samples repeat from seed to seed
    """
    by_row = group_pairs(((record.cell.dataset, record.cell.generator), record) for record in records)
    sketches = {record.samples: record.sketch for record in records if record.sketch}
    rows = []
    for (dataset, generator), row_records in by_row.items():
        names = (same_as or {}).get((dataset, generator), (generator,))
        records_of_samples = [record for name in names for record in by_row.get((dataset, name), ())]
        same_samples = _has_same_samples(records_of_samples, sketches)
        row = _build_row(row_records, same_as=names, same_samples=same_samples)
        uncounted = _describe_uncounted(records_of_samples)
        rows.append(replace(row, copies=_join_copies(records_of_samples), uncounted=uncounted))
    return rows


def _build_row(records: list[Record], *, same_as: tuple[str, ...], same_samples: bool) -> Row:
    """Return the row of a generator on a dataset, without ranks, from all its records there.

    same_as       names of the rows of merged runs with the same samples, its own among them
    same_samples  whether the generator's samples repeat from seed to seed
    """
    cell = records[0].cell
    by_metric = group_pairs((record.cell.metric, record) for record in records)
    entries = {metric: _build_entry(by_metric[metric]) for metric in sorted(by_metric)}
    row = Row(
        dataset=cell.dataset,
        generator=cell.generator,
        same_as=same_as,
        plugin=cell.plugin,
        control=cell.control,
        seeds=tuple(sorted({seed for record in records for seed in record.cell.seeds})),
        n=tuple(sorted({record.cell.n for record in records})),
        entries=entries,
        deterministic=_is_deterministic(records),
        same_samples=same_samples,
        has_run=not all(entry.is_absent for entry in entries.values()),
    )
    short = [record for record in records if record.drawn and record.valid_drawn < record.cell.n]
    if not short:
        return row
    worst = min(short, key=lambda record: record.valid_drawn)
    return row.exclude(
        f"only {worst.valid_drawn:,} of {worst.drawn:,} drawn samples are valid, expected {worst.cell.n:,}"
    )


def _is_deterministic(records: list[Record]) -> bool:
    """Return whether a generator always gave the same samples at one seed and n, by records and notices."""
    drawn = {(record.cell.seed, record.cell.n, record.samples) for record in records if record.samples}
    noticed = any(notice.is_nondeterministic for record in records for notice in record.notices)
    # if the samples at one seed and n differ, two triples have this seed and n
    return not noticed and len({(seed, n) for seed, n, _ in drawn}) == len(drawn)


def _has_same_samples(records: list[Record], sketches: Mapping[str, str]) -> bool:
    """Return whether the draws at two of the seeds of a row are equal or share samples.

    sketches  by the hash of the samples: digests of some of them, which show how many two draws share; older
              records have none
    """
    drawn = {
        (record.cell.seed, record.samples)
        for record in records
        if record.samples and record.cell.seed is not None
    }
    if len({samples for _, samples in drawn}) < len(drawn):  # two seeds with equal samples
        return True
    by_seed = {seed: sketches[samples] for seed, samples in sorted(drawn) if samples in sketches}
    # dependent draws share more samples than by chance
    return not are_independent([Sketch.parse(sketch) for sketch in by_seed.values()])


def _join_copies(records: list[Record]) -> dict[str, Copies]:
    """Return how many samples of a row are copies, from the counts of its draws; {} without any.

    The record of a comparison counts the draws of all seeds: it is used if no record has a seed.
    """
    draws = {(record.cell.seed, record.cell.n): record.copies for record in records if record.copies}
    of_seeds = [copies for (seed, _), copies in draws.items() if seed is not None]
    return add_copies(of_seeds or draws.values())


def _describe_uncounted(records: list[Record]) -> str:
    """Return why copies are not counted in some draws of a row, or in any; "" if they are in all.

    As for the counts, records of comparisons, which have no seed, matter only if no record has a seed.
    """
    scored = [record for record in records if record.status == "ok"]
    scored = [record for record in scored if record.cell.seed is not None] or scored
    seeds = {record.cell.seed for record in scored}
    missing = seeds - {record.cell.seed for record in scored if record.copies}
    if missing and not any(record.samples for record in records):
        return _NO_RECORDS if records[0].cell.plugin == UNVERIFIED else _NO_SAMPLES
    named = [seed for seed in missing if seed is not None and missing < seeds]
    where = f" at {join_seeds(named)}" if named else ""
    return _NOT_COUNTED.format(where) if missing else ""


def _build_entry(records: list[Record]) -> Entry:
    """Return the entry of one metric of a row, without ranks, from its records by seed.

    It has a value only if every seed is ok.
    """
    cell = records[0].cell
    values = [record.value for record in records if record.status == "ok" and record.value is not None]
    failures = [record.status for record in records if record.status != "ok"]
    entry = Entry(
        metric=cell.metric,
        facts=cell.facts,
        signature=" ".join(sorted({digest(record.cell.signature) for record in records})),
        seeds=tuple(seed for record in records for seed in record.cell.seeds),
        # `min` returns the first failure, whose order is 0; without one, "missing" goes before "skipped"
        status=min(failures, key=lambda status: _NO_FAILURES.get(status, 0), default="ok"),
        bad=len(failures),
        valid_share=None if cell.plugin == UNVERIFIED else compute_valid_share(records),
    )
    if cell.seed is None:  # a comparison: one number over all seeds, so a failure concerns each of them
        (record,) = records
        entry = replace(entry, is_comparison=True, bad=len(cell.seeds) if failures else 0)
        return replace(entry, value=record.value, low=record.low, high=record.high)
    if failures:
        return entry
    if cell.plugin == UNVERIFIED and "interval_over_seeds" in records[0].extra:
        low, high = _read_interval_over_seeds(records[0])
        return replace(entry, value=values[0], low=low, high=high)  # the value of each seed is unknown
    mean, low, high = interval(values, cell.facts.range)
    own_low, own_high = _join_own_intervals(records)
    return replace(
        entry, values=tuple(values), value=mean, low=low, high=high, own_low=own_low, own_high=own_high
    )


def _join_own_intervals(records: Sequence[Record]) -> tuple[float, float] | tuple[None, None]:
    """Return the ends around the intervals that the metric itself gives in all records, or None for both.

    They are None if the values of the records differ, since the interval over seeds then shows the spread, or
    if a record has no interval.
    """
    ends = [(r.low, r.high) for r in records if r.low is not None and r.high is not None]
    if len({record.value for record in records}) > 1 or len(ends) < len(records):
        return None, None
    lows, highs = zip(*ends, strict=True)
    return min(lows), max(highs)


def _read_interval_over_seeds(record: Record) -> tuple[float, float] | tuple[None, None]:
    """Return both ends of the interval that a CSV file gives with a mean, or None for both without one."""
    match record.extra["interval_over_seeds"]:
        case [int() | float() as low, int() | float() as high] if low <= high:
            return low, high
    return None, None
