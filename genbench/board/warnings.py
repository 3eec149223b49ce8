"""Lines below the tables of a board: failures, notes, and what makes numbers say less than they seem to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.board.numbers import format_number
from genbench.board.rank_rules import EARLIER_RULE
from genbench.board.ranking import LEAST_RUNS
from genbench.board.rows import clearly_beats, get_interval_ends, has_lower_loss
from genbench.board.valid_shares import SIDES, compute_valid_share, format_percent
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names, join_seeds
from genbench.results.copies import describe_copies, describe_repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from genbench.board.blocks import Block, Column
    from genbench.board.leaderboard import Board
    from genbench.board.rank_rules import RankRule
    from genbench.board.rows import Entry, Row
    from genbench.results.cells import Cell
    from genbench.results.records import Notice, Record

__all__ = [
    "FailedCells", "RankNote", "WrongControl", "count_cells", "extra_text", "find_wrong_controls",
    "list_board_warnings", "list_copies", "list_data_warnings", "list_failures", "list_notes",
    "list_number_warnings", "list_rank_notes", "list_row_warnings", "list_run_lines", "list_unranked",
    "warn_of_classes", "warn_of_metric", "warn_of_shared_sides", "warn_of_sizes",
]  # fmt: skip

_SAME_SAMPLES = "the same samples, so one competitor, of which a metric ranks the first row with a value"
_COMPARED = "computed once from all generators and seeds, with intervals of its own that decide its ranks"
_NOT_DETERMINISTIC = "gave other samples at the same key (deterministic: no): another run gives other numbers"
_UNEQUAL_RULES = "no overall rank: the runs state different rules (aspects, votes or requirements)"
_UNEQUAL = 10  # times; from here on, the size of a side decides a metric's bias
_MOST_NAMES = 12  # in one line, so that it stays a few lines long
_FEW_DIFFERENT = (
    "only {different} samples are different, and equal ones are in one split: the splits hold other values, "
    "and are unlike one another; give the data official splits"
)
_SHARED_SAMPLES = "seeds that share samples, so the interval does not hold their spread"


@dataclass(frozen=True, kw_only=True)
class FailedCells:
    """Cells of one generator that have no value, for one reason."""

    dataset: str
    generator: str
    status: str
    reason: str
    seeds: tuple[int, ...]
    metrics: tuple[str, ...]

    def __str__(self) -> str:
        return self.text()

    def text(self, most: int = 4) -> str:
        """Return the cells, with at most `most` names of metrics, and why they have no value, in words."""
        seeds, metrics = join_seeds(self.seeds), join_names(self.metrics, most)
        return f"{self.dataset}, {self.generator}, {seeds}, {metrics}: {self.status}: {self.reason}"


class RankNote(NamedTuple):
    """A line on the ranks of a block, and the metrics that it is about, or () if it is about all ranks."""

    text: str
    metrics: tuple[str, ...] = ()


class WrongControl(NamedTuple):
    """A control that a metric ranks wrongly on a dataset, with the numbers that show it in words.

    control  its name
    role     "ceiling" or "floor"
    clearly  the competitors that are better than a ceiling, or worse than a floor, by their intervals
    """

    dataset: str
    metric: str
    signature: str
    text: str
    control: str
    role: str
    clearly: tuple[str, ...]


def list_failures(board: Board) -> list[FailedCells]:
    """Return the cells without a value, grouped by generator, status and reason, in the board's order."""
    groups = group_pairs(
        ((record.cell.dataset, record.cell.generator, record.status, record.reason), record.cell)
        for record in board.outcomes
        if record.status != "ok"
    )
    return [
        FailedCells(
            dataset=dataset,
            generator=generator,
            status=status,
            reason=reason,
            seeds=tuple(sorted({seed for cell in cells for seed in cell.seeds})),
            metrics=tuple(sorted({cell.metric for cell in cells})),
        )
        for (dataset, generator, status, reason), cells in groups.items()
    ]


def list_notes(board: Board) -> list[str]:
    """Return the notes on a board's numbers, without duplicates, each with the ids that it concerns.

    Notes are the `note` in the extra of scores, notices of side effects of components, generators that are
    not deterministic, and shares of samples without features; before them, unequal rules of merged runs.
    """
    ids_by_note = group_pairs(_notes_with_ids(board))
    notes = sorted(f"{join_names(sorted(set(ids)))}: {note}" for note, ids in ids_by_note.items())
    return [*([] if board.rule.is_one else [_UNEQUAL_RULES]), *notes]


