"""Extractor `classifier`: a small network fitted on the labels of any image dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt, Lt

from genbench import Undefined

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from genbench import Log, Samples
    from genbench_image.classifiers.network import Classifier

__all__ = ["classifier", "load"]


def classifier(
    train: Samples,
    train_labels: NDArray[np.int64] | None,
    *,
    steps: Annotated[int, Ge(1)] = 800,
    batch: Annotated[int, Ge(1)] = 64,
    lr: Annotated[float, Gt(0)] = 4e-3,
    dropout: Annotated[float, Ge(0), Lt(1)] = 0.5,
    rng: np.random.Generator,
    device: str,
    log: Log,
) -> Classifier:
    """Return a network fitted on `train` (images uint8, any size and channels) and its (n,) labels.

    It maps n images of the same shape to `features`, its penultimate layer, (n, 64) float32, and
    `probabilities`, (n, k) float32 over the k classes in the order of their labels.

    steps    number of training batches
    batch    images per batch
    lr       initial learning rate; it decays to 0 along half a cosine
    dropout  share of the features dropped in training, in [0, 1)

    Raises Undefined if there are no labels, or only one class.
    """
    if train_labels is None:
        raise Undefined("classifier is fitted on labels, and this dataset has none; use pixels")
    if len(set(train_labels.tolist())) == 1:
        raise Undefined("classifier needs at least two classes, and train has one; use pixels")
    from genbench_image.classifiers.fitting import fit

    return fit(
        train.data, train_labels, steps=steps, batch=batch, lr=lr, dropout=dropout,
        rng=rng, device=device, log=log,
    )  # fmt: skip


def load(folder: Path, *, device: str = "cpu") -> Classifier:
    """Return the classifier that its `save(folder)` wrote, on `device`.

    Raises DataError if it cannot be read.
    """
    from genbench_image.classifiers.network import restore

    return restore(folder, device)
