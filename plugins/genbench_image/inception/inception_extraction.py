"""Feature extraction with the Inception network: preparation, batches and backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.utils import convert_conv2d_weight_memory_format

from genbench_image.inception.inception_network import SIDE
from genbench_image.inception.inception_weights import read_inception
from genbench_image.torch_utils.batching import run_network
from genbench_image.torch_utils.preparing import check_images, resized, show
from genbench_image.torch_utils.resizing import RESIZES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Log, Samples

    Arrays = dict[str, NDArray[np.float32]]

__all__ = ["SCALINGS", "Inception", "build"]

#: Names of scalings to functions from [0, 255] to the network's range.
SCALINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "tf": lambda x: (x - 128) / 128,
    "unit": lambda x: 2 * (x / 255) - 1,
}


@dataclass(frozen=True, eq=False)
class Inception:
    """The network as an extractor.

    network  (n, 3, 299, 299) float32, channels last, to (n, 2048) float32
    classes  (1008, 2048) float32: the last layer, without its bias
    resize   the name of one of RESIZES
    scaling  the name of one of SCALINGS
    """

    network: Callable[[Tensor], Tensor]
    classes: Tensor
    resize: str
    scaling: str
    device: str
    log: Log

    def __call__(self, samples: Samples) -> Arrays:
        """Return `features` (n, 2048), `logits` (n, 1008) and `probabilities` (n, 1008), float32.

        Raises Undefined unless these are images of 1 or 3 channels.
        """
        return self._run(samples, self._answer)

    def steps(self, samples: Samples) -> Arrays:
        """Return the intermediate results for the images, float32.

        `resized` (n, 299, 299, 3) in [0, 255], `scaled` to the network's range, `features` (n, 2048).
        Raises Undefined unless these are images of 1 or 3 channels.
        """
        return self._run(samples, self._steps)

    def _run(self, samples: Samples, compute: Callable[[NDArray[np.uint8]], Arrays]) -> Arrays:
        check_images(samples, "inception-v3-compat")
        return run_network(compute, samples.data, self.device, self.log)

    def _answer(self, images: NDArray[np.uint8]) -> Arrays:
        features = self._features(self._scaled(self._resized(images)))
        logits = (features @ self.classes.T).cpu()  # some devices have no float64
        probabilities = torch.softmax(logits.double(), dim=1).float()
        found = {"features": features.cpu(), "logits": logits, "probabilities": probabilities}
        return {name: values.numpy() for name, values in found.items()}

    def _steps(self, images: NDArray[np.uint8]) -> Arrays:
        pixels = self._resized(images)
        scaled = self._scaled(pixels)
        features = self._features(scaled).cpu().numpy()
        return {"resized": show(pixels), "scaled": show(scaled), "features": features}

    def _resized(self, images: NDArray[np.uint8]) -> Tensor:
        return resized(images, self.device, RESIZES[self.resize], SIDE)

    def _scaled(self, pixels: Tensor) -> Tensor:
        return SCALINGS[self.scaling](pixels)

    def _features(self, scaled: Tensor) -> Tensor:
        return self.network(scaled.contiguous(memory_format=torch.channels_last))


def build(
    weights: Path,
    *,
    resize: str,
    scaling: str,
    dtype: str,
    backend: str,
    device: str,
    log: Log,
) -> Inception:
    """Return the extractor with the weights in the file `weights`; the options are those of the extractor.

    Raises DataError if the file cannot be read, and SuiteError if `backend` is "openvino" and unavailable.
    """
    network = read_inception(weights)
    classes = network.fc.weight.detach().clone()
    if backend == "openvino":
        from genbench_image.inception.inception_openvino import compiled

        run = compiled(network, dtype=dtype, device=device)
    else:
        run = _in_torch(network, dtype, device)
    return Inception(run, classes.to(device), resize, scaling, device, log)


def _in_torch(network: torch.nn.Module, dtype: str, device: str) -> Callable[[Tensor], Tensor]:
    kind: torch.dtype = getattr(torch, dtype)
    placed = convert_conv2d_weight_memory_format(network.to(device, kind), torch.channels_last)
    return lambda x: placed(x.to(kind)).float()
