"""Prepared datasets: loaded, checked, split, hashed and stored before the first trial."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.catalog.modalities import Modality, find_modality
from genbench.contract.signature import resolve
from genbench.core import seeds
from genbench.core.canonical_json import digest
from genbench.core.errors import (
    Absent,
    DataError,
    FileChangedError,
    Invalid,
    PluginError,
    ResultsError,
    describe_error,
)
from genbench.core.samples import Data, Samples, content_hash, digests, guard
from genbench.core.spaces import Space
from genbench.core.splits import check_groups, split
from genbench.files.sample_files import read_samples, write_samples
from genbench.results.records import read_notices
from genbench.results.sketches import Sketch
from genbench.store.cache import read_artefact
from genbench.store.keys import data_key, options_text
from genbench.trial.calling import call, no_log
from genbench.trial.failures import BlameError
from genbench.trial.global_state import UniqueNotices, ignore_notice, isolate
from genbench.trial.hashed_files import check_after_write, renew_identities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from genbench.contract.specs import DatasetSpec
    from genbench.contract.steps import Log
    from genbench.results.records import Notice
    from genbench.store.store import Store
    from genbench.suite.components import Part

__all__ = [
    "Prepared", "find_prepared", "hash_splits", "load_data", "load_split", "open_split", "prepare",
    "read_caution", "read_data",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A dataset in the store.

    hash         content hash of all its splits
    sizes        number of samples of each split
    is_labelled  whether its samples have labels; True for data that an old genbench stored without this note
    notices      notices of the component's side effects
    shared_splits  pairs of splits that share samples (results.sketches)
    n_different  number of different samples, if they are fewer than half of those that genbench split
    is_official  whether the data came in these splits; False for data of an old genbench
    caution      the warning of the component on scores of these data, "" for none
    """

    part: Part[DatasetSpec]
    key: Mapping[str, Any]
    hash: str
    modality: Modality
    space: Space
    sizes: Mapping[str, int]
    is_labelled: bool = True
    notices: tuple[Notice, ...] = ()
    shared_splits: tuple[tuple[str, str], ...] = ()
    n_different: int | None = None
    is_official: bool = False
    caution: str = ""

    @property
    def reader_options(self) -> dict[str, Any]:
        """The options, by name, with which its component also reads outputs of generators.

        Options without a value, None or (), are left out. The others have their JSON-like values
        (`canonical`), but a path is its text, as in a suite: its canonical value is a hash of its content.
        """
        options, canonical = self.part.options, self.part.canonical
        return {
            name: str(options[name]) if isinstance(options[name], Path) else canonical[name]
            for name in self.part.spec.shared_options
            if options[name] not in (None, ())
        }


class _Loaded(NamedTuple):
    """A dataset that was loaded and split.

    part         the dataset, with the identities of its files from before loading
    splits       by name
    is_official  whether the data came in these splits; else genbench split them
    notices      notices of the component's side effects
    """

    part: Part[DatasetSpec]
    splits: Mapping[str, Samples]
    is_official: bool
    notices: UniqueNotices


def read_data(
    part: Part[DatasetSpec], log: Log = no_log, note: Callable[[Notice], object] = ignore_notice, *,
    grouped: bool = False,
) -> Data:  # fmt: skip
    """Call a dataset's `make` and return its Data, whose samples and labels are not checked yet.

    Parameters and errors are those of `load_data`, which calls this function and checks samples and labels.
    """
    key = ("data", part.component.name, options_text(part))
    # a seed of None, since data are the same at all seeds of a run
    given = {"rng": seeds.stream(None, *key), "device": "cpu", "log": log}
    # for the global streams of Python, numpy and torch, which are independent of `rng`
    sequence = seeds.sequence(None, "global", *key)
    try:
        with _name_dataset(part), isolate(part, sequence, note):
            data = call(part, {}, given)
            if grouped and isinstance(data, Data):
                data = data.grouped()  # within `isolate`, since it may call a function of the component
    except Absent as error:  # what the dataset reads is not installed
        raise DataError(f"{_describe(part)}: {error}") from error
    if not isinstance(data, Data):
        raise DataError(
            f"{_describe(part)}: expected a genbench.Data, got {type(data).__name__}; return "
            f"Data(Samples.of(modality, data))"
        )
    return data


