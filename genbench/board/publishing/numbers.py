"""The numbers of a run that are published: means over seeds, with what decides and verifies them."""

from __future__ import annotations

import shlex
import statistics
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from genbench.board.leaderboard import build_board
from genbench.board.valid_shares import SIDES, compute_valid_share, format_percent
from genbench.board.warnings import list_number_warnings
from genbench.core.grouping import group_pairs
from genbench.core.names import is_plugin_file_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry, Row
    from genbench.results.cells import Cell
    from genbench.results.records import Record
    from genbench.results.results import Results

__all__ = [
    "NOT_VERIFIABLE", "Publication", "PublishedNumber", "list_published_numbers", "list_verify_commands",
]  # fmt: skip

#: The note in place of a command that verifies a number.
NOT_VERIFIABLE = "cannot be verified: the folders of its runs are unknown"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The facts on a publication of a run that the run does not contain.

    commands      what verifies its numbers: one command for its folder, or for each of merged runs
    title         name of its suite
    date          day of the publication, YYYY-MM-DD
    organization  who publishes
    relationship  of the publisher to the authors of the models
    source        address of the published folder, or ""
    models        names of models on a hub, by generator; others keep the name of the generator
    """

    commands: tuple[str, ...]
    title: str
    date: str
    organization: str
    relationship: str
    source: str = ""
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def verify(self) -> str:
        """The shell command that verifies the published numbers; "" if no folder is known."""
        return " && ".join(self.commands)


@dataclass(frozen=True, kw_only=True)
class PublishedNumber:
    """The mean of a metric over the seeds of one generator on one dataset.

    row, entry  of the board
    cell        of the first seed, which has n and the full signature
    libraries   versions, several separated by commas where seeds ran with different ones
    without_features  the shares of samples that have no features, by side in words: "30.0 % of the samples"
    cautions    why the number says less than it seems to
    """

    row: Row
    entry: Entry
    cell: Cell
    libraries: Mapping[str, str]
    without_features: tuple[str, ...]
    cautions: tuple[str, ...]

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the metric's values over seeds, or None under two seeds."""
        values = self.entry.values
        return statistics.stdev(values) if len(values) > 1 else None


def list_published_numbers(
    results: Results, *, dataset: str | None = None, with_controls: bool = False
) -> tuple[tuple[PublishedNumber, ...], tuple[str, ...]]:
    """Return the numbers to publish, and a line for each number that is left out, with the reason.

    dataset        return only numbers on this dataset; None: on all
    with_controls  return the numbers of controls, too

    A number is published if all its seeds are ok and have records and one signature. The board
    decides the order: by dataset, generator and metric.
    """
    board = build_board(results.plan, results.records)  # it sorts rows and entries by name
    numbers: list[PublishedNumber] = []
    left_out: list[str] = []
    for row in board.rows:
        if dataset not in (None, row.dataset) or (row.control and not with_controls):
            continue
        for entry in row.entries.values():
            reason = _explain_omission(row, entry)
            if reason is None:
                numbers.append(_build_number(board, row, entry))
            else:
                left_out.append(f"{row.dataset} {row.generator} {entry.metric}: {reason}")
    return tuple(numbers), tuple(left_out)


def list_verify_commands(folder: str, provenance: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the commands that verify a run's records, given its folder's name and provenance.

    Merged runs have a command for each folder that was merged; a CSV file has no records, and no command. A
    command names its folder by the end of the folder's path: by its name alone, or with as many parents as
    tell all folders apart. If two paths are equal, the names of the runs on the leaderboard take their place.
    """
    merged = provenance.get("merged")
    if merged is None:
        return (_make_verify_command(folder, provenance),)
    sources = provenance.get("sources", {})
    runs = {name: run for name, run in merged.items() if not run.get("unverified")}  # no CSV files
    paths = {name: _split_path(sources.get(name, "")) or (name,) for name in runs}
    if len(set(paths.values())) < len(paths):  # two paths are equal
        paths = {name: (name,) for name in runs}
    depth = 1  # the fewest folders at the end of the paths that tell them apart
    while len({path[-depth:] for path in paths.values()}) < len(paths):
        depth += 1
    return tuple(_make_verify_command("/".join(paths[name][-depth:]), run) for name, run in runs.items())


def _split_path(source: str) -> tuple[str, ...]:
    """Return the names in a path after its root, or after its last `..`; () for an empty path.

    `/` and `..` are no names that could tell two folders apart.
    """
    parts = PurePosixPath(source).parts
    starts = [number for number, part in enumerate(parts, 1) if part in ("/", "..")]
    return parts[max(starts, default=0) :]


def _make_verify_command(folder: str, provenance: Mapping[str, Any]) -> str:
    """Return the command that verifies a folder, with the plugin files that its run used.

    The version of a plugin shows whether it was a file.
    """
    versions = sorted(provenance.get("plugins", {}).items())
    files = [f"{name}.py" for name, version in versions if is_plugin_file_version(str(version))]
    options = [word for file in files for word in ("--plugin", file)]
    return shlex.join(["genbench", "verify", folder, *options])


def _explain_omission(row: Row, entry: Entry) -> str | None:
    """Return why a number is not published, or None if it is."""
    if not row.is_verifiable:  # a row of a CSV file
        return "there are no records"
    if entry.value is None:
        return f"{entry.bad} of {len(entry.seeds)} seeds are not ok ({entry.status})"
    if " " in entry.signature:  # then it is a list: the seeds differ in signature
        return "its seeds have several signatures"
    return None


def _build_number(board: Board, row: Row, entry: Entry) -> PublishedNumber:
    """Return an entry of a board as a number to publish, with what its records add."""
    records = board.find_records(row, entry.metric)
    return PublishedNumber(
        row=row,
        entry=entry,
        cell=records[0].cell,  # of the first seed; all seeds have one signature
        libraries=_join_library_versions(records),
        without_features=tuple(_describe_missing_features(records)),
        cautions=tuple(list_number_warnings(board, row, entry.metric)),
    )


def _describe_missing_features(records: Sequence[Record]) -> Iterator[str]:
    """Yield the share of samples without features of each side that has such samples, in words.

    Sides are the kinds of samples that a metric compares, such as the generator's and the real ones.
    """
    for side, words in SIDES.items():
        share = compute_valid_share(records, side)
        if share is not None and share < 1:
            yield f"{format_percent(1 - share)} of the {words}"


def _join_library_versions(records: Iterable[Record]) -> dict[str, str]:
    """Return the versions of each library in the records, several with commas between them."""
    versions = group_pairs(
        (str(name), str(version))
        for record in records
        for name, version in record.environment.get("libraries", {}).items()
    )
    return {name: ", ".join(sorted(set(texts))) for name, texts in sorted(versions.items())}
