"""Differences between the signatures of two rows, with a remedy for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.board.rows import UNKNOWN_SIGNATURE
from genbench.board.valid_shares import format_shares
from genbench.core.differences import describe_differences
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names
from genbench.results.cells import short_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from genbench.board.leaderboard import Board
    from genbench.board.rows import Row
    from genbench.results.cells import Cell

__all__ = [
    "ComparedSide", "block_differences", "group_lines", "run_differences", "seed_difference",
    "side_differences", "signature_changes", "signature_differences",
]  # fmt: skip

_SAME_EXTRACTOR = "install the same version of the extractor's plugin for both"
_SAME_GENBENCH = "use the same version of genbench for both"
#: Remedies by field of the signature; a name that ends in "." applies to all fields below it.
_REMEDIES = {
    "n": "run the suite of {label} again with --n {value}",
    "n_valid": "give both suites the same n_valid, or both the same n",
    "valid_by": "install the same version of the modality's plugin for both",
    "n_real": "set n_real = {value} in the suite of {label}",
    "options.": "set {option} = {value} in that [[metric]] of the suite of {label}",
    "extractor.options.": "set {option} = {value} in that extractor of the suite of {label}",
    "extractor": "name the same extractor in both suites",
    "extractor.name": "name the same extractor in both suites",
    "extractor.version": _SAME_EXTRACTOR,
    "extractor.weights": _SAME_EXTRACTOR,
    "version": "install the same version of the metric's plugin for both",
    "metric": "name the metric of the same distribution in both suites",
    "data": "give both suites the same data and the same options of [[dataset]]",
    "seeds": _SAME_GENBENCH,
    "genbench": _SAME_GENBENCH,
}
_DISPLAY_NAMES = {
    "": "signature",
    "seeds": "seed scheme",
    "data": "content of the dataset",
    "genbench": "major version of genbench",
}
# A field that follows from another: if both differ, only the other is reported.
_FOLLOWS = {
    "n": "n_valid", "most_drawn": "n_valid", "valid_by": "n_valid", "n_real": "n", "extractor.fitted": "data",
}  # fmt: skip
_OF_ALL_METRICS = {"data", "genbench", "n", "n_valid", "seeds"}  # fields that say nothing of a metric
_DIGITS = 8  # of a hash
_FITTED_AGAIN = (
    "the extractor was fitted again, and differs: its fit is {fits}; features of two fits differ, so do not "
    "rely on ranks across fits"
)


@dataclass(frozen=True, kw_only=True)
class ComparedSide:
    """One side of a comparison: its label, its seeds, and the full signature of each metric."""

    label: str
    seeds: tuple[int, ...]
    signatures: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, label: str, cells: Iterable[Cell]) -> ComparedSide:
        """Return a side of a comparison, called `label`: the seeds and signatures of these cells of a run."""
        cells = list(cells)
        seeds = tuple(sorted({seed for cell in cells for seed in cell.seeds}))
        return cls(label=label, seeds=seeds, signatures={cell.metric: cell.signature for cell in cells})


def block_differences(board: Board) -> list[str]:
    """Return a line for each difference between rows of a dataset: seeds, signatures, valid shares and fits.

    Each row is compared with the first one. On a merged board, `board.notes` has the lines on signatures and
    seeds, which compare the merged runs; on the board of one run it is empty.
    """
    settings = board.notes or _setting_differences(board)
    return [*settings, *_share_differences(board), *_fit_differences(board)]


def _setting_differences(board: Board) -> Iterator[str]:
    """Yield how the rows of each dataset differ from its first row in seeds and signatures.

    Rows that are equal in both are compared together.
    """
    for dataset in board.datasets:
        first, *others = [_merge_rows(board, rows) for rows in _group_by_setting(board, dataset)]
        yield from (f"{dataset}: {line}" for other in others for line in side_differences(first, other))


def _merge_rows(board: Board, rows: list[Row]) -> ComparedSide:
    """Return rows of equal seeds and signatures as one side of a comparison, which lists their names."""
    # controls are named only where there are no other rows
    names = [row.generator for row in rows if not row.control] or [row.generator for row in rows]
    first = rows[0].dataset, rows[0].generator  # all rows have its signatures, so its cells alone are read
    cells = (record.cell for record in board.outcomes)
    first_cells = (cell for cell in cells if (cell.dataset, cell.generator) == first)
    return ComparedSide.of(join_names(names), first_cells)


def _group_by_setting(board: Board, dataset: str) -> list[list[Row]]:
    """Return the rows of a dataset in groups of equal seeds and signatures, ordered by their first rows."""
    rows = [row for row in board.rows if row.dataset == dataset]
    settings = [
        (row.seeds, *((metric, entry.signature) for metric, entry in row.entries.items())) for row in rows
    ]
    return list(group_pairs(zip(settings, rows, strict=True)).values())


def _share_differences(board: Board) -> Iterator[str]:
    """Yield lines on the metrics in which competitors are ranked in groups, since their valid shares differ.

    A valid share: the share of a generator's samples in which the metric's extractor finds features. A share
    group: competitors with similar shares, which are ranked together.
    """
    for dataset in board.datasets:
        # by column (metric, signature, seeds), for each row: (share group, (generator, valid share))
        shares_by_column = group_pairs(
            ((entry.metric, entry.signature, entry.seeds), (entry.share_group, (row.generator, share)))
            for row in board.rows
            if row.dataset == dataset and row.competes
            for entry in row.entries.values()
            if (share := entry.valid_share) is not None
        )
        pairs = []
        for (metric, *_), shares in shares_by_column.items():
            groups = [group for _, group in sorted(group_pairs(shares).items())]
            pairs += [(line, metric) for line in group_lines(groups)]
        yield from (f"{dataset}: {line}" for line in _prefix_metrics(pairs))


def _fit_differences(board: Board) -> Iterator[str]:
    """Yield lines on the metrics whose extractor was fitted several times, with different results.

    A fit is known by its hash, `extractor_fit`.
    """
    for dataset in board.datasets:
        fits_by_column = group_pairs(
            ((cell.metric, short_signature(cell.signature)), (record.extractor_fit, cell.generator))
            for record in board.outcomes
            if record.extractor_fit and (cell := record.cell).dataset == dataset
        )
        pairs = []
        for (metric, _), fits_with_names in fits_by_column.items():
            fits = group_pairs(fits_with_names).items()  # the generators of each fit, once for each seed
            texts = [f"{fit[:_DIGITS]} in {join_names(dict.fromkeys(names))}" for fit, names in fits]
            if len(texts) > 1:  # a single fit is no difference
                pairs.append((_FITTED_AGAIN.format(fits=join_names(texts)), metric))
        yield from (f"{dataset}: {line}" for line in _prefix_metrics(pairs))


def _prefix_metrics(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return each line once, after the metrics that it is about, from pairs of a line and a metric."""
    return [f"{join_names(metrics)}: {line}" for line, metrics in group_pairs(pairs).items()]


