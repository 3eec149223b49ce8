"""Sampler for the fitted decoders of `vae`, `gan` and `wgan-gp`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_image.torch_utils.learning import BATCH, build_network, parameters
from genbench_image.torch_utils.model_files import read, write
from genbench_image.torch_utils.tensors import to_samples

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench import Samples, Space
    from genbench_image.generators.convnets import Decoder
    from genbench_image.torch_utils.learning import Batches, Classes

__all__ = ["LatentSampler", "init_decoder", "load"]


@dataclass(frozen=True, eq=False)
class LatentSampler:
    """A decoder of standard normal latents.

    model    the name of the generator that fitted it
    network  the decoder; training and evaluation mode are the same
    classes  the labels that it can generate; none if it was fitted without labels
    space    of its samples
    device   of the network
    """

    model: str
    network: Decoder
    classes: Classes
    space: Space
    device: str

    @property
    def parameters(self) -> int:
        """The number of parameters of the decoder."""
        return parameters(self.network)

    @property
    def latent_dim(self) -> int:
        """The number of dimensions of a latent."""
        return self.network.latent_size

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` decoded draws from N(0, I); with labels in their training shares if it knows labels."""
        labels = self.classes.draw(n, rng)
        latents = rng.standard_normal((n, self.network.latent_size), dtype=np.float32)
        return self.decode(latents, labels)

    def decode(self, latents: NDArray[np.floating], labels: NDArray[np.int64] | None = None) -> Samples:
        """Return the images of (n, latent_size) latents, and of (n,) labels where it was fitted with labels.

        Raises Undefined if labels are needed and missing, Invalid if the network yields NaN or infinity.
        """
        import torch

        numbers = self.classes.numbers(labels, self.device)
        inputs = torch.from_numpy(np.asarray(latents, np.float32)).to(self.device)
        with torch.no_grad():
            parts = [
                self.network(inputs[i : i + BATCH], None if numbers is None else numbers[i : i + BATCH])
                for i in range(0, max(len(inputs), 1), BATCH)
            ]
        return to_samples(torch.cat(parts), self.space, labels)

    def save(self, folder: Path) -> None:
        """Write the weights (safetensors) and their description (JSON) into `folder`; `load` reads them."""
        options = {"latent_size": self.network.latent_size, "channels": self.network.channels}
        write(folder, self.model, self.network, space=self.space, classes=self.classes, options=options)


def init_decoder(batches: Batches, *, latent_size: int, channels: int, rng: np.random.Generator) -> Decoder:
    """Return an untrained decoder for the images and classes of `batches`, on their device."""
    options = {"latent_size": latent_size, "channels": channels}
    return build_network(lambda: _build(batches.space, batches.classes, options), rng, batches.device)


def load(folder: Path, model: str, device: str) -> LatentSampler:
    """Return the sampler of the generator `model` that `LatentSampler.save(folder)` wrote, on `device`.

    Raises DataError if the files are missing, damaged, or another model's.
    """
    network, space, classes, _ = read(folder, model, _build, device)
    return LatentSampler(model, network, classes, space, device)


def _build(space: Space, classes: Classes, options: dict[str, Any]) -> Decoder:
    from genbench_image.generators.convnets import Decoder

    return Decoder(space.shape, classes=len(classes), **options)
