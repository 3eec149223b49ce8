"""Places for the names of points in a plot, so that they hide neither points nor one another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.report.charts.theme import GLYPH, LINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    #: A point in pixels from the upper left corner of the plot, and its name.
    Named = tuple[float, float, str]

    #: An interval in pixels along its axis: where it is on the other axis, and its ends, the lower one first.
    Span = tuple[float, float, float]

__all__ = ["Label", "compute_asides", "list_placing_rules", "place_labels"]

_NEAR = 6.0  # pixels between a point and its name
_FAR = (13.0, 22.0, 34.0, 55.0, 80.0)  # pixels where a line joins the two, the better ones first
_POINT = 4.0  # pixels from the centre of a point to its edge
_CORE = 3.0  # pixels from the centre of a point to a line that goes by
_ABOVE = 13.0  # pixels of a name that may be above the plot, where the title leaves room
_EDGE = 3.0  # pixels from a name to the axes, which its halo would cut
_IN_ROW = 0.5  # people take a point in the row of a name for nearer: at this share of its distance
_CLEARLY = 3.0  # pixels by which a name is nearer to its own point than to another, if there is room

#: The cost of each flaw of a label; each better place of the same name costs 1. "own": it hides a part of its
#: own point's interval; "unclear": it is not clearly nearest to its own point; "end": it hides an end of an
#: interval; "crossed": it hides a part of another point's interval; "lead": its lead, the line to its point,
#: crosses another point's interval; "through": its lead crosses another point.
_COSTS = {"own": 4, "unclear": 60, "end": 16, "crossed": 24, "lead": 48, "through": 96}

_LINE = 4.0  # pixels between two intervals that seem to lie on one line
_ASIDES = (-8.0, 8.0, -15.0, 15.0)  # pixels from a point to its interval, where that would hide another one
_MISSING = 1000  # the cost of a name that is left out


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
    """A rectangle in pixels from the upper left corner of the plot, so `top` is less than `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        """Return whether two boxes overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def distance(self, x: float, y: float) -> float:
        """Return the distance from the box to a point in pixels; 0 for a point inside of it."""
        return math.hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))

    def apparent_distance(self, x: float, y: float) -> float:
        """Return the distance of a point as it seems: people read along a row, so a point in it is nearer."""
        return self.distance(x, y) * (_IN_ROW if self.top < y < self.bottom else 1)

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the box that is nearest to a point."""
        return min(max(x, self.left), self.right), min(max(y, self.top), self.bottom)

    def ends(self) -> tuple[_Box, _Box]:
        """Return both ends of an interval, a box without width or height, as boxes of size 0."""
        upper_left = _Box(self.left, self.top, self.left, self.top)
        return upper_left, _Box(self.right, self.bottom, self.right, self.bottom)

    def is_inside(self, other: _Box) -> bool:
        """Return whether the box lies inside of another one."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


def place_labels(
    points: Sequence[Named],
    width: float,
    height: float,
    lines: Iterable[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Return the names of points in a plot of `width` by `height` pixels, each beside its own point.

    points  (x, y, name), in pixels from the upper left corner; at equal costs, the earlier one chooses first
    lines   (left, top, right, bottom) of intervals, which a name may hide in part beside its own point

    A name beside its point is nearer to it than to all others. Where there is no room for that, the name is
    farther away, and a line joins the two. A name for which there is no room there either is left out.

    Each point has candidates, labels with a cost. In each try, the labels of least cost are placed first. The
    point that ends with the highest cost chooses before the others in the next try. If it chose before them
    already, the tries end. The result is the try with the least sum of costs.
    """
    room = _Box(_EDGE, -_ABOVE, width, height - _EDGE)
    boxes = [_Box(*line) for line in lines]
    candidates: list[tuple[int, int, int, Label]] = []
    for number, point in enumerate(points):
        for rank, label in enumerate(_candidate_labels(*point, room)):
            cost = _label_cost(label, number, points, boxes, room)
            if cost is not None:  # the rank costs 1 for each better place of the same point
                candidates.append((cost + rank, number, rank, label))
    candidates.sort()  # number and rank differ, so two labels, which have no order, are never compared
    first: list[int] = []  # numbers of the points that choose before the others
    tries: list[tuple[int, int, list[Label]]] = []
    for _ in points:
        placed = _take_free_places(candidates, first)
        costs = [placed[number][0] if number in placed else _MISSING for number in range(len(points))]
        # of equal sums, `min` takes the first try by its number, and never compares the lists of labels
        tries.append((sum(costs), len(tries), [placed[number][1] for number in sorted(placed)]))
        worst = costs.index(max(costs))
        if worst in first:
            break
        first.append(worst)
    return min(tries)[2] if tries else []


def compute_asides(spans: Sequence[Span | None], room: float) -> list[float]:
    """Return the pixels by which the interval of each point is drawn beside the point: its aside.

    spans  the intervals of the points, in the order in which they choose an aside; None without an interval
    room   the length of the axis across the intervals, in pixels; asides stay within it

    An aside is 0, unless two intervals lie on one line, where people could not tell them apart: then each
    takes the first aside of _ASIDES that is free, or 0 if none is.
    """
    asides: list[float] = []
    for number, span in enumerate(spans):
        clashing = [n for n, other in enumerate(spans) if n != number and _is_on_one_line(span, other)]
        taken = [asides[n] for n in clashing if n < number]  # by intervals that have chosen before
        across = span[0] if span else 0.0  # where the interval is on the other axis
        free = [each for each in _ASIDES if clashing and each not in taken and 0 <= across + each <= room]
        asides.append(free[0] if free else 0.0)
    return asides


def _is_on_one_line(one: Span | None, two: Span | None) -> bool:
    """Return whether two intervals overlap and lie too close to be told apart; False if one is None.

    one, two  (position on the other axis, lower end, upper end) in pixels
    """
    if one is None or two is None:
        return False
    return abs(one[0] - two[0]) < _LINE and one[1] < two[2] and two[1] < one[2]


def _take_free_places(
    candidates: Sequence[tuple[int, int, int, Label]], first: Sequence[int]
) -> dict[int, tuple[int, Label]]:
    """Return the cost and the label of each point by its number; a point without a free place is left out.

    candidates  (cost, number of the point, rank of the place, label), sorted: the cheapest free one is taken
    first       numbers of the points that choose before all others
    """
    placed: dict[int, tuple[int, Label]] = {}
    # False sorts before True: the points of `first` come first; within both groups, the order by cost stays
    for cost, number, _, label in sorted(candidates, key=lambda candidate: candidate[1] not in first):
        if number not in placed and not any(_do_labels_meet(label, other) for _, other in placed.values()):
            placed[number] = cost, label
    return placed


def list_placing_rules() -> dict[str, Any]:
    """Return constants by name, for a page's script that does as `place_labels` and `compute_asides` do.

    offsets  the places that `_list_offsets` returns; the first `near` of them are beside the point
    """
    return {
        "offsets": _list_offsets(),
        "near": len(_list_offsets()) // len((_NEAR, *_FAR)),  # each distance has as many places
        "glyph": GLYPH,
        "line": LINE,
        "point": _POINT,
        "core": _CORE,
        "above": _ABOVE,
        "edge": _EDGE,
        "row": _IN_ROW,
        "clearly": _CLEARLY,
        "costs": _COSTS,
        "missing": _MISSING,
        "oneLine": _LINE,
        "asides": _ASIDES,
    }


def _label_cost(
    label: Label, number: int, points: Sequence[Named], lines: Sequence[_Box], room: _Box
) -> int | None:
    """Return the cost of a label of the point `number`: the costs of its flaws; None if it is impossible.

    points  all points, with their names
    lines   boxes around the intervals of all points
    room    the box in which labels may be

    A label is impossible if it hides a point, leaves the room, or is beside its point and nearer to another
    point. A label far from its point has a lead: a line that joins the two.
    """
    box = _label_box(label)
    x, y, _ = points[number]
    others = [(x, y) for other, (x, y, _) in enumerate(points) if other != number]
    hides_point = any(box.meets(_square_around(*point, _POINT)) for point in [(x, y), *others])
    if hides_point or not box.is_inside(room):
        return None
    # by how much the label is nearer to its own point than to all others
    margin = min((box.apparent_distance(*other) for other in others), default=math.inf) - box.distance(x, y)
    if label.lead is None and margin < 0:
        return None
    # the interval of a point goes through the point
    other_lines = [line for line in lines if not _Box(x, y, x, y).is_inside(line)]
    ends = [end for line in lines for end in line.ends()]
    flaws = {
        # it hides a part of its own point's interval
        "own": any(box.meets(line) for line in lines if line not in other_lines),
        # it is not clearly nearest to its own point
        "unclear": label.lead is None and margin < _CLEARLY,
        # it hides an end of an interval, or a part of another point's interval
        "end": any(map(box.meets, ends)),
        "crossed": any(map(box.meets, other_lines)),
        # its lead crosses another point's interval, or another point
        "lead": any(_lead_crosses(label, line) for line in other_lines),
        "through": any(_lead_crosses(label, _square_around(*other, _CORE)) for other in others),
    }
    return sum(_COSTS[flaw] for flaw, is_there in flaws.items() if is_there)


def _do_labels_meet(one: Label, two: Label) -> bool:
    """Return whether two labels overlap, or the line from one to its point crosses the other or its line."""
    first, second = _label_box(one), _label_box(two)
    if first.meets(second) or _lead_crosses(one, second) or _lead_crosses(two, first):
        return True
    return one.lead is not None and two.lead is not None and _do_lines_cross(one.lead, two.lead)


def _do_lines_cross(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    """Return whether two lines cross: the ends of each are on both sides of the other.

    one, two  (x, y, x, y) of both ends
    """

    def side(line: tuple[float, ...], x: float, y: float) -> float:
        """Return a number whose sign tells on which side of a line a point lies; 0 on the line."""
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    # the ends of a line are on both sides of the other if their signs differ
    return all(side(a, *b[:2]) * side(a, *b[2:]) < 0 for a, b in ((one, two), (two, one)))


def _lead_crosses(label: Label, box: _Box) -> bool:
    """Return whether the lead of a label, the line from its point to it, goes through a box.

    A label beside its point has no lead, and gives False.
    """
    if label.lead is None:
        return False
    x, y, to_x, to_y = label.lead
    # Liang-Barsky: cut the line to its part between the sides of the box, then between its top and bottom
    first, last = 0.0, 1.0  # where this part begins and ends, as shares of the line
    for start, end, low, high in ((x, to_x, box.left, box.right), (y, to_y, box.top, box.bottom)):
        if start == end and not low < start < high:  # parallel to this side, and beside the box
            return False
        if start != end:
            shares = sorted(((low - start) / (end - start), (high - start) / (end - start)))
            first, last = max(first, shares[0]), min(last, shares[1])
    return first < last  # some part lies inside


def _list_offsets() -> list[tuple[float, float, str]]:
    """Return (pixels to the right, pixels down, align) from a point to each place of its name, best first.

    At each distance the corners come first, since they leave intervals free, then the sides.
    """
    offsets: list[tuple[float, float, str]] = []
    for gap in (_NEAR, *_FAR):
        up = gap + LINE / 2  # to the middle of the name
        offsets += [
            (gap, -up, "left"), (gap, up, "left"), (-gap, -up, "right"), (-gap, up, "right"),
            (gap, 0.0, "left"), (-gap, 0.0, "right"), (0.0, -up, "center"), (0.0, up, "center"),
        ]  # fmt: skip
    return offsets


def _candidate_labels(x: float, y: float, text: str, room: _Box) -> Iterator[Label]:
    """Yield the possible labels of a point, the better ones first, all moved into the room.

    room  the box in which labels may be

    A label that is far from the point has a line to it.
    """
    for right, down, align in _list_offsets():
        label = _move_inside(Label(text=text, x=x + right, y=y + down, align=align), room)
        # `down` leads to the middle of the name, half of its height away from its edge
        is_near = max(abs(right), abs(down) - LINE / 2) <= _NEAR
        yield label if is_near else _join_to_point(x, y, label)


def _move_inside(label: Label, room: _Box) -> Label:
    """Return a label moved as little as is needed to lie inside of the room."""
    box = _label_box(label)
    across = max(room.left, min(box.left, room.right - (box.right - box.left))) - box.left
    down = max(room.top, min(box.top, room.bottom - LINE)) - box.top
    return replace(label, x=label.x + across, y=label.y + down)


def _join_to_point(x: float, y: float, label: Label) -> Label:
    """Return a label with the line that joins it to the edge of the point at (x, y)."""
    to_x, to_y = _label_box(label).nearest(x, y)
    # the share of the line from the centre that lies inside the point, at most 1
    share = _POINT / max(math.hypot(to_x - x, to_y - y), _POINT)
    return replace(label, lead=(x + share * (to_x - x), y + share * (to_y - y), to_x, to_y))


def _square_around(x: float, y: float, half: float) -> _Box:
    """Return the square around a point; `half` is half of its side in pixels."""
    return _Box(x - half, y - half, x + half, y + half)


def _label_box(label: Label) -> _Box:
    """Return the box around the text of a label, in pixels."""
    width = GLYPH * len(label.text)
    left = label.x - {"left": 0.0, "right": width, "center": width / 2}[label.align]
    return _Box(left, label.y - LINE / 2, left + width, label.y + LINE / 2)
