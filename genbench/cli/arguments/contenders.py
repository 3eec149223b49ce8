"""Runs, and generators of runs, named on the command line."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.board.decisions.comparison import Contender
from genbench.board.rows import UNVERIFIED
from genbench.cli.views.output import print_warning
from genbench.core.errors import SuiteError
from genbench.core.names import join_names
from genbench.results.folder import RunFolder
from genbench.results.results import read_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.results.results import Results

__all__ = [
    "list_runs", "read_contender_pairs", "read_run", "read_runs", "read_two_contenders", "warn_of_unverified",
]  # fmt: skip


def read_two_contenders(operands: Sequence[str]) -> tuple[Contender, Contender]:
    """Return the two generators to compare that DIR GEN_A GEN_B, or DIR:GEN_A DIR:GEN_B, name.

    Raises UsageError for other operands, and what `read_run` raises.
    """
    if len(operands) == 3:  # noqa: PLR2004 - DIR GEN_A GEN_B
        run = read_run(Path(operands[0]))
        first, second = (_make_contender(name, name, run) for name in operands[1:])
        return first, second
    if len(operands) != 2:  # noqa: PLR2004 - DIR:GEN_A DIR:GEN_B
        raise click.UsageError("expected DIR GEN_A GEN_B, or DIR:GEN_A DIR:GEN_B for two runs")
    _refuse_samples(operands)
    first, second = (_split_operand(operand) for operand in operands)
    return first, second


def _refuse_samples(operands: Sequence[str]) -> None:
    """Raise UsageError, with the command that compares them, for files or folders that are no runs."""
    if all(Path(operand).exists() and not RunFolder(Path(operand)).plan.exists() for operand in operands):
        fakes = " ".join(f"--fake {shlex.quote(operand)}" for operand in operands)
        raise click.UsageError(
            f"{' and '.join(operands)} are samples, and not runs; compare them with genbench score {fakes} "
            "--real REAL"
        )


def read_contender_pairs(base: str, candidate: str) -> list[tuple[Contender, Contender]]:
    """Return the pairs of generators of two operands, each DIR or DIR:GEN.

    For two folders, the generators are those of the base that compete, without controls; the candidate has to
    have them all. If the base is of merged runs, it may have generators of a CSV file: they have no records
    to compare, so they are left out, and named on standard error. Only the base is searched for them: a pair
    with a row of a CSV file in the candidate is refused when it is compared. Raises UsageError if only one
    operand names a generator, SuiteError for missing generators, and what `read_run` raises.
    """
    are_folders = [Path(operand).is_dir() for operand in (base, candidate)]  # else DIR:GEN
    if not any(are_folders):
        return [(_split_operand(base), _split_operand(candidate))]
    if not all(are_folders):
        other = (base, candidate)[are_folders.index(False)]
        if _split_folder(other) is None:
            read_run(Path(other))  # raises DataError with its name, since it is no folder
        raise click.UsageError("expected two folders, or DIR:GENERATOR for both")
    old, new = read_run(Path(base)), read_run(Path(candidate))
    from_csv = warn_of_unverified(old)  # prints a warning, too
    names = sorted({cell.generator for cell in old.plan.cells if not cell.control} - from_csv)
    missing = sorted(set(names) - {cell.generator for cell in new.plan.cells})
    if missing:
        raise SuiteError(
            f"{candidate} has no generator {', '.join(missing)}, which {base} has; name one of each run "
            f"that both have: {base}:NAME {candidate}:NAME"
        )
    return [
        (_make_contender(f"{base}:{name}", name, old), _make_contender(f"{candidate}:{name}", name, new))
        for name in names
    ]


def read_run(folder: Path, *, read_only: bool = True) -> Results:
    """Return the results in `folder`, and name what is damaged there; raise DataError if it holds no run.

    read_only  leave damaged files where they are; else they are put aside
    """
    results = read_results(folder, read_only=read_only)
    for name in results.damaged:
        print_warning(f"damaged, {'left out' if read_only else 'put aside'}: {folder / name}")
    return results


def read_runs(places: Sequence[Path]) -> Results:
    """Return the results in a folder, or those of several folders and CSV files as one merged run.

    A single CSV file is a merged run, too. Raises SuiteError for a place that is given twice, and what
    `read_run` and a merge raise.
    """
    from genbench.board.merge import merge
    from genbench.board.unverified import is_csv

    runs = list_runs(places)
    return runs[0] if len(places) == 1 and not is_csv(places[0]) else merge(runs)


def list_runs(places: Sequence[Path], *, read_only: bool = True) -> list[Results]:
    """Return the results in each folder or CSV file, in the order of `places`.

    read_only  leave damaged files where they are; else they are put aside

    Raises SuiteError for a folder or file that is given twice, and what `read_run` raises.
    """
    from genbench.board.unverified import is_csv, read_unverified_csv

    _refuse_repeated(places)
    # folders come first: the numbers of a CSV file take their directions and signatures from these runs
    by_place = {place: read_run(place, read_only=read_only) for place in places if not is_csv(place)}
    runs = list(by_place.values())
    return [by_place[place] if place in by_place else read_unverified_csv(place, runs) for place in places]


def _refuse_repeated(places: Sequence[Path]) -> None:
    """Raise SuiteError if two of the places are the same."""
    real_paths: set[str] = set()
    for place in places:
        real_path = os.path.realpath(place)  # Path.resolve would fail for a link that leads to itself
        if real_path in real_paths:
            raise SuiteError(f"{place} is given twice; a run cannot be merged with itself")
        real_paths.add(real_path)


def warn_of_unverified(run: Results) -> set[str]:
    """Return the names of a run's generators that come from a CSV file, and warn that they are left out.

    Only a run that was merged with a CSV file has some. Its cells from the file name no plugin: UNVERIFIED is
    in its place.
    """
    names = {cell.generator for cell in run.plan.cells if cell.plugin == UNVERIFIED}
    if names:
        print_warning(f"left out, from a CSV file, without records: {join_names(sorted(names))}")
    return names


def _split_operand(operand: str) -> Contender:
    """Return the generator that DIR:GEN names; raise UsageError if no DIR is a folder."""
    split = _split_folder(operand)
    if split is None:
        raise click.UsageError(f"{operand} names no folder of a run; expected DIR:GENERATOR")
    return _make_contender(operand, split[1], read_run(Path(split[0])))


def _split_folder(operand: str) -> tuple[str, str] | None:
    """Return DIR and GEN of DIR:GEN, or None if no DIR is a folder; both names may contain colons.

    DIR is the longest beginning, up to a colon, that is a folder.
    """
    parts = operand.split(":")
    # all (DIR, GEN) that the colons allow, the longest DIR first
    splits = [(":".join(parts[:end]), ":".join(parts[end:])) for end in range(len(parts) - 1, 0, -1)]
    return next((split for split in splits if Path(split[0]).is_dir()), None)


def _make_contender(label: str, generator: str, run: Results) -> Contender:
    """Return a generator of a run as a side of a comparison; `label` is how tables name it."""
    return Contender(label=label, generator=generator, plan=run.plan, records=run.records)
