"""Generator `point-vae`: a variational autoencoder of point clouds.

Kingma & Welling, "Auto-encoding variational Bayes" (2013, arXiv:1312.6114), with the encoder of Qi, Su, Mo &
Guibas, "PointNet" (2017, arXiv:1612.00593), and the decoder and loss of Achlioptas, Diamanti, Mitliagkas &
Guibas, "Learning representations and generative models for 3D point clouds" (2018, arXiv:1707.02392).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Gt

from genbench import (
    DataError,
    Invalid,
    Ragged,
    Samples,
    Space,
    canonical,
    log_losses,
    read_regular,
    torch_seed,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log
    from genbench_points.generators.point_networks import Decoder

__all__ = ["PointVae", "load_point_vae", "point_vae"]

_WEIGHTS, _ABOUT = "model.safetensors", "model.json"
_BATCH = 256  # clouds that are decoded together


def point_vae(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    *,
    steps: Annotated[int, Ge(1)] = 1000,
    batch_size: Annotated[int, Ge(1)] = 32,
    learning_rate: Annotated[float, Gt(0)] = 2e-3,
    latent_size: Annotated[int, Ge(1)] = 8,
    width: Annotated[int, Ge(1)] = 64,
    fidelity: Annotated[float, Gt(0)] = 200.0,
    points: Annotated[int, Ge(1)] | None = None,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> PointVae:
    """Return a decoder of clouds, fitted with an encoder by ascending an evidence lower bound.

        loss = fidelity * CD(x, x') / 2 + KL(q(z|x) || N(0, I)),  x' the decoded cloud

    CD is the Chamfer distance: the mean squares of both directions, added. It takes the place of the squared
    error, as in the autoencoder of Achlioptas et al.; so the first term is no likelihood, and `fidelity`
    weighs it. Coordinates are standardised by the mean and the standard deviation of all training points.
    Each step draws `points` points of each cloud of a batch.

    width   of the first layer of the encoder; others are up to four times as wide
    points  of a sample; None: the median of the training clouds
    Raises DataError without a training cloud of at least one point, and Invalid if the loss becomes NaN or
    infinite.
    """
    import torch

    from genbench_points.generators.point_networks import Decoder, Encoder, chamfer_loss

    clouds = [cloud for cloud in train.data if len(cloud)]
    if not clouds:
        raise DataError("expected at least one training cloud with a point, got none")
    size, dimensions = points or int(np.median([len(cloud) for cloud in clouds])), train.data.values.shape[1]
    scale = _Scale.of(train.data.values)
    with torch_seed(rng):
        encoder = Encoder(dimensions, width, 2 * latent_size).to(device)
        decoder = Decoder(latent_size, width, size, dimensions).to(device)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], learning_rate)
    for step in range(1, steps + 1):
        batch = torch.from_numpy(scale.inner(_draw_points(clouds, batch_size, size, rng))).to(device)
        mean, log_variance = encoder(batch).chunk(2, dim=1)
        noise = torch.from_numpy(rng.standard_normal(mean.shape, dtype=np.float32)).to(device)
        decoded = decoder(mean + (log_variance / 2).exp() * noise)
        misfit = fidelity * chamfer_loss(batch, decoded)
        divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()
        optimizer.zero_grad()
        torch.autograd.backward(misfit + divergence)
        optimizer.step()
        loss = misfit.detach().double() + divergence.detach()
        log_losses(log, step, steps, loss=loss, misfit=misfit, divergence=divergence)
    return PointVae(decoder, scale, width, train.space, device)


@dataclass(frozen=True)
class _Scale:
    """The mean of all points, and the standard deviation of all coordinates around it."""

    mean: tuple[float, ...]
    size: float

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> _Scale:
        mean = values.mean(axis=0, dtype=np.float64)
        return cls(tuple(mean.tolist()), float((values - mean).std()) or 1.0)

    def inner(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((points - np.array(self.mean)) / self.size, np.float32)

    def outer(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(points * self.size + np.array(self.mean), np.float32)


@dataclass(frozen=True, eq=False)
class PointVae:
    """A decoder of standard normal latents.

    scale   from the network's coordinates to those of the data
    width   as in `point_vae`
    space   of its samples
    """

    network: Decoder
    scale: _Scale
    width: int
    space: Space
    device: str

    @property
    def parameters(self) -> int:
        """The number of parameters of the decoder."""
        return sum(weights.numel() for weights in self.network.parameters())

    @property
    def latent_dim(self) -> int:
        """The number of dimensions of a latent."""
        return self.network.latent_size

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` decoded draws from N(0, I)."""
        return self.decode(rng.standard_normal((n, self.latent_dim), dtype=np.float32))

    def decode(self, latents: NDArray[np.floating]) -> Samples:
        """Return the clouds of (n, latent_size) latents; raise Invalid if one is not finite."""
        import torch

        inputs = torch.from_numpy(np.asarray(latents, np.float32)).to(self.device)
        with torch.no_grad():
            parts = [self.network(inputs[i : i + _BATCH]) for i in range(0, max(len(inputs), 1), _BATCH)]
        clouds = self.scale.outer(torch.cat(parts).cpu().numpy())
        if not np.isfinite(clouds).all():
            raise Invalid("training diverged: sampled points are not finite; lower learning_rate")
        offsets = np.arange(len(clouds) + 1, dtype=np.int64) * self.network.points
        return Samples(Ragged(clouds.reshape(-1, self.network.dimensions), offsets), self.space)

    def save(self, folder: Path) -> None:
        """Write the weights (safetensors) and their description (JSON) into `folder`."""
        from safetensors.torch import save_file

        network = self.network
        about = {
            "model": "point-vae",
            "space": self.space.to_json(),
            "sizes": [network.latent_size, self.width, network.points, network.dimensions],
            "scale": [list(self.scale.mean), self.scale.size],
        }
        save_file(network.state_dict(), folder / _WEIGHTS)
        (folder / _ABOUT).write_text(canonical(about) + "\n", encoding="ascii")


def load_point_vae(folder: Path, device: str = "cpu") -> PointVae:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    from genbench_points.generators.point_networks import Decoder

    try:
        about: dict[str, Any] = json.loads(read_regular(folder / _ABOUT))
        if about["model"] != "point-vae":
            raise DataError(f"{_ABOUT} describes the model {about['model']!r}; expected 'point-vae'")
        latent_size, width, points, dimensions = about["sizes"]
        network = Decoder(latent_size, width, points, dimensions)
        network.load_state_dict(load(read_regular(folder / _WEIGHTS)))
        mean, size = about["scale"]
        space = Space.from_json(about["space"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, RecursionError, SafetensorError) as error:
        raise DataError("the saved model 'point-vae' cannot be read; fit it again") from error
    return PointVae(network.to(device), _Scale(tuple(mean), size), width, space, device)


def _draw_points(
    clouds: list[NDArray[np.float32]], count: int, size: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return (count, size, d) points of clouds that are drawn with replacement; few points repeat."""
    chosen = [clouds[number] for number in rng.integers(len(clouds), size=count)]
    return np.stack([cloud[rng.permutation(max(len(cloud), size))[:size] % len(cloud)] for cloud in chosen])
