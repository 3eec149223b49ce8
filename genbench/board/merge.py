"""Merging of several runs into one board, and the equality of their numbers and samples that decides it."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.comparability import ComparedSide, run_differences
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.grouping import group_pairs
from genbench.core.names import MOST_RUN_NAME, join_names
from genbench.results.cells import check_agreement
from genbench.results.records import Plan
from genbench.results.results import Results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.results.cells import Cell
    from genbench.results.records import Record, Trace

    #: The dataset of a row and its name on the merged board.
    _FullName = tuple[str, str]

__all__ = [
    "Number", "SeedSamples", "all_equal", "are_equal", "choose_fuller", "differences",
    "group_samples_by_seed", "have_same_samples", "is_repeated", "merge", "unequal_fields",
]  # fmt: skip

_MOST_METRICS = 12  # in one line
_MOST_FIELDS = 10  # in one line
_CELL_FIELDS = ("signature", "n", "control", "distribution")
_RECORD_FIELDS = (
    "status", "value", "low", "high", "reason", "samples", "sketch", "copies", "extractor_fit", "valid",
    "notices",
)  # fmt: skip
_LATER_FIELDS = ("sketch", "copies", "extractor_fit")  # empty in records of earlier versions of genbench
_EXTRA_TEXTS = ("note", "warning")  # in the extra of a score
_OTHER_SAMPLES = (
    "have different values of different samples: a model that is trained on another kind of CPU differs"
)
_SAME_SAMPLES = (
    "have different values of the same samples: other libraries or hardware computed one of them, or it was "
    "changed; genbench verify says which"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Row:
    """The numbers of one dataset and generator by metric and seed, of one run or of several, in their order.

    plugin  of the first run's generator
    name    on the merged board
    """

    runs: tuple[str, ...]
    dataset: str
    generator: str
    plugin: str
    name: str = ""
    numbers: Mapping[tuple[str, int | None], Number]

    @property
    def full_name(self) -> tuple[str, str]:
        """The row's dataset and name, which identify it on the merged board."""
        return self.dataset, self.name

    @cached_property
    def seeds(self) -> frozenset[int]:
        """The seeds of the row's numbers."""
        return frozenset(seed for number in self.numbers.values() for seed in number.cell.seeds)

    @cached_property
    def samples_by_seed(self) -> dict[int, SeedSamples]:
        """What is known of the row's samples, by seed: their hashes, and the keys of its cells."""
        return group_samples_by_seed(self.numbers.values())

    @property
    def entries(self) -> dict[str, dict[int | None, Number]]:
        """The row's numbers by metric and then by seed, which is None for a comparison."""
        by_metric = group_pairs((metric, (seed, number)) for (metric, seed), number in self.numbers.items())
        return {metric: dict(pairs) for metric, pairs in by_metric.items()}


def merge(runs: Sequence[Results]) -> Results:
    """Return several runs as one run, whose board has all their rows.

    A row is one generator on one dataset. The rows of a generator in several runs become one row if they have
    the same seeds, share an equal cell, and share no unequal cell. A cell without a record equals a cell with
    its key, and is unequal to none of its signature, n, role and distribution. Other rows stay apart, named
    GENERATOR@RUN, each with its own numbers. A row leaves out its numbers in a metric if they all equal those
    of an earlier row, which has the same generator or cells with the same keys. The provenance names the rows
    with the same samples, which are one competitor.

    Two cells are equal if their keys or their samples are equal, if they have the same signature, n, role and
    distribution, and if their records have the same outcome, with all that boards show of it. A record of an
    earlier version, without a sketch, copies or a hash of the extractor's fit, equals one that has it, which
    is then shown. Attempt, time, environment, the hashes of model and features, and the numbers beside a
    score may differ: they decide nothing on a board, and depend on the machine.

    Raises DataError, naming the runs, for a run that is itself merged, and for runs that describe a metric of
    one signature, or the role of a generator, in two ways.
    """
    runs = _name_runs(runs)
    _refuse_merged(runs)
    _check_agreement(runs)
    all_rows = _join_rows(runs)
    rows, repeated = _drop_repeats(all_rows)
    numbers = list(_rename_numbers(rows))
    traces = _rename_traces(runs, rows)
    name = " and ".join(run.name for run in runs)
    by_name = sorted(runs, key=lambda run: run.name)  # the order of names in run.json
    return Results(
        name=name,
        plan=Plan(
            cells=tuple(number.cell for number in numbers),
            traces=tuple(trace.key for trace in traces),
            provenance={
                "name": name,
                "merged": {run.name: dict(run.plan.provenance) for run in by_name},
                "sources": {run.name: run.source for run in by_name},
                "differences": [*differences(runs), *_describe_repeats(repeated)],
                "same_samples": _group_same_samples(rows, [*repeated, *_find_same_samples(all_rows)]),
            },
        ),
        records={number.cell.key: number.record for number in numbers if number.record is not None},
        traces=tuple(traces),
    )


