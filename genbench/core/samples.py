"""Samples of one space with their columns, and operations on them: select, concatenate, hash.

A column is data aligned with the items, such as their labels. Its values have the form of a container, so one
loop selects, concatenates, copies, guards, hashes, writes and reads all columns beside the data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged, is_mapped
from genbench.core.canonical_json import canonical
from genbench.core.containers import Container, find_container
from genbench.core.errors import DataError, Invalid
from genbench.core.spaces import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    #: Yields items, and may tell how far it is, as `Steps.over` does.
    Over = Callable[[Iterable[bytes]], Iterator[bytes]]

__all__ = [
    "COLUMNS", "Data", "Samples", "class_names", "concat", "content_hash", "copy_mapped", "copy_samples",
    "digests", "guard", "identity_hash", "labels_in", "number_classes", "to_single_precision",
    "unify_numbers", "whole_numbers",
]  # fmt: skip

_MOST_CLASSES = 5  # names in a message

#: The columns that samples may have: fields of Samples, each None or data with one entry an item.
COLUMNS = ("labels",)


@dataclass(frozen=True, eq=False)
class Samples:
    """n items of one space.

    data    an array (n, ...), a Ragged of n arrays, a tuple of n str, or a pandas frame of n rows. Typed Any,
            because a plugin knows the modalities that it supports.
    space   the space of each item
    labels  (n,) int64 class numbers, or None
    """

    data: Any
    space: Space
    labels: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.data)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that the samples have, by name."""
        return {name: column for name in COLUMNS if (column := getattr(self, name)) is not None}

    @property
    def data_and_columns(self) -> dict[str, Any]:
        """The data and the columns, by the names of their fields; each has one value for each sample.

        Operations on samples, such as `take`, apply to all of them alike.
        """
        return {"data": self.data, **self.columns}

    @classmethod
    def of(
        cls, modality: str, data: Any, labels: Any = None, *, classes: Sequence[str] = (), **parameters: Any
    ) -> Samples:  # fmt: skip
        """Return samples of a modality; the shape of their space, or its columns, come from `data`.

        This function does not check the values: the modality checks samples that enter a run, and
        `genbench.checked_samples` checks them at once.

        data        as in Samples; a list of str becomes a tuple, and a list of arrays a Ragged
        classes     class names in the order of label numbers, () if labels are plain numbers. Samples that
                    number the classes in another order are compared by these names
        parameters  of the space, such as the `rate` of audio

        The space of unsigned integers has the bounds of their dtype, such as 0 and 255. Raises Invalid for
        data of another type.
        """
        labels = None if labels is None else whole_numbers(labels)
        data = _to_container(data)
        container = find_container(data)
        parameters = {**container.parameters(data), **parameters}
        return cls(data, Space(modality, container.shape(data), classes=classes, **parameters), labels)

    def take(self, index: NDArray[np.intp] | slice) -> Samples:
        """Return the items at `index`, in the order of `index`."""
        return _change_values(self, lambda container, data: container.take(data, index))


@dataclass(frozen=True, eq=False)
class Data:
    """The content of a dataset, before the host splits it.

    samples  all samples, each once
    labels   (n,) integers, unless `samples` has labels
    splits   official splits: name ("train", "test", "held_out") to the (k,) indices of its samples
    truth    an exact sampler of the data's distribution, if it is known
    groups   (n,) texts or integers, instead of `splits`: samples of one group, such as the rows of a patient,
             are in one split; or a function without parameters that returns them, which genbench calls only
             where it splits the data
    """

    samples: Samples
    labels: Any = None
    splits: Mapping[str, NDArray[np.intp]] | None = None
    truth: Any = None
    groups: Sequence[Any] | NDArray[Any] | Callable[[], Sequence[Any] | NDArray[Any]] | None = None

    def labelled(self) -> Samples:
        """Return the samples with their labels.

        Raises Invalid unless `samples` are Samples and the labels are integers.
        """
        if not isinstance(self.samples, Samples):
            raise Invalid(
                f"expected genbench.Samples in Data, got {type(self.samples).__name__}; make them with "
                f"Samples.of(modality, data)"
            )
        if self.labels is None:
            return self.samples
        return replace(self.samples, labels=whole_numbers(self.labels))

    def grouped(self) -> Data:
        """Return the data with `groups` as values: if `groups` is a function, call it.

        genbench calls this only where it splits the data, so a function saves work for data that have splits.
        """
        return replace(self, groups=self.groups()) if callable(self.groups) else self


def concat(parts: Sequence[Samples]) -> Samples:
    """Return the samples of one or more `parts`, all of one space, in their order.

    The result has only the columns that all parts have.
    """
    if len(parts) == 1:
        return parts[0]
    fields_of_parts = [part.data_and_columns for part in parts]
    joined = {}
    for name in set(fields_of_parts[0]).intersection(*fields_of_parts):  # "data", and common columns
        pieces = [fields[name] for fields in fields_of_parts]
        joined[name] = find_container(pieces[0]).concat(pieces)
    return Samples(space=parts[0].space, **joined)


def copy_samples(samples: Samples) -> Samples:
    """Return a copy of the samples, for samples whose memory a component may write to again."""
    return _change_values(samples, lambda container, data: container.copy(data))


def copy_mapped(samples: Samples) -> Samples:
    """Return a copy of samples that are memory-mapped, since their files may change later.

    Samples in memory are returned as they are.
    """
    arrays = [find_container(data).values(data) for data in samples.data_and_columns.values()]
    is_any_mapped = any(array is not None and is_mapped(array) for array in arrays)
    return copy_samples(samples) if is_any_mapped else samples


