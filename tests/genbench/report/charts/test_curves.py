from __future__ import annotations

import re

import pytest

from genbench.board.csv_tables import history_frame
from genbench.core.errors import SuiteError
from genbench.report.charts.curves import curve_plot, curves_plot, list_logged_values
from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.theme import COLUMN


@pytest.fixture(scope="module")
def history(trace_of):
    def log(*values):
        return tuple(
            {"step": step, "total": 4, "loss": value, "aux": -value} for step, value in enumerate(values, 1)
        )

    traces = [trace_of("gan", seed, history=log(4.0 + seed, 3.0)) for seed in (0, 1)]
    more = trace_of("gan", 0, dataset="more", history=log(7.0, 6.0, 5.0))
    others = [trace_of("vae", 0, history=log(9.0)), trace_of("vae", 0, dataset="other"), more]
    return history_frame([*traces, *others])


def test_there_is_a_panel_for_each_generator_and_value_and_a_line_for_each_seed(history, rows_in):
    rows = rows_in(curves_plot(history, "digits"), "panel")
    assert {row["panel"] for row in rows} == {"gan: aux", "gan: loss", "vae: aux", "vae: loss"}
    assert {(row["seed"], row["step"], row["value"]) for row in rows if row["panel"] == "gan: loss"} == {
        (0, 1, 4.0), (0, 2, 3.0), (1, 1, 5.0), (1, 2, 3.0),
    }  # fmt: skip


def test_one_value_may_be_chosen(history, rows_in, texts):
    chart = curves_plot(history, "digits", "loss")
    assert {row["panel"] for row in rows_in(chart, "panel")} == {"gan: loss", "vae: loss"}
    assert {"gan: loss", "vae: loss", "training"} <= set(texts(chart))


def test_each_value_of_a_generator_has_a_curve_of_its_own(history, rows_in, texts):
    assert list_logged_values(history, "digits") == [
        ("gan", "aux", 4), ("gan", "loss", 4), ("vae", "aux", 1), ("vae", "loss", 1),
    ]  # fmt: skip
    chart = curve_plot(history, "digits", "gan", "loss")
    assert [(row["seed"], row["step"], row["value"]) for row in rows_in(chart, "panel")] == [
        (0, 1, 4.0), (0, 2, 3.0), (1, 1, 5.0), (1, 2, 3.0),
    ]  # fmt: skip
    assert {"gan: loss", "a line for each seed"} <= set(texts(chart))


def test_a_curve_shows_one_dataset(history, rows_in):
    assert list_logged_values(history, "more") == [("gan", "aux", 3), ("gan", "loss", 3)]
    for chart in (curve_plot(history, "more", "gan", "loss"), curves_plot(history, "more", "loss")):
        assert [row["value"] for row in rows_in(chart, "panel")] == [7.0, 6.0, 5.0]


def test_without_a_log_there_is_no_plot(history):
    assert curves_plot(history, "other") is None


def test_an_unknown_value_is_refused(history):
    with pytest.raises(SuiteError, match="has logged 'los'; did you mean 'loss'"):
        curves_plot(history, "digits", "los")


def log(scale):
    return [{"step": step, "total": 3, "loss": scale * step} for step in (1, 2, 3)]


@pytest.fixture(scope="module")
def widths(trace_of):
    """Return training logs with numbers of different widths."""
    scales = {"a": 1.0, "b": -1000.0, "c": -0.0005, "d": 5e-5, "e": 123456.0}
    return history_frame([trace_of(name, 0, history=log(scale)) for name, scale in scales.items()])


def test_panels_with_numbers_of_any_width_are_aligned(widths):
    text = draw_chart(curves_plot(widths, "digits"), "svg").decode()
    group = r'role-scope concat_\d_group"[^>]*><g transform="translate\(([-\d.]+),([-\d.]+)\)'
    places = re.findall(group, text)
    assert len(places) == 5
    columns, rows = ({place[axis] for place in places} for axis in (0, 1))
    assert (len(columns), len(rows)) == (2, 3)
    assert float(re.search(r' width="([\d.]+)"', text)[1]) <= COLUMN


def test_curves_below_one_another_are_aligned(widths):
    texts = [draw_chart(curve_plot(widths, "digits", name, "loss"), "svg").decode() for name in "abcde"]
    assert all(any(label in text for text in texts) for label in (">1e-4<", "0.0010<", "2k<", ">200k<"))
    assert len({re.search(r'<g [^>]*transform="translate\((\d+),', text)[1] for text in texts}) == 1
