"""Blocks of a board: the rows that share a column, their columns, and the ranks within both.

A column holds one metric at one signature and one list of seeds: what is ranked together. Where some samples
have no features, only rows with similar shares of samples with features share a column. Rows of one dataset
belong to one block if they share a column, directly or through other rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from genbench.board.inference.rank_ranges import interval_ranges, rank_ranges
from genbench.board.ranking import FAILED, column_ranks, mean_votes, ranks
from genbench.board.rows import Entry, Row, Standing, clearly_beats
from genbench.board.valid_shares import group_by_share
from genbench.contract.specs import ASPECTS, VOTING_ASPECTS
from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Block", "Column", "build_blocks", "group_by_samples", "rank_rows"]


@dataclass(frozen=True, order=True)
class Column:
    """The numbers of one metric that are ranked together.

    signature    its SHA-256
    share_group  number of the group of competitors with a similar share of samples with features
    """

    metric: str
    signature: str
    seeds: tuple[int, ...]
    share_group: int

    @property
    def settings(self) -> tuple[str, str, tuple[int, ...]]:
        """Metric, signature and seeds: all that decides a column, apart from its share group.

        A share group: competitors with similar shares of samples that have features.
        """
        return self.metric, self.signature, self.seeds

    def find_entry(self, row: Row) -> Entry | None:
        """Return the row's entry in this column, or None without one: of its metric, signature and seeds.

        A competitor must also be in the column's share group, of rows with similar shares of samples that
        have features. A row that does not compete has no such group, and is in the columns of all groups.
        """
        entry = row.entries.get(self.metric)
        if entry is None or (entry.signature, entry.seeds) != (self.signature, self.seeds):
            return None
        return None if row.competes and entry.share_group != self.share_group else entry

    def pick_row(self, rows: Iterable[Row]) -> Row | None:
        """Return the one of several rows with the same samples that this column ranks, or None.

        Merged runs may have such rows: they are one competitor. The first with a value is chosen, else the
        first that failed, else the first that was skipped. A row is not chosen if it lacks a record at some
        seed and failed at no other (`is_absent`): a later run may fill it.
        """
        candidates = [(row, entry) for row in rows if (entry := self.find_entry(row)) and not entry.is_absent]
        # `min` returns the first of several rows with the same outcome
        return min(candidates, key=lambda pair: _number_outcome(pair[1]))[0] if candidates else None

    def pick_entry(self, rows: Iterable[Row]) -> Entry | None:
        """Return the entry that this column ranks, of several rows with the same samples, or None."""
        row = self.pick_row(rows)
        return None if row is None else self.find_entry(row)


@dataclass(frozen=True)
class Block:
    """Rows of one dataset that share columns.

    rows  competitors by rank and name, then generators that have not run, then rows of CSV files and
          controls, each by name
    """

    rows: tuple[Row, ...]

    @property
    def competitors(self) -> tuple[Row, ...]:
        """The block's rows that are ranked: generators with records, which are no controls."""
        return tuple(row for row in self.rows if row.competes)

    @cached_property
    def competitor_groups(self) -> tuple[tuple[Row, ...], ...]:
        """The competitors of the block, in groups with the same samples: each group is one competitor.

        Several runs on one board may have the same samples of one generator, each in a row of its own. A
        group has the order of these runs.
        """
        return tuple(map(tuple, group_by_samples(self.competitors)))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the block's competitors, or of all its rows if none competes, sorted.

        A generator that has not run, or a row of a CSV file, adds a column only for a metric, signature and
        seeds that no competitor has. Its other entries are shown in the columns of the competitors. A control
        adds none, since a column of controls alone compares nothing.
        """
        ranked = {column for row in self.competitors or self.rows for column in _list_columns(row)}
        settings = {column.settings for column in ranked}
        unranked = [row for row in self.rows if not row.competes and not row.control]
        candidates = {column for row in unranked for column in _list_columns(row)}
        return tuple(sorted(ranked | {column for column in candidates if column.settings not in settings}))

    @cached_property
    def first_entries(self) -> Mapping[Column, Entry]:
        """The first entry of each column: it tells what all entries of the column share, such as facts."""
        by_column = ((column, [column.find_entry(row) for row in self.rows]) for column in self.columns)
        # each column comes from an entry of a row, so there is a first one
        return {column: next(filter(None, entries)) for column, entries in by_column}

    @property
    def ranked_columns(self) -> tuple[Column, ...]:
        """The columns of the block's competitors whose metric says which values are better."""
        competing = {column for row in self.competitors for column in _list_columns(row)}
        return tuple(c for c, entry in self.first_entries.items() if entry.is_ranked and c in competing)

    @cached_property
    def shared_columns(self) -> tuple[Column, ...]:
        """The ranked columns that the plan gives to all competitors: the candidates of the overall rank.

        Competitors with the same samples are one competitor: a cell of one of them suffices. Where all
        metrics vote together, as in runs of earlier versions, all competitors need records at every seed.
        """
        return tuple(
            c
            for c in self.ranked_columns
            if all(self._is_candidate(c, rows) for rows in self.competitor_groups)
        )

    def _is_candidate(self, column: Column, rows: Iterable[Row]) -> bool:
        """Return whether a competitor, given by its rows, leaves a column among those of the overall rank."""
        if self.first_entries[column].vote == "":
            return column.pick_entry(rows) is not None
        return any(map(column.find_entry, rows))

    @cached_property
    def blind_columns(self) -> tuple[Column, ...]:
        """The shared columns whose metric tells no ceiling from a floor, by the values of these controls.

        A column without a value of both kinds of controls is no evidence, so it is not among them.
        """
        return tuple(column for column in self.shared_columns if not self._tells_controls_apart(column))

    @cached_property
    def votes(self) -> Mapping[str, tuple[Column, ...]]:
        """The columns that decide the overall rank, by aspect in the order of ASPECTS; each has one vote.

        "" is the aspect of all columns where the plan states no aspects: they vote together.
        """
        pairs = ((self.first_entries[c].vote, c) for c in self.shared_columns if c not in self.blind_columns)
        votes = group_pairs((aspect, column) for aspect, column in pairs if aspect is not None)
        return {aspect: tuple(votes[aspect]) for aspect in ("", *ASPECTS) if aspect in votes}

    def has_value(self, column: Column) -> bool:
        """Return whether a competitor has a value in a column."""
        return any((entry := column.find_entry(row)) and entry.value is not None for row in self.competitors)

    @property
    def voters(self) -> tuple[Column, ...]:
        """The columns that decide the overall rank."""
        return tuple(column for columns in self.votes.values() for column in columns)

    def lacks_vote(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Return the aspects in which a competitor has no value, or lacks a record, so has no overall rank.

        rows  its rows, which have the same samples
        """

        def is_measured(columns: Iterable[Column]) -> bool:
            """Return whether there is a record in each column, and a value in one."""
            entries = [column.pick_entry(rows) for column in columns]
            return all(entries) and any(entry and entry.value is not None for entry in entries)

        return tuple(name for name, columns in self.votes.items() if name and not is_measured(columns))

    def _tells_controls_apart(self, column: Column) -> bool:
        """Return whether each ceiling is clearly better than each floor, of those with a value in a column.

        Where all metrics vote together, as in runs of earlier versions, controls decide no vote. Nor do they
        in an aspect that votes only in suites that name it: noise copies nothing, so has the best privacy.
        """
        if self.first_entries[column].vote not in VOTING_ASPECTS:
            return True
        entries = {
            role: [e for row in self.rows if row.control == role and (e := column.find_entry(row))]
            for role in ("ceiling", "floor")
        }
        pairs = [(high, low) for high in entries["ceiling"] for low in entries["floor"]]
        known = [(high, low) for high, low in pairs if high.value is not None and low.value is not None]
        return all(clearly_beats(high, low) for high, low in known)


def group_by_samples(rows: Iterable[Row]) -> list[list[Row]]:
    """Return groups of rows of one dataset with the same samples, each group in the order of its runs.

    `same_as` names the rows of merged runs with the same samples as a row, the row itself included. So a row
    whose samples no other row has is a group alone.
    """
    groups = group_pairs((row.same_as, row) for row in rows).values()
    return [sorted(group, key=lambda row: row.same_as.index(row.generator)) for group in groups]


def rank_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows in their order, with share groups, and with ranks and ranges in each column and block.

    Share groups come first, since they decide the columns: competitors with similar shares of samples that
    have features are ranked together. Then come the ranks in columns, and then the overall ranks.
    """
    in_columns = _add_column_ranks(_group_by_share(rows))
    by_dataset = group_pairs((row.dataset, row) for row in in_columns).values()
    blocks = [block for dataset in by_dataset for block in build_blocks(dataset)]
    by_name = {(row.dataset, row.generator): row for block in blocks for row in _add_overall_ranks(block)}
    return tuple(by_name.get((row.dataset, row.generator), row) for row in in_columns)


def build_blocks(rows: Iterable[Row]) -> list[Block]:
    """Return the blocks of the rows of one dataset, in the order of `rows`; those without competitors last.

    A block holds the competitors that share columns, directly or through others. A row that does not compete
    is in each block that has one of its columns. If there is none, it is in a block of such rows alone.
    """
    every = list(rows)
    others = [row for row in every if not row.competes]
    blocks = []
    for competitors in _connect_rows(_select_competitors(every)):
        columns = Block(tuple(competitors)).columns
        blocks.append([*competitors, *(row for row in others if any(c.find_entry(row) for c in columns))])
    in_blocks = {row.generator for block in blocks for row in block}
    blocks += _connect_rows([row for row in others if row.generator not in in_blocks])
    return [Block(tuple(sorted(block, key=_make_sort_key))) for block in blocks]


def _number_outcome(entry: Entry) -> int:
    """Return 0 for an entry with a value, 1 for one that failed, and 2 for one that was skipped."""
    return 0 if entry.value is not None else 1 if entry.loss == FAILED else 2


def _make_sort_key(row: Row) -> tuple[int, bool, bool, int, str]:
    """Return the sort key of a row in its table: section, then generators that have run, rank and name.

    The sections are 0 for the generators of a run, 1 for rows of a CSV file, and 2 for controls.
    """
    section = 2 if row.control else 0 if row.is_verifiable else 1
    return section, row.is_absent, row.rank is None, row.rank or 0, row.generator


def _list_columns(row: Row) -> list[Column]:
    """Return the column of each entry of a row, in the order of the entries."""
    return [Column(e.metric, e.signature, e.seeds, e.share_group) for e in row.entries.values()]


def _connect_rows(rows: Sequence[Row]) -> list[list[Row]]:
    """Return groups of rows: two rows of one dataset with a common column are in one group.

    Two rows without a common column are also in one group if a chain of other rows links them.
    """
    if not rows:
        return []
    # a graph of rows and columns: its edges join each row with its columns, its components are the groups
    column_numbers: dict[tuple[str, Column], int] = {}
    edges = [
        (row_number, len(rows) + column_numbers.setdefault((row.dataset, column), len(column_numbers)))
        for row_number, row in enumerate(rows)
        for column in _list_columns(row)
    ]
    size = len(rows) + len(column_numbers)
    graph = coo_array((np.ones(len(edges)), np.transpose(edges)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return list(group_pairs(zip(labels[: len(rows)].tolist(), rows, strict=True)).values())


def _group_by_share(rows: Sequence[Row]) -> list[Row]:
    """Return the rows; each entry of a competitor has the number of its share group in its column.

    A share group holds the competitors with similar shares of samples that have features; a column ranks
    only these together. Rows with the same samples have the group of the first of them with a value, if
    there is one, since the share of a failed row may be unknown.
    """
    groups = {
        (dataset, column): _number_share_groups(column, group_by_samples(members))
        for (dataset, column), members in _group_by_column(rows).items()
    }

    def with_group(row: Row, column: Column, entry: Entry) -> Entry:
        """Return an entry with the number of its share group; 0 for a row that does not compete."""
        number = groups[row.dataset, column].get(row.generator, 0) if row.competes else 0
        return replace(entry, share_group=number)

    return [_replace_entries(row, with_group) for row in rows]


def _number_share_groups(column: Column, groups: Sequence[Sequence[Row]]) -> dict[str, int]:
    """Return the number of the share group of each generator in a column, by generator.

    A share group holds the generators with similar valid shares: shares of samples that have features.
    Returns {}, which puts all into group 0, if the metric has no ranks, or ranks all valid shares together.

    groups  the competitors of the column, in groups with the same samples
    """
    # one entry stands for all rows with the same samples, under the name of the first of them; if all lack
    # records (`pick_entry` returns None), it is that of the first row
    first_names = {row.generator: rows[0].generator for rows in groups for row in rows}
    entries = {
        rows[0].generator: column.pick_entry(rows) or rows[0].entries[column.metric] for rows in groups
    }
    if not all(entry.is_ranked for entry in entries.values()):
        return {}
    if all(entry.facts.any_valid_share for entry in entries.values()):
        return {}
    numbers = group_by_share({name: entry.valid_share for name, entry in entries.items()})
    return {generator: numbers[first_name] for generator, first_name in first_names.items()}


def _add_column_ranks(rows: list[Row]) -> list[Row]:
    """Return rows whose ranked entries have ranks and ranges among the competitors of their column.

    Of rows with the same samples, a column ranks only one.
    """
    rankings = {
        (dataset, column): _place_rows(column, group_by_samples(members))
        for (dataset, column), members in _group_by_column(rows).items()
        # whether the metric says which values are better: all members share this
        if members[0].entries[column.metric].is_ranked
    }

    def with_rank(row: Row, column: Column, entry: Entry) -> Entry:
        """Return an entry with its rank and range; with none for a row that does not compete.

        `has_untested_better`: whether a row that no test can compare with this one has a better mean.
        """
        by_generator = rankings.get((row.dataset, column), {}) if row.competes else {}
        return replace(entry, **by_generator.get(row.generator, Standing())._asdict())

    return [_replace_entries(row, with_rank) for row in rows]


def _group_by_column(rows: Iterable[Row]) -> dict[tuple[str, Column], list[Row]]:
    """Return the competitors in each column of each dataset, by (dataset, column)."""
    return group_pairs(
        ((row.dataset, column), row) for row in _select_competitors(rows) for column in _list_columns(row)
    )


def _place_rows(column: Column, groups: Iterable[Iterable[Row]]) -> dict[str, Standing]:
    """Return the rank, with its range, of each ranked row of a column, by generator.

    groups  the competitors of the column, in groups with the same samples; the column ranks one row of each
    """
    rows = [row for group in groups if (row := column.pick_row(group))]
    entries = {row.generator: row.entries[column.metric] for row in rows}
    # rows that failed or were skipped get no rank, and have no loss in `losses`
    rank_of = column_ranks({generator: entry.loss for generator, entry in entries.items()})
    losses = {
        name: entry.loss for name, entry in entries.items() if name in rank_of and entry.loss is not None
    }
    ranges = _compute_column_ranges(losses, [row for row in rows if row.generator in losses], entries)
    # no test compares a row without a range with another, nor two rows that each have one value at all seeds
    constant = {name for name in ranges if len(set(entries[name].tested_values)) == 1}
    best_without_range = min((loss for name, loss in losses.items() if name not in ranges), default=math.inf)
    best_constant = min((losses[name] for name in constant), default=math.inf)

    def make_standing(name: str, rank: int) -> Standing:
        """Return the rank of a row with its range, and whether no test can compare a better row with it.

        No test can if the better row has no range, or if both rows are constant: one value at all seeds.
        """
        low, high = ranges.get(name, (None, None))
        has_constant_better = name in constant and losses[name] > best_constant
        return Standing(rank, low, high, losses[name] > best_without_range or has_constant_better)

    return {name: make_standing(name, rank) for name, rank in rank_of.items()}


def _compute_column_ranges(
    losses: Mapping[str, float], rows: Sequence[Row], entries: Mapping[str, Entry]
) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest rank of the rows of a column, by generator.

    For a comparison, which is one number over all seeds, they come from its intervals, and a row without one
    has no range. Else they come from tests over seeds, and a row whose seeds share samples has no range,
    since these seeds do not show how much its values vary.

    losses   of the ranked rows, by generator
    rows     the ranked rows
    entries  of the column, by generator
    """
    if any(entry.is_comparison for entry in entries.values()):
        intervals = {name: entries[name].loss_range for name in losses}
        return interval_ranges(losses, {name: pair for name, pair in intervals.items() if pair is not None})
    independent = [row.generator for row in rows if not row.same_samples]  # seeds with samples of their own
    return rank_ranges(losses, {generator: entries[generator].tested_values for generator in independent})


def _add_overall_ranks(block: Block) -> list[Row]:
    """Return the competitors of a block with overall ranks, and with ranks in each aspect that has a vote.

    Rows with the same samples are one competitor, and the first of them gets its rank.
    """
    overall = _rank_by(block, block.votes)
    in_aspects = {aspect: _rank_by(block, {aspect: columns}) for aspect, columns in block.votes.items()}

    def add_ranks(row: Row) -> Row:
        """Return a row with its ranks; without those that it lacks."""
        none = (Standing(), None)
        (rank, low, high, _), rate = overall.get(row.generator, none)
        aspects = {aspect: by_row.get(row.generator, none)[0] for aspect, by_row in in_aspects.items()}
        return replace(row, rank=rank, rank_low=low, rank_high=high, win_rate=rate, aspects=aspects)

    return [add_ranks(row) for row in block.competitors]


def _rank_by(block: Block, votes: Mapping[str, Sequence[Column]]) -> dict[str, tuple[Standing, float | None]]:
    """Return the rank by the mean of aspects, and the mean win rate, of the competitors with a value in each.

    An aspect is the mean of the win rates in its columns: the shares of the other generators that one beats.
    A competitor without a value in an aspect is left out, and takes no part in the win rates of others.

    votes  the columns of each aspect
    """
    groups = [rows for rows in block.competitor_groups if not set(block.lacks_vote(rows)) & votes.keys()]
    entries = {
        aspect: [
            {rows[0].generator: entry for rows in groups if (entry := column.pick_entry(rows))}
            for column in columns
        ]
        for aspect, columns in votes.items()
    }
    # `mean_win_rates` takes several losses of each row; here a row has one, the loss of its mean. None, where
    # the metric was skipped, gives no win rate in that column.
    means = [
        [{name: None if e.loss is None else (e.loss,) for name, e in column.items()} for column in columns]
        for columns in entries.values()
    ]
    rates = {name: float(rate) for name, (rate,) in mean_votes(means).items()}
    losses = {name: -rate for name, rate in rates.items()}  # the highest win rate has rank 1
    ranges = _compute_overall_ranges([rows[0] for rows in groups], list(entries.values()))
    return {name: (_add_range(rank, ranges.get(name)), rates[name]) for name, rank in ranks(losses).items()}


def _compute_overall_ranges(
    rows: Sequence[Row], entries: Sequence[Sequence[Mapping[str, Entry]]]
) -> dict[str, tuple[int, int]]:
    """Return the ranges of the overall ranks, by generator; in a single column, the ranges of that column.

    In several columns, each run (one seed) has a mean win rate, and tests over runs give the ranges: metrics
    of one run depend on one another, and runs do not. The mean over a generator's runs is O'Brien's rank sum
    (1984, doi:10.2307/2531158), with one vote an aspect.

    rows     the first row of each group with the same samples
    entries  by aspect, of each of its columns, by the generator of that row
    """
    if sum(map(len, entries)) == 1:
        ((column,),) = entries
        return {
            name: (entry.rank_low, entry.rank_high)
            for name, entry in column.items()
            if entry.rank_low is not None and entry.rank_high is not None
        }
    runs = [
        [{name: e.seed_losses for name, e in column.items()} for column in columns] for columns in entries
    ]
    rates = mean_votes(runs)
    losses = {name: -float(sum(run_rates) / len(run_rates)) for name, run_rates in rates.items()}
    # runs that share samples do not show how much the rates vary, so their row gets no range
    independent = [row.generator for row in rows if row.generator in rates and not row.same_samples]
    return rank_ranges(losses, {name: [-float(rate) for rate in rates[name]] for name in independent})


def _add_range(rank: int, limits: tuple[int, int] | None) -> Standing:
    """Return an overall rank with its range, widened so that it holds the rank; None: there is no range.

    The rank comes from the win rates of means, the range from those of runs, and they may differ.
    """
    return Standing(rank, min(rank, limits[0]), max(rank, limits[1])) if limits else Standing(rank)


def _replace_entries(row: Row, change: Callable[[Row, Column, Entry], Entry]) -> Row:
    """Return a row in which each entry is what `change` returns for it, given the row and its column."""
    pairs = zip(_list_columns(row), row.entries.items(), strict=True)
    return replace(row, entries={metric: change(row, column, entry) for column, (metric, entry) in pairs})


def _select_competitors(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that are ranked: generators with records, which are no controls."""
    return [row for row in rows if row.competes]
