"""Matching of labels between samples by class names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from genbench.core.samples import Samples

__all__ = ["class_names", "labels_in", "shared_numbers"]

_SHOWN = 5  # names in a message


def class_names(samples: Samples) -> dict[int, str]:
    """Return the class name of each label that occurs, or its number as a text if classes have no names."""
    labels = () if samples.labels is None else np.unique(samples.labels)
    classes = samples.space.classes
    return {int(label): classes[label] if classes else str(label) for label in labels}


def shared_numbers(sides: Mapping[str, Samples]) -> dict[str, int]:
    """Return a number for each class name on any side.

    If all names are numbers, these are used; otherwise the sorted names are numbered. Raises DataError if two
    labelled sides have no class in common, or write one number in two ways, as 01 and 1.
    """
    names = {side: set(class_names(samples).values()) for side, samples in sides.items()}
    names = {side: classes for side, classes in names.items() if classes}
    for side, classes in names.items():
        for other, other_classes in names.items():
            if not classes & other_classes:
                raise DataError(
                    f"{side} and {other} have no class in common: {_listed(classes)} and "
                    f"{_listed(other_classes)}; "
                    f"give sub-folders of one class the same name on each side"
                )
    every = set().union(*names.values())
    numbers = {name: int(name) for name in sorted(every) if name.isdecimal()}
    written = {number: name for name, number in numbers.items()}
    for name, number in numbers.items():
        if written[number] != name:
            raise DataError(
                f"the classes {name} and {written[number]} are one number in two ways; give sub-folders of "
                f"one class the same name on each side"
            )
    if len(numbers) == len(every) and all(name == str(number) for name, number in numbers.items()):
        return numbers
    return {name: number for number, name in enumerate(sorted(every))}


def labels_in(samples: Samples, numbers: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the labels of labelled samples as the `numbers` of their class names.

    Raises DataError for a class without a number.
    """
    names = class_names(samples)
    unknown = sorted(set(names.values()) - set(numbers))
    if unknown:
        raise DataError(f"unknown classes {_listed(unknown)}; expected some of {_listed(numbers)}")
    labels = np.asarray(samples.labels)
    unique, inverse = np.unique(labels, return_inverse=True)
    return np.array([numbers[names[int(label)]] for label in unique], np.int64)[inverse]


def _listed(names: Iterable[str]) -> str:
    every = sorted(names)
    return ", ".join(every[:_SHOWN]) + (", …" if len(every) > _SHOWN else "")
