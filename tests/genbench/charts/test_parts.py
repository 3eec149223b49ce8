from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.charts.parts import PartMarks, dependence_map, part_marks, parts_map
from genbench.core.errors import SuiteError

PARTS = {
    "a": [{"age": 0.9, "city": 0.5}, {"age": 0.7, "city": 0.5}],
    "b": [{"age": 0.6, "city": 0.8}, {"age": 0.6, "city": 0.8}],
    "noise": [{"age": 0.1, "city": 0.1}, {"age": 0.1, "city": 0.1}],
}


@pytest.fixture(scope="module")
def board_with(run_of, board_of):
    """Return a function that gives a board whose records have these extras, by generator and seed."""

    def make(extras, direction="higher"):
        table = {name: {"shapes": [0.5] * len(each)} for name, each in extras.items()}
        plan, records = run_of(table, directions={"shapes": direction})
        known = {
            key: replace(record, extra=extras[record.cell.generator][record.cell.seed])
            for key, record in records.items()
        }
        return board_of((plan, known))

    return make


def with_parts(parts):
    return {name: [{"parts": each} for each in seeds] for name, seeds in parts.items()}


def test_a_cell_is_the_mean_over_seeds_and_the_worst_part_of_competitors_comes_first(board_with, rows_in):
    chart = parts_map(board_with(with_parts(PARTS)), "digits", "shapes")
    cells = {(cell["part"], cell["generator"]): cell for cell in rows_in(chart, "part")}
    assert cells["age", "a"]["value"] == "0.80"
    assert cells["age", "noise"]["share"] == 1.0  # the darkest is the worst
    assert cells["age", "a"]["share"] == cells["city", "b"]["share"] == 0.0
    assert chart["layer"][0]["encoding"]["y"]["sort"] == ["city", "age"]  # 0.65 and 0.7


@pytest.mark.parametrize(("direction", "worst"), [("lower", "a"), ("target", "noise")])
def test_what_is_worse_follows_from_the_direction(board_with, rows_in, direction, worst):
    chart = parts_map(board_with(with_parts(PARTS), direction), "digits", "shapes")  # the target is 1
    ages = {cell["generator"]: cell["share"] for cell in rows_in(chart, "part") if cell["part"] == "age"}
    assert max(ages, key=ages.get) == worst


def test_twenty_parts_are_shown_and_how_many_there_are_is_said(board_with, rows_in, texts):
    many = {f"column {number:02}": number / 50 for number in range(45)}
    chart = parts_map(board_with(with_parts({"a": [many], "b": [many]})), "digits", "shapes")
    assert {cell["part"] for cell in rows_in(chart, "part")} == set(list(many)[:20])
    assert any("the 20 worst of 45" in text for text in texts(chart))


def test_without_parts_there_is_no_map(board_with):
    board = board_with({"a": [{}], "b": [{"parts": {}}]})
    assert parts_map(board, "digits", "shapes") is None
    assert dependence_map(board, "digits", "shapes") is None
    assert part_marks(board, "digits", "shapes") == PartMarks(0, 0)
    with pytest.raises(SuiteError, match="no metric 'other'"):
        parts_map(board, "digits", "other")


def paired(names, fake):
    real = [[1.0 if one == other else 0.5 for other in names] for one in names]
    return [{"pairs": {"names": names, "real": real, "fake": fake}}]


def test_the_real_samples_and_each_generator_have_a_map_of_the_same_parts(board_with, rows_in, texts):
    extras = {
        "a": paired(["x", "y"], [[1, -0.25], [-0.25, 1]]),
        "b": paired(["y", "z", "x"], [[1, 0, 0.75], [0, 1, 0], [0.75, 0, 1]]),
    }
    chart = dependence_map(board_with(extras), "digits", "shapes")
    cells = {(cell["of"], cell["part"], cell["other"]): cell for cell in rows_in(chart, "of")}
    assert {place[1] for place in cells} == {"x", "y"}
    assert cells["real samples", "x", "y"]["strength"] == 0.5
    assert cells["a", "x", "y"] | {"strength": 0.25, "sign": "negative"} == cells["a", "x", "y"]
    assert cells["b", "x", "y"] | {"strength": 0.75, "sign": "positive"} == cells["b", "x", "y"]
    assert {"real samples", "a", "b"} <= set(texts(chart))


def test_a_dependence_that_is_not_known_has_no_cell(board_with, rows_in):
    extras = {"a": paired(["x", "y"], [[1, None], [0.5, 1]])}
    cells = rows_in(dependence_map(board_with(extras), "digits", "shapes"), "of")
    assert [(cell["part"], cell["other"]) for cell in cells if cell["of"] == "a"] == [("y", "x")]


def test_marks_are_counted_before_a_picture_is_drawn(board_with):
    board = board_with({"a": [{"parts": {"x": 1.0, "y": 0.5}} | paired(["x", "y"], [[1, 0], [0, 1]])[0]]})
    assert part_marks(board, "digits", "shapes") == PartMarks(parts=4, dependence=8)