def _notes_with_ids(board: Board) -> Iterator[tuple[str, str]]:
    """Yield (note, id of the metric, generator or dataset that it concerns), once for each record or row."""
    for record in board.outcomes:
        if note := extra_text(record.extra, "note"):
            yield note, record.cell.metric
        for notice in record.notices:
            if not notice.is_nondeterministic:  # these make their row not deterministic, which is noted below
                yield str(notice), _notice_id(record, notice)
    yield from ((_NOT_DETERMINISTIC, row.generator) for row in board.rows if not row.deterministic)
    yield from _list_lacking_features(board)


def _list_lacking_features(board: Board) -> Iterator[tuple[str, str]]:
    """Yield (the share of samples without features in words, the metric) where some have none.

    First come the samples of generators, then the real ones, such as the training samples.
    """
    for row in board.rows:
        for metric, entry in row.entries.items():
            if entry.valid_share is not None and entry.valid_share < 1:
                text = _share_text(board, row.dataset, f"samples of {row.generator}", entry.valid_share)
                yield text, metric
    # the real sides; the shares of fakes are in the rows, above
    records_by_side = group_pairs(
        ((record.cell.dataset, side, record.cell.metric), record)
        for record in board.outcomes
        for side in sorted(record.valid.keys() - {"fake"})
    )
    for (dataset, side, metric), records in records_by_side.items():
        share = compute_valid_share(records, side)
        if share is not None:
            yield _share_text(board, dataset, SIDES[side], share), metric


def _share_text(board: Board, dataset: str, which: str, share: Fraction) -> str:
    """Return which share of some samples has no features, in words.

    which  the samples, in words; the dataset is added if the board has several
    share  of those that have features
    """
    samples = which if len(board.datasets) == 1 else f"{which} on {dataset}"
    return f"{format_percent(1 - share)} of the {samples} have no features"


def list_rank_notes(block: Block, rule: RankRule = EARLIER_RULE) -> Iterator[RankNote]:
    """Yield notes on the ranks of a block: rows of one dataset whose numbers can be compared.

    They list generators that a reason excludes from the ranks, generators without records, generators with
    the same samples (together one competitor), and metrics that are computed once from the samples of all
    generators. Then come the metrics of the overall rank, if it leaves out a ranked metric, and the
    generators that were skipped in some of these metrics.

    rule  of the overall rank
    """
    yield from map(RankNote, list_unranked(block.rows))
    yield from _list_missing_records(block)
    same = [join_names(row.generator for row in rows) for rows in block.competitor_groups if len(rows) > 1]
    if same:
        yield RankNote(f"{_SAME_SAMPLES}: {'; '.join(same)}")
    compared = sorted({column.metric for column, entry in block.first_entries.items() if entry.is_comparison})
    if compared:
        yield RankNote(f"{_COMPARED}: {join_names(compared, _MOST_NAMES)}", tuple(compared))
    yield from map(RankNote, _describe_ranked_metrics(block, rule))


def list_unranked(rows: Iterable[Row]) -> list[str]:
    """Return a line for each reason why competitors are not ranked: "…, so not ranked: a and b"."""
    names_by_reason = group_pairs((reason, row.generator) for row in rows for reason in row.unranked)
    return [f"{reason}, so not ranked: {join_names(names)}" for reason, names in names_by_reason.items()]


def list_row_warnings(row: Row) -> list[str]:
    """Return why a generator is not ranked; else, unless it is a control, which of its samples are copies.

    If they cannot be told from new samples, or are not counted, that is a warning, too.
    """
    if row.unranked or row.control:
        return [f"not ranked: {reason}" for reason in row.unranked]
    repeats = describe_repeats() if any(count.is_untestable for count in row.copies.values()) else ""
    return list(filter(None, [describe_copies(row.copies, excessive=False), repeats, row.uncounted]))


def list_data_warnings(board: Board, row: Row) -> list[str]:
    """Return the warnings that any run noted on the data of a row."""
    records = (record for metric in row.entries for record in board.find_records(row, metric))
    return list(dict.fromkeys(text for record in records for text in _warn_of_data(board, record)))