def group_lines(groups: Sequence[Sequence[tuple[str, Fraction]]]) -> Iterator[str]:
    """Yield a line for each share group but the first: how its valid shares differ from the first's.

    groups  the (generator, valid share) pairs of each share group: generators that are ranked together, since
            the shares of their samples that have features are similar
    """
    texts = []
    for group in groups:
        names = dict.fromkeys(name for name, _ in group)  # without duplicates, in their order
        texts.append(f"{format_shares([share for _, share in group])} in {join_names(names)}")
    for text in texts[1:]:
        yield f"valid share is {texts[0]} and {text}; more than 5 points apart, so not ranked together"


def run_differences(runs: Sequence[Mapping[str, ComparedSide]]) -> list[str]:
    """Return how several runs differ in each dataset, in words.

    runs  each run's seeds and signatures, by dataset

    Each run is compared with the first run that has the dataset. A metric that this first run lacks is
    compared with the earliest run that has it.
    """
    return [
        f"{dataset}: {line}"
        for dataset in sorted({dataset for run in runs for dataset in run})
        for first, second in _pair_sides([sides[dataset] for sides in runs if dataset in sides])
        for line in side_differences(first, second)
    ]


def _pair_sides(sides: Sequence[ComparedSide]) -> Iterator[tuple[ComparedSide, ComparedSide]]:
    """Yield pairs of sides to compare: each side with the first one, then with others in further metrics.

    In metrics that the first side lacks, a side is compared with the earliest side that has them.
    """
    for number, side in enumerate(sides[1:], 1):
        yield sides[0], side
        uncompared = side.signatures.keys() - sides[0].signatures.keys()
        for earlier in sides[1:number]:
            metrics = uncompared & earlier.signatures.keys()
            uncompared -= metrics
            # without common metrics, the pair is empty, and `side_differences` returns no line
            yield _select_metrics(earlier, metrics), _select_metrics(side, metrics)


def _select_metrics(side: ComparedSide, metrics: Iterable[str]) -> ComparedSide:
    """Return one side of a comparison with some of its metrics alone, and without seeds.

    The seeds are left out, since each side's seeds are already compared with those of the first side.
    """
    return replace(side, seeds=(), signatures={metric: side.signatures[metric] for metric in metrics})


