from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from genbench.report.charts import placing
from genbench.report.charts.placing import compute_asides, list_placing_rules, place_labels
from genbench.report.charts.theme import GLYPH

WIDTH, HEIGHT = 200.0, 100.0


def box(label):
    """Return left, top, right and bottom of a name at the least width that it has in any font."""
    width = 3 * len(label.text)
    left = label.x - {"left": 0, "right": width, "center": width / 2}[label.align]
    return left, label.y - 4, left + width, label.y + 4


def meet(one, two):
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def test_a_name_lies_beside_its_point_and_within_the_plot():
    for x, y in ((100, 50), (0, 0), (200, 0), (0, 100), (200, 100), (199, 50)):
        (found,) = place_labels([(x, y, "name")], WIDTH, HEIGHT)
        left, top, right, bottom = box(found)
        assert left >= 3  # what is behind it hides no axis
        assert right <= WIDTH
        assert top >= -13  # the title leaves as much room
        assert bottom <= HEIGHT - 3
        assert not left < x < right or not top < y < bottom
        end = {"left": left + 4 * GLYPH, "right": right, "center": right}[found.align]
        assert math.hypot(max(left - x, 0, x - end), max(top - y, 0, y - bottom)) < 13


def test_names_hide_neither_one_another_nor_a_point():
    points = [(60.0 + 7 * k, 40.0 + 6 * (k % 3), f"name {k}") for k in range(6)]
    boxes = [box(label) for label in place_labels(points, WIDTH, HEIGHT)]
    assert len(boxes) > 2
    assert not any(meet(one, two) for place, one in enumerate(boxes) for two in boxes[:place])
    assert not any(meet(one, (x - 2, y - 2, x + 2, y + 2)) for one in boxes for x, y, _ in points)


def test_a_name_is_nearer_to_its_own_point_than_to_another_or_a_line_joins_them():
    points = [(100.0, 50.0, "first"), (112.0, 44.0, "second"), (100.0, 62.0, "third")]
    for label in place_labels(points, WIDTH, HEIGHT):
        left, top, right, bottom = box(label)
        distances = {
            name: math.hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom))
            for x, y, name in points
        }
        is_nearest = distances[label.text] <= min(distances.values()) + 3  # the box of the test is smaller
        assert is_nearest or label.lead