def _list_missing_records(block: Block) -> Iterator[RankNote]:
    """Yield a note for each set of ranked metrics in which generators lack a record, so have no rank.

    Generators that have not run at all are one group, whose note names no metrics. Controls and rows of CSV
    files never have a rank, so they are left out.
    """
    metrics_by_row = [
        (row, tuple(name for name, entry in row.entries.items() if entry.is_absent and entry.is_ranked))
        for row in block.rows
    ]
    generators_by_metrics = group_pairs(
        (() if row.is_absent else metrics, row.generator)
        for row, metrics in metrics_by_row
        if row.is_absent or (row.competes and metrics)
    )
    for metrics, generators in generators_by_metrics.items():
        where = f" in {join_names(metrics, _MOST_NAMES)}" if metrics else ""
        text = f"without a record at every seed, so not ranked{where}: {join_names(generators)}"
        yield RankNote(text, metrics)


def _describe_ranked_metrics(block: Block, rule: RankRule) -> Iterator[str]:
    """Yield over which metrics the overall ranks are, if not over all ranked ones, and who was skipped.

    A block has rows of one dataset whose numbers can be compared. Each of `block.competitor_groups` has rows
    with the same samples, which are one competitor. `block.shared_columns` are the ranked metrics that all
    competitors have; the overall rank is over them.
    """
    # a single competitor has no rank; a note of the whole board names unequal rules of merged runs
    if not block.ranked_columns or len(block.competitor_groups) <= 1 or not rule.is_one:
        if block.competitors and any(row.unranked for row in block.rows):
            yield f"no rank, since no other generator is ranked: {block.competitors[0].generator}"
        return
    shared = sorted({column.metric for column in block.shared_columns})
    if not shared:
        yield "no overall rank: there is no ranked metric that all generators have"
    elif rule.votes is not None:
        yield from _describe_votes(block, rule)
    elif len(block.shared_columns) < len(block.ranked_columns):
        yield f"rank is over {join_names(shared, _MOST_NAMES)}, the ranked metrics that all generators have"
    yield from _describe_skips(block)


def _describe_votes(block: Block, rule: RankRule) -> Iterator[str]:
    """Yield the aspects that decide the overall rank, and the metrics and rows that take no part in it."""
    votes = [
        f"{aspect} ({join_names((column.metric for column in columns), _MOST_NAMES)})"
        for aspect in rule.votes or ()
        if (columns := [column for column in block.votes.get(aspect, ()) if block.has_value(column)])
    ]
    if not votes:
        yield (
            "no overall rank: no metric that all generators have is of an aspect that votes; "
            "a suite may name others as `aspects`"
        )
    elif len(votes) > 1:
        yield f"rank is by {join_names(votes, _MOST_NAMES)}, one vote an aspect"
    elif len(block.voters) < len(block.ranked_columns):
        yield f"rank is by {votes[0]}"
    blind = [column.metric for column in block.blind_columns]
    if blind:
        names_text = join_names(blind, _MOST_NAMES)
        yield f"no vote, since it tells no ceiling from a floor among the controls: {names_text}"
    metrics = dict.fromkeys(column.metric for column in block.ranked_columns)
    if unlabelled := [metric for metric in metrics if not rule.aspects.get(metric)]:
        names_text = join_names(unlabelled, _MOST_NAMES)
        yield f"without an aspect, so without a vote in the overall rank: {names_text}"
    lacking = group_pairs((block.lacks_vote(rows), rows[0].generator) for rows in block.competitor_groups)
    for aspects, names in lacking.items():
        if aspects:
            yield f"no value in {join_names(aspects)}, so no overall rank: {join_names(names)}"


def _describe_skips(block: Block) -> Iterator[str]:
    """Yield a line for each group of generators that were skipped in the same metrics of the overall rank.

    These metrics are `block.voters`. A metric in which all generators were skipped is left out, since it
    compares none, and so are generators without an overall rank. Generators with the same samples are one
    competitor; the line names the first of them.
    """
    groups = [rows for rows in block.competitor_groups if not block.lacks_vote(rows)]
    columns = [column for column in block.voters if any(_takes_part(column, rows) for rows in groups)]
    generators_by_skips = group_pairs(
        (skips, rows[0].generator)
        for rows in groups
        if (skips := tuple(column.metric for column in columns if not _takes_part(column, rows)))
    )
    for skips, names in generators_by_skips.items():
        they = "it was" if len(names) == 1 else "they were"
        yield (
            f"ranks compare {join_names(names)} with others in {len(columns) - len(skips)} of "
            f"{len(columns)} metrics, since {they} skipped in {join_names(skips, _MOST_NAMES)}"
        )