def side_differences(first: ComparedSide, second: ComparedSide) -> list[str]:
    """Return a line with a remedy for each difference of two sides: two rows, or two runs on a dataset.

    First come seeds, then the fields of the signatures of common metrics, then metrics that only one side
    has. Without a common metric, the fields that depend on no metric, such as n, are compared.
    """
    lines = [seed_difference(first, second)] if first.seeds != second.seeds else []
    metrics = sorted(first.signatures.keys() & second.signatures.keys())
    lines += _prefix_metrics(
        (line, metric) for metric in metrics for line in signature_differences(metric, first, second)
    )
    if not metrics:
        lines += _common_differences(first, second)
    for side, other in ((first, second), (second, first)):
        extra = sorted(side.signatures.keys() - other.signatures.keys())
        if extra:
            lines.append(f"{join_names(extra)}: only in {side.label}; add to the suite of {other.label}")
    return lines


def _common_differences(first: ComparedSide, second: ComparedSide) -> Iterator[str]:
    """Yield how two sides without a common metric differ in fields that depend on no metric, such as n."""
    fields = _common_fields(first.signatures.values())
    other_fields = _common_fields(second.signatures.values())
    names = fields.keys() & other_fields.keys()
    # `signature_differences` compares the signatures of one metric: it gets these fields as the signature of
    # a metric "", which is in no message
    sides = (
        replace(side, signatures={"": {name: values[name] for name in names}})
        for side, values in ((first, fields), (second, other_fields))
    )
    yield from signature_differences("", *sides)


def _common_fields(signatures: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields of _OF_ALL_METRICS, such as n, that have equal values in all signatures with them.

    The signatures are those of the metrics of one run; a field that differs between them is left out.
    """
    pairs = ((name, fields[name]) for fields in signatures for name in _OF_ALL_METRICS & fields.keys())
    by_name = group_pairs(pairs)
    return {
        name: values[0] for name, values in by_name.items() if all(value == values[0] for value in values)
    }


def seed_difference(first: ComparedSide, second: ComparedSide) -> str:
    """Return a line with the seeds of both sides, which differ, and a remedy."""
    seeds, other_seeds = (" ".join(map(str, side.seeds)) for side in (first, second))
    return (
        f"seeds are {seeds} in {first.label} and {other_seeds} in {second.label}; "
        f"run the suite of {second.label} again with --seeds {seeds.replace(' ', ',')}"
    )


def signature_differences(metric: str, first: ComparedSide, second: ComparedSide) -> Iterator[str]:
    """Yield "FIELD is VALUE in FIRST and VALUE in SECOND; REMEDY" for each field that differs.

    metric  one that both sides have

    Fields are those of the signature: n, data, options and others. A row of a CSV file has only the 8 hex
    digits of a signature, as the value of UNKNOWN_SIGNATURE, so its fields cannot be compared.
    """
    signature, other_signature = first.signatures[metric], second.signatures[metric]
    is_unknown = UNKNOWN_SIGNATURE in signature or UNKNOWN_SIGNATURE in other_signature
    if is_unknown and signature != other_signature:
        digits = signature.get(UNKNOWN_SIGNATURE) or short_signature(signature)
        other_digits = other_signature.get(UNKNOWN_SIGNATURE) or short_signature(other_signature)
        yield (
            f"signature is {digits} in {first.label} and {other_digits} in {second.label}; "
            "a CSV file does not say what differs"
        )
        return
    unequal = describe_differences(dict(signature), dict(other_signature))
    for name, (value, other_value) in unequal.items():
        if _FOLLOWS.get(name) not in unequal:  # else it follows from another field, such as n_real from n
            field = _DISPLAY_NAMES.get(name, name)
            difference = f"{field} is {value} in {first.label} and {other_value} in {second.label}"
            # more samples say more, so the side with fewer draws again
            is_more = name == "n" and other_signature[name] > signature[name]
            change = (other_value, first.label) if is_more else (value, second.label)
            yield f"{difference}; {_remedy_text(name, *change)}"


def signature_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return "FIELD was VALUE, is VALUE" for each field that changed; () only for equal signatures.

    then, now  what run.json says of a generator, and what the suite says that the reader trusts

    A signature contains the settings that decide what a metric's number means, such as its options.
    """
    return tuple(
        f"{_DISPLAY_NAMES.get(name, name)} was {before}, is {after}"
        for name, (before, after) in describe_differences(dict(then), dict(now)).items()
    )


def _remedy_text(name: str, value: str, label: str) -> str:
    """Return what a user can do so that a field of the signature of `label` becomes `value`.

    name   the field; one of several fields, such as "options.k", has the remedy for all of "options."
    label  the row or run to change
    """
    parent, _, option = name.rpartition(".")
    remedy = _REMEDIES.get(name) or _REMEDIES.get(f"{parent}.") or "make it equal"
    return remedy.format(label=label, value=value, option=option)