def test_a_line_joins_the_edge_of_a_point_to_a_name_and_crosses_neither_points_nor_names():
    points = [(80.0 + 14 * (k % 3), 40.0 + 14 * (k // 3), f"name {k}") for k in range(6)]
    found = place_labels(points, WIDTH, HEIGHT)
    joined = [label for label in found if label.lead]
    assert len(joined) > 1
    for label in joined:
        (centre,) = [(x, y) for x, y, name in points if name == label.text]
        x, y, to_x, to_y = label.lead
        assert math.dist((x, y), centre) == pytest.approx(4)
        on_line = [(x + (to_x - x) * part / 20, y + (to_y - y) * part / 20) for part in range(21)]
        assert min(math.dist(place, other[:2]) for place in on_line for other in points) > 3
        boxes = [box(other) for other in found if other is not label]
        assert not any(left < x < right and top < y < bottom for x, y in on_line[1:-1]
                       for left, top, right, bottom in boxes)  # fmt: skip


@pytest.mark.slow
def test_where_there_is_no_room_the_first_points_have_names():
    crowd = [(100.0 + k % 20, 50.0 + k // 20, f"g{k}") for k in range(100)]
    named = [label.text for label in place_labels(crowd, WIDTH, HEIGHT)]
    assert 0 < len(named) < 50
    assert named[0] == "g0"
    assert place_labels([(5.0, 5.0, "far too long a name for any room" * 4)], WIDTH, HEIGHT) == []


def cross(x, y, length=30.0):
    """Return the lines of two intervals of a point."""
    return [(x - length, y - 1, x + length, y + 1), (x - 1, y - length, x + 1, y + length)]


def test_a_name_crosses_no_line_if_there_is_room_elsewhere():
    points = [(60.0, 50.0, "first"), (75.0, 40.0, "second"), (140.0, 60.0, "third")]
    lines = [line for x, y, _ in points for line in cross(x, y)]
    found = place_labels(points, WIDTH, HEIGHT, lines)
    assert len(found) == 3
    assert not any(meet(box(label), line) for label in found for line in lines)
    without = place_labels(points, WIDTH, HEIGHT)
    assert any(meet(box(label), line) for label in without for line in lines)


def test_a_name_crosses_a_line_rather_than_being_left_out():
    everywhere = [(0.0, y, WIDTH, y + 1) for y in range(-20, 120, 5)]
    (found,) = place_labels([(100.0, 50.0, "name")], WIDTH, HEIGHT, everywhere)
    assert any(meet(box(found), line) for line in everywhere)


@pytest.mark.parametrize(("away", "is_first"), [(150.0, True), (142.0, False), (136.0, False)])
def test_a_name_beside_its_point_is_clearly_nearer_to_it_if_there_is_room(away, is_first):
    """The first place of a name is the upper right corner; it is 8 pixels from its point."""
    name, _ = place_labels([(100.0, 60.0, "left"), (away, 54.0, "right")], WIDTH, HEIGHT)
    assert ((name.x, name.align) == (106.0, "left") and name.y < 60) is is_first


def test_the_rules_for_pages_have_every_place_of_a_name():
    offsets, near = list_placing_rules()["offsets"], list_placing_rules()["near"]
    places = set(offsets[:near])
    assert not places & set(offsets[near:])
    for x, y in ((100, 50), (10, 10), (160, 10), (10, 75), (160, 75)):
        (found,) = place_labels([(x, y, "name")], WIDTH, HEIGHT)
        assert (found.x - x, found.y - y, found.align) in places
        assert found.lead is None


def test_a_name_beside_its_point_hides_a_part_of_its_own_lines_rather_than_being_far_away():
    lines = [*cross(50.0, 50.0, 45.0), (80.0, 0.0, 82.0, 100.0)]  # the last one is that of another point
    (found,) = place_labels(
        [(50.0, 50.0, "wgan-gp")], WIDTH, HEIGHT, lines
    )  # 46 pixels, and it has 44 on the left
    assert found.lead is None
    assert meet(box(found), lines[1])
    assert not any(meet(box(found), line) for line in (lines[0], lines[2]))


def test_a_name_hides_no_end_of_a_line_if_there_is_room():
    lines = [(95.0, 49.0, 105.0, 51.0), (99.0, 42.0, 101.0, 58.0)]
    name = "a-long-name-of-a-generator"  # which fits on neither side of the point
    (found,) = place_labels([(100.0, 50.0, name)], WIDTH, HEIGHT, lines)
    assert found.lead
    assert not any(meet(box(found), line) for line in lines)


def test_a_name_crosses_an_interval_rather_than_its_line_does():
    walls = [(87.0, 0.0, 89.0, 100.0), (111.0, 0.0, 113.0, 100.0)]
    (found,) = place_labels([(100.0, 50.0, "name")], WIDTH, HEIGHT, walls)
    assert found.lead is None
    assert any(meet(box(found), wall) for wall in walls)


def test_a_line_to_a_name_leaves_a_ring_of_points_where_it_is_open():
    ring = [(100.0 + 12 * x, 50.0 + 12 * y, "") for x in (-1, 0, 1) for y in (-1, 0, 1)]
    points = [point for point in ring if point[:2] not in ((100.0, 50.0), (100.0, 62.0))]
    found = {label.text: label for label in place_labels([(100.0, 50.0, "name"), *points], WIDTH, HEIGHT)}
    x, y, to_x, to_y = found["name"].lead
    assert x == to_x == 100.0
    assert y < to_y


def test_a_name_hides_no_part_of_its_own_line_if_there_is_room_on_its_other_side():
    line = (184.0, 10.0, 186.0, 90.0)
    (found,) = place_labels([(185.0, 50.0, "name")], WIDTH, HEIGHT, [line])
    assert (found.x, found.align) == (179.0, "right")


def clusters(count):
    rng = np.random.default_rng(0)
    for _ in range(count):
        places = rng.normal((170, 20), 9, (5, 2)).clip((0, 0), (WIDTH, HEIGHT))
        yield [(float(x), float(y), f"name-{k}") for k, (x, y) in enumerate(places)]


def test_the_lines_to_names_do_not_cross_one_another():
    leads = [
        [label.lead for label in place_labels(each, WIDTH, HEIGHT) if label.lead] for each in clusters(30)
    ]
    crossings = [is_cut(one, two) for own in leads for one, two in combinations(own, 2)]
    assert len(crossings) > 20
    assert not any(crossings)


def is_cut(one, two):
    """Solve for the point that two lines share, as shares of both."""
    a, b, c, d = (np.array(end) for line in (one, two) for end in (line[:2], line[2:]))
    matrix = np.column_stack([b - a, c - d])
    return np.linalg.det(matrix) != 0 and bool(np.all(np.abs(np.linalg.solve(matrix, c - a) - 0.5) < 0.5))


def test_more_names_find_room_than_where_each_takes_its_best_place_once(monkeypatch):
    found = [len(place_labels(each, WIDTH, HEIGHT)) for each in clusters(30)]
    monkeypatch.setattr(placing, "_MISSING", 0)
    assert sum(found) > sum(len(place_labels(each, WIDTH, HEIGHT)) for each in clusters(30))


def test_a_name_is_not_in_the_row_of_another_point_that_is_as_near():
    points = [(100.0, 50.0, "own"), (88.0, 62.0, "other")]
    above = [(60.0, 30.0, 160.0, 55.0)]
    own = next(label for label in place_labels(points, WIDTH, HEIGHT, above) if label.text == "own")
    assert not own.y - 6 < 62.0 < own.y + 6


def test_intervals_that_overlap_on_one_line_lie_beside_their_points():
    above, below, apart, far = (50.0, 10.0, 40.0), (52.0, 30.0, 80.0), (52.0, 81.0, 90.0), (60.0, 10.0, 90.0)
    assert compute_asides([above, apart, far, None], WIDTH) == [0, 0, 0, 0]
    moves = compute_asides([above, None, below, apart], WIDTH)
    assert moves[1] == moves[3] == 0
    assert moves[0] == -moves[2] != 0


def test_as_many_intervals_as_there_is_room_for_lie_on_lines_of_their_own():
    moves = compute_asides([(50.0, 0.0, 90.0)] * 6, WIDTH)
    assert len(set(moves)) == 5
    assert moves[4] == moves[5] == 0


def test_no_interval_lies_beyond_the_plot():
    for place, side in ((0.0, 1), (WIDTH, -1)):
        moves = compute_asides([(place, 0.0, 90.0)] * 2, WIDTH)
        assert [math.copysign(1, move) for move in moves] == [side, side]
        assert moves[0] != moves[1]
