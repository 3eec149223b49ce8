"""Point clouds of one side as a metric compares them: checked, thinned to a number of points, normalised."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from genbench import Ragged, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["NORMALISATIONS", "PRESETS", "Normalise", "Protocol", "add_warning", "prepare", "prepare_side"]

#: Published ways to normalise each cloud by itself, before clouds are compared.
Normalise = Literal["none", "variance", "box", "half-box", "sphere"]

#: Published protocols of comparison.
Protocol = Literal["pointflow", "shapegf", "latent-diffusion"]

#: How each protocol normalises clouds.
PRESETS: dict[Protocol, Normalise] = {
    "pointflow": "none",  # Yang et al. 2019, arXiv:1906.12320: in the coordinates of the data
    "shapegf": "box",  # Cai et al. 2020, arXiv:2008.06520; Luo and Hu 2021, arXiv:2103.01458, sec. 5.2
    "latent-diffusion": "half-box",  # Zeng et al. 2022, arXiv:2210.06978: the tables per normalised shape
}


_MOST_TIMES = 1.5  # as many points, which scores of two sides bear without a warning


def prepare(
    real: Samples,
    fake: Samples,
    *,
    protocol: Protocol,
    normalise: Normalise | None,
    points: int | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[Ragged, Ragged]:
    """Return both sides as a metric compares them.

    normalise  how each cloud is normalised by itself; None: as the protocol does
    points     points drawn of each cloud by `rng`, without replacement; None: all. Equal clouds keep equal
               points, and neither the order of clouds nor that of points matters
    Raises Undefined if a cloud has no point, or fewer than `points`.
    """
    key = 0 if rng is None else int(rng.integers(2**63))
    kind = PRESETS[protocol] if normalise is None else normalise
    left, right = (
        prepare_side(samples, side, kind, points, key) for side, samples in (("real", real), ("fake", fake))
    )
    return left, right


def add_warning(score: Score, left: Ragged, right: Ragged) -> Score:
    """Return a score with a warning if the clouds of one side have many more points, by their medians."""
    few, many = sorted(float(np.median(side.lengths)) for side in (left, right))
    if many <= _MOST_TIMES * few:
        return score
    least = min(int(side.lengths.min()) for side in (left, right))
    sizes = f"clouds of about {many:.0f} points against {few:.0f}"
    text = f"{sizes}: nearest points depend on it; set points = {least}"
    known = score.extra.get("warning")
    return replace(score, extra={**score.extra, "warning": text if known is None else f"{known}; {text}"})


def prepare_side(
    samples: Samples, side: str, normalise: Normalise, points: int | None = None, key: int = 0
) -> Ragged:
    """Return the clouds of one side as `prepare` does; messages call it `side`, `key` decides the points."""
    scaled = NORMALISATIONS[normalise]
    few, least = int(samples.data.lengths.argmin()), int(samples.data.lengths.min())
    if least == 0:
        raise Undefined(f"cloud {few} of {side} has no points; leave it out")
    if points is not None and least < points:
        raise Undefined(f"cloud {few} of {side} has {least} points; set points = {least}, or fewer")
    clouds = (np.asarray(cloud) if points is None else _thin(cloud, points, key) for cloud in samples.data)
    return Ragged.of(scaled(cloud.astype(np.float64)) for cloud in clouds)


def _thin(cloud: NDArray[np.float32], points: int, key: int) -> NDArray[np.float32]:
    """Return some points of a cloud, which its content and `key` decide."""
    ordered = cloud[np.lexsort(cloud.T)]
    words = np.frombuffer(hashlib.sha256(ordered.tobytes()).digest(), np.uint32)
    return ordered[np.random.default_rng([key, *words.tolist()]).permutation(len(ordered))[:points]]


def _move(centre: NDArray[np.float64], size: float, cloud: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a cloud around the origin, divided by its size; a cloud in one place has none."""
    return (cloud - centre) / (size or 1.0)


def _by_variance(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
    return _move(cloud.mean(axis=0), float((cloud - cloud.mean(axis=0)).std()), cloud)


def _by_box(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = cloud.min(axis=0), cloud.max(axis=0)
    return _move((low + high) / 2, float((high - low).max()) / 2, cloud)


def _by_sphere(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
    centre = cloud.mean(axis=0)
    return _move(centre, float(np.linalg.norm(cloud - centre, axis=1).max()), cloud)


#: What each way does to the (m, d) points of a cloud.
NORMALISATIONS: dict[Normalise, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "none": lambda cloud: cloud,
    "variance": _by_variance,
    "box": _by_box,
    "half-box": lambda cloud: _by_box(cloud) / 2,
    "sphere": _by_sphere,
}
