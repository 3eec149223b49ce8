"""Counts of copies in a trial: its fakes compared with the splits of its data, stored as numbers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.containers import find_container
from genbench.core.errors import Absent, PluginError
from genbench.core.rows import number_rows
from genbench.core.samples import unify_numbers
from genbench.files.sample_files import read_array
from genbench.results.copies import ALL, count_copies, number_samples
from genbench.store.cache import find_or_make
from genbench.store.keys import numbers_key
from genbench.trial.failures import BlameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.copies import Copies, Numbers
    from genbench.store.store import Store
    from genbench.trial.datasets import Prepared

__all__ = ["are_alike", "count_trial_copies", "number_together", "number_twice"]

_FILE = "numbers.npy"


def count_trial_copies(
    fakes: Samples, dataset: Prepared, store: Store, open_split: Callable[[str], Samples],
    report: Callable[..., None],
) -> dict[str, Copies]:  # fmt: skip
    """Return how many fakes equal samples of each split of a dataset, and of all splits together.

    open_split  returns the whole split of a name
    report      receives a `warning` if the store takes no numbers

    The result is {} if a package that the modality needs to compare its samples is missing. Raises BlameError
    for an error of the modality.
    """

    def make(name: str) -> tuple[Numbers, Mapping[str, Any], Callable[[Path], None]]:
        """Return the numbers of a split, no notes, and the function that writes the numbers."""
        numbers = number_twice(open_split(name), dataset.modality)
        return numbers, {}, lambda folder: np.save(folder / _FILE, numbers)

    try:
        fake = number_twice(fakes, dataset.modality)
        real = {}
        for name in dataset.sizes:
            key = numbers_key(dataset.hash, name, dataset.modality.component)
            real[name], _ = find_or_make(
                store, key, lambda folder: read_array(folder / _FILE), functools.partial(make, name), report
            )
    except Absent:
        return {}
    except PluginError as error:
        raise BlameError(dataset.modality.component) from error
    other = {name: [real[each] for each in real if each != name] for name in real if dataset.is_official}
    real[ALL] = np.concatenate(list(real.values()), axis=1)
    return {name: count_copies(fake, numbers, other.get(name, ())) for name, numbers in real.items()}


def number_together(draws: Sequence[Samples], modality: Modality) -> list[Numbers]:
    """Return the numbers of each draw, as `number_twice`, by which these draws alone can be compared.

    Rows of frames are compared column by column, which is faster than the SHA-256 of each.
    Raises as `number_twice`.
    """
    frames = [samples.data for samples in draws]
    same = [unify_numbers(modality.same(samples)).data for samples in draws] if are_alike(frames) else []
    if not are_alike(same):
        return [number_twice(samples, modality) for samples in draws]
    return [np.stack(pair) for pair in zip(number_rows(frames), number_rows(same), strict=True)]


def are_alike(data: Sequence[Any]) -> bool:
    """Return whether the data are frames with the same number of columns, so that their rows can be equal."""
    return (
        all(find_container(each).name == "frame" for each in data)
        and len({each.shape[1] for each in data}) == 1
    )


def number_twice(samples: Samples, modality: Modality) -> Numbers:
    """Return the numbers of samples as they are, and without order, precision and signs of zeros.

    Of an order, the modality removes what means nothing.
    Raises Absent if a package of the modality is missing, and PluginError for an error of the modality.
    """
    return np.stack([number_samples(samples), number_samples(unify_numbers(modality.same(samples)))])
