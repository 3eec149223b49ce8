"""Merging of several runs into one board."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from genbench.board.comparability import ComparedRow, run_differences
from genbench.board.equality import (
    Drawn,
    Number,
    all_equal,
    are_equal,
    drawn_by_seed,
    fuller,
    have_same_samples,
    is_repeated,
    unequal_fields,
)
from genbench.board.warnings import listed
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.names import MOST_RUN_NAME
from genbench.results.cells import check_agreement
from genbench.results.records import Plan
from genbench.results.results import Results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.results.records import Trace

__all__ = ["differences", "merge"]

_MOST_METRICS = 12  # in one line
_MOST_FIELDS = 10
_OTHER_SAMPLES = (
    "have different values of different samples: a model that is trained on another kind of CPU differs"
)
_SAME_SAMPLES = (
    "have different values of the same samples: other libraries or hardware computed one of them, or it was "
    "changed; genbench verify says which"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _RunRow:
    """The numbers of one dataset and generator in one run, by metric and seed.

    order  position of the run among the runs
    """

    order: int
    run: str
    dataset: str
    generator: str
    numbers: Mapping[tuple[str, int | None], Number]

    @cached_property
    def seeds(self) -> frozenset[int]:
        return frozenset(seed for number in self.numbers.values() for seed in number.cell.seeds)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Row:
    """A row of the merged board: the rows of one or several runs, by run, and the numbers that it shows."""

    members: tuple[_RunRow, ...]
    numbers: Mapping[tuple[str, int | None], Number]

    @property
    def first(self) -> _RunRow:
        return self.members[0]

    @cached_property
    def drawn(self) -> dict[int, Drawn]:
        """What is known of its samples, by seed."""
        return drawn_by_seed(self.numbers.values())

    @property
    def entries(self) -> dict[str, dict[int | None, Number]]:
        """Its numbers by seed, of each metric; a comparison has one at None."""
        entries: dict[str, dict[int | None, Number]] = {}
        for (metric, seed), number in self.numbers.items():
            entries.setdefault(metric, {})[seed] = number
        return entries


def merge(runs: Sequence[Results]) -> Results:
    """Return several runs as one.

    The rows of one dataset and generator in several runs become one row if they have the same seeds, share an
    equal cell, and no two of them share an unequal one; a cell without a record equals any other of its
    signature. Other rows stay apart, named GENERATOR@RUN, each with its own numbers. If all numbers of a row
    in one metric are equal to those of an earlier row of the generator, or of one with their keys, the row
    does not repeat them. The provenance names the rows with the same samples, which are one competitor.

    Cells are equal if their keys are, or their samples, and if they are described by the same signature, n,
    role and distribution, and their records by the same outcome, with all that boards show of it. A record
    of an earlier version, without a sketch or a hash of the extractor's fit, equals one that has it, which is
    then shown. Attempt, time, environment, the hashes of model and features, and the numbers beside a score
    may differ: they decide nothing on a board, and depend on the machine.

    Raises DataError, naming the runs, for a run that is itself merged, and for runs that describe a metric of
    one signature, or the role of a generator, in two ways.
    """
    runs = _name_runs(runs)
    _refuse_merged(runs)
    _check_agreement(runs)
    joined = _join_rows(runs)
    names = _row_names(joined)
    rows, repeated = _without_repeats(joined)
    numbers = list(_numbers(rows, names))
    traces = _traces(runs, rows, names)
    name = " and ".join(run.name for run in runs)
    by_name = sorted(runs, key=lambda run: run.name)  # as run.json has them
    return Results(
        name=name,
        plan=Plan(
            cells=tuple(number.cell for number in numbers),
            traces=tuple(trace.key for trace in traces),
            provenance={
                "name": name,
                "merged": {run.name: dict(run.plan.provenance) for run in by_name},
                "sources": {run.name: run.source for run in by_name},
                "differences": [*differences(runs), *_repeat_lines(repeated, names)],
                "same_samples": _same_samples(rows, [*repeated, *_pairs_of_samples(joined)], names),
            },
        ),
        records={number.cell.key: number.record for number in numbers if number.record is not None},
        traces=tuple(traces),
    )


def differences(runs: Sequence[Results]) -> list[str]:
    """Return how the runs differ, dataset by dataset: field, both values and a remedy.

    Each run is compared with the first one that has the dataset, and its other metrics with the first run
    that has them. More lines count, for each pair of runs, the unequal cells of equal keys.
    """
    named = _name_runs(runs)
    return [*run_differences([_sides(run) for run in named]), *_pair_lines(named)]


def _name_runs(runs: Sequence[Results]) -> list[Results]:
    """Return the runs under unique names of lower-case letters, digits and dashes: run, run-2 and so on."""
    taken: set[str] = set()
    named = []
    for run in runs:
        base = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")[:MOST_RUN_NAME] or "run"
        numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(runs) + 1))
        name = next(name for name in numbered if name not in taken)
        taken.add(name)
        named.append(replace(run, name=name))
    return named


def _refuse_merged(runs: Iterable[Results]) -> None:
    """Raise DataError for a run that is merged: GENERATOR@RUN would need another name, and lose its run."""
    for run in runs:
        provenance = run.plan.provenance
        if "merged" in provenance or any("@" in cell.generator for cell in run.plan.cells):
            folders = " ".join(map(shlex.quote, filter(None, provenance.get("sources", {}).values())))
            raise DataError(
                f"{run.source or run.name} holds merged runs, and cannot be merged again; "
                f"merge the folders of its runs instead{folders and ': '}{folders}"
            )


def _check_agreement(runs: Iterable[Results]) -> None:
    """Raise DataError if runs do not agree; CSV files come last, whose metrics are described by a run."""
    ordered = sorted(runs, key=lambda run: bool(run.plan.provenance.get("unverified")))
    try:
        check_agreement(*((run.name, run.plan.cells) for run in ordered))
    except ValueError as error:
        raise DataError(f"the runs cannot be merged: {error}") from error


def _join_rows(runs: Sequence[Results]) -> list[_Row]:
    """Return the rows of the merged board with all their numbers, those of the first run first."""
    by_generator: dict[tuple[str, str], list[_RunRow]] = {}
    for order, run in enumerate(runs):
        for run_row in _run_rows(order, run):
            by_generator.setdefault((run_row.dataset, run_row.generator), []).append(run_row)
    groups = [group for run_rows in by_generator.values() for group in _groups(run_rows)]
    return sorted(map(_row, groups), key=lambda row: row.first.order)


def _run_rows(order: int, run: Results) -> list[_RunRow]:
    rows: dict[tuple[str, str], dict[tuple[str, int | None], Number]] = {}
    for cell in run.plan.cells:
        numbers = rows.setdefault((cell.dataset, cell.generator), {})
        numbers[cell.metric, cell.seed] = Number(cell, run.records.get(cell.key))
    return [
        _RunRow(order=order, run=run.name, dataset=dataset, generator=generator, numbers=numbers)
        for (dataset, generator), numbers in rows.items()
    ]


def _groups(run_rows: Iterable[_RunRow]) -> list[list[_RunRow]]:
    """Return the rows of one generator in the groups that become one row."""
    groups: list[list[_RunRow]] = []
    for run_row in run_rows:
        joined, apart = [run_row], []
        for group in groups:
            if all_equal(_are_one_row(one, two) for one in group for two in joined):
                joined = [*group, *joined]
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def _row(group: Iterable[_RunRow]) -> _Row:
    """Return rows as one: each number is that of the first run with the fullest record, or of the first."""
    members = sorted(group, key=lambda run_row: run_row.order)
    numbers: dict[tuple[str, int | None], Number] = {}
    for position, number in (item for member in members for item in member.numbers.items()):
        numbers[position] = fuller(numbers.get(position, number), number)
    return _Row(members=tuple(members), numbers=numbers)


def _are_one_row(one: _RunRow, two: _RunRow) -> bool | None:
    if one.seeds != two.seeds:
        return False
    shared = one.numbers.keys() & two.numbers.keys()
    return all_equal(are_equal(one.numbers[position], two.numbers[position]) for position in shared)


def _without_repeats(
    rows: Iterable[_Row],
) -> tuple[list[_Row], dict[tuple[_RunRow, _RunRow], list[str]]]:
    """Return the rows without what they repeat, and the metrics that each repeats of an earlier one.

    Where a repeated record says more, the earlier row takes it.
    """
    kept = []
    repeated: dict[tuple[_RunRow, _RunRow], list[str]] = {}
    shown: dict[tuple[str, ...], list[tuple[_RunRow, dict[int | None, Number]]]] = {}
    for row in rows:
        entries = row.entries
        for metric, entry in list(entries.items()):
            places = list(_places(row.first, metric, entry))
            others = [other for place in places for other in shown.get(place, ())]
            earlier = next((other for other in others if is_repeated(entry, other[1])), None)
            if earlier is None:
                for place in places:
                    shown.setdefault(place, []).append((row.first, entry))
            else:
                owner, theirs = earlier
                repeated.setdefault((row.first, owner), []).append(metric)
                theirs |= {seed: fuller(theirs[seed], number) for seed, number in entry.items()}
                del entries[metric]
        kept.append((row, entries))
    return [replace(row, numbers=_by_position(entries)) for row, entries in kept if entries], repeated


def _by_position(entries: Mapping[str, Mapping[int | None, Number]]) -> dict[tuple[str, int | None], Number]:
    return {(metric, seed): number for metric, entry in entries.items() for seed, number in entry.items()}


def _places(row: _RunRow, metric: str, entry: Mapping[int | None, Number]) -> Iterator[tuple[str, ...]]:
    """Yield by what an entry is found again: its generator, and the key of its first seed."""
    yield "generator", row.dataset, metric, row.generator
    yield "key", row.dataset, metric, min(entry.values(), key=lambda number: number.cell.position).cell.key


def _row_names(rows: Iterable[_Row]) -> dict[_RunRow, str]:
    """Return the name of each row on the board, by its first member."""
    firsts = [row.first for row in rows]
    count = Counter((first.dataset, first.generator) for first in firsts)
    return {
        first: first.generator + (f"@{first.run}" if count[first.dataset, first.generator] > 1 else "")
        for first in firsts
    }


def _repeat_lines(
    repeated: Mapping[tuple[_RunRow, _RunRow], Sequence[str]], names: Mapping[_RunRow, str]
) -> list[str]:
    return [
        f"{row.dataset}: {listed(metrics, _MOST_METRICS)}: left out of {names[row]}, "
        f"since the records are those of {names[earlier]}"
        for (row, earlier), metrics in repeated.items()
    ]


def _pairs_of_samples(rows: Iterable[_Row]) -> Iterator[tuple[_RunRow, _RunRow]]:
    """Yield pairs of rows with the same samples at all seeds, of one generator or with a key in common.

    Samples are compared seed by seed and not metric by metric: two rows may have no metric in common.
    """
    seen: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        first = row.first
        places = {place for metric, entry in row.entries.items() for place in _places(first, metric, entry)}
        places.add(("generator", first.dataset, first.generator))
        for other in {other for place in places for other in seen.get(place, ())}:
            if have_same_samples(row.drawn, other.drawn):
                yield first, other.first
        for place in places:
            seen.setdefault(place, []).append(row)


def _same_samples(
    rows: Iterable[_Row], pairs: Iterable[tuple[_RunRow, _RunRow]], names: Mapping[_RunRow, str]
) -> dict[str, list[list[str]]]:
    """Return the names of rows with the same samples, by dataset and in the order of the runs.

    pairs  of rows with the same samples, which may be equal through a third row
    """
    united: dict[_RunRow, frozenset[_RunRow]] = {}
    for pair in pairs:
        group = frozenset(pair).union(*(united.get(row, ()) for row in pair))
        united |= dict.fromkeys(group, group)
    found: dict[str, list[list[str]]] = {}
    firsts = [row.first for row in rows]
    for group in dict.fromkeys(united[first] for first in firsts if first in united):
        members = [first for first in firsts if first in group]
        if len(members) > 1:
            found.setdefault(members[0].dataset, []).append([names[first] for first in members])
    return found


def _numbers(rows: Iterable[_Row], names: Mapping[_RunRow, str]) -> Iterator[Number]:
    """Yield the numbers of rows under the names of the rows; their plugin is that of the first run."""
    taken: set[str] = set()
    for row in rows:
        name, plugin = names[row.first], next(iter(row.first.numbers.values())).cell.plugin
        for cell, record in row.numbers.values():
            key = _free_key(cell.key, (cell.dataset, name, cell.seed, cell.metric), taken)
            named = replace(cell, key=key, generator=name, plugin=plugin)
            yield Number(named, None if record is None else replace(record, cell=named))


def _traces(runs: Iterable[Results], rows: Iterable[_Row], names: Mapping[_RunRow, str]) -> list[Trace]:
    """Return the traces of rows under the names of the rows; of several, that of the first run."""
    owners = {(m.run, m.dataset, m.generator): names[row.first] for row in rows for m in row.members}
    traces: dict[tuple[str, str, int], Trace] = {}
    for run in runs:
        for trace in run.traces:
            name = owners.get((run.name, trace.dataset, trace.generator))
            if name is not None:
                traces.setdefault((trace.dataset, name, trace.seed), replace(trace, generator=name))
    taken: set[str] = set()
    return [replace(trace, key=_free_key(trace.key, position, taken)) for position, trace in traces.items()]


def _free_key(key: str, position: tuple[str | int | None, ...], taken: set[str]) -> str:
    """Return a key, or one made of it and a position if it is taken, and add it to those taken."""
    free = digest([key, *position]) if key in taken else key
    taken.add(free)
    return free


def _sides(run: Results) -> dict[str, ComparedRow]:
    """Return by dataset the seeds and the signatures of a run."""
    sides: dict[str, ComparedRow] = {}
    for dataset in sorted({cell.dataset for cell in run.plan.cells}):
        cells = [cell for cell in run.plan.cells if cell.dataset == dataset]
        seeds = tuple(sorted({seed for cell in cells for seed in cell.seeds}))
        signatures = {cell.metric: cell.signature for cell in cells}
        sides[dataset] = ComparedRow(label=run.name, seeds=seeds, signatures=signatures)
    return sides


def _pair_lines(runs: Iterable[Results]) -> Iterator[str]:
    for one, two in combinations(runs, 2):
        pairs = [(one.records[key], two.records[key]) for key in one.records.keys() & two.records.keys()]
        found = Counter(_difference(Number(a.cell, a), Number(b.cell, b)) for a, b in pairs)
        del found[""]
        for text, count in sorted(found.items()):
            yield f"{count} of {len(pairs)} cells with equal keys in {one.name} and {two.name} {text}"


def _difference(one: Number, two: Number) -> str:
    """Return how two numbers of one key differ, in words; "" if they are equal."""
    unequal = unequal_fields(one, two)
    if one.record is None or two.record is None or {"value", "status"} & set(unequal) != {"value"}:
        return f"differ in {listed(unequal, _MOST_FIELDS)}" if unequal else ""
    return _OTHER_SAMPLES if "samples" in unequal else _SAME_SAMPLES
