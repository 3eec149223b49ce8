"""The small convolutional network of the classifiers: layers, outputs and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from genbench import DataError, Space, Undefined
from genbench_image.files.limits import why
from genbench_image.torch_utils.learning import Classes
from genbench_image.torch_utils.model_files import read, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["FEATURES", "Classifier", "channels_last", "from_weights", "network", "restore"]

FEATURES = 64  # enough for ten classes, and few enough for a covariance of a thousand images
_WIDTHS = (16, 32, 64)  # channels of the first convolutions; later ones keep the last
_SMALL = 16  # sides up to this start at full resolution, which is too expensive above
_GRID = 2  # sides of the last feature map
_BATCH = 128  # every batch is padded to this size, so that an output does not depend on the others
_MODEL = "classifier"


@dataclass(frozen=True, eq=False)
class Classifier:
    """A fitted network, as an extractor.

    net      the network, in evaluation mode
    shape    (height, width, channels) of the images it takes
    classes  (k,) int64: the label of each column of `probabilities`
    """

    net: nn.Sequential
    shape: tuple[int, ...]
    classes: NDArray[np.int64]

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, 64) and `probabilities` (n, k), both float32.

        Raises Undefined if the images have another shape than the training images.
        """
        if samples.space.modality != "image" or samples.space.shape != self.shape:
            raise Undefined(
                f"this classifier takes images of {'x'.join(map(str, self.shape))}, got {samples.space}; "
                f"choose another extractor"
            )
        parts = [self._answer(samples.data[i : i + _BATCH]) for i in range(0, max(1, len(samples)), _BATCH)]
        return {
            "features": np.concatenate([features for features, _ in parts]),
            "probabilities": np.concatenate([probabilities for _, probabilities in parts]),
        }

    def accuracy(self, samples: Samples) -> float:
        """Return the share of labelled `samples` whose most probable class is their label, in [0, 1].

        Raises Undefined if there are no labels.
        """
        if samples.labels is None:
            raise Undefined("accuracy needs labels, but these samples have none")
        guess = self.classes[self(samples)["probabilities"].argmax(axis=1)]
        return float(np.mean(guess == samples.labels))

    def save(self, folder: Path) -> None:
        """Write weights (safetensors) and their description (JSON) into `folder`; `restore` reads them."""
        space = Space("image", self.shape)
        unconditional = Classes.of(None, conditional=False)
        options = {"classes": self.classes.tolist()}
        write(folder, _MODEL, self.net, space=space, classes=unconditional, options=options)

    def _answer(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        padded = np.zeros((_BATCH, *self.shape), np.uint8)
        padded[: len(images)] = images
        with torch.no_grad():
            features = self.net[:-1](channels_last(padded, next(self.net.parameters()).device))
            probabilities = torch.softmax(self.net[-1](features), dim=1)
        n = len(images)
        return features[:n].cpu().numpy(), probabilities[:n].cpu().numpy()


def network(shape: tuple[int, ...], k: int) -> nn.Sequential:
    """Return an untrained network from images of `shape` to the logits of `k` classes.

    3x3 convolutions halve the image until its longer side is at most 2; the first one halves only sides above
    16. The penultimate layer is a vector of 64 features. Initialisation uses torch's global generator.
    """
    side, before = max(shape[:2]), shape[2]
    stride = 1 if side <= _SMALL else 2
    layers: list[nn.Module] = [nn.Conv2d(before, _WIDTHS[0], 3, stride=stride, padding=1), nn.SiLU()]
    before, stage, side = _WIDTHS[0], 1, -(-side // stride)
    while side > _GRID:
        after = _WIDTHS[min(stage, len(_WIDTHS) - 1)]
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.SiLU()]
        before, stage, side = after, stage + 1, (side + 1) // 2
    layers += [nn.AdaptiveAvgPool2d(_GRID), nn.Flatten()]
    layers += [nn.Linear(before * _GRID * _GRID, FEATURES), nn.SiLU(), nn.Linear(FEATURES, k)]
    return nn.Sequential(*layers)


def channels_last(images: NDArray[np.uint8], device: Any) -> torch.Tensor:
    """Return `images` as (n, channels, height, width) float32 in [-1, 1] on `device`.

    The values are those of `tensors.to_tensor`, but with channels last in memory: convolutions round
    differently there, and the bundled weights were trained with this layout.
    """
    return torch.from_numpy(images).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def restore(folder: Path, device: str) -> Classifier:
    """Return the classifier that `Classifier.save(folder)` wrote, on `device`.

    Raises DataError if the files are missing or do not fit each other.
    """
    net, space, _, options = read(folder, _MODEL, _build, device)
    return Classifier(net, space.shape, np.asarray(options["classes"], dtype=np.int64))


def from_weights(path: Path, shape: tuple[int, ...], classes: Sequence[int]) -> Classifier:
    """Return the classifier of images of `shape` whose weights are the safetensors file `path`, on the CPU.

    Raises DataError if the file cannot be read or holds other tensors than such a network has.
    """
    net = _blank(shape, len(classes))
    try:
        net.load_state_dict(load_file(path))
    except Exception as error:  # safetensors and torch raise several unrelated types
        raise DataError(
            f"{path.name} is not a file of this classifier: {why(error)}; fit it again"
        ) from error
    return Classifier(net.eval(), shape, np.asarray(classes, dtype=np.int64))


def _build(space: Space, _: Classes, options: dict[str, Any]) -> nn.Sequential:
    return _blank(space.shape, len(options["classes"]))


def _blank(shape: tuple[int, ...], k: int) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):  # the weights drawn here are overwritten
        return network(shape, k)
