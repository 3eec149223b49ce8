"""The generator `samples`: finished outputs of any model, read from a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import DataError, Invalid, Samples, class_names, labels_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Modality

__all__ = ["FinishedSampler", "samples"]


def samples(
    train: Samples, modality: Modality, open_outputs: Callable[..., Samples], *, path: Path,
    field: str = "text", reader_options: dict[str, Any] | None = None,  # noqa: ARG001 - `open_outputs` has them
) -> FinishedSampler:  # fmt: skip
    """Return a sampler of the finished outputs of a model, in the space of `train`.

    path   a folder of samples that a run kept, of any modality; a folder or file that a dataset of that space
           can open (a folder of images, .npz, .npy); or, for strings (texts, sequences, molecules), a file of
           them (.txt by line, .jsonl, .csv)
    field  the key of the string in a line of .jsonl that is an object, or the column of a .csv file
    reader_options  options of the dataset that opens the path, where they are not those of the real samples:
                    {encoding = "cp1252", delimiter = ";"} for a table

    Raises DataError, naming the file, if it cannot be read.
    """
    made = open_outputs(path, field=field)
    return FinishedSampler(
        _match_labels(train, _adapt_samples(made, train, modality, path.name), path.name), path.name
    )


@dataclass(frozen=True, eq=False)
class FinishedSampler:
    """Draws from the samples `made`, which were read from the file or folder `name`."""

    made: Samples
    name: str

    @property
    def available(self) -> int:
        """The most samples that it can draw."""
        return len(self.made)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` of the samples in the order of the file: all of them, or some drawn without replacement.

        If there are exactly `n`, every seed gives the same samples. Raises Invalid if there are fewer.
        """
        if n > len(self.made):
            raise Invalid(f"asked for {n} samples, {self.name} holds {len(self.made)}; make more or lower n")
        return self.made.take(np.sort(rng.choice(len(self.made), size=n, replace=False)))


def _match_labels(train: Samples, made: Samples, name: str) -> Samples:
    """Return samples with the label numbers of `train`, matched by the names of the classes."""
    if train.labels is None or made.labels is None:
        return made
    numbers = {known: label for label, known in class_names(train).items()}
    try:
        return Samples(made.data, made.space, labels_in(made, numbers))
    except DataError as error:
        raise DataError(f"{name}: {error}, as in this dataset") from error


def _adapt_samples(made: Samples, train: Samples, modality: Modality, name: str) -> Samples:
    """Return samples in the space of `train`."""
    if made.space == train.space or not modality.has("adapt"):
        return made
    try:
        return modality.adapt(made, train.space)
    except Invalid as error:
        raise DataError(f"{name}: {error}") from error
