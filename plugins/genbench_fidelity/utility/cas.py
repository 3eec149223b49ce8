"""Classification accuracy score: accuracy on real images of a classifier trained on fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt

from genbench import Score, no_log
from genbench_fidelity.numeric.arrays import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples

__all__ = ["cas"]


def cas(  # noqa: PLR0913 - sides with their labels
    real: Samples,
    real_labels: NDArray[np.int64],
    fake: Samples,
    fake_labels: NDArray[np.int64],
    *,
    steps: Annotated[int, Ge(1)] = 500,
    batch: Annotated[int, Ge(1)] = 64,
    rate: Annotated[float, Gt(0)] = 2e-3,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log = no_log,
) -> Score:
    """Return the accuracy on `real` of a classifier trained on `fake`, in [0, 1]; higher is better.

    real, fake  images uint8 with (n,) labels: those of the fakes are what the generator was asked for
    steps       batches that the classifier is trained for
    batch       images in a batch, drawn with replacement
    rate        of AdamW at the start; it falls to 0 along half a cosine

    The classifier is a small convolutional network on the raw images. Its initial weights and its batches
    come from `rng`, so all generators get the same ones. Ravuri & Vinyals train a ResNet-50: never compare
    their numbers with these. Compare with the control `train-copies`, which shows what as many real images
    teach. The classifier never predicts a label that the fakes lack. The value rises with n. The extra holds
    the accuracy `by_class`. Training on another kind of CPU gives another draw.

    Raises Undefined where a side is empty, and Invalid if the training diverges.

    Source: Ravuri & Vinyals 2019 (arXiv:1905.10887).
    """
    require(1, "cas", real=real.data, fake=fake.data)
    from genbench_fidelity.utility.image_classifier import fit

    classifier = fit(
        fake.data, fake_labels, steps=steps, batch=batch, rate=rate, rng=rng, device=device, log=log
    )
    is_right = classifier.predict(real.data) == real_labels
    classes = {str(label): float(is_right[real_labels == label].mean()) for label in np.unique(real_labels)}
    return Score(float(is_right.mean()), extra={"by_class": classes})