def load_data(
    part: Part[DatasetSpec], modalities: Iterable[Modality], log: Log = no_log,
    note: Callable[[Notice], object] = ignore_notice, *, grouped: bool = True,
) -> Data:  # fmt: skip
    """Call a dataset's `make` and return its checked data, whose samples have their labels.

    note     receives notices of side effects
    grouped  whether the data are to be split: then a function for their groups, each of which stays in one
             split, is called

    Raises DataError, naming the dataset and its plugin, unless it gives valid samples of one of its
    modalities, or if what it reads is not installed, and FileChangedError if a file of its options has
    changed since its hash was taken.
    """
    data, who = read_data(part, log, note, grouped=grouped), _describe(part)
    try:
        samples = data.labelled()
        modality = find_modality(modalities, samples.space.modality, part.component.owner.distribution)
        samples = modality.admit(samples)
    except (DataError, Invalid) as error:
        raise DataError(f"{who}: {error}") from error
    if not part.component.serves((modality.reference,)):
        declared = ", ".join(part.spec.modalities)
        raise DataError(f"{who}: it declares {declared} and gave {modality.reference}; declare that too")
    return replace(data, samples=samples, labels=None)


def read_caution(part: Part[DatasetSpec], samples: Samples) -> str:
    """Return the warning on scores of these samples by the component that read them, "" for none."""
    if part.spec.caution is None:
        return ""
    try:
        return str(resolve(part.spec.caution)(guard(samples)))
    except Exception as error:  # the code of a plugin may raise any
        who = part.component.who
        raise PluginError(f"{who}: caution raised {describe_error(error)}") from error


def prepare(part: Part[DatasetSpec], store: Store, modalities: Iterable[Modality], log: Log = no_log) -> None:
    """Load, split and store a dataset; `log` is what the dataset gets as `log`.

    Raises the errors of `load_data` and of `check_groups`, and stores nothing then.
    """
    _store(store, _load(part, modalities, log))


def load_split(part: Part[DatasetSpec], modalities: Iterable[Modality], name: str) -> Samples:
    """Return the split that `prepare` would store; raise its errors, and DataError without such a split."""
    splits = _load(part, modalities, no_log).splits
    if name not in splits:
        raise DataError(f"{part.name} has no split {name!r}; it has {', '.join(splits)}")
    return splits[name]


def find_prepared(part: Part[DatasetSpec], store: Store, modalities: Iterable[Modality]) -> Prepared | None:
    """Return the dataset if it is in the store, else None."""
    key = data_key(part)
    notes = store.notes(key)
    if notes is None:
        return None
    space = Space.from_json(notes["space"])
    return Prepared(
        part=part,
        key=key,
        hash=notes["hash"],
        modality=find_modality(modalities, space.modality),
        space=space,
        sizes=notes["sizes"],
        is_labelled=notes.get("labelled", True),
        notices=read_notices(notes.get("notices", ())),
        shared_splits=tuple((first, second) for first, second in notes.get("shared_splits", ())),
        n_different=notes.get("different"),
        is_official=notes.get("official", False),
        caution=notes.get("caution", ""),
    )


def open_split(store: Store, dataset: Prepared, name: str) -> Samples | None:
    """Return a split of a dataset, or None if it has no such split.

    A split that is missing from the store is loaded again. Raises DataError if its content differs then.
    """
    if name not in dataset.sizes:
        return None
    stored = read_artefact(store.get(dataset.key), lambda folder: read_samples(folder / name))
    return _reload(store, dataset)[name] if stored is None else stored


def _reload(store: Store, dataset: Prepared) -> dict[str, Samples]:
    """Load a dataset again, store it and return its splits; raise DataError if its content has changed."""
    loaded = _load(dataset.part, [dataset.modality], no_log)
    if hash_splits(loaded.splits) != dataset.hash:
        raise DataError(
            f"the stored dataset {dataset.part.name!r} is missing or damaged, and loading it again gave "
            f"other data; run the command again"
        )
    with contextlib.suppress(ResultsError):  # the run continues without the store, as on a full disk
        _store(store, loaded)
    return dict(loaded.splits)


