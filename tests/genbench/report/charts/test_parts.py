from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.core.errors import SuiteError
from genbench.report.charts.maps import PartMarks, count_marks, make_dependence_map, make_parts_map

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
    chart = make_parts_map(board_with(with_parts(PARTS)), "digits", "shapes")
    cells = {(cell["part"], cell["generator"]): cell for cell in rows_in(chart, "part")}
    assert cells["age", "a"]["value"] == "0.80"
    assert cells["age", "noise"]["share"] == 1.0  # the darkest is the worst
    assert cells["age", "a"]["share"] == cells["city", "b"]["share"] == 0.0
    assert chart["layer"][0]["encoding"]["y"]["sort"] == ["city", "age"]  # 0.65 and 0.7


@pytest.mark.parametrize(("direction", "worst"), [("lower", "a"), ("target", "noise")])
def test_what_is_worse_follows_from_the_direction(board_with, rows_in, direction, worst):
    chart = make_parts_map(board_with(with_parts(PARTS), direction), "digits", "shapes")  # the target is 1
    ages = {cell["generator"]: cell["share"] for cell in rows_in(chart, "part") if cell["part"] == "age"}
    assert max(ages, key=ages.get) == worst


def test_twenty_parts_are_shown_and_how_many_there_are_is_said(board_with, rows_in, texts):
    many = {f"column {number:02}": number / 50 for number in range(45)}
    chart = make_parts_map(board_with(with_parts({"a": [many], "b": [many]})), "digits", "shapes")
    assert {cell["part"] for cell in rows_in(chart, "part")} == set(list(many)[:20])
    assert any("the 20 worst of 45" in text for text in texts(chart))


def test_without_parts_there_is_no_map(board_with):
    board = board_with({"a": [{}], "b": [{"parts": {}}]})
    assert make_parts_map(board, "digits", "shapes") is None
    assert make_dependence_map(board, "digits", "shapes") is None
    assert count_marks(board, "digits", "shapes") == PartMarks(0, 0)
    with pytest.raises(SuiteError, match="no metric 'other'"):
        make_parts_map(board, "digits", "other")


def paired(names, fake):
    real = [[1.0 if one == other else 0.5 for other in names] for one in names]
    return [{"pairs": {"names": names, "real": real, "fake": fake}}]


def test_the_real_samples_and_each_generator_have_a_map_of_the_same_parts(board_with, texts):
    extras = {
        "a": paired(["x", "y"], [[1, -0.25], [-0.25, 1]]),
        "b": paired(["y", "z", "x"], [[1, 0, 0.75], [0, 1, 0], [0.75, 0, 1]]),
    }
    chart = make_dependence_map(board_with(extras), "digits", "shapes")
    real, a, b = (cells_of(chart, title) for title in ("real samples", "a", "b"))
    assert set(real) == set(a) == set(b) == {("x", "y"), ("y", "x")}
    assert {(cell["strength"], cell["sign"]) for cell in real.values()} == {(0.5, "positive")}
    assert (a["x", "y"]["strength"], a["x", "y"]["sign"]) == (0.25, "negative")  # in the column x, below
    assert (a["y", "x"]["strength"], a["y", "x"]["sign"]) == (0.75, "negative")  # -0.25 - 0.5
    assert (b["x", "y"]["strength"], b["y", "x"]["strength"], b["y", "x"]["sign"]) == (0.75, 0.25, "positive")
    assert a["y", "x"] | {"dependence": "-0.25", "difference": "-0.75"} == a["y", "x"]
    shown = texts(chart)
    assert {"real samples", "a", "b", "-1", "-0.5", "0", "0.5", "1"} <= set(shown)
    assert [shown.count(name) for name in ("x", "y")] == [4, 4]  # at the left of 2 lines, above 2 maps


def cells_of(chart, title):
    """Return the cells of the map with a title by the names of their column and row."""
    (panel,) = (each for each in chart["vconcat"][1]["concat"] if each["title"]["text"] == title)
    return {(cell["part"], cell["other"]): cell for cell in panel["data"]["values"]}


def test_a_dependence_that_is_not_known_has_no_cell(board_with):
    extras = {"a": paired(["x", "y"], [[1, None], [0.5, 1]])}
    chart = make_dependence_map(board_with(extras), "digits", "shapes")
    assert list(cells_of(chart, "a")) == [("x", "y")]


def test_ten_parts_that_differ_most_are_shown_in_their_order_by_short_names(board_with, texts):
    names = [f"a column of numbers {number:02}" for number in range(13)]
    fake = [[0.5 - (one + other) / 100 for other in range(13)] for one in range(13)]
    chart = make_dependence_map(board_with({"a": paired(names, fake)}), "digits", "shapes")
    panel = chart["vconcat"][1]["concat"][0]
    assert panel["encoding"]["x"]["sort"] == panel["encoding"]["y"]["sort"] == names[3:]
    shown = texts(chart)
    assert "the 10 of 13 parts that differ most" in shown
    assert shown.count("a colu…s 12") == 3  # at the left of the line, and above both maps


def test_parts_of_competitors_come_before_those_of_controls(board_with):
    names, places = [f"x{number:02}" for number in range(11)], range(11)
    own = [[0.4 if 10 in (row, column) else 0.5 for column in places] for row in places]
    noise = [[0.5 if 10 in (row, column) else 0.0 for column in places] for row in places]
    extras = {"a": paired(names, own), "noise": paired(names, noise)}
    chart = make_dependence_map(board_with(extras), "digits", "shapes")
    assert "x10" in chart["vconcat"][1]["concat"][0]["encoding"]["x"]["sort"]


def test_marks_are_counted_before_a_picture_is_drawn(board_with):
    board = board_with({"a": [{"parts": {"x": 1.0, "y": 0.5}} | paired(["x", "y"], [[1, 0], [0, 1]])[0]]})
    assert count_marks(board, "digits", "shapes") == PartMarks(parts=4, dependence=17)
