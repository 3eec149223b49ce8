"""Comparisons on a page: who won against whom, what raters did, and pairs of samples that they compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.board.numbers import format_number, typeset
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import GenbenchError
from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.report.page.samples.exhibits import find_common_scale, make_gallery_exhibits
from genbench.report.page.samples.sample_tables import PageSample, describe_sample
from genbench.results.cells import short_signature
from genbench.results.extras import Counts, VoteExtra, read_vote_extra
from genbench.results.found_galleries import find_pairs_gallery
from genbench.results.galleries import OF_REAL_DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from genbench.board.view import View
    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.report.page.samples.exhibits import Exhibit
    from genbench.results.extras import Plain, SamplePair
    from genbench.results.records import Record

__all__ = ["DatasetComparisons", "PageComparison", "PagePair", "WinCell", "WinRow", "describe_comparisons"]

_REAL = "a real sample, which a folder does not keep"
_ABSENT = "its samples are not in the folder"
_MOST_PAIRS, _MOST_BYTES = 12, 500_000  # of one comparison, and of the renderings of all
_SHADES = 5  # of a cell, by the share of wins
_DIGITS = 3  # of a number that is no count


@dataclass(frozen=True, kw_only=True)
class WinCell:
    """How often the row was chosen over the column, of all votes between them; "" where there are none.

    text   such as "3 of 5"
    share  the same in percent, such as "60 %"
    shade  by the share of wins, from 0 on
    """

    text: str = ""
    share: str = ""
    shade: int = 0


@dataclass(frozen=True, kw_only=True)
class WinRow:
    """The cells of one generator, in the order of the columns."""

    name: str
    is_control: bool
    cells: tuple[WinCell, ...]


@dataclass(frozen=True, kw_only=True)
class PagePair:
    """Two samples, the generators that drew them, and how often raters chose each of them, in words."""

    names: tuple[str, str]
    samples: tuple[PageSample, PageSample]
    counts: tuple[str, str]
    neither: str


@dataclass(frozen=True, kw_only=True)
class PageComparison:
    """What a page shows of one comparison.

    metric   its id, with its short signature if there are several
    facts    names and values
    columns  of the table of raters: their names, and whether they have numbers
    """

    metric: str
    wins: tuple[WinRow, ...]
    facts: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, bool], ...]
    raters: tuple[tuple[str, ...], ...]
    pairs: tuple[PagePair, ...]


@dataclass(frozen=True, kw_only=True)
class DatasetComparisons:
    """The comparisons on one dataset; `number` is that of the dataset on the board."""

    number: int
    name: str
    comparisons: tuple[PageComparison, ...]


def describe_comparisons(
    view: View, folders: Sequence[Path], catalog: Catalog, orders: Mapping[str, Sequence[str]]
) -> list[DatasetComparisons]:
    """Return, for each dataset of a board, the comparisons whose metric stored more than scores.

    Beside a score, a metric may store who won against whom, facts such as the number of votes, a table of the
    raters who voted, and pairs of samples of two generators, with how often each was chosen.

    folders  of the runs, which have the samples of these pairs
    orders   the generators in the order of the board, by dataset in its order
    """
    # by dataset; then by metric and signature, each of which is one comparison of all generators
    groups = group_pairs(
        (record.cell.dataset, ((record.cell.metric, short_signature(record.cell.signature)), record))
        for record in view.outcomes
        if record.cell.seed is None  # only a comparison is of all seeds
    )
    samples = _KeptSamples(folders=folders, modalities=list_modalities(catalog), left=_MOST_BYTES)
    datasets = []
    for position, (dataset, order) in enumerate(orders.items()):
        records_by_metric = group_pairs(groups.get(dataset, ()))
        metrics = [metric for metric, _ in records_by_metric]
        comparisons = []
        for (metric, short), records in sorted(records_by_metric.items()):
            title = f"{metric} ({short})" if metrics.count(metric) > 1 else metric
            ordered = sorted(records, key=lambda record: order.index(record.cell.generator))
            comparison = _describe_comparison(one_line(title), ordered, samples)
            if comparison.wins or comparison.facts or comparison.raters or comparison.pairs:
                comparisons.append(comparison)
        if comparisons:
            datasets.append(
                DatasetComparisons(number=position, name=one_line(dataset), comparisons=tuple(comparisons))
            )
    return datasets


@dataclass
class _KeptSamples:
    """The samples in the folders of runs; `left` is the bytes that a page may still show of them."""

    folders: Sequence[Path]
    modalities: Sequence[Modality]
    left: int

    def exhibits(self, records: Iterable[Record]) -> dict[str, dict[int, Exhibit]]:
        """Return the kept samples of each generator, by its name and their position, rendered on one scale.

        records  of one comparison, so of one dataset and one modality

        Controls made of real data are left out, since a run keeps no real samples, which may be private.
        Returns {} if the plugin of the modality is not installed.
        """
        generated = [record for record in records if record.cell.control not in OF_REAL_DATA]
        galleries = {record.cell.generator: find_pairs_gallery(self.folders, record) for record in generated}
        existing = {name: gallery for name, gallery in galleries.items() if gallery is not None}
        parts = [gallery.samples for gallery in existing.values()]
        try:
            modalities = [find_modality(self.modalities, samples.space.modality) for samples in parts]
        except GenbenchError:  # its plugin is not installed
            return {}
        scale = find_common_scale(modalities[0], parts) if parts else None
        return {
            name: dict(zip(gallery.numbers, make_gallery_exhibits(modality, gallery, scale), strict=True))
            for modality, (name, gallery) in zip(modalities, existing.items(), strict=True)
        }

    def reserve(self, samples: Iterable[PageSample]) -> bool:
        """Return whether samples fit onto the page; if so, subtract their bytes from those left."""
        size = sum(len(sample.content) for sample in samples)
        if size > self.left:
            return False
        self.left -= size
        return True


def _describe_comparison(title: str, all_records: Sequence[Record], samples: _KeptSamples) -> PageComparison:
    """Return what a page shows of a comparison.

    all_records  the records of all generators, in the order of the board
    samples      those in the folders of the runs, with a limit for the bytes that a page shows
    """
    records = [record for record in all_records if record.status == "ok"]
    controls = {record.cell.generator: record.cell.control for record in all_records}
    extras = {record.cell.generator: read_vote_extra(record.extra) for record in records}
    # facts and raters are of the whole comparison, so one score has them
    first = next((extra for extra in extras.values() if extra.facts or extra.raters), VoteExtra())
    pairs = [pair for extra in extras.values() for pair in extra.pairs][:_MOST_PAIRS]
    return PageComparison(
        metric=title,
        wins=_make_win_rows(controls, extras),
        facts=tuple((one_line(name), _format_value(value)) for name, value in first.facts),
        columns=_describe_rater_columns(first),
        raters=tuple(tuple(map(_format_value, row)) for row in first.raters),
        pairs=tuple(_make_page_pairs(pairs, samples.exhibits(records), controls, samples)) if pairs else (),
    )


def _format_value(value: Plain) -> str:
    """Return a fact, or a cell of the table of raters, as text; "" for a missing one."""
    if isinstance(value, float):
        return typeset(format_number(value, _DIGITS))
    if isinstance(value, str):
        return one_line(value)
    return "" if value is None else f"{value:,}"


def _describe_rater_columns(extra: VoteExtra) -> tuple[tuple[str, bool], ...]:
    """Return (name, whether it has only numbers) of each column of the table of raters, who voted.

    A page aligns numbers to the right.
    """
    return tuple(
        (one_line(name), not any(isinstance(row[index], str) for row in extra.raters))
        for index, name in enumerate(extra.columns)
    )


def _make_win_rows(controls: Mapping[str, str | None], extras: Mapping[str, VoteExtra]) -> tuple[WinRow, ...]:
    """Return the table of wins of all generators that were compared with another one.

    controls  the role of each generator, None for a competitor, in the order of the board
    extras    by generator; one without a score has none
    """
    wins = {name: extra.wins for name, extra in extras.items()}
    # generators with votes of their own, and their rivals, which may have no score
    with_votes = {name for name in wins if wins[name]}.union(*wins.values())
    names = [name for name in controls if name in with_votes]
    return tuple(
        WinRow(
            name=one_line(name),
            is_control=controls[name] is not None,
            cells=tuple(_make_win_cell(_find_counts(wins, name, rival)) for rival in names),
        )
        for name in names
    )


def _find_counts(wins: Mapping[str, Mapping[str, Counts]], name: str, rival: str) -> Counts | None:
    """Return the votes between `name` and `rival`, as seen from `name`; None without any.

    wins  by generator and rival; the votes may be only under the rival, as seen from there
    """
    votes, mirror = wins.get(name, {}).get(rival), wins.get(rival, {}).get(name)
    # what the rival won, `name` lost
    return Counts(mirror.lost, mirror.won, mirror.neither) if votes is None and mirror is not None else votes


def _make_win_cell(counts: Counts | None) -> WinCell:
    """Return the cell that shows these votes, or an empty one without any."""
    total = 0 if counts is None else sum(counts)
    if counts is None or not total:
        return WinCell()
    share = counts.won / total
    return WinCell(
        text=f"{counts.won} of {total}",
        share=f"{100 * share:.0f} %",
        shade=min(int(_SHADES * share), _SHADES - 1),
    )


def _make_page_pairs(
    pairs: Sequence[SamplePair],
    exhibits: Mapping[str, Mapping[int, Exhibit]],
    controls: Mapping[str, str | None],
    samples: _KeptSamples,
) -> Iterator[PagePair]:
    """Yield pairs of samples, each with how often its first sample, its second one and neither was chosen.

    A pair is left out if neither of its samples can be shown, or if the page has no room for it.

    exhibits  the samples as a page shows them, by generator and position
    controls  the role of each generator, None for a competitor
    samples   counts the bytes that the page may still show
    """
    for pair in pairs:
        # a place is (generator, position among its samples)
        first, second = (_make_page_sample(*place, exhibits, controls) for place in (pair.first, pair.second))
        is_shown = not first.kind == second.kind == "reason"  # a sample that cannot be shown has this kind
        if is_shown and samples.reserve((first, second)):  # subtracts their bytes from those left
            yield PagePair(
                names=(one_line(pair.first[0]), one_line(pair.second[0])),
                samples=(first, second),
                counts=(_describe_count(pair.counts.won), _describe_count(pair.counts.lost)),
                neither=f"neither: {pair.counts.neither}" if pair.counts.neither else "",
            )


def _describe_count(count: int) -> str:
    """Return how often a sample was chosen, in words."""
    return f"chosen {count} time{'' if count == 1 else 's'}"


def _make_page_sample(
    generator: str,
    position: int,
    exhibits: Mapping[str, Mapping[int, Exhibit]],
    controls: Mapping[str, str | None],
) -> PageSample:
    """Return the sample of a generator at a position, or the reason why it is not shown.

    A row of a frame becomes a text, with one column a line.
    """
    exhibit = exhibits.get(generator, {}).get(position)
    if exhibit is None:
        return PageSample(
            kind="reason", content=_REAL if controls.get(generator) in OF_REAL_DATA else _ABSENT
        )
    sample = describe_sample(exhibit, one_line(generator), ())
    if sample.kind != "row":
        return sample
    lines = [
        f"{column.name}: {'missing' if text is None else text}"
        for column, (text, _) in zip(exhibit.columns, sample.cells, strict=True)
    ]
    return replace(sample, kind="text", content="\n".join(lines), cells=())
