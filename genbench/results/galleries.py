"""Galleries: a few samples of each draw, kept in the run's folder for people to look at.

A gallery is a folder of sample files, as that of whole kept samples is, and a sealed file of notes on them.
It is named after the content hash of the whole draw, which the records of its scores hold, so a gallery of
another draw is never found for them. The seal shows damage and not honesty: only the author of a folder
says that the samples are of the draw, so `genbench verify` uses no gallery as evidence.

Controls whose samples are real ones have no gallery: data may be private, and a folder may be published.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of fields
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from genbench.core.errors import DataError, GenbenchError, Invalid
from genbench.core.grouping import group_pairs
from genbench.files.sealed import DamagedError, NewerError, Schema, read_sealed, write_folder, write_sealed
from genbench.results import fields
from genbench.results.folder import RunFolder, put_aside, report_write_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.core.spaces import Space

__all__ = [
    "FIRST", "MOST_BYTES", "MOST_RUN_BYTES", "MOST_SHOWN", "OF_REAL_DATA", "KeptGallery", "Shrunk", "Slot",
    "assign_slots", "choose_positions", "has_gallery", "keep_gallery", "make_gallery", "read_folder",
    "read_gallery", "share_run_bytes", "shrink_samples",
]  # fmt: skip

#: Samples that a draw without labels shows: a row that a person takes in at a glance.
FIRST = 8
#: Samples that a draw with labels shows at most, and so its classes.
MOST_SHOWN = 20
_MOST_OF_A_CLASS = 4  # more samples of one class tell little more of it
#: Bytes of the samples in one gallery: 64 KiB for each of 20 samples, such as 147 x 147 pixels in colour.
MOST_BYTES = MOST_SHOWN * 2**16
#: Bytes of the samples in all galleries of a run, shared equally: of more than 51 trials, each keeps less
#: than MOST_BYTES.
MOST_RUN_BYTES = 2**26
#: Roles of controls whose samples are real ones.
OF_REAL_DATA = ("ceiling", "exploit")
_LEAST_SAMPLE_BYTES = 2**14  # bytes that a sample may take, however small the share: 64 x 64 pixels in colour
_KEPT_STEPS = 8  # of a ragged sample, such as frames, that are made smaller rather than cut
_MEND = "restore it from a copy, or repeat the run, which writes it again if the store has the samples"
# Bytes of a gallery's folder. JSON takes at most 6 times the bytes of the samples, for texts of control
# characters: 7.5 MiB. The rest is for the space and the notes.
_MOST_FOLDER_BYTES = 2**23
_NOTES = "gallery.json"
_SCHEMA = Schema("genbench-gallery", 2)


class Slot(NamedTuple):
    """A place in a gallery.

    label   class of the sample; None for a draw without labels
    number  from 0 on: the first of the draw or of its class, the second, and so on
    """

    label: int | None
    number: int


def choose_positions(samples: Samples) -> list[int]:
    """Return the positions in the draw of the samples that a gallery shows, the most important first.

    Without labels these are the first 8. With labels they are the first few of each class, at most 20 in all:
    4 each of up to 5 classes, 2 each of 10, 1 each of 20. Of more than 20 named classes, 20 at equal
    distances are shown; of more labels without names, the 20 lowest of the draw. The first of each class
    comes before the second of any.
    """
    if samples.labels is None:
        return list(range(min(FIRST, len(samples))))
    labels = samples.labels.tolist()
    classes = _choose_classes(labels, len(samples.space.classes))
    most = min(_MOST_OF_A_CLASS, max(1, MOST_SHOWN // max(1, len(classes))))
    places = group_pairs((label, number) for number, label in enumerate(labels))
    shown = [places.get(label, []) for label in classes]
    return [numbers[rank] for rank in range(most) for numbers in shown if rank < len(numbers)]


def assign_slots(labels: Iterable[int] | None, n: int) -> list[Slot]:
    """Return the slot of each of n samples, in the order of the draw.

    A slot is a place in a gallery, such as the second sample of a class, which every generator fills.

    labels  class of each sample; None: the samples have no labels
    """
    if labels is None:
        return [Slot(None, number) for number in range(n)]
    counts, slots = Counter[int](), []
    for label in map(int, labels):
        slots.append(Slot(label, counts[label]))
        counts[label] += 1
    return slots


def _choose_classes(labels: list[int], n_named: int) -> list[int]:
    """Return the labels that a gallery shows, at most 20, ascending.

    labels   of the samples
    n_named  number of classes that have a name; 0: the lowest of `labels` are returned
    """
    if n_named > MOST_SHOWN:  # 20 classes at equal distances, such as each fifth of 100
        return [position * n_named // MOST_SHOWN for position in range(MOST_SHOWN)]
    return list(range(n_named)) if n_named else sorted(set(labels))[:MOST_SHOWN]


@dataclass(frozen=True)
class Shrunk:
    """What samples were before their modality made them smaller.

    factor   how many times shorter each side is, at least 2: a value is the mean of a block with such sides
    shape    of a whole sample, as in its space
    digests  the SHA-256 of each whole sample, in hexadecimal
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    factor: fields.Positive
    shape: tuple[fields.Positive, ...]
    digests: tuple[fields.Key, ...]


