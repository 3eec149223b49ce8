"""Training of the classifiers: cross-entropy on shifted images, with dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from genbench_image.classifiers.network import Classifier, channels_last, network
from genbench_image.torch_utils.learning import build_network, descend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["fit"]

_LOG_EVERY = 50  # steps: a line for each would drown the log


def fit(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    steps: int,
    batch: int,
    lr: float,
    dropout: float,
    rng: np.random.Generator,
    device: str,
    log: Log,
) -> Classifier:
    """Return a network trained on `images` (n, height, width, channels) uint8 and their (n,) labels.

    AdamW on the cross-entropy of `batch` images drawn with replacement, with a learning rate that falls from
    `lr` to 0 along half a cosine. Images are shifted by at most a pixel each way, and a share `dropout` of
    the features is dropped: on 599 digits this raises the accuracy from 0.96 to 0.98.
    All randomness comes from `rng`; torch's global generator is unchanged.
    `log(step, steps, loss=…)` is called every 50 steps and at the end.
    """
    classes, targets = np.unique(labels, return_inverse=True)
    net = build_network(lambda: network(images.shape[1:], len(classes)), rng, device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(1, steps + 1):
        chosen = rng.integers(len(images), size=batch)
        features = net[:-1](channels_last(_shift_images(images[chosen], rng), device))
        hidden = rng.random(features.shape, dtype=np.float32) < dropout
        kept = torch.from_numpy(~hidden).to(device) / (1 - dropout)
        goal = torch.from_numpy(targets[chosen]).to(device)
        loss = nn.functional.cross_entropy(net[-1](features * kept), goal)
        descend(optimizer, loss)
        schedule.step()
        if step % _LOG_EVERY == 0 or step == steps:
            log(step, steps, loss=float(loss.detach()))
    return Classifier(net.eval(), images.shape[1:], classes.astype(np.int64))


def _shift_images(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return each image shifted by at most one pixel vertically and horizontally.

    Half of the shifts are 0; the border is repeated.
    """
    n, height, width, _ = images.shape
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    down, right = rng.choice((0, 1, 1, 2), size=(2, n, 1))
    rows, columns = down + np.arange(height), right + np.arange(width)
    shifted: NDArray[np.uint8] = framed[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return shifted
