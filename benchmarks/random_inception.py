"""Write random Inception weights in torch-fidelity's format, for benchmarks where none can be downloaded.

    python benchmarks/random_inception.py OUT.pth

Kernels are drawn as He et al. 2015 (arXiv:1502.01852) propose, from one fixed numpy stream; the statistics of
the batch normalisations are those of a few images, so that no layer's activations fade or grow.
The same file on every machine of one kind. Speed with it is real; its features mean nothing.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

EACH = 6


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=Path, metavar="OUT.pth")
    write(parser.parse_args().out)


def write(path: Path, seed: int = 0) -> None:
    """Write the weights to `path`."""
    import torch

    torch.save(random_state(seed), path)


def random_state(seed: int = 0) -> dict[str, Tensor]:
    """Return the parameters of an Inception network with calibrated statistics, float32."""
    import torch
    from genbench_image.inception.inception_network import InceptionV3

    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):  # the weights drawn here are overwritten
        network = InceptionV3()
    with torch.no_grad():
        for name, values in network.named_parameters():
            values.copy_(torch.from_numpy(drawn(name, tuple(values.shape), rng)))
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
        network.train()(images(rng))
    return dict(network.state_dict())


def drawn(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return random values of one parameter: kernels, or gains and shifts about as trained ones are."""
    if len(shape) > 1:
        spread = (2 / math.prod(shape[1:])) ** 0.5
        return rng.standard_normal(shape, np.float32) * spread
    values = rng.uniform(0.5, 1.5, shape) if name.endswith("bn.weight") else rng.normal(0.5, 0.5, shape)
    return values.astype(np.float32)


def images(rng: np.random.Generator) -> Tensor:
    """Return images as the network takes them, (n, 3, 299, 299) in [-1, 1].

    One third each of real digits, sheets of 16 digits, and coloured noise: from smooth to rough.
    """
    import torch
    from genbench_image.torch_utils.resizing import tf1_bilinear
    from sklearn.datasets import load_digits

    digits = load_digits().images.astype(np.float32) * (255 / 16)
    smooth = digits[:EACH, None]
    sheets = digits[EACH : 17 * EACH].reshape(EACH, 1, 4, 4, 8, 8).swapaxes(3, 4).reshape(EACH, 1, 32, 32)
    noise = rng.integers(0, 256, (EACH, 3, 32, 32)).astype(np.float32)
    grown = [tf1_bilinear(torch.from_numpy(part), 299) for part in (smooth, sheets, noise)]
    joined = torch.cat([part.expand(-1, 3, -1, -1) for part in grown])
    return ((joined - 128) / 128).contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    main()