def _load(part: Part[DatasetSpec], modalities: Iterable[Modality], log: Log) -> _Loaded:
    """Return a dataset after loading and splitting it.

    Before the component reads anything, each file of its options whose time or size differs from that at its
    hashing, such as a copied one, is hashed again; other content raises FileChangedError. Raises the errors
    of `load_data`, too, and DataError, which names the dataset, if its groups do not fit its splits.
    """
    with _name_dataset(part):
        part = renew_identities(part)
    notices = UniqueNotices()
    data = load_data(part, modalities, log, notices.note)
    splits = split(data, part.spec.parts)
    try:
        check_groups(data, part.spec.parts, splits)
    except DataError as error:
        raise DataError(f"{_describe(part)}: {error}") from error
    return _Loaded(part, splits, is_official=data.splits is not None, notices=notices)


def hash_splits(splits: Mapping[str, Samples], items: Mapping[str, list[bytes]] | None = None) -> str:
    """Return the hash of a dataset's content, by the names of its splits.

    items  the `digests` of the samples of each split, if they are known; None: they are computed
    """
    items = items or {}
    return digest({name: content_hash(each, items=items.get(name)) for name, each in splits.items()})


def _list_sharing_splits(sketches: Mapping[str, Sketch]) -> list[tuple[str, str]]:
    """Return the pairs of names of splits that are equal, or share samples, in sorted order.

    sketches  of all samples of each split: the hashes of its samples, by which splits are compared
    """
    # `has_samples_of` does not count samples that splits share by chance, as if they repeat only a few; equal
    # splits are listed even so
    return [
        (first, second)
        for first, second in combinations(sorted(sketches), 2)
        if sketches[first] == sketches[second] or sketches[first].has_samples_of(sketches[second])
    ]


def _count_different(loaded: _Loaded, sketches: Mapping[str, Sketch]) -> int | None:
    """Return the number of different samples in a dataset if it is less than half of all samples, else None.

    sketches  as for `_list_sharing_splits`

    genbench puts equal samples into one split. If few are different, each split has other values than the
    rest, and users are warned of it. Official splits are the author's choice, so they give None.
    """
    if loaded.is_official:
        return None
    # A sketch counts each different sample of a split; equal samples are in one split.
    different = sum(len(sketch.counts) for sketch in sketches.values())
    return different if 2 * different < sum(map(len, loaded.splits.values())) else None


def _store(store: Store, loaded: _Loaded) -> None:
    """Store the splits of a dataset, with the notes that `find_prepared` reads.

    The files of its options are checked after the write, so data of a changed file is not stored.
    """
    part, splits = loaded.part, loaded.splits
    items = {name: digests(samples) for name, samples in splits.items()}  # once for all that needs them
    sketches = {name: Sketch.whole(samples, items[name]) for name, samples in splits.items()}
    notes = {
        "hash": hash_splits(splits, items),
        "shared_splits": _list_sharing_splits(sketches),
        "different": _count_different(loaded, sketches),
        "official": loaded.is_official,
        "space": next(iter(splits.values())).space.to_json(),  # the splits of a dataset have one space
        "sizes": {name: len(samples) for name, samples in splits.items()},
        "labelled": all(samples.labels is not None for samples in splits.values()),
        "notices": loaded.notices.to_json(),
        "caution": read_caution(part, splits.get("train", next(iter(splits.values())))),
    }

    def write(folder: Path) -> None:
        """Write each split into a folder of its own."""
        for name, samples in splits.items():
            write_samples(folder / name, samples)

    with _name_dataset(part):
        store.put(data_key(part), check_after_write(write, part), notes)


@contextlib.contextmanager
def _name_dataset(part: Part[DatasetSpec]) -> Iterator[None]:
    """Raise a FileChangedError that names the dataset in place of a BlameError.

    Within the block, only checks of the component's files raise BlameError; its cause says what has changed.
    """
    try:
        yield
    except BlameError as failure:
        raise FileChangedError(f"{_describe(part)}: {failure.__cause__}") from failure


def _describe(part: Part[DatasetSpec]) -> str:
    """Return the dataset and its plugin in words, as messages name them."""
    return f"dataset {part.name!r} of {part.component.owner.distribution}"