@dataclass(frozen=True, kw_only=True)
class _Notes:
    """What a gallery says of its samples, beside them; fields as in `KeptGallery`."""

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    draw: fields.Key
    n: fields.Count
    numbers: tuple[fields.Count, ...]
    cut: Mapping[int, fields.Count]
    classes: Mapping[int, fields.Text]
    shrunk: Shrunk | None = None


@dataclass(frozen=True, kw_only=True)
class _SealedNotes(_Notes):
    """The notes in a file, with the content hash of the samples."""

    samples: fields.Key


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptGallery(_Notes):
    """A few samples of one draw.

    draw     content hash of the whole draw
    n        its number of samples
    shrunk   what the samples were before they were made smaller, or None
    numbers  the position of each sample in it, ascending
    cut      the whole length of each sample that is cut, by its position: in characters, or in steps of the
             first axis
    classes  names of the labels that have one
    """

    samples: Samples

    @property
    def slots(self) -> list[Slot]:
        """The slot of each sample: a page shows the samples of all generators in one slot side by side."""
        return assign_slots(self.samples.labels, len(self.numbers))


def share_run_bytes(n_trials: int) -> int:
    """Return the bytes of samples that each gallery may hold in a run of `n_trials` trials."""
    return min(MOST_BYTES, MOST_RUN_BYTES // max(1, n_trials))


def make_gallery(
    samples: Samples,
    draw: str,
    most_bytes: int = MOST_BYTES,
    modality: Modality | None = None,
    numbers: Sequence[int] | None = None,
) -> KeptGallery:
    """Return the gallery, a few samples to look at, of a draw with the content hash `draw`.

    modality  shrinks larger samples, such as pictures, if it can
    numbers   positions of at most MOST_SHOWN different samples, the most important first; None: as
              `choose_positions` chooses

    A sample may take a twentieth of `most_bytes`, and at least 16 KiB. A text, sound or other sample of
    varying length that takes more is cut. The gallery has the first samples that fit into `most_bytes`.
    """
    import numpy as np

    from genbench.core.containers import find_container
    from genbench.core.samples import digests

    # positions in the draw, the most important first; the rows of `whole` and `small` have this order
    chosen = choose_positions(samples) if numbers is None else list(numbers)
    whole = samples.take(np.array(chosen, dtype=np.intp))
    most_of_sample = min(most_bytes, max(_LEAST_SAMPLE_BYTES, most_bytes // MOST_SHOWN))
    factor, small = shrink_samples(whole, most_of_sample, modality)
    small, lengths = _shorten_samples(small, most_of_sample)
    total_bytes = np.cumsum([len(item) for item in find_container(small.data).serialize_items(small.data)])
    room = most_bytes - len(repr(small.space.parameters))  # the files of the gallery have these, too
    n_fitting = int((total_bytes <= room).sum())  # the first ones, which are the most important
    fitting = sorted(range(n_fitting), key=chosen.__getitem__)  # their rows, in the order of the draw
    rows = np.array(fitting, dtype=np.intp)
    kept = small.take(rows)
    labels = [] if kept.labels is None else kept.labels.tolist()
    hashes = tuple(digest.hex() for digest in digests(whole.take(rows)))
    return KeptGallery(
        draw=draw,
        n=len(samples),
        samples=replace(kept, space=_without_classes(small.space)),
        numbers=tuple(chosen[row] for row in fitting),
        cut={chosen[row]: lengths[row] for row in fitting if row in lengths},
        classes={label: name for label, name in enumerate(samples.space.classes) if label in labels},
        shrunk=Shrunk(factor, whole.space.shape, hashes) if factor > 1 else None,
    )


def shrink_samples(samples: Samples, most_bytes: int, modality: Modality | None) -> tuple[int, Samples]:
    """Return (factor, samples), where the modality has made the samples smaller by this factor.

    The factor is the least that brings the largest sample to `most_bytes`, if the modality can shrink it so
    far. It is 1, with the samples as they are, if they are small enough, or if the modality is None or cannot
    shrink them.
    """
    import numpy as np

    from genbench.core.arrays import Ragged

    if modality is None or not len(samples):
        return 1, samples
    # samples differ in size only if they vary in length
    row = int(samples.data.lengths.argmax()) if isinstance(samples.data, Ragged) else 0
    largest = samples.take(np.array([row], dtype=np.intp))  # the factor is found with this sample alone
    smaller_one = largest
    factor = 1
    try:
        # a factor as large as the longest axis leaves one pixel
        while _count_bytes(smaller_one) > most_bytes and factor < max(largest.space.shape, default=0):
            factor += 1
            answer = modality.shrink(largest, factor)
            if answer is None:  # the modality cannot shrink samples
                return 1, samples
            smaller_one = answer
        smaller_samples = samples if factor == 1 else modality.shrink(samples, factor)
    except (GenbenchError, Invalid):  # a broken modality leaves samples large, and the trial goes on
        return 1, samples
    return (1, samples) if smaller_samples is None else (factor, smaller_samples)


def _count_bytes(sample: Samples) -> int:
    """Return the bytes of one sample; of a ragged one, only its first 8 steps, since the rest may be cut."""
    from genbench.core.arrays import Ragged

    if isinstance(sample.data, Ragged):
        return int(sample.data[0][:_KEPT_STEPS].nbytes)
    return int(getattr(sample.data, "nbytes", 0))  # 0 for texts and rows of tables, which are never shrunk


def _without_classes(space: Space) -> Space:
    """Return the space (form) of samples without the names of its classes.

    The notes of a gallery have the names of the classes that occur.
    """
    from genbench.core.spaces import Space

    return Space(space.modality, space.shape, **dict(space.parameters))


def _shorten_samples(samples: Samples, most_bytes: int) -> tuple[Samples, dict[int, int]]:
    """Return (samples, lengths): texts and arrays of varying length are cut to `most_bytes` each.

    The lengths are those that cut samples had before, by position: in characters of a text, or in steps of an
    array, of which at least one is kept.
    """
    from genbench.core.arrays import Ragged

    items: list[Any] = list(samples.data) if isinstance(samples.data, (tuple, Ragged)) else []
    lengths: dict[int, int] = {}
    for position, item in enumerate(items):
        if isinstance(item, str):
            beginning = item.encode()[:most_bytes].decode("utf-8", "ignore")  # without half a character
        else:
            beginning = item[: max(1, most_bytes // max(1, item[:1].nbytes))]
        if len(beginning) < len(item):
            items[position], lengths[position] = beginning, len(item)
    if not lengths:
        return samples, {}
    data: Any = Ragged.of(items) if isinstance(samples.data, Ragged) else tuple(items)
    return replace(samples, data=data), lengths


def keep_gallery(folder: Path, gallery: KeptGallery) -> None:
    """Write a gallery, with notes sealed by a hash, into a run's folder.

    An intact gallery of the same draw is kept, and a damaged one is put aside. Raises ResultsError if it
    cannot be written, and NewerError if a newer genbench wrote the existing one.
    """
    from genbench.core.samples import content_hash
    from genbench.files.sample_files import write_samples

    path = RunFolder(folder).gallery_folder(gallery.draw)
    if has_gallery(folder, gallery.draw):
        return
    body = vars(gallery) | {  # JSON allows only texts as keys
        "cut": {str(number): length for number, length in gallery.cut.items()},
        "classes": {str(label): name for label, name in gallery.classes.items()},
        "shrunk": None if gallery.shrunk is None else asdict(gallery.shrunk),
        "samples": content_hash(gallery.samples),
    }

    def fill(draft: Path) -> None:
        """Write the samples, and the notes with a hash of them, into the folder that becomes the gallery.

        Nothing is flushed to the disk: a gallery that a power failure tears is made again.
        """
        write_samples(draft, gallery.samples)
        write_sealed(draft / _NOTES, _SCHEMA, body, flush=False)

    with report_write_errors(folder):
        if os.path.lexists(path):
            put_aside(path)
        write_folder(path, fill, flush=False)  # a gallery that a power failure tears is made again


def has_gallery(folder: Path, draw: str) -> bool:
    """Return whether a run's folder has an intact gallery of a draw.

    Raises NewerError if a newer genbench wrote the gallery.
    """
    try:
        return read_gallery(folder, draw) is not None
    except NewerError:
        raise
    except DataError:
        return False


def read_gallery(folder: Path, draw: str) -> KeptGallery | None:
    """Return the gallery of a draw (the samples of a trial) in a run's folder, or None if there is none.

    Raises DataError, which names the gallery in the folder, what is wrong and what to do, if it is damaged,
    too large, a link, or of a newer genbench (NewerError).
    """
    path = RunFolder(folder).gallery_folder(draw)
    name = path.relative_to(folder).as_posix()
    if not os.path.lexists(path):
        return None
    try:
        # first, so that a link to a file of others is not opened; `read_folder` checks for its other callers
        _check_folder(path, _MOST_FOLDER_BYTES)
        body = read_sealed(path / _NOTES, _SCHEMA, _MOST_FOLDER_BYTES)
        return _parse_gallery(draw, body, read_folder(path, _MOST_FOLDER_BYTES))
    except NewerError as error:
        raise NewerError(f"a newer genbench wrote {name}; upgrade genbench") from error
    except (OSError, DamagedError, DataError, ValueError) as error:
        raise DataError(
            f"{name} cannot be read ({getattr(error, 'strerror', None) or error}); {_MEND}"
        ) from error


def read_folder(folder: Path, most_bytes: float) -> Samples:
    """Return the samples in a folder that a run wrote.

    The folder may come from another person, so it is not trusted. Raises OSError if it cannot be read, and
    DamagedError if it is a link, contains one, has more than `most_bytes`, or contains no samples.
    """
    from genbench.files.sample_files import read_samples

    _check_folder(folder, most_bytes)
    try:
        return read_samples(folder)
    except Exception as error:  # numpy and json raise many types for damaged files
        raise DamagedError(str(error)) from error


def _check_folder(folder: Path, most_bytes: float) -> None:
    """Raise DamagedError if a folder is a link, contains one, or has more than `most_bytes`; open no file."""
    infos = [path.lstat() for path in (folder, *folder.iterdir())]
    if any(stat.S_ISLNK(info.st_mode) for info in infos):
        raise DamagedError("it is or has a link, which genbench does not follow")
    if (size := sum(info.st_size for info in infos[1:])) > most_bytes:
        raise DamagedError(f"it has {size:,} bytes, and at most {most_bytes:,} are read")


def _parse_gallery(draw: str, body: Any, samples: Samples) -> KeptGallery:
    """Return the gallery of a draw; raise ValueError if its notes do not fit the draw or the samples."""
    from genbench.core.samples import content_hash

    notes = fields.parse(_SealedNotes, body)
    numbers, shrunk = notes.numbers, notes.shrunk
    if notes.draw != draw:
        raise ValueError("it was written for another draw")
    if notes.samples != content_hash(samples):
        raise ValueError("its samples are not those of its seal")
    if len(numbers) > MOST_SHOWN:
        raise ValueError(f"{len(numbers)} samples; expected at most {MOST_SHOWN}")
    if list(numbers) != sorted(set(numbers)) or len(numbers) != len(samples):
        raise ValueError(f"{len(numbers)} positions for {len(samples)} samples")
    if numbers and numbers[-1] >= notes.n:
        raise ValueError(f"positions outside a draw of {notes.n}")
    if shrunk is not None and (shrunk.factor == 1 or len(shrunk.digests) != len(samples)):
        raise ValueError("the digests of whole samples are not those of smaller ones")
    return KeptGallery(**vars(notes) | {"samples": samples})  # in place of their hash
