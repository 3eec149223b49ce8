"""Slots of a gallery: which samples of a draw are shown, so that all generators fill the same ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.core.samples import Samples

__all__ = ["MOST_SHOWN", "Slot", "assign_slots", "slot_numbers"]

#: Samples that a draw without labels shows: a row that a person takes in at a glance.
FIRST = 8
#: Samples that a draw with labels shows at most, and so its classes.
MOST_SHOWN = 20
_MOST_OF_A_CLASS = 4  # more samples of one class tell little more of it


class Slot(NamedTuple):
    """A place in a gallery.

    label   class of the sample; None for a draw without labels
    number  from 0 on: the first of the draw or of its class, the second, and so on
    """

    label: int | None
    number: int


def slot_numbers(samples: Samples) -> list[int]:
    """Return the positions in the draw of the samples that a gallery shows, the most important first.

    Without labels these are the first 8. With labels they are the first few of each class, at most 20 in all:
    4 each of up to 5 classes, 2 each of 10, 1 each of 20. Of more than 20 named classes, 20 at equal
    distances are shown; of more labels without names, the 20 lowest of the draw. The first of each class
    comes before the second of any.
    """
    if samples.labels is None:
        return list(range(min(FIRST, len(samples))))
    labels = samples.labels.tolist()
    classes = _classes(labels, len(samples.space.classes))
    each = min(_MOST_OF_A_CLASS, max(1, MOST_SHOWN // max(1, len(classes))))
    places: dict[int, list[int]] = {label: [] for label in classes}
    for number, label in enumerate(labels):
        if label in places and len(places[label]) < each:
            places[label].append(number)
    return [places[label][rank] for rank in range(each) for label in classes if rank < len(places[label])]


def assign_slots(labels: Iterable[int] | None, n: int) -> list[Slot]:
    """Return the slots of n samples in the order of the draw, with these labels or without any."""
    if labels is None:
        return [Slot(None, number) for number in range(n)]
    counts, slots = Counter[int](), []
    for label in map(int, labels):
        slots.append(Slot(label, counts[label]))
        counts[label] += 1
    return slots


def _classes(labels: list[int], named: int) -> list[int]:
    """Return the classes that are shown, ascending."""
    if named > MOST_SHOWN:
        return [position * named // MOST_SHOWN for position in range(MOST_SHOWN)]
    return list(range(named)) if named else sorted(set(labels))[:MOST_SHOWN]
