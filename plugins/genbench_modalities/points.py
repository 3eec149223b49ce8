"""The modality `points`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Ragged, Rendering, Samples
from genbench_modalities.faults.numeric import SLIGHT, noisy
from genbench_modalities.uniform import offsets_like, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Space

    _View = tuple[float, ...]

__all__ = ["Points", "turning"]

_ANGLES = 60  # steps of the turn, 6 degrees each
_SECONDS = 18  # of one turn
_DOT = 2.5  # pixels of a point at any size of the picture, since what moves must not squeeze its dots

#: The curve is that of a cosine.
_STYLE = (
    ".m{display:none}@media(prefers-reduced-motion:no-preference){.m{display:inline}.r{display:none}"
    f".m path{{vector-effect:non-scaling-stroke;animation:t {_SECONDS}s infinite "
    "cubic-bezier(.364,0,.636,1)}}"
    "@keyframes t{50%{transform:scaleX(-1)}}"
)


_SIDE = 256  # pixels of a picture

_SMALLEST, _LARGEST = 4, 8  # pixels of a point in a cloud of many points and of few

_FEW = 100  # points of a cloud that are drawn as large ones

_INSIDE, _BEYOND = "#000000", "#d55e00"  # colours of points in the picture and of those beyond

_MARGIN = 0.05  # of the extent of clouds, at each side of the picture
_USUAL = 2.0  # times the median extent of clouds
_DIMENSIONS = (2, 3)

_AXES = 3  # clouds, points and coordinates
_SQUARE = (0.0, 0.0, 1.0)  # of no cloud

_FEWEST, _MOST = 20, 40  # points of a cloud of `example`


class Points:
    """Point clouds: n arrays (points, dimensions) float32."""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:  # noqa: ARG002 - clouds have no parameter
        """Return floating-point numbers (n, points, 2 or 3) as clouds."""
        is_cloud = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim == _AXES
        return Samples.of("points", value) if is_cloud and value.shape[2] in _DIMENSIONS else None

    def render(self, samples: Samples, number: int, scale: _View) -> Rendering:
        """Return a scatter plot in SVG of the first two coordinates, in the square `scale`.

        Points beyond the square are at its border, in another colour. Points that would cover one another are
        drawn once. A cloud in space turns about its vertical axis, the second coordinate.
        """
        low, side = np.array(scale[:2]), scale[2]
        cloud = samples.data[number].astype(np.float64)
        places = (cloud[:, :2] - low) / side * _SIDE
        is_inside = ((places >= 0) & (places <= _SIDE)).all(axis=1)
        drawn = "".join(
            f'<path d="{_dots(places[chosen])}" stroke="{colour}"/>'
            for chosen, colour in ((is_inside, _INSIDE), (~is_inside, _BEYOND))
            if chosen.any()
        )
        if len(scale) > len(_SQUARE):
            depths = (cloud[:, 2] - scale[3]) / side * _SIDE
            drawn = turning(places[is_inside], depths[is_inside], _SIDE, drawn, _dots, _INSIDE)
        margin = _LARGEST // 2
        whole = _SIDE + 2 * margin
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{margin} -{margin} {whole} {whole}" '
            f'fill="none" stroke-width="{_width(len(cloud))}" stroke-linecap="round">'
        )
        return Rendering("image/svg+xml", f"{head}{drawn}</svg>".encode(), _note(scale, cloud.shape[1]))

    def scale(self, samples: Samples) -> _View:
        """Return the square that contains all clouds of usual extent, as (left, bottom, side).

        For clouds in space it contains them while they turn, and the depth of their axis is a fourth number.

        A cloud is usual if its extent is at most twice the median, and its middle not farther than that from
        the median of the middles. So clouds of generators that diverge, if they are fewer than half, do not
        make all others small.
        """
        clouds = [cloud.astype(np.float64) for cloud in samples.data if len(cloud)]
        if not clouds:
            return _SQUARE
        lows, highs = (np.array([end(cloud, axis=0) for cloud in clouds]) for end in (np.min, np.max))
        middles, extents = (lows + highs) / 2, (highs - lows).max(axis=1)
        most = _USUAL * np.median(extents)
        offsets = np.abs(middles - np.median(middles, axis=0)).max(axis=1)
        usual = (extents <= most) & (offsets <= most)
        usual = usual if usual.any() else np.ones(len(clouds), dtype=bool)
        low, high = lows[usual].min(axis=0), highs[usual].max(axis=0)
        middle, size = (low + high) / 2, high - low
        is_flat = len(size) == _DIMENSIONS[0]
        widest = size.max() if is_flat else max(float(np.hypot(size[0], size[2])), float(size[1]))
        side = float(widest) * (1 + 2 * _MARGIN) or 1.0
        left, bottom = (middle[:2] - side / 2).tolist()
        return (left, bottom, side) if is_flat else (left, bottom, side, float(middle[2]))

    def same(self, samples: Samples) -> Ragged:
        """Return the clouds with sorted points, each once: neither order nor repeats change a cloud."""
        points = samples.data.values + 0.0  # -0.0 becomes 0.0
        clouds = np.repeat(np.arange(len(samples)), samples.data.lengths)
        order = np.lexsort((*points.T[::-1], clouds))  # the last key, the cloud, counts first
        points, clouds = points[order], clouds[order]
        is_new = np.ones(len(points), bool)
        is_new[1:] = (points[1:] != points[:-1]).any(axis=1) | (clouds[1:] != clouds[:-1])
        lengths = np.bincount(clouds[is_new], minlength=len(samples))
        return Ragged(points[is_new], np.concatenate([[0], np.cumsum(lengths)]))

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return the function that draws each coordinate uniformly over its range, with numbers of train."""
        low, high = train.data.values.min(axis=0), train.data.values.max(axis=0)

        def draw(n: int, rng: np.random.Generator) -> Ragged:
            offsets = offsets_like(train, n, rng)
            return Ragged(uniform(low, high, (int(offsets[-1]), *low.shape), rng), offsets)

        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return samples with noise of 0.02 of the range of values."""
        return noisy(samples, SLIGHT, rng)

    def example(self, n: int, *, rng: np.random.Generator) -> Data:
        """Return clouds of 20 to 40 points in space, on a sphere or in a ball of radius 1."""
        labels = rng.integers(2, size=n)
        clouds = []
        for label in labels:
            points = rng.normal(size=(rng.integers(_FEWEST, _MOST + 1), _DIMENSIONS[1]))
            points /= np.linalg.norm(points, axis=1, keepdims=True)
            radii = rng.uniform(size=(len(points), 1)) ** (1 / 3) if label else 1.0
            clouds.append((radii * points).astype(np.float32))
        return Data(Samples.of("points", clouds, labels, classes=("sphere", "ball")))


def _dots(places: NDArray[np.float64]) -> str:
    """Return different places, moved into the picture, as the path of an SVG, whose y axis points down."""
    places = np.unique(places.clip(0, _SIDE).round().astype(int), axis=0)
    return "".join(f"M{x} {_SIDE - y}h.1" for x, y in places.tolist())


def _width(points: int) -> int:
    """Return the pixels of a point: in a cloud of more than a few, all together cover a constant area."""
    return max(_SMALLEST, min(_LARGEST, round(_LARGEST * math.sqrt(_FEW / max(points, 1)))))


def _note(scale: _View, dimensions: int) -> str:
    left, bottom, side = scale[:3]
    which = "" if dimensions == _DIMENSIONS[0] else f"the first two of {dimensions} coordinates, "
    if len(scale) > len(_SQUARE):
        which = "turns about the y axis; at rest "
    return (
        f"{which}x from {left:.3g} to {left + side:.3g}, y from {bottom:.3g} to {bottom + side:.3g}; orange "
        f"points at the border lie beyond"
    )


# Clouds in space that turn about their vertical axis: pictures that move without a script.
#
# A point at the distance r from the axis and at the angle a is seen at r cos(a + t) after the angle t. So all
# points of one angle are one path, whose width goes from 1 to -1 and back. Angles are rounded to 6 degrees in
# what moves; the picture at rest, which is shown to people who want no motion and in figures, is exact.


def turning(
    places: NDArray[np.float64], depths: NDArray[np.float64], side: int, at_rest: str,
    dots: Callable[[NDArray[np.float64]], str], colour: str,
) -> str:  # fmt: skip
    """Return the inner part of an SVG of points that turn.

    places   (n, 2) pixels from the left and from the bottom of the picture
    depths   (n,) pixels from the axis towards the viewer
    side     of the picture, in pixels; its middle is the axis
    at_rest  the inner part of the SVG of the same points at rest
    dots     returns the path of points in pixels
    colour   of the points
    """
    across = places[:, 0] - side / 2
    radii, angles = np.hypot(across, depths), np.arctan2(depths, across)
    turn = np.round(angles / (2 * np.pi) * _ANGLES).astype(int) % _ANGLES
    paths = "".join(
        f'<path style="animation-delay:-{_SECONDS * number / _ANGLES:g}s" '
        f'd="{dots(np.column_stack([radii, places[:, 1]])[turn == number])}"/>'
        for number in np.unique(turn)
    )
    middle = side // 2
    moving = (
        f'<g class="m" display="none" stroke="{colour}" stroke-width="{_DOT}" '
        f'transform="translate({middle})">{paths}</g>'
    )
    return f'<style>{_STYLE}</style><g class="r">{at_rest}</g>{moving}'
