"""Galleries of trials, found in the folders of runs: in files of their own, or in whole kept samples."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, TypeVar

from genbench.catalog.loader import shorten_reference
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError
from genbench.core.grouping import group_pairs
from genbench.files.sealed import DamagedError
from genbench.results.folder import RunFolder
from genbench.results.galleries import OF_REAL_DATA, keep_gallery, make_gallery, read_folder, read_gallery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.galleries import KeptGallery
    from genbench.results.records import Record

    #: Dataset, generator and seed of a trial, as on the board.
    Position = tuple[str, str, int]

__all__ = [
    "copy_galleries", "describe_unreadable", "find_gallery", "find_pairs_gallery", "list_draws",
    "name_pairs_gallery", "read_whole_samples",
]  # fmt: skip

T = TypeVar("T")

_MAX_BYTES = 2**28  # of whole samples that are read to find a gallery in them


def list_draws(records: Iterable[Record]) -> dict[Position, tuple[str, ...]]:
    """Return the content hashes of the samples behind the records of each trial, sorted.

    There is more than one if the generator gave other samples when it was asked again.
    """
    hashes = group_pairs(
        ((record.cell.dataset, record.cell.generator, record.cell.seed), record.samples)
        for record in records
        if record.cell.seed is not None  # a comparison has the samples of all seeds
    )
    # without "", which a record without samples has
    return {trial: tuple(sorted(set(draws) - {""})) for trial, draws in hashes.items()}


def find_gallery(
    folders: Sequence[Path], trial: Position, draw: str, modalities: Sequence[Modality] = ()
) -> KeptGallery | None:
    """Return the gallery, a few samples to look at, of a trial's draw from the first folder that has one.

    None if no folder has one.

    folders     of runs, in the order in which they are searched
    draw        content hash of all the trial's samples
    modalities  of the installed plugins, which make large samples smaller

    Files of galleries come before whole samples, which are compared with `draw`, their content hash. Raises
    DataError, with the reason, if all that is found is damaged or too large.
    """
    files = (functools.partial(read_gallery, folder, draw) for folder in folders)
    whole = (functools.partial(_make_from_whole, folder, trial, draw, modalities) for folder in folders)
    return _read_first([*files, *whole])


def _read_first(reads: Iterable[Callable[[], T | None]]) -> T | None:
    """Call functions in order until one returns a value other than None, and return this value.

    If none does, raise the first DataError that a function raised, or return None if none raised.
    """
    errors = []
    for read in reads:
        try:
            if (value := read()) is not None:
                return value
        except DataError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return None


def copy_galleries(
    output: Path, folders: Sequence[Path], records: Mapping[str, Record], modalities: Sequence[Modality] = ()
) -> list[str]:
    """Copy the galleries of records to the folder `output` of merged runs.

    A gallery holds a few samples of a draw (all samples of one trial), or those in a comparison's pairs.
    Returns a line for each gallery of a draw that cannot be read.

    folders     of the runs that are merged, in which the galleries are
    modalities  of the installed plugins, which make large samples smaller

    Controls of real samples have no gallery, since data may be private. Raises ResultsError if one cannot be
    written.
    """
    lines = []
    generated = [record for record in records.values() if record.cell.control not in OF_REAL_DATA]
    for trial, draws in list_draws(generated).items():
        for draw in draws:
            try:
                gallery = find_gallery(folders, trial, draw, modalities)
            except DataError as error:
                lines.append(describe_unreadable(trial, error))
            else:
                if gallery is not None:
                    keep_gallery(output, gallery)
    for record in generated:
        # Only the cell of a comparison has no seed.
        if record.cell.seed is None and (gallery := find_pairs_gallery(folders, record)) is not None:
            keep_gallery(output, gallery)
    return lines


def name_pairs_gallery(record: Record) -> str:
    """Return the name of the gallery with a generator's samples in the pairs of a comparison: 64 hex digits.

    A pair is two samples of two generators, which a person or a judge compares. The name is a hash of
    what decides the samples in the pairs: the hash of the generator's samples and the comparison's signature.
    """
    return digest({"samples": record.samples, "signature": dict(record.cell.signature)})


def find_pairs_gallery(folders: Iterable[Path], record: Record) -> KeptGallery | None:
    """Return the samples of a generator in the pairs of a comparison, from the first folder that has them.

    record  of the generator in the comparison

    A damaged gallery counts as a missing one: a report goes on without these samples.
    """
    name = name_pairs_gallery(record)
    with contextlib.suppress(DataError):
        return _read_first(functools.partial(read_gallery, folder, name) for folder in folders)
    return None


def describe_unreadable(trial: Position, reason: object) -> str:
    """Return a line for the user: the samples of a trial cannot be shown, and why."""
    dataset, generator, seed = trial
    return f"the samples of {generator} on {dataset}, seed {seed}, are not shown: {reason}"


def read_whole_samples(
    folder: Path, trial: Position, draw: str, most_bytes: float = _MAX_BYTES
) -> Samples | None:
    """Return the samples of a draw that a run kept whole, or None if it kept none.

    draw        their content hash, with which they are compared
    most_bytes  the largest size that is read

    Raises DataError, with the reason, if all that is found is damaged or too large.
    """
    dataset, generator, seed = trial
    # In merged runs, an id may be GENERATOR@RUN; a run's own folder has the id alone. The name ends with a
    # hash of the trial's key, which any change of code changes: so any end is searched, and `draw` decides.
    beginning = f"{dataset}.{generator.partition('@')[0]}.{seed}."
    # links are not followed, since they may lead to files outside the run's folder
    samples_folder = RunFolder(folder).samples
    paths = [] if samples_folder.is_symlink() else sorted(samples_folder.glob(f"{beginning}*"))
    safe_paths = [path for path in paths if path.is_dir() and not path.is_symlink()]
    return _read_first(functools.partial(_read_whole, folder, path, draw, most_bytes) for path in safe_paths)


def _read_whole(folder: Path, path: Path, draw: str, most_bytes: float) -> Samples | None:
    """Return the samples at a path in the folder of a run, or None if their content hash is not `draw`.

    Raises DataError, with what to do, if they cannot be read.
    """
    from genbench.core.samples import content_hash

    try:
        samples = read_folder(path, most_bytes)
    except (OSError, DamagedError) as error:
        name, reason = path.relative_to(folder).as_posix(), getattr(error, "strerror", None) or error
        raise DataError(
            f"{name} cannot be read ({reason}); restore it from a copy, or run the suite again with "
            "--keep-samples"
        ) from error
    return samples if content_hash(samples) == draw else None


def _make_from_whole(
    folder: Path, trial: Position, draw: str, modalities: Sequence[Modality]
) -> KeptGallery | None:
    """Return a gallery, a few samples to look at, made from all samples of a trial, or None if none are kept.

    draw        content hash of all the trial's samples
    modalities  of the installed plugins; the modality of the samples makes large samples smaller

    Raises DataError, with the reason, if the kept samples are damaged or too large.
    """
    samples = read_whole_samples(folder, trial, draw)
    if samples is None:
        return None
    reference = shorten_reference(samples.space.modality)
    modality = next((each for each in modalities if each.reference == reference), None)
    return make_gallery(samples, draw, modality=modality)
