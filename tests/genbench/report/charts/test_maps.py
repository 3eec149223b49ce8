from __future__ import annotations

from genbench.report.charts.maps import draw_cells
from genbench.report.charts.theme import GLYPH


def cells(rows, columns, text="1"):
    return [{"row": row, "column": column, "text": text, "share": 0.5} for row in rows for column in columns]


def drawn(rows, columns, text="1", **options):
    given = cells(rows, columns, text)
    return draw_cells(given, ("row", rows), ("column", columns), "text", ("row", "text"), **options)


def test_a_cell_has_room_for_its_text_and_may_be_as_high_as_a_line():
    chart = drawn(["a"], [f"c{number}" for number in range(40)], "123.45", is_square=False)
    assert chart["width"]["step"] >= 6 * GLYPH
    assert chart["height"]["step"] < chart["width"]["step"]
    assert drawn(["a"], ["b"])["height"] == drawn(["a"], ["b"])["width"]


def test_names_above_are_slanted_only_where_they_have_room():
    def angle(*columns):
        return drawn(["a"], columns)["layer"][0]["encoding"]["x"]["axis"]["labelAngle"]

    assert angle("one", "two") == -45
    assert angle(*(f"a-long-name-{number}" for number in range(6))) == -90


def test_names_are_in_the_given_order():
    chart = drawn(["b", "a"], ["z", "y"])
    encoding = chart["layer"][0]["encoding"]
    assert (encoding["y"]["sort"], encoding["x"]["sort"]) == (["b", "a"], ["z", "y"])