def differences(runs: Sequence[Results]) -> list[str]:
    """Return how the runs differ, dataset by dataset: field, both values and a remedy.

    Each run is compared with the first run that has the dataset. Metrics that this first run lacks are
    compared with the first run that has them. Further lines count the cells of two runs that have equal keys
    and unequal records.
    """
    runs = _name_runs(runs)
    return [*run_differences([_summarize_datasets(run) for run in runs]), *_describe_unequal_cells(runs)]


def _name_runs(runs: Sequence[Results]) -> list[Results]:
    """Return the runs under unique names of lower-case letters, digits and dashes: run, run-2 and so on.

    A name becomes a part of GENERATOR@RUN, so it has no other characters.
    """
    taken: set[str] = set()
    named_runs = []
    for run in runs:
        base = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")[:MOST_RUN_NAME] or "run"
        # as many names as runs, so that one is free
        numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(runs) + 1))
        name = next(name for name in numbered if name not in taken)
        taken.add(name)
        named_runs.append(replace(run, name=name))
    return named_runs


def _refuse_merged(runs: Iterable[Results]) -> None:
    """Raise DataError for a run that is itself merged.

    Its rows may be named GENERATOR@RUN. A second merge would rename them, and so lose the name of their run.
    """
    for run in runs:
        provenance = run.plan.provenance
        # one sign is enough: the provenance of a merged run, or a row named GENERATOR@RUN
        if "merged" in provenance or any("@" in cell.generator for cell in run.plan.cells):
            folders = " ".join(map(shlex.quote, filter(None, provenance.get("sources", {}).values())))
            raise DataError(
                f"{run.source or run.name} holds merged runs, and cannot be merged again; "
                f"merge the folders of its runs instead{f': {folders}' if folders else ''}"
            )


def _check_agreement(runs: Iterable[Results]) -> None:
    """Raise DataError if two runs describe a metric or a generator differently."""
    # "unverified" marks a run that was read from a CSV file. These runs come last, so that the error begins
    # with the value in a full run.
    ordered = sorted(runs, key=lambda run: bool(run.plan.provenance.get("unverified")))
    try:
        check_agreement(*((run.name, run.plan.cells) for run in ordered))
    except ValueError as error:
        raise DataError(f"the runs cannot be merged: {error}") from error


def _join_rows(runs: Sequence[Results]) -> list[_Row]:
    """Return the rows of the merged board with all their numbers, the rows of the first run first.

    A row is named after its generator, or GENERATOR@RUN if several rows have this generator.
    """
    by_generator = group_pairs(((row.dataset, row.generator), row) for run in runs for row in _list_rows(run))
    run_names = [run.name for run in runs]
    rows = [
        replace(row, name=row.generator if len(groups) == 1 else f"{row.generator}@{row.runs[0]}")
        for groups in map(_group_equal_rows, by_generator.values())
        for row in map(_join_group, groups)
    ]
    return sorted(rows, key=lambda row: run_names.index(row.runs[0]))


def _list_rows(run: Results) -> Iterator[_Row]:
    """Yield the rows of one run: the numbers of each generator on a dataset, by metric and seed."""
    rows = group_pairs(((cell.dataset, cell.generator), cell) for cell in run.plan.cells)
    for (dataset, generator), cells in rows.items():
        numbers = {(cell.metric, cell.seed): Number(cell, run.records.get(cell.key)) for cell in cells}
        plugin = cells[0].plugin
        yield _Row(runs=(run.name,), dataset=dataset, generator=generator, plugin=plugin, numbers=numbers)


