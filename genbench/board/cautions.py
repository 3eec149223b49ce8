"""Cautions: what makes numbers say less than they seem to, on boards and beside single scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.board.findings import listed
from genbench.board.ranking import LEAST_RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row
    from genbench.results.cells import Cell
    from genbench.results.records import Record

__all__ = [
    "board_cautions", "caution_of_shared_sides", "caution_of_sizes", "caution_of_the_metric",
    "number_cautions",
]  # fmt: skip

_UNEQUAL = 10  # times; from here on, the size of a side decides a metric's bias
_MOST = 12  # names in one line
_FEW_DIFFERENT = (
    "only {different} samples are different, and equal ones are in one split: the splits hold other values, "
    "and are unlike one another; give the data official splits"
)
_SHARED_SAMPLES = "seeds that share samples, so the interval does not hold their spread"


def caution_of_the_metric(extra: Mapping[str, Any]) -> Iterator[str]:
    """Yield the `warning` in the extra of a score, if it has one."""
    text = extra.get("warning")
    if isinstance(text, str) and text:
        yield text


def caution_of_sizes(n: int, n_real: int | str | None) -> Iterator[str]:
    """Yield a line if one side has at least ten times as many samples as the other.

    n_real  the size of the reference, or another value if it is unknown
    """
    if isinstance(n_real, int) and max(n, n_real) >= _UNEQUAL * min(n, n_real):
        yield (
            f"{n} fakes and {n_real} real samples: the bias of a metric depends on both numbers; "
            "compare at equal ones"
        )


def caution_of_classes(real: Collection[str], fake: Collection[str]) -> Iterator[str]:
    """Yield a line if the fakes have classes that the real samples lack; none if a side has no labels."""
    strange = sorted(set(fake) - set(real))
    if real and strange:
        which = listed(strange)
        yield f"fake has classes that real lacks: {which}; classes are matched by name, or by number"


def caution_of_shared_sides(pairs: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each pair of names of real samples that share some."""
    for first, second in pairs:
        yield (
            f"{first} and {second} share samples: copies of the training data look like new samples, "
            "and the best score is that of a copy"
        )


def board_cautions(board: Board) -> list[str]:
    """Return the cautions of a board, without duplicates, each with the ids that it concerns.

    They are the `warning` in the extra of scores, sides of very unequal size, splits that share samples, data
    with few different samples, two seeds, generators whose seeds share samples, and rows without records.
    Generators are named where a caution concerns some of those that have the dataset or the metric.
    """
    of_data = _by_text(board, _of_data, lambda cell: cell.dataset)
    of_metrics = _by_text(board, _of_record, lambda cell: cell.metric)
    return [*of_data, *_of_competitors(board), *_of_rows(board), *of_metrics]


def _by_text(
    board: Board, cautions: Callable[[Board, Record], Iterator[str]], name_of: Callable[[Cell], str]
) -> list[str]:
    """Return the cautions of all records as lines, sorted by text, each with the names that it concerns."""
    every: dict[str, set[str]] = {}
    concerned: dict[str, dict[str, set[str]]] = {}
    for record in board.outcomes:
        name, generator = name_of(record.cell), record.cell.generator
        every.setdefault(name, set()).add(generator)
        for text in cautions(board, record):
            concerned.setdefault(text, {}).setdefault(name, set()).add(generator)
    return [f"{_concerned(names, every)}: {text}" for text, names in sorted(concerned.items())]


def _concerned(names: Mapping[str, set[str]], every: Mapping[str, set[str]]) -> str:
    """Return names, those with the same part of their generators together, with the generators if a part."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, generators in sorted(names.items()):
        groups.setdefault(() if generators == every[name] else tuple(sorted(generators)), []).append(name)
    return "; ".join(
        listed(group, _MOST) + (f" of {listed(generators, _MOST)}" if generators else "")
        for generators, group in groups.items()
    )


def number_cautions(board: Board, row: Row, metric: str) -> list[str]:
    """Return the cautions of one number of a board, a metric of a row, without duplicates."""
    place = row.dataset, row.generator, metric
    own = [r for r in board.outcomes if (r.cell.dataset, r.cell.generator, r.cell.metric) == place]
    of_seeds = [_SHARED_SAMPLES] if row.same_samples else []
    of_data = [text for record in own for text in _of_data(board, record)]
    return list(dict.fromkeys([*of_data, *of_seeds, *(t for r in own for t in _of_record(board, r))]))


def _of_record(board: Board, record: Record) -> Iterator[str]:
    """Yield the cautions of a metric, and of the sizes of its sides."""
    yield from caution_of_the_metric(record.extra)
    n_real = record.cell.signature.get("n_real")
    whole = [notes.real_size for notes in board.notes_of(record.cell)]
    for size in whole if n_real == "all" else [n_real]:
        yield from caution_of_sizes(record.cell.n, size)


def _of_data(board: Board, record: Record) -> Iterator[str]:
    """Yield the cautions of the data of a record's dataset, those that any run noted."""
    for notes in board.notes_of(record.cell):
        yield from caution_of_shared_sides(notes.shared_splits)
        if notes.different is not None:
            yield _FEW_DIFFERENT.format(different=notes.different)


def _of_rows(board: Board) -> Iterator[str]:
    unverified = sorted({row.generator for row in board.rows if not row.is_verifiable})
    if unverified:
        which = listed(unverified, _MOST)
        yield f"from a CSV file, without records that could be verified, so not ranked: {which}"


def _of_competitors(board: Board) -> Iterator[str]:
    for dataset in board.datasets:
        for block in board.blocks(dataset):
            yield from (f"{dataset}: {text}" for text in _of_seeds(block))


def _of_seeds(block: Block) -> Iterator[str]:
    competitors = block.competitors
    are_comparisons = {block.entries[column].is_comparison for column in block.ranked}
    has_few = len(competitors) > 1 and max(len(row.seeds) for row in competitors) < LEAST_RUNS
    if has_few and False in are_comparisons:
        but = ", except in comparisons" if True in are_comparisons else ""
        yield f"no ranges of ranks, and nothing is marked as best{but}: both need {LEAST_RUNS} seeds"
    same = [row.generator for row in competitors if row.same_samples]
    if same:
        ranges = "no range of ranks, and " if block.ranked else ""
        yield (
            f"seeds that share samples, so {ranges}an interval that does not hold their spread: "
            f"{listed(same, _MOST)}"
        )
