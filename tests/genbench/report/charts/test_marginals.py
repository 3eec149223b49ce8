"""Charts of how the values of parts are distributed."""

from __future__ import annotations

from genbench import Distribution
from genbench.report.charts.marginals import MOST_PARTS, Marginals, marginals_plot, marginals_sheet


def parts(count=3):
    """Return columns of numbers, the last one the worst, and one of categories that is as the real one."""
    numbers = [
        Distribution(part=f"x{k}", ends=("0", "9"), shares=((0.5, 0.5), (0.5 - k / 100, 0.5 + k / 100)))
        for k in range(1, count)
    ]
    gaps = Distribution(part="c", values=("<b>", "b"), shares=((0.5, 0.25), (0.5, 0.25)))
    return (gaps, *numbers)


def marginals(count=3, **changed):
    return Marginals(**{"generator": "vae", "side": 1, "parts": parts(count)} | changed)


def test_the_worst_parts_come_first_and_a_note_says_how_many_there_are(texts):
    found = marginals(9)
    assert [part.part for part in found.parts_worst_first] == [*(f"x{k}" for k in range(8, 0, -1)), "c"]
    shown = texts(marginals_plot(found))
    assert f"the {MOST_PARTS} worst of 9, the worst first" in shown
    assert [text for text in shown if text[0] == "x"] == [f"x{k}" for k in range(8, 8 - MOST_PARTS, -1)]
    assert "0 to 9" in shown


def test_each_cell_has_the_shares_of_both_sides(rows_in):
    chart = marginals_plot(marginals(2))
    steps, values = rows_in(chart, "at"), rows_in(chart, "value")
    assert [(row["at"], row["real"], row["here"]) for row in steps] == [
        (0, 0.5, 0.49),
        (1, 0.5, 0.51),
        (2, 0.5, 0.51),
    ]
    assert [(row["value"], row["real"], row["here"]) for row in values] == [
        ("<b>", 0.5, 0.5),
        ("b", 0.25, 0.25),
    ]


def test_gaps_are_said_and_names_are_escaped(texts):
    shown = texts(marginals_plot(marginals()))
    assert "missing: 25 %, here 25 %" in shown
    assert "&lt;b&gt;" in shown


def test_a_sheet_has_a_block_for_each_generator(texts):
    shown = texts(marginals_sheet([marginals(9), marginals(9, generator="gan")]))
    assert shown.count("the 4 worst of 9, the worst first") == 2
    assert {"vae", "gan", "marginals"} <= set(shown)


def test_a_part_costs_marks_so_that_a_page_stays_small():
    assert marginals(3).n_marks < marginals(5).n_marks < marginals(20).n_marks == marginals(30).n_marks