def _takes_part(column: Column, rows: Iterable[Row]) -> bool:
    """Return whether a competitor has a value in a column or failed there, and was not skipped.

    A failure counts, since it loses against every value.

    rows  its rows, which have the same samples; the column counts one of them
    """
    entry = column.pick_entry(rows)
    return entry is not None and entry.status != "skipped"


def list_run_lines(board: Board) -> list[str]:
    """Return the name and the folder of each merged run, with the generators that carry its name."""
    lines = []
    for name, folder in board.sources.items():
        # a merge names a row GENERATOR@RUN if several rows have the generator
        rows = sorted({row.generator for row in board.rows if row.generator.endswith(f"@{name}")})
        lines.append(f"{name}: {folder}" + (f" ({join_names(rows)})" if rows else ""))
    return lines


def count_cells(board: Board) -> str:
    """Return the number of cells by status, "ok" first, then most frequent first: "84 cells: 84 ok"."""
    counts = Counter({"ok": 0})
    counts.update(record.status for record in board.outcomes)
    order = sorted(counts, key=lambda status: (status != "ok", -counts[status], status))
    texts = ", ".join(f"{counts[status]} {status}" for status in order)
    return f"{counts.total()} cell{'' if counts.total() == 1 else 's'}: {texts}"


def find_wrong_controls(board: Board) -> list[WrongControl]:
    """Return each ceiling that is not the best in a ranked metric, and each floor that is not the worst.

    A competitor is better than a ceiling if its mean is better and their intervals, if both have one, do not
    overlap: those over the seeds or, at one seed, those that the metric itself gives. A floor is not the
    worst if its mean beats a competitor's. A control whose flaw the metric may not see, as its author
    declares, is left out. A control is compared with all competitors that have the metric at its signature
    and seeds.

    A control is a generator of known quality: a ceiling, such as real data, or a floor, such as noise.
    """
    return [
        WrongControl(dataset, metric, entry.signature, text, control.generator, control.control, clearly)
        for dataset in board.datasets
        for metric in board.metrics
        for control in board.rows
        if control.control and control.dataset == dataset and (entry := control.entries.get(metric))
        for text, clearly in _describe_wrong(board, control, entry)
    ]


def _notice_id(record: Record, notice: Notice) -> str:
    """Return the id of the generator, dataset or metric that a notice concerns.

    A notice is a remark on side effects of a component. For an extractor, return the metric that used it.
    """
    ids = {"generator": record.cell.generator, "dataset": record.cell.dataset}
    return ids.get(notice.kind, record.cell.metric)


