"""Samples from paths, splits of datasets and arrays, for `genbench.score`."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.contract.specs import DatasetSpec
from genbench.contract.steps import Steps
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid, ResultsError
from genbench.core.names import suggest_names
from genbench.core.samples import Samples, identity_hash
from genbench.core.spaces import Space
from genbench.core.splits import SPLITS
from genbench.files.identity import check_identity, read_identity
from genbench.files.read import content_sha256
from genbench.files.text_files import TEXT_ENDINGS
from genbench.scoring.arguments import check_stated, unite_spaces
from genbench.scoring.images import advise_images
from genbench.scoring.sides import Side, cut_samples, make_side
from genbench.scoring.statistics import read_statistics
from genbench.store.keys import data_key, split_id
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import make_log
from genbench.trial.datasets import find_prepared, load_data, open_split, prepare, read_caution
from genbench.trial.reading.kept_samples import find_samples_folder, read_kept_samples
from genbench.trial.reading.readers import find_readers, make_reader_part, select_side_options
from genbench.trial.reading.string_files import FIELD, is_string_file, read_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Data, Over
    from genbench.scoring.statistics import Statistics
    from genbench.store.store import Store

    Caution = Callable[[Samples], str]

__all__ = ["Source", "as_samples", "find_existing_path", "is_path"]

_RULE = 2  # by which opened samples are hashed; a new one invalidates the hashes in the store
_N_INSPECTED = 3  # items of a list that are looked up as files: a list can have a million texts


def as_samples(value: Any, name: str, modalities: Sequence[Modality], other_space: Space | None) -> Samples:
    """Return an object in memory as samples of the first modality that accepts it.

    name         of the side, for messages
    modalities   those to try, in this order
    other_space  the space of the samples on another side: then only its modality is tried; or None

    Raises DataError for other types and shapes, with advice on how to convert them, and for a list of the
    names of files.
    """
    if _are_file_names(value):
        raise DataError(f"{name}: got the names of files, not their content; give their folder, or open them")
    try:
        if isinstance(value, Samples):
            return find_modality(modalities, value.space.modality).admit(value)
        if hasattr(value, "detach"):  # a tensor of torch
            value = _read_array(value)
        candidates = modalities if other_space is None else [find_modality(modalities, other_space.modality)]
        for modality in candidates:
            samples = modality.from_memory(value, other_space)
            if samples is not None:
                return modality.admit(samples)
    except (DataError, Invalid) as error:
        raise DataError(f"{name}: {error}") from error
    raise DataError(f"{name}: {_describe_refusal(value, candidates)}")


def _are_file_names(value: Any) -> bool:
    """Return whether the first texts of a list are all paths of existing files."""
    if not isinstance(value, list | tuple) or not value:
        return False
    paths = [find_existing_path(item) if isinstance(item, str) else None for item in value[:_N_INSPECTED]]
    return all(path is not None and path.is_file() for path in paths)


def _describe_refusal(value: Any, modalities: Sequence[Modality]) -> str:
    """Return the message that no modality accepts an object, with advice on how to convert it.

    An array gets the advice of the modalities whose items have as many axes as the array's items. For
    modalities whose items have one axis more, it gets the advice to add that axis. If there are no modalities
    of either kind, and for other objects, the message has the advice of all modalities.
    """
    if isinstance(value, list | tuple) and value and all(isinstance(item, np.ndarray) for item in value):
        name = repr(modalities[0].reference) if len(modalities) == 1 else "MODALITY"
        return (
            f"expected samples, got a {type(value).__name__} of arrays, which does not say its modality; "
            f"write genbench.Samples.of({name}, …)"
        )
    is_array = isinstance(value, np.ndarray)
    got = f"{value.dtype} {value.shape}" if is_array else type(value).__name__
    with_advice = [modality for modality in modalities if modality.spec.advice]  # on how to convert to it
    axes = value.ndim - 1 if is_array else 0  # of one item: the first axis counts the items
    suitable = [modality for modality in with_advice if axes and len(modality.spec.axes) == axes]
    lacking = [modality for modality in modalities if _lacks_axis(modality, value)]
    advice = {each.reference: f"if it lacks {each.spec.axes[-1]}, write x[..., None]" for each in lacking}
    # all advice is shown only if no modality suits the array, and none lacks just an axis
    for modality in suitable or ([] if advice else with_advice):
        advice.setdefault(modality.reference, _advise_images(modality, value) or modality.spec.advice)
    lines = "; ".join(f"{name}: {line}" for name, line in advice.items())
    return f"expected {', '.join(advice)} samples, got {got}; {lines}"


def _advise_images(modality: Modality, value: Any) -> str:
    """Return the line that turns an array into images of a modality of bytes with channels, "" of others."""
    has_bytes = modality.spec.dtypes == ("uint8",) and modality.spec.axes == ("height", "width", "channels")
    return advise_images(value) if has_bytes and isinstance(value, np.ndarray) else ""


def _lacks_axis(modality: Modality, value: Any) -> bool:
    """Return whether an array has the dtype of a modality, and one axis less."""
    # `spec.axes` are those of one item, so an array of such items has one axis more than that
    is_array = isinstance(value, np.ndarray) and value.ndim > 1
    return is_array and value.ndim == len(modality.spec.axes) and str(value.dtype) in modality.spec.dtypes


def is_path(value: Any) -> bool:
    """Return whether an argument is a path or the name of a split: a str or a Path."""
    return isinstance(value, str | Path)


def _read_array(tensor: Any) -> Any:
    """Return a tensor of torch, of any device, as an array of numpy."""
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:  # numpy has no bfloat16
        raise DataError(f"{error}; convert the tensor with x.double()") from error


def _no_caution(_: Samples) -> str:
    """Return "", which means no warning about scores of the samples."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Opens paths, splits and arrays as sides.

    tell          receives events: stages, their steps, and the line that says which modality a path has
    reader        the dataset component that opens paths, with `options` (as for `select_side_options`); None:
                  the one whose spec reads them
    stated_space  the modality of samples that do not say theirs, with parameters, as a space; None: that of
                  another side
    text_field    the key or column of strings in files of the stated modality
    split         the split that `real` means by default
    common_modalities  references of the modalities that all metrics work on; empty: any
    """

    catalog: Catalog
    store: Store
    tell: Callable[..., object]
    reader: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    stated_space: Space | None = None
    text_field: str = FIELD
    split: str = "test"
    common_modalities: frozenset[str] = frozenset()

    def open_side(self, value: Any, name: str, n: int | None, other_space: Space | None) -> Side:
        """Return a value as a side: the samples that a call gives as `fake`, `real` or `train`.

        name    of the side: "fake", "real" or "train"
        n       number of samples to which the side is cut, by content; None: it is not cut
        value   a path, "dataset.split" (an existing path wins), an array, a tensor or Samples
        other_space  the space (modality, shape, parameters) of samples on another side of the call, or None

        Raises DataError for other types and shapes, with advice on how to convert them; for a path that
        cannot be read; for samples of another modality or parameter than the call states (`stated_space`);
        and for fewer than `n` samples.
        """
        side = self._open_unchecked_side(value, name, n, unite_spaces(self.stated_space, other_space))
        with _name_errors(name):
            check_stated(side.space, self.stated_space)
        return side

    def _open_unchecked_side(self, value: Any, name: str, n: int | None, other_space: Space | None) -> Side:
        """Return a value as a side, without a check of the modality that the call states.

        name, n, value  as for `open_side`
        other_space     the space of samples on another side, with what the call states of this one, or None
        """
        if not is_path(value):
            samples = as_samples(value, name, self._modalities, other_space)
            return make_side(samples, name, n, partial(self._begin_hashing, name))
        if not str(value):
            raise DataError(
                f"{name}: the path is empty; name a file, a folder or a split such as DATASET.test"
            )
        path = find_existing_path(value)
        if path is not None:
            return self._open_path(path, name, n, other_space)
        if isinstance(value, Path):
            raise DataError(f"{name}: {value} does not exist; expected a file or folder of samples")
        return self._open_split(value, name, n)

    def find_statistics(self, value: Any, name: str) -> Statistics | None:
        """Return the mean and covariance of features that a file holds; None for other files and values.

        If the call names a reader, only the samples of a file are read, so there are no statistics. Raises
        DataError if the file should hold statistics and does not.
        """
        path = find_existing_path(value) if is_path(value) and str(value) else None
        with _name_errors(name, path):
            return None if path is None or self.reader is not None else read_statistics(path)

    @property
    def _modalities(self) -> tuple[Modality, ...]:
        """All modalities of the catalog."""
        return list_modalities(self.catalog)

    def _open_path(self, path: Path, name: str, n: int | None, other_space: Space | None) -> Side:
        """Return the samples of a file or folder as a side; they are read on first use.

        For arguments see `_open_unchecked_side`. The side has a `path` if its samples could be of another
        modality, so that messages can suggest one.
        """
        split = self.split if name == "real" else name  # of a file that holds the splits of a dataset
        with _name_errors(name, path):
            # the folder of samples that a run kept, if `path` is one
            run_samples = find_samples_folder(path) if self.reader is None else None
            source = run_samples or path
            times_before = read_identity(source)  # names, sizes and times, before any content is read
            plan = partial(self._plan_reading, path, name, other_space)
            identity, read, caution = plan()  # `identity` has the hash of the content, and how it is read
        # The store keeps hash, size and space of the side under this key, so it has all that decides them.
        key = {"kind": "opened", "rule": _RULE, "path": identity, "split": split, "n": n}

        def check() -> None:
            """Raise DataError if the file has changed since the reading was planned.

            If the file was only renamed, linked or given other rights, the reading is planned again: its
            content, and how it is read, must be the same.
            """
            with _name_errors(name, path):
                check_identity(source, times_before, lambda: plan()[0] == identity)

        def load() -> Samples:
            """Return all samples; raise DataError if the file changed since reading was planned."""
            with _name_errors(name, path):
                samples = read()
            check()
            return samples

        side = self._build_side(key, load, name, n, split=None, check=check, caution=caution)
        # with a named reader, and for samples that a run kept, the modality is certain
        is_certain = self.reader is not None or run_samples is not None
        return side if is_certain else replace(side, path=path)

    def _begin_hashing(self, name: str, samples: Samples) -> Over:
        """Report that the hashing of a side's samples begins; return a function for the loop over them.

        The function yields the items that it gets, and reports a step after each.
        """
        self.tell(stage=f"hash {name}")
        return Steps(make_log(self.tell), len(samples)).over

    def _plan_reading(
        self, path: Path, name: str, space: Space | None
    ) -> tuple[str, Callable[[], Samples], Caution]:
        """Return (identity, read, caution) of a side's path; only what the hash needs is read yet.

        space     what the call states of the samples, or the space of samples on another side; None: any

        identity  hash of all that decides the samples: content, options, and code of the reader
        read      returns the samples
        caution   takes the samples, and returns what the reader warns of, or ""

        Tried in this order: samples that a run kept, a component that reads such files, and strings of the
        modality of `space`.
        """
        modalities = self._modalities
        modality = None if space is None else find_modality(modalities, space.modality)
        run_samples = find_samples_folder(path) if self.reader is None else None
        if run_samples is not None:
            return (
                content_sha256(run_samples),
                lambda: read_kept_samples(run_samples, modalities),
                _no_caution,
            )
        has_reader = self.reader is not None or bool(find_readers(self.catalog, path, modality))
        if modality is not None and not has_reader and is_string_file(path, modality):
            parameters, field_name = modality.read_declared(space), self.text_field
            identity = [content_sha256(path), path.suffix.lower(), modality.reference, parameters, field_name]
            return digest(identity), lambda: read_strings(path, modality, space, field_name), _no_caution
        return self._plan_component_reading(path, name, modality)

    def _plan_component_reading(
        self, path: Path, name: str, modality: Modality | None
    ) -> tuple[str, Callable[[], Samples], Caution]:
        """Return what `_plan_reading` returns, for a path that a dataset component reads.

        modality  of the samples; None: any

        Raises DataError if no component reads the path, and for a file of texts if the call names a
        `text_field`, since the component has options of its own for that.
        """
        part = make_reader_part(
            self.catalog, path, modality, reader=self.reader, options=select_side_options(self.options, name),
            is_fake=name == "fake", among=self.common_modalities,
            note=lambda line: self.tell(note=_write_typed(line, path)),
        )  # fmt: skip
        if self.text_field != FIELD and path.suffix.lower() in TEXT_ENDINGS:
            raise DataError(
                f"{path.name} is read by {part.name}, which takes no field of the modality; set an option of "
                f"it: --reader '{part.name} OPTION=VALUE'"
            )

        def load() -> Samples:
            """Return the samples that the component reads from the path; if these have splits, one of them.

            `real` is the split that the call chose; `fake` and `train` are the splits of these names.
            """
            split = self.split if name == "real" else name
            # groups of samples only decide how genbench splits data, and nothing is split here
            data = load_data(part, self._modalities, make_log(self.tell), grouped=False)
            return _choose_split(data, path.name, split)

        # a reader warns of real or training samples that make scores doubtful
        caution = _no_caution if name == "fake" else partial(read_caution, part)
        return digest(data_key(part)), load, caution

    def _open_split(self, reference: str, name: str, n: int | None) -> Side:
        """Return a split of a dataset component as a side; the dataset is prepared if the store lacks it.

        reference  "dataset.split", or the dataset alone; see `_read_reference`

        Raises DataError if the dataset or the split is unknown.
        """
        use, split = self._read_reference(reference, name)
        part = make_part(self.catalog, DatasetSpec, SuiteEntry(use=use, where=name), Path.cwd())
        dataset = find_prepared(part, self.store, self._modalities)
        if dataset is None:
            prepare(part, self.store, self._modalities, make_log(self.tell))
            dataset = find_prepared(part, self.store, self._modalities)
        if dataset is None or split not in dataset.sizes:
            splits_text = "" if dataset is None else f"; it has {', '.join(dataset.sizes)}"
            raise DataError(f"{name}: {use} has no split {split!r}{splits_text}")
        stored, sizes = dataset, dataset.sizes  # inside `load`, mypy would take `dataset` for possibly None
        # The store keeps hash, size and space of the side under this key, so it has all that decides them.
        key = {"kind": "opened", "rule": _RULE, "split": split_id(stored.hash, split, n)}

        def load() -> Samples:
            """Return all samples of the split from the store."""
            samples = open_split(self.store, stored, split)
            if samples is None:
                raise DataError(f"{name}: {use} has no split {split!r}; it has {', '.join(sizes)}")
            return samples

        return self._build_side(key, load, name, n, split=split)

    def _read_reference(self, text: str, name: str) -> tuple[str, str]:
        """Return (dataset, split) of "dataset.split"; raise DataError if one of them is unknown.

        A whole dataset as `real` means the split that the call chose (`self.split`), and as `train` the split
        "train". As `fake` it raises DataError.
        """
        use, _, split = text.rpartition(".")
        use, split = (use, split) if use else (text, "")  # without a dot, the text names a dataset alone
        is_known = bool(self.catalog.matches("dataset", use))
        if not is_known or split not in ("", *SPLITS):
            # a text with a slash is a missing path, not a misspelt dataset
            hint = "" if "/" in text else self._suggest_split(text, use, is_known=is_known)
            expected = hint or "; expected a path or a split such as DATASET.test"
            raise DataError(
                f"{name}: there is no path {text!r} and no split of a dataset of that name{expected}"
            )
        if not split and name == "fake":
            raise DataError(f"{name}: {text!r} is a whole dataset; name a split of it: {text}.held_out")
        return use, split or (self.split if name == "real" else name)

    def _suggest_split(self, text: str, use: str, *, is_known: bool) -> str:
        """Return the end of a message: the nearest split of a known dataset, or else the nearest dataset."""
        if is_known:
            return suggest_names(text, [f"{use}.{split}" for split in SPLITS])
        return suggest_names(use, [component.name for component in self.catalog.of_kind("dataset")])

    def _build_side(
        self, key: dict[str, Any], load: Callable[[], Samples], name: str, n: int | None, split: str | None,
        check: Callable[[], None] = lambda: None, caution: Caution = _no_caution,
    ) -> Side:  # fmt: skip
        """Return a side whose hash, size, space and caution come from the store, or from opening it once.

        key      of the notes in the store that keep hash, size, space and caution
        load     opens all samples, which are cut to n
        check    raises if the files behind the samples have changed; nothing is stored then
        caution  takes the samples, and returns what their reader warns of, or ""
        """
        open_whole = cache(load)
        # a cut keeps the n samples with the least hashes, and hashing may take long enough to report
        open_cut = cache(lambda: cut_samples(open_whole(), name, n, partial(self._begin_hashing, name)))
        notes = self.store.notes(key)
        if notes is None:
            samples = open_cut()
            hashed = identity_hash(samples, self._begin_hashing(name, samples))
            notes = {
                "hash": hashed, "size": len(samples), "space": samples.space.to_json(),
                "caution": caution(samples),
            }  # fmt: skip
            check()
            with contextlib.suppress(ResultsError):  # without the store, the next call opens it again
                self.store.put(key, lambda _: None, notes)  # notes alone, without a file
        return Side(
            name=name, hash=notes["hash"], size=notes["size"], space=Space.from_json(notes["space"]),
            split=split, store_id=digest(["content", notes["hash"]]), open=open_cut,
            open_whole=open_whole, caution=notes.get("caution", ""),
        )  # fmt: skip


def _choose_split(data: Data, path: str, split: str) -> Samples:
    """Return the samples of `split` if the data that a path holds have splits, else all of them.

    The samples have their labels, if there are any. Raises DataError if the splits do not include `split`.
    """
    if data.splits is None:
        return data.labelled()
    if split not in data.splits:
        raise DataError(f"{path} holds the splits {', '.join(data.splits)}; name one of them: {path}/test")
    return data.labelled().take(data.splits[split])


def find_existing_path(value: str | Path) -> Path | None:
    """Return the path if it exists, else None; texts that cannot be paths give None too."""
    try:
        path = Path(value).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, unknown user after "~", or a NUL character
        return None


@contextlib.contextmanager
def _name_errors(name: str, path: Path | None = None) -> Iterator[None]:
    """Prefix the message of a DataError with the side's name, and a file in it with its folder as typed.

    path  of the side; messages about it begin with its last part, since components get absolute paths
    """
    try:
        yield
    except DataError as error:
        raise DataError(f"{name}: {_write_typed(str(error), path)}") from error


def _write_typed(text: str, path: Path | None) -> str:
    """Return a message about a path with the path as it was typed in place of its last part.

    The message of a folder's file may begin with the file's name: then the folder comes before it.
    """
    if path is None:
        return text
    if re.match(rf"{re.escape(path.name)}(?![\w.-])", text):  # not a longer name
        return f"{path}{text.removeprefix(path.name)}"
    return f"{path}: {text}" if path.is_dir() else text
