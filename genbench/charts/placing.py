"""Places for the names of points in a plot, so that they hide neither points nor one another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.charts.theme import GLYPH, LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Label", "labels"]

_GAP = 6.0  # pixels between a point and its name
_POINT = 4.0  # pixels from the centre of a point to its edge


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name and its place.

    x, y   pixels from the upper left corner of the plot
    align  "left", "right" or "center": where x is in the text; y is its middle
    """

    text: str
    x: float
    y: float
    align: str


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def distance(self, x: float, y: float) -> float:
        """Return the distance of a point outside of the box."""
        return math.hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))

    def is_inside(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.right <= width and self.top >= 0 and self.bottom <= height


def labels(points: Sequence[tuple[float, float, str]], width: float, height: float) -> list[Label]:
    """Return the names of points in a plot of `width` by `height` pixels, each beside its own point.

    points  (x, y, name), in pixels from the upper left corner; names of the first ones are placed first

    A name for which there is no room on any side, or only nearer to another point, is left out.
    """
    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y, _ in points]
    found = []
    for place, (x, y, text) in enumerate(points):
        for label in _around(x, y, text):
            box = _box(label)
            is_free = box.is_inside(width, height) and not any(map(box.meets, taken))
            if is_free and _nearest(box, points) == place:
                taken.append(box)
                found.append(label)
                break
    return found


def _nearest(box: _Box, points: Sequence[tuple[float, float, str]]) -> int:
    """Return the number of the point that is nearest to a box."""
    distances = [box.distance(x, y) for x, y, _ in points]
    return distances.index(min(distances))


def _around(x: float, y: float, text: str) -> list[Label]:
    """Return the places beside a point: the corners, which leave its intervals free, then the sides."""
    up = _GAP + LINE / 2
    places = [
        (x + _GAP, y - up, "left"), (x + _GAP, y + up, "left"), (x - _GAP, y - up, "right"),
        (x - _GAP, y + up, "right"), (x + _GAP, y, "left"), (x - _GAP, y, "right"), (x, y - up, "center"),
        (x, y + up, "center"),
    ]  # fmt: skip
    return [Label(text=text, x=left, y=top, align=align) for left, top, align in places]


def _box(label: Label) -> _Box:
    width = GLYPH * len(label.text)
    left = label.x - {"left": 0.0, "right": width, "center": width / 2}[label.align]
    return _Box(left, label.y - LINE / 2, left + width, label.y + LINE / 2)
