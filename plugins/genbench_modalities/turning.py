"""Clouds in space that turn about their vertical axis: pictures that move without a script.

A point at the distance r from the axis and at the angle a is seen at r cos(a + t) after the angle t. So all
points of one angle are one path, whose width goes from 1 to -1 and back. Angles are rounded to 6 degrees in
what moves; the picture at rest, which is shown to people who want no motion and in figures, is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["turning"]

_ANGLES = 60
_SECONDS = 18  # of one turn
_DOT = 2.5  # pixels of a point at any size of the picture, since what moves must not squeeze its dots
#: The curve is that of a cosine.
_STYLE = (
    ".m{display:none}@media(prefers-reduced-motion:no-preference){.m{display:inline}.r{display:none}"
    f".m path{{vector-effect:non-scaling-stroke;animation:t {_SECONDS}s infinite "
    "cubic-bezier(.364,0,.636,1)}}"
    "@keyframes t{50%{transform:scaleX(-1)}}"
)


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
