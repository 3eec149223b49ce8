"""Places for the names of points in a plot, so that they hide neither points nor one another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.charts.theme import GLYPH, LINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    #: A point in pixels from the upper left corner of the plot, and its name.
    Named = tuple[float, float, str]

__all__ = ["Label", "labels", "rules"]

_NEAR = (6.0,)  # pixels between a point and its name
_FAR = (13.0, 22.0, 34.0, 55.0, 80.0)  # pixels where a line joins the two, the better ones first
_PARTS = 8  # of this line, between which it is checked
_POINT = 4.0  # pixels from the centre of a point to its edge
_ABOVE = 13.0  # pixels of a name that may be above the plot, where the title leaves room
_CLEARLY = 4.0  # pixels by which a name is nearer to its own point than to another, if there is room


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name and its place.

    x, y   pixels from the upper left corner of the plot
    align  "left", "right" or "center": where x is in the text; y is its middle
    lead   x and y of both ends of the line that joins the point and the name, if they are far from each other
    """

    text: str
    x: float
    y: float
    align: str
    lead: tuple[float, float, float, float] | None = None


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

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the box that is nearest to a point."""
        return min(max(x, self.left), self.right), min(max(y, self.top), self.bottom)

    def is_inside(self, other: _Box) -> bool:
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


def labels(
    points: Sequence[Named],
    width: float,
    height: float,
    lines: Iterable[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Return the names of points in a plot of `width` by `height` pixels, each beside its own point.

    points  (x, y, name), in pixels from the upper left corner; names of the first ones are placed first
    lines   (left, top, right, bottom) of lines that a name crosses only if there is no room elsewhere

    A name beside its point is nearer to it than to all others. Where there is no room for that, the name is
    farther away, and a line joins the two. A name for which there is no room there either is left out.
    """
    room = _Box(0, -_ABOVE, width, height)
    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y, _ in points]
    avoided = [_Box(*line) for line in lines]
    found: dict[int, Label] = {}
    for crossed, margin in ((avoided, _CLEARLY), ([], 0.0)):
        for gaps in (_NEAR, _FAR):
            for place, point in enumerate(points):
                for label in () if place in found else _around(*point, gaps, room):
                    box, lead = _box(label), _lead_boxes(label)
                    is_free = box.is_inside(room) and not any(map(box.meets, [*taken, *crossed]))
                    is_clear = not any(part.meets(other) for part in lead for other in taken)
                    if is_free and is_clear and (lead or _is_nearest(box, points, place, margin)):
                        taken += [box, *lead]
                        found[place] = label
                        break
    return [found[place] for place in sorted(found)]


def rules() -> dict[str, Any]:
    """Return what the script of a page needs to place names as `labels` does."""
    return {
        "offsets": [_offsets(_NEAR), _offsets(_FAR)],
        "parts": _PARTS,
        "glyph": GLYPH,
        "line": LINE,
        "point": _POINT,
        "above": _ABOVE,
        "clearly": _CLEARLY,
    }


def _is_nearest(box: _Box, points: Sequence[Named], place: int, margin: float) -> bool:
    """Return whether the point at a place is nearer to a box than all others, by a margin."""
    x, y, _ = points[place]
    least = box.distance(x, y) + margin
    return all(number == place or least <= box.distance(x, y) for number, (x, y, _) in enumerate(points))


def _offsets(gaps: Sequence[float]) -> list[tuple[float, float, str]]:
    """Return the places beside a point: the corners, which leave its intervals free, then the sides."""
    return [
        offset
        for gap in gaps
        for up in (gap + LINE / 2,)
        for offset in (
            (gap, -up, "left"), (gap, up, "left"), (-gap, -up, "right"), (-gap, up, "right"),
            (gap, 0.0, "left"), (-gap, 0.0, "right"), (0.0, -up, "center"), (0.0, up, "center"),
        )
    ]  # fmt: skip


def _around(x: float, y: float, text: str, gaps: Sequence[float], room: _Box) -> Iterator[Label]:
    """Yield the labels of a point at these distances; one that is far from it is moved into the room."""
    for right, down, align in _offsets(gaps):
        label = Label(text=text, x=x + right, y=y + down, align=align)
        yield label if gaps is _NEAR else _joined(x, y, label, room)


def _joined(x: float, y: float, label: Label, room: _Box) -> Label:
    """Return a label moved into the room, with the line from the edge of its point."""
    box = _box(label)
    across = max(room.left, min(box.left, room.right - (box.right - box.left))) - box.left
    upward = max(room.top, min(box.top, room.bottom - LINE)) - box.top
    moved = replace(label, x=label.x + across, y=label.y + upward)
    to_x, to_y = _box(moved).nearest(x, y)
    share = _POINT / max(math.hypot(to_x - x, to_y - y), _POINT)
    return replace(moved, lead=(x + share * (to_x - x), y + share * (to_y - y), to_x, to_y))


def _lead_boxes(label: Label) -> list[_Box]:
    """Return places along the line to a name, without its ends."""
    if label.lead is None:
        return []
    x, y, to_x, to_y = label.lead
    shares = [part / _PARTS for part in range(1, _PARTS)]
    places = [(x + share * (to_x - x), y + share * (to_y - y)) for share in shares]
    return [_Box(x, y, x, y) for x, y in places]


def _box(label: Label) -> _Box:
    width = GLYPH * len(label.text)
    left = label.x - {"left": 0.0, "right": width, "center": width / 2}[label.align]
    return _Box(left, label.y - LINE / 2, left + width, label.y + LINE / 2)