def _describe_wrong(
    board: Board, control: Row, control_entry: Entry
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (how a metric ranks a control wrongly, the competitors that show it) if it does.

    The text has the numbers that show it. The competitors are those whose intervals show that they are better
    than a ceiling, or worse than a floor; () at one seed, and for a control that has the same samples at all
    seeds, where chance is possible.

    A control is a generator of known quality: a ceiling, such as real data, should be the best, and a floor,
    such as noise, the worst. An exploit, a known way to cheat, may be anywhere. A floor is compared by its
    mean alone, as docs/suites.md states.

    control_entry  the control's number in the metric
    """
    # the competitors' numbers in the same metric
    entries = {row.generator: entry for row, entry in board.list_comparable(control.dataset, control_entry)}
    if not control_entry.is_ranked or control.control in control_entry.facts.unseen_controls:
        return  # no order is expected of the metric, or its author says that it misses this flaw
    named_control = f"{control.generator} ({_value_text(control_entry)})"
    is_floor = control.control == "floor"
    pairs = {
        name: (control_entry, entry) if is_floor else (entry, control_entry)
        for name, entry in entries.items()
    }
    clearly = [name for name, pair in pairs.items() if clearly_beats(*pair)]
    # without an interval, over seeds or of the metric itself, nothing shows how far a value varies
    intervals = map(get_interval_ends, [control_entry, *(entries[name] for name in clearly)])
    may_be_chance = len(control_entry.seeds) == 1 and any(None in ends for ends in intervals)
    # the interval of seeds that share samples lacks the spread of samples
    shown = () if may_be_chance or control.same_samples else tuple(clearly)
    worse = [name for name, entry in entries.items() if has_lower_loss(control_entry, entry)]
    if is_floor and worse:
        yield f"{named_control} is not the worst: {_values_text(worse, entries)} worse", shown
    elif control.control == "ceiling" and clearly:
        why = "one seed cannot" if may_be_chance else "seeds that share samples cannot"
        chance = "" if shown else f"; {why} rule out chance"
        yield f"{_values_text(clearly, entries)} better than the ceiling {named_control}{chance}", shown


def _values_text(names: list[str], entries: dict[str, Entry]) -> str:
    """Return names with their values as the subject of a sentence, with its verb: "a (1.5) and b (2) are"."""
    verb = "is" if len(names) == 1 else "are"
    return f"{join_names(f'{name} ({_value_text(entries[name])})' for name in names)} {verb}"


def _value_text(entry: Entry) -> str:
    """Return the value of an entry with four digits, or "" without one."""
    return "" if entry.value is None else format_number(entry.value)


def warn_of_metric(extra: Mapping[str, Any]) -> Iterator[str]:
    """Yield the `warning` in the extra of a score, if it has one."""
    if text := extra_text(extra, "warning"):
        yield text


def extra_text(extra: Mapping[str, Any], name: str) -> str:
    """Return a text in the extra of a score, such as its `note` or `warning`; "" if there is none."""
    text = extra.get(name)
    return text if isinstance(text, str) else ""


def warn_of_sizes(n: int, n_real: int | str | None) -> Iterator[str]:
    """Yield a line if one side has at least ten times as many samples as the other.

    n_real  the size of the reference, or another value if it is unknown
    """
    if isinstance(n_real, int) and max(n, n_real) >= _UNEQUAL * min(n, n_real):
        yield (
            f"{n} fakes and {n_real} real samples: the bias of a metric depends on both numbers; "
            "compare at equal ones"
        )


def warn_of_classes(real: Collection[str], fake: Collection[str]) -> Iterator[str]:
    """Yield a line if the fakes have classes that the real samples lack; none if a side has no labels."""
    only_fake = sorted(set(fake) - set(real))
    if real and only_fake:
        which = join_names(only_fake)
        yield f"fake has classes that real lacks: {which}; classes are matched by name, or by number"


def warn_of_shared_sides(pairs: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each pair of sets of real samples that share samples.

    pairs  the names of both sets, such as ("train", "test")
    """
    for first, second in pairs:
        yield (
            f"{first} and {second} share samples: copies of the training data look like new samples, "
            "and the best score is that of a copy"
        )


def list_board_warnings(board: Board) -> list[str]:
    """Return the warnings of a board: why numbers say less than they seem to, each with the ids it concerns.

    They are the `warning` in the extra of scores, sides of very unequal size, splits that share samples, data
    with few different samples, too few seeds, generators whose seeds share samples, copies of real samples,
    and rows of CSV files, which have no records. A warning on a dataset or a metric names generators if it
    does not concern all.
    """
    of_data = _join_texts(board, _warn_of_data, lambda cell: cell.dataset)
    of_metrics = _join_texts(board, _warn_of_record, lambda cell: cell.metric)
    of_copies = [
        f"{dataset}: {line}"
        for dataset in board.datasets
        for line in list_copies(row for row in board.rows if row.dataset == dataset)
    ]
    return [*of_data, *_warn_of_competitors(board), *of_copies, *_warn_of_rows(board), *of_metrics]


def _join_texts(
    board: Board, warn: Callable[[Board, Record], Iterator[str]], get_name: Callable[[Cell], str]
) -> list[str]:
    """Return the warnings of all records as lines, sorted by text, each with the names that it concerns.

    warn     yields the texts on a record
    get_name  returns the id that a warning names: the dataset or the metric
    """
    cells = [record.cell for record in board.outcomes]
    by_name = group_pairs((get_name(cell), cell.generator) for cell in cells)  # all generators of each name
    by_text = group_pairs(
        (text, (get_name(record.cell), record.cell.generator))
        for record in board.outcomes
        for text in warn(board, record)
    )
    return [f"{_names_text(group_pairs(pairs), by_name)}: {text}" for text, pairs in sorted(by_text.items())]


def _names_text(names: Mapping[str, list[str]], whole: Mapping[str, list[str]]) -> str:
    """Return the names that a warning concerns, in words: "a and b of vae", or "a" for all its generators.

    names  datasets or metrics, each with the generators that the warning concerns
    whole  the same names, each with all its generators
    """
    # generators, then the names that they are listed with: one text for all names with equal generators;
    # () if the warning concerns all generators of a name, which are then not listed
    groups = group_pairs(
        (() if set(generators) == set(whole[name]) else tuple(sorted(set(generators))), name)
        for name, generators in sorted(names.items())
    )
    return "; ".join(
        join_names(group, _MOST_NAMES) + (f" of {join_names(generators, _MOST_NAMES)}" if generators else "")
        for generators, group in groups.items()
    )


def list_number_warnings(board: Board, row: Row, metric: str) -> list[str]:
    """Return the warnings of one number of a board, the mean of a metric in a row, without duplicates.

    The reasons why the row is not ranked, or its copies of real samples, come first.
    """
    records = board.find_records(row, metric)
    data_warnings = [text for record in records for text in _warn_of_data(board, record)]
    # the interval shows how far values spread over seeds, and seeds with the same samples hide that
    seed_warnings = [_SHARED_SAMPLES] if row.same_samples else []
    record_warnings = [text for record in records for text in _warn_of_record(board, record)]
    return list(dict.fromkeys([*list_row_warnings(row), *data_warnings, *seed_warnings, *record_warnings]))


def _warn_of_record(board: Board, record: Record) -> Iterator[str]:
    """Yield the warnings of a record: that of its metric, and those on very unequal sizes of its sides."""
    yield from warn_of_metric(record.extra)
    n_real = record.cell.signature.get("n_real")
    sizes = [n_real]  # `warn_of_sizes` ignores a value that is no number, such as None
    if n_real == "all":  # the whole test split, whose size each run has noted
        sizes = [notes.real_size for notes in board.find_notes(record.cell)]
    for size in sizes:
        yield from warn_of_sizes(record.cell.n, size)


def _warn_of_data(board: Board, record: Record) -> Iterator[str]:
    """Yield the warnings that any run noted on a record's data, such as samples that splits share."""
    for notes in board.find_notes(record.cell):
        yield from warn_of_shared_sides(notes.shared_splits)
        if notes.different is not None:
            yield _FEW_DIFFERENT.format(different=notes.different)
        if notes.caution:
            yield notes.caution


def _warn_of_rows(board: Board) -> Iterator[str]:
    """Yield a line on the generators that come from a CSV file, if there are any.

    A board may have rows of such a file, such as a published leaderboard, beside those of a run.
    """
    unverified = sorted({row.generator for row in board.rows if not row.is_verifiable})
    if unverified:
        names = join_names(unverified, _MOST_NAMES)
        yield f"from a CSV file, without records that could be verified, so not ranked: {names}"


def list_copies(rows: Iterable[Row]) -> list[str]:
    """Return lines on copies in the samples of ranked competitors, as `list_row_warnings` has them."""
    ranked = [row for row in rows if row.competes]
    names_by_text = group_pairs((text, row.generator) for row in ranked for text in list_row_warnings(row))
    return [f"{join_names(names, _MOST_NAMES)}: {text}" for text, names in names_by_text.items()]


def _warn_of_competitors(board: Board) -> Iterator[str]:
    """Yield the warnings on the seeds of each block, after the name of its dataset.

    A block: rows of one dataset whose numbers can be compared.
    """
    for dataset in board.datasets:
        for block in board.blocks(dataset):
            yield from (f"{dataset}: {text}" for text in _warn_of_seeds(block))


def _warn_of_seeds(block: Block) -> Iterator[str]:
    """Yield what the seeds of a block's competitors do not allow, as they are too few or share samples.

    A block: rows of one dataset whose numbers can be compared. A comparison is a metric with one number over
    all seeds and an interval of its own, so it needs no further seeds for ranges. Without a ranked column,
    there are no ranks to warn of: then `are_comparisons` is empty, and `all` of it is true.
    """
    competitors = block.competitors
    are_comparisons = [block.first_entries[column].is_comparison for column in block.ranked_columns]
    has_few = len(competitors) > 1 and max(len(row.seeds) for row in competitors) < LEAST_RUNS
    if has_few and not all(are_comparisons):
        exception = ", except in comparisons" if any(are_comparisons) else ""
        yield f"no ranges of ranks, and nothing is marked as best{exception}: both need {LEAST_RUNS} seeds"
    same = [row.generator for row in competitors if row.same_samples]
    if same:
        ranges = "no range of ranks, and " if block.ranked_columns else ""
        yield (
            f"seeds that share samples, so {ranges}an interval that does not hold their spread: "
            f"{join_names(same, _MOST_NAMES)}"
        )