def guard(samples: Samples) -> Samples:
    """Return the samples as a read-only view or as a copy, so that a component cannot change the original."""
    return _change_values(samples, lambda container, data: container.guard(data))


def digests(samples: Samples, over: Over = iter) -> list[bytes]:
    """Return the SHA-256 of each item's content, without its columns.

    over  takes the items and yields them again, so that it can report progress, as `Steps.over` does
    """
    items = find_container(samples.data).serialize_items(samples.data)
    return [hashlib.sha256(item).digest() for item in over(items)]


def content_hash(samples: Samples, over: Over = iter, items: Iterable[bytes] | None = None) -> str:
    """Return the SHA-256 of space, items and columns, 64 hex digits; the order of items counts.

    over   as for `digests`
    items  the `digests` of the samples, if they are known; None: they are computed
    """
    total = hashlib.sha256(canonical(samples.space.to_json()).encode())
    for item in digests(samples, over) if items is None else items:
        total.update(item)
    for column in samples.columns.values():
        for item in find_container(column).serialize_items(column):
            total.update(item)
    return total.hexdigest()


def identity_hash(samples: Samples, over: Over = iter) -> str:
    """Return a SHA-256 that changes with the samples, 64 hex digits, for what no run stores.

    It is the `content_hash`, except of frames, which are hashed column by column.

    over  as for `digests`
    """
    identity = find_container(samples.data).identify(samples.data)
    return content_hash(samples, over, items=None if identity is None else [identity])


def to_single_precision(samples: Samples) -> Samples:
    """Return samples with float64 data as float32, other samples as they are.

    The hashes of the same samples in both precisions are then equal.
    """
    data = samples.data
    is_double = isinstance(data, np.ndarray) and data.dtype == np.float64
    return replace(samples, data=data.astype(np.float32)) if is_double else samples


def unify_numbers(samples: Samples) -> Samples:
    """Return samples with float32 for float64 and 0.0 for -0.0: the hashes of equal numbers are then equal.

    No stored hash is of these samples, since precision and signs of zeros are content like any other.
    """
    return replace(samples, data=find_container(samples.data).unify_numbers(samples.data))


def whole_numbers(labels: Any) -> NDArray[np.int64]:
    """Return labels as an int64 array; raise Invalid unless they are integers."""
    array = np.asarray(labels)
    if array.dtype.kind not in "iu":
        raise Invalid(f"expected labels that are integers, got {array.dtype}")
    return array.astype(np.int64)


def _change_values(samples: Samples, change: Callable[[Container, Any], Any]) -> Samples:
    """Return samples with `change(container, values)` in place of the data and of each column."""
    changed = {name: change(find_container(data), data) for name, data in samples.data_and_columns.items()}
    return replace(samples, **changed)


def _to_container(data: Any) -> Any:
    """Return a list of arrays as a Ragged, another list as a tuple, and other data as they are."""
    if not isinstance(data, list | tuple):
        return data
    if data and all(isinstance(item, np.ndarray) for item in data):
        return Ragged.of(data)
    return tuple(data)


def class_names(samples: Samples) -> dict[int, str]:
    """Return the class name of each label that occurs; without class names, the label as a text.

    The result is {} for samples without labels.
    """
    labels = () if samples.labels is None else np.unique(samples.labels)
    classes = samples.space.classes
    return {int(label): classes[label] if classes else str(label) for label in labels}


def number_classes(sides: Mapping[str, Samples]) -> dict[str, int]:
    """Return a number for each class name on any side, so that labels of all sides can be compared.

    sides  samples by their name in messages; those without labels do not count

    If all names are plain numbers, such as "1", a class keeps its number; else the sorted names are numbered
    from 0. Raises DataError if two labelled sides have no class in common, or if two names are one number, as
    01 and 1.
    """
    names = {side: set(class_names(samples).values()) for side, samples in sides.items()}
    names = {side: classes for side, classes in names.items() if classes}  # only sides with labels
    for (side, classes), (other, other_classes) in combinations(names.items(), 2):
        if not classes & other_classes:
            raise DataError(
                f"{side} and {other} have no class in common: {_join_names(classes)} and "
                f"{_join_names(other_classes)}; give sub-folders of one class the same name on each side"
            )
    all_names = set().union(*names.values())
    numbers = {name: int(name) for name in sorted(all_names) if name.isdecimal()}
    name_of = {number: name for name, number in numbers.items()}
    for name, number in numbers.items():
        if name_of[number] != name:  # `name_of` has the last of two names of one number, as 01 and 1
            raise DataError(
                f"the classes {name} and {name_of[number]} are one number in two ways; give sub-folders of "
                f"one class the same name on each side"
            )
    # "01" is a name and no plain number, which would be written 1
    if len(numbers) == len(all_names) and all(name == str(number) for name, number in numbers.items()):
        return numbers
    return {name: number for number, name in enumerate(sorted(all_names))}


def labels_in(samples: Samples, numbers: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the labels of samples, (n,) int64, with each label replaced by the number of its class name.

    samples  with labels
    numbers  the number of each class name, as `number_classes` returns them: the same on all sides

    Raises DataError for a class without a number.
    """
    names = class_names(samples)
    unknown = sorted(set(names.values()) - set(numbers))
    if unknown:
        raise DataError(f"unknown classes {_join_names(unknown)}; expected some of {_join_names(numbers)}")
    unique, inverse = np.unique(np.asarray(samples.labels), return_inverse=True)
    return np.array([numbers[names[int(label)]] for label in unique], np.int64)[inverse]


def _join_names(names: Iterable[str]) -> str:
    """Return the first five of the sorted names for a message, with "…" if there are more."""
    every = sorted(names)
    return ", ".join(every[:_MOST_CLASSES]) + (", …" if len(every) > _MOST_CLASSES else "")
