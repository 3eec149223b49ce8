"""A small convolutional classifier of images, trained from scratch, for `cas`.

All random numbers, those of the initial weights and of the batches, come from a numpy generator. torch's
random streams do not change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from genbench import Invalid, Steps, no_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["ImageClassifier", "fit"]

_WIDTHS = (32, 64, 64, 128)  # channels of the first convolutions; later ones keep the last
_COARSEST = 4  # longer side of the last feature map
_FINE = 16  # the first layer keeps the resolution of images up to this side
_DECAY = 0.05  # weight decay, decoupled from the gradient (Loshchilov & Hutter 2017, arXiv:1711.05101)
_BLOCK = 256  # images in a batch of predictions


@dataclass(frozen=True, eq=False)
class ImageClassifier:
    """A fitted network and the (k,) labels of its outputs."""

    network: nn.Module
    labels: NDArray[np.int64]
    device: str

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the (n,) most probable labels of images (n, height, width, channels)."""
        found = [np.zeros(0, np.int64)]
        with torch.no_grad():
            for first in range(0, len(images), _BLOCK):
                logits = self.network(_tensor(images[first : first + _BLOCK], self.device))
                found.append(self.labels[logits.argmax(dim=1).cpu().numpy()])
        return np.concatenate(found)


def fit(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    steps: int,
    batch: int,
    rate: float,
    rng: np.random.Generator,
    device: str,
    log: Log = no_log,
) -> ImageClassifier:
    """Return a network fitted to images (n, height, width, channels) and their (n,) labels by cross-entropy.

    steps  batches, of `batch` images drawn with replacement
    rate   of AdamW at the start; it falls to 0 along half a cosine
    log    is told of each batch

    Raises Invalid if the loss becomes NaN or infinite.
    """
    known, numbers = np.unique(labels, return_inverse=True)
    with torch.random.fork_rng(devices=[]):  # what torch draws here is overwritten
        network = _network(images.shape[1:], len(known))
    _start(network.parameters(), rng)
    network.to(device)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=_DECAY)
    loss = torch.zeros(())
    for step in Steps(log, steps).over(range(steps)):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 + math.cos(math.pi * step / steps)) / 2
        rows = rng.integers(0, len(images), batch)
        logits = network(_tensor(images[rows], device))
        loss = functional.cross_entropy(logits, torch.from_numpy(numbers[rows]).to(device))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    if not math.isfinite(loss.item()):
        raise Invalid(f"the classifier's loss is {loss.item()} after {steps} steps; lower rate")
    return ImageClassifier(network.eval(), known.astype(np.int64), device)


def _network(shape: tuple[int, ...], k: int) -> nn.Sequential:
    """Return 3x3 convolutions that halve the image until its longer side is at most 4, and a linear layer."""
    sides, before = list(shape[:2]), shape[2]
    layers: list[nn.Module] = []
    while not layers or max(sides) > _COARSEST:
        stride = 1 if not layers and max(sides) <= _FINE else 2
        after = _WIDTHS[min(len(layers) // 2, len(_WIDTHS) - 1)]
        layers += [nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.ReLU()]
        sides, before = [-(-side // stride) for side in sides], after
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * math.prod(sides), k))


def _start(parameters: Iterable[nn.Parameter], rng: np.random.Generator) -> None:
    """Draw weights from N(0, 2 / fan-in) (He et al. 2015, arXiv:1502.01852, eq. 10); biases start at 0."""
    with torch.no_grad():
        for weights in parameters:
            if weights.ndim == 1:
                weights.zero_()
                continue
            scale = np.float32(math.sqrt(2 / math.prod(weights.shape[1:])))
            drawn = rng.standard_normal(tuple(weights.shape), dtype=np.float32) * scale
            weights.copy_(torch.from_numpy(drawn))


def _tensor(images: NDArray[np.uint8], device: str) -> torch.Tensor:
    """Return images as (n, channels, height, width) float32 in [-1, 1]."""
    pixels = np.array(np.moveaxis(images, -1, 1), order="C")  # a copy: stored images cannot be written to
    return torch.from_numpy(pixels).to(device).float() / 127.5 - 1