def _group_equal_rows(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return the groups of rows of one generator that become one row, in the order of the runs.

    A row joins a group if one of its numbers equals one in the group, and none of its numbers differs.
    """
    groups: list[list[_Row]] = []
    for row in rows:
        # The row joins every group that it equals, and these become one group: `new_group`.
        new_group, unequal = [row], []
        for group in groups:
            if all_equal(_are_one_row(one, two) for one in group for two in new_group):
                new_group = [*group, *new_group]
            else:
                unequal.append(group)
        groups = [*unequal, new_group]
    # `new_group` has no order, so each group is put in the order of `rows`, which is the order of the runs
    return [[row for row in rows if row in group] for group in groups]


def _join_group(rows: Sequence[_Row]) -> _Row:
    """Return rows of several runs as one, which has the numbers of all of them.

    Of several numbers of a metric and seed, it has that of the first run with the fullest record.
    """
    numbers: dict[tuple[str, int | None], Number] = {}
    for row in rows:
        for metric_and_seed, number in row.numbers.items():
            numbers[metric_and_seed] = choose_fuller(numbers.get(metric_and_seed, number), number)
    return replace(rows[0], runs=tuple(run for row in rows for run in row.runs), numbers=numbers)


def _are_one_row(one: _Row, two: _Row) -> bool | None:
    """Return whether two rows become one; None if they have no number that can be compared.

    Rows with other seeds, or with a number that differs, stay apart.
    """
    if one.seeds != two.seeds:
        return False
    shared = one.numbers.keys() & two.numbers.keys()  # (metric, seed) of the numbers that both rows have
    return all_equal(are_equal(one.numbers[each], two.numbers[each]) for each in shared)


def _drop_repeats(rows: Iterable[_Row]) -> tuple[list[_Row], dict[tuple[_FullName, _FullName], list[str]]]:
    """Return the rows without repeated entries, and the repeated metrics by (row, earlier row).

    An entry holds the numbers of a row in one metric, by seed. It is repeated if it equals an entry of an
    earlier row. A row of which all entries are repeated is left out. If a repeated number has a fuller record
    (see `choose_fuller`), the earlier row takes it.
    """
    remaining = []  # (row, its entries that are not repeated)
    repeated: dict[tuple[_FullName, _FullName], list[str]] = {}
    # Earlier entries by id: an entry is compared only with those that share an id, not with all of the board.
    earlier_by_id: dict[tuple[str, ...], list[tuple[_Row, dict[int | None, Number]]]] = {}
    for row in rows:
        entries = row.entries  # a new dictionary, which may be changed
        for metric, entry in list(entries.items()):
            ids = list(_list_ids(row, metric, entry))
            candidates = [candidate for entry_id in ids for candidate in earlier_by_id.get(entry_id, ())]
            earlier = next((candidate for candidate in candidates if is_repeated(entry, candidate[1])), None)
            if earlier is None:
                for entry_id in ids:
                    earlier_by_id.setdefault(entry_id, []).append((row, entry))
            else:
                earlier_row, earlier_entry = earlier
                repeated.setdefault((row.full_name, earlier_row.full_name), []).append(metric)
                # changes the earlier row's entry in place: `remaining` has the same object
                for seed, number in entry.items():
                    earlier_entry[seed] = choose_fuller(earlier_entry[seed], number)
                del entries[metric]
        remaining.append((row, entries))
    rows_left = [replace(row, numbers=_flatten_entries(entries)) for row, entries in remaining if entries]
    return rows_left, repeated


def _flatten_entries(
    entries: Mapping[str, Mapping[int | None, Number]],
) -> dict[tuple[str, int | None], Number]:
    """Return the numbers of a row by (metric, seed).

    entries  the same numbers by metric, and those of each metric by seed
    """
    return {(metric, seed): number for metric, entry in entries.items() for seed, number in entry.items()}


def _list_ids(row: _Row, metric: str, entry: Mapping[int | None, Number]) -> Iterator[tuple[str, ...]]:
    """Yield two ids of an entry, which holds the numbers of a row in one metric.

    Entries that share an id may be equal, so they are compared. The first id names the generator. The second
    has the key of the cell with the least position, since a generator under another name may have the same
    cells. Entries that share neither are no repeats.
    """
    yield "generator", row.dataset, metric, row.generator
    yield "key", row.dataset, metric, min(entry.values(), key=lambda number: number.cell.position).cell.key


def _describe_repeats(repeated: Mapping[tuple[_FullName, _FullName], Sequence[str]]) -> list[str]:
    """Return for each two rows which metrics the later one leaves out, and whose records they repeat."""
    return [
        f"{dataset}: {join_names(metrics, _MOST_METRICS)}: left out of {name}, "
        f"since the records are those of {earlier}"
        for ((dataset, name), (_, earlier)), metrics in repeated.items()
    ]


def _find_same_samples(rows: Iterable[_Row]) -> Iterator[tuple[_FullName, _FullName]]:
    """Yield pairs of rows with the same samples at all seeds, of one generator or with an equal cell key.

    Samples are compared by seed, since two rows may have no metric in common.
    """
    # Earlier rows by id: a row is compared only with those that share an id, not with all of the board.
    earlier_by_id: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        ids = {row_id for metric, entry in row.entries.items() for row_id in _list_ids(row, metric, entry)}
        # an id without a metric, so that all rows of one generator are compared
        ids.add(("generator", row.dataset, row.generator))
        for other in {other for row_id in ids for other in earlier_by_id.get(row_id, ())}:
            if have_same_samples(row.samples_by_seed, other.samples_by_seed):
                yield row.full_name, other.full_name
        for row_id in ids:
            earlier_by_id.setdefault(row_id, []).append(row)


def _group_same_samples(
    rows: Iterable[_Row], pairs: Iterable[tuple[_FullName, _FullName]]
) -> dict[str, list[list[str]]]:
    """Return by dataset the groups of rows with the same samples, as lists of names in the order of the runs.

    rows   of the merged board; the pairs may name rows that it leaves out
    pairs  of rows with the same samples; pairs with a row in common form one group
    """
    group_by_row: dict[_FullName, frozenset[_FullName]] = {}
    for pair in pairs:  # each pair joins the groups of both rows
        group = frozenset(pair).union(*(group_by_row.get(row, ()) for row in pair))
        group_by_row |= dict.fromkeys(group, group)
    full_names = [row.full_name for row in rows if row.full_name in group_by_row]
    groups = group_pairs((group_by_row[name], name) for name in full_names)
    # if the other rows of a group are left out of the board, it has a single row, and tells nothing
    several = [group for group in groups.values() if len(group) > 1]
    return group_pairs((group[0][0], [name for _, name in group]) for group in several)  # by dataset


def _rename_numbers(rows: Iterable[_Row]) -> Iterator[Number]:
    """Yield the numbers of rows under the names and with the plugins of the rows, with unique keys."""
    taken: set[str] = set()
    for row in rows:
        for cell, record in row.numbers.values():
            key = _pick_key(cell.key, (cell.dataset, row.name, cell.seed, cell.metric), taken)
            named_cell = replace(cell, key=key, generator=row.name, plugin=row.plugin)
            yield Number(named_cell, None if record is None else replace(record, cell=named_cell))


def _rename_traces(runs: Iterable[Results], rows: Iterable[_Row]) -> list[Trace]:
    """Return the traces (training histories and costs) of rows under the names of the rows.

    Of several traces of a row at one seed, that of the first run is returned. Two runs may have equal keys;
    the returned traces have unique ones.
    """
    names = {(run, row.dataset, row.generator): row.name for row in rows for run in row.runs}
    traces: dict[tuple[str, str, int], Trace] = {}
    for run in runs:
        for trace in run.traces:
            name = names.get((run.name, trace.dataset, trace.generator))
            if name is not None:  # None: all numbers of the row are repeated, so the board lacks the row
                traces.setdefault((trace.dataset, name, trace.seed), replace(trace, generator=name))
    taken: set[str] = set()
    return [replace(trace, key=_pick_key(trace.key, position, taken)) for position, trace in traces.items()]


def _pick_key(key: str, position: tuple[str | int | None, ...], taken: set[str]) -> str:
    """Return `key`, or a digest of key and position if the key is taken, and add the result to `taken`.

    position  names the row on the merged board, with the seed and the metric if it is the key of a cell

    Two runs may have equal keys, but the keys in the plan of one run must be unique.
    """
    free = digest([key, *position]) if key in taken else key
    taken.add(free)
    return free


def _summarize_datasets(run: Results) -> dict[str, ComparedSide]:
    """Return the seeds and signatures of a run by dataset, each as a ComparedSide, for `run_differences`."""
    by_dataset = group_pairs((cell.dataset, cell) for cell in run.plan.cells)
    return {dataset: ComparedSide.of(run.name, cells) for dataset, cells in sorted(by_dataset.items())}


def _describe_unequal_cells(runs: Iterable[Results]) -> Iterator[str]:
    """Yield lines such as "3 of 40 cells with equal keys in a and b differ in status", for each two runs.

    The key of a cell is a hash of everything that decides its value, so equal keys promise equal records.
    There is a line for each kind of difference.
    """
    for one, two in combinations(runs, 2):
        pairs = [(one.records[key], two.records[key]) for key in one.records.keys() & two.records.keys()]
        counts = Counter(_describe_difference(Number(a.cell, a), Number(b.cell, b)) for a, b in pairs)
        del counts[""]  # the number of equal cells; a Counter raises no error if there are none
        for text, count in sorted(counts.items()):
            yield f"{count} of {len(pairs)} cells with equal keys in {one.name} and {two.name} {text}"


def _describe_difference(one: Number, two: Number) -> str:
    """Return how two numbers with equal keys differ, in words; "" if they are equal."""
    unequal = unequal_fields(one, two)
    if "value" in unequal and "status" not in unequal:
        # both were computed: the hashes of the samples show whether drawing or scoring differed
        return _OTHER_SAMPLES if "samples" in unequal else _SAME_SAMPLES
    return f"differ in {join_names(unequal, _MOST_FIELDS)}" if unequal else ""


class Number(NamedTuple):
    """A cell of a run and its record, None if the run has none."""

    cell: Cell
    record: Record | None

    @property
    def samples(self) -> str:
        """The hash of the samples behind the number, or "" if it is not known."""
        return "" if self.record is None else self.record.samples


class SeedSamples(NamedTuple):
    """What is known of the samples of one row at one seed.

    samples  their hashes, several if the generator is not deterministic, none if it gave no samples
    keys     of its cells
    """

    samples: set[str]
    keys: set[str]


def choose_fuller(one: Number, two: Number) -> Number:
    """Return the first of two numbers, or the second if its record is fuller or only it has a record.

    A fuller record has more of the fields that earlier versions of genbench left empty.
    """
    return max(one, two, key=lambda number: _count_later_fields(number.record))


def _count_later_fields(record: Record | None) -> int:
    """Return how many of the fields that earlier versions left empty a record has; -1 if it is missing."""
    return -1 if record is None else sum(bool(getattr(record, name)) for name in _LATER_FIELDS)


def all_equal(answers: Iterable[bool | None]) -> bool | None:
    """Return False if an answer is False, else True if one is True, else None: all answers are unknown."""
    return min((answer for answer in answers if answer is not None), default=None)  # False is less than True


def are_equal(one: Number, two: Number) -> bool | None:
    """Return whether two numbers are equal; None if their keys differ and a hash of samples is missing.

    Numbers with unequal keys, such as those of other code, are equal only if their samples are. Without such
    a hash, as without a record, this is unknown.
    """
    if unequal_fields(one, two):
        return False
    if one.cell.key == two.cell.key:
        return True
    # The keys differ, so the hashes of the samples decide: `unequal_fields` has found them equal.
    return True if one.samples and two.samples else None


def unequal_fields(one: Number, two: Number) -> list[str]:
    """Return the names of the unequal fields of two numbers: those of their cells if a record is missing."""
    cell, record = one
    unequal = [name for name in _CELL_FIELDS if getattr(cell, name) != getattr(two.cell, name)]
    if record is not None and two.record is not None:
        unequal += [name for name in _RECORD_FIELDS if _are_unequal(name, record, two.record)]
        unequal += [name for name in _EXTRA_TEXTS if record.extra.get(name) != two.record.extra.get(name)]
    return unequal


def _are_unequal(name: str, one: Record, two: Record) -> bool:
    """Return whether a field differs in two records; one that an earlier genbench left empty equals any."""
    value, other_value = getattr(one, name), getattr(two, name)
    return value != other_value and (name not in _LATER_FIELDS or bool(value and other_value))


def is_repeated(entry: Mapping[int | None, Number], earlier: Mapping[int | None, Number]) -> bool:
    """Return whether the numbers of a metric, by seed, all have records, equal to those of an earlier row."""
    return entry.keys() == earlier.keys() and all(
        number.record is not None and earlier[seed].record is not None and are_equal(number, earlier[seed])
        for seed, number in entry.items()
    )


def group_samples_by_seed(numbers: Iterable[Number]) -> dict[int, SeedSamples]:
    """Return the hashes of samples and the keys of cells by seed, without comparisons, which have no seed."""
    samples_by_seed: dict[int, SeedSamples] = {}
    for number in numbers:
        if number.cell.seed is None:
            continue
        seed_samples = samples_by_seed.setdefault(number.cell.seed, SeedSamples(set(), set()))
        seed_samples.keys.add(number.cell.key)
        if number.samples:  # "" if they are unknown
            seed_samples.samples.add(number.samples)
    return samples_by_seed


def have_same_samples(one: Mapping[int, SeedSamples], two: Mapping[int, SeedSamples]) -> bool:
    """Return whether two rows have the same seeds and, at each, samples in common.

    A row may have no hash of its samples at a seed, as after a crash. Then an equal cell key suffices there,
    since it promises the same samples.
    """
    return one.keys() == two.keys() and all(_is_same_draw(draw, two[seed]) for seed, draw in one.items())


def _is_same_draw(one: SeedSamples, two: SeedSamples) -> bool:
    """Return whether two rows share a hash of samples at a seed, or a cell key if one row has no hash."""
    if one.samples and two.samples:
        return bool(one.samples & two.samples)
    return bool(one.keys & two.keys)
