"""Networks on point clouds: PointNet's encoder, a decoder of points, and the Chamfer loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Decoder", "Encoder", "chamfer_loss"]


class Encoder(nn.Module):
    """Numbers of a cloud in any order of its points: one network for each point, and their maximum.

    Qi et al. 2017 (arXiv:1612.00593), sec. 4.2, without the networks that align clouds.
    """

    def __init__(self, dimensions: int, width: int, outputs: int) -> None:
        super().__init__()
        self.of_points = nn.Sequential(
            nn.Linear(dimensions, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 2 * width),
        )  # fmt: skip
        self.of_clouds = nn.Sequential(nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, outputs))

    def forward(self, clouds: Tensor) -> Tensor:
        """Return (n, outputs) for (n, points, dimensions)."""
        numbers: Tensor = self.of_clouds(self.of_points(clouds).amax(dim=1))
        return numbers


class Decoder(nn.Module):
    """A cloud of a fixed number of points from a latent.

    Achlioptas et al. 2018 (arXiv:1707.02392), sec. 3.
    """

    def __init__(self, latent_size: int, width: int, points: int, dimensions: int) -> None:
        super().__init__()
        self.latent_size, self.points, self.dimensions = latent_size, points, dimensions
        self.layers = nn.Sequential(
            nn.Linear(latent_size, 2 * width), nn.ReLU(), nn.Linear(2 * width, 4 * width), nn.ReLU(),
            nn.Linear(4 * width, points * dimensions),
        )  # fmt: skip

    def forward(self, latents: Tensor) -> Tensor:
        """Return (n, points, dimensions) for (n, latent_size)."""
        clouds: Tensor = self.layers(latents).view(-1, self.points, self.dimensions)
        return clouds


def chamfer_loss(one: Tensor, other: Tensor) -> Tensor:
    """Return the mean over a batch of the mean squared distance to the nearest point, both ways, halved.

    one, other  (n, points, dimensions), with the same n
    """
    with torch.no_grad():  # which points are nearest is no function that has a gradient
        # |x - y|^2 = (x, |x|^2, 1) . (-2 y, 1, |y|^2), one product
        ones = torch.ones_like(one[:, :, :1]), torch.ones_like(other[:, :, :1])
        left = torch.cat([one, one.square().sum(2, keepdim=True), ones[0]], dim=2)
        right = torch.cat([-2 * other, ones[1], other.square().sum(2, keepdim=True)], dim=2)
        squares = left @ right.transpose(1, 2)
        forward, backward = squares.min(dim=2).indices, squares.min(dim=1).indices
    return (_to_nearest(one, other, forward) + _to_nearest(other, one, backward)) / 2


def _to_nearest(one: Tensor, other: Tensor, nearest: Tensor) -> Tensor:
    """Return the mean squared distance of points to those of `other` with these (n, points) numbers."""
    chosen = other.gather(1, nearest[:, :, None].expand(-1, -1, other.shape[2]))
    return (one - chosen).square().sum(dim=2).mean()
