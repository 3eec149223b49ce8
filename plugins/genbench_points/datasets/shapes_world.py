"""Dataset `shapes-world`: clouds on spheres, boxes, tori and cylinders, with their law as the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Data, Samples, stream
from genbench_points.datasets.surfaces import on_box, on_cylinder, on_sphere, on_torus

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KINDS", "ShapesWorld", "shapes_world"]

#: The kinds of shapes in the order of their labels, with the ranges of their parameters. Each shape is within
#: the ball of radius 0.5 around the origin, as the clouds of PointFlow's data are.
KINDS: dict[str, dict[str, tuple[float, float]]] = {
    "sphere": {"radius": (0.2, 0.5)},
    "box": {"width": (0.2, 0.57), "depth": (0.2, 0.57), "height": (0.2, 0.57)},
    "torus": {"ring": (0.25, 0.35), "tube": (0.05, 0.15)},
    "cylinder": {"radius": (0.1, 0.35), "height": (0.2, 0.7)},
}


def shapes_world(
    *, n: Annotated[int, Ge(4)] = 1200, points: Annotated[int, Ge(1)] = 256, seed: Annotated[int, Ge(0)] = 0
) -> Data:
    """Return `n` independent clouds of `points` points, with their law as the truth.

    A cloud is a sphere, a box, a torus or a cylinder, each with probability 1/4, around the origin and along
    the axes. Its parameters are uniform in the ranges of KINDS, and its points uniform on the surface. The
    labels are the kinds.
    """
    world = ShapesWorld(points)
    return Data(world.sample(n, rng=stream(seed, "data", "shapes-world")), truth=world)


@dataclass(frozen=True)
class ShapesWorld:
    """The law of the clouds of `shapes-world`."""

    points: int

    @property
    def kinds(self) -> dict[str, dict[str, tuple[float, float]]]:
        """The kinds of shapes, each with the range of each of its sizes."""
        return KINDS

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` independent clouds with their kinds as labels."""
        labels = rng.integers(len(KINDS), size=n)
        clouds = np.stack([self._cloud(kind, rng) for kind in np.array(list(KINDS))[labels]])
        return Samples.of("points", list(clouds.astype(np.float32)), labels, classes=tuple(KINDS))

    def _cloud(self, kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
        values = {name: float(rng.uniform(low, high)) for name, (low, high) in KINDS[kind].items()}
        if kind == "sphere":
            return on_sphere(self.points, values["radius"], rng)
        if kind == "box":
            return on_box(self.points, (values["width"], values["depth"], values["height"]), rng)
        if kind == "torus":
            return on_torus(self.points, values["ring"], values["tube"], rng)
        return on_cylinder(self.points, values["radius"], values["height"], rng)
