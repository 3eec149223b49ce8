"""Labels of several samples, matched by the names of their classes."""

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
    """Return the name of each label that occurs: that of its class, or the number as a text."""
    labels = () if samples.labels is None else np.unique(samples.labels)
    classes = samples.space.classes
    return {int(label): classes[label] if classes else str(label) for label in labels}


def shared_numbers(sides: Mapping[str, Samples]) -> dict[str, int]:
    """Return one number for the name of every class on any side.

    Names that are numbers stand for themselves; otherwise the names are numbered in their order. Raises
    DataError if two sides have labels and no class in common.
    """
    names = {side: set(class_names(samples).values()) for side, samples in sides.items()}
    names = {side: found for side, found in names.items() if found}
    for side, found in names.items():
        for other, others in names.items():
            if not found & others:
                raise DataError(
                    f"{side} and {other} have no class in common: {_listed(found)} and {_listed(others)}; "
                    f"give sub-folders of one class the same name on each side"
                )
    every = set().union(*names.values())
    if all(name.isdecimal() and name == str(int(name)) for name in every):
        return {name: int(name) for name in every}
    return {name: number for number, name in enumerate(sorted(every))}


def labels_in(samples: Samples, numbers: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the labels of labelled samples as the numbers of their classes' names.

    Raises DataError for a class that has no number.
    """
    names = class_names(samples)
    unknown = sorted(set(names.values()) - set(numbers))
    if unknown:
        raise DataError(f"unknown classes {_listed(unknown)}; expected some of {_listed(numbers)}")
    labels = np.asarray(samples.labels)
    found, place = np.unique(labels, return_inverse=True)
    return np.array([numbers[names[int(label)]] for label in found], np.int64)[place]


def _listed(names: Iterable[str]) -> str:
    every = sorted(names)
    return ", ".join(every[:_SHOWN]) + (", …" if len(every) > _SHOWN else "")
