from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.core.errors import SuiteError
from genbench.report.charts.kinds import KINDS, build_chart
from genbench.results.results import Results

TABLE = {"a": {"fid[x]": [1.0, 1.1], "recall": [0.9, 0.8]}, "b": {"fid[x]": [2.0, 2.1], "recall": [0.5, 0.4]}}
METRICS = {None: (), 1: ("fid",), 2: ("fid", "recall")}


@pytest.fixture(scope="module")
def found(run_of, trace_of):
    plan, records = run_of(TABLE, directions={"recall": "higher"})
    extra = {
        "parts": {"x": 1.0},
        "pairs": {"names": ["x", "y"], "real": [[1, 0], [0, 1]], "fake": [[1, 1]] * 2},
    }
    records = {key: replace(record, extra=extra) for key, record in records.items()}
    log = ({"step": 1, "total": 2, "loss": 1.0}, {"step": 2, "total": 2, "loss": 0.5})
    traces = [trace_of("a", 0, history=log, seconds={"fit": 3.0, "sample": 1.0})]
    return Results(name="run", plan=plan, records=records, traces=tuple(traces))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_with_the_metrics_that_it_shows(found, kind, texts):
    assert any("digits" in text for text in texts(build_chart(found, kind, metrics=METRICS[KINDS[kind]])))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_says_first_why_a_copier_is_not_ranked(found, kind, texts, run_of, with_copies):
    table = TABLE | {"c": {"fid[x]": [3.0, 3.1], "recall": [0.3, 0.2]}}
    plan, records = with_copies(run_of(table, directions={"recall": "higher"}), "c")
    extra = next(iter(found.records.values())).extra
    records = {key: replace(record, extra=extra) for key, record in records.items()}
    results = replace(found, plan=plan, records=records)
    shown = " ".join(texts(build_chart(results, kind, metrics=METRICS[KINDS[kind]])))
    why = " on digits 40 of 40 samples are, byte for byte, training samples, so not ranked: c "
    assert why in f"{shown} "


def test_a_file_of_seeds_says_what_its_marks_mean(found, texts):
    key = "diamond: mean; line: 95 % interval; dots: seeds"
    assert key in texts(build_chart(found, "seeds", metrics=["fid"]))


@pytest.mark.parametrize("kind", KINDS)
def test_another_number_of_metrics_is_refused_with_those_of_the_board(found, kind):
    given = ("fid",) * ((KINDS[kind] or 0) + 1)
    with pytest.raises(SuiteError, match=r"the metrics on digits are fid\[x\], recall"):
        build_chart(found, kind, metrics=given)


def test_a_logged_value_belongs_to_training(found):
    assert build_chart(found, "training", log="loss")
    with pytest.raises(SuiteError, match="ranks shows no logged value"):
        build_chart(found, "ranks", log="loss")


def test_the_dataset_may_be_left_out_if_there_is_one(found, joined, run_of):
    with pytest.raises(SuiteError, match="no dataset 'other'"):
        build_chart(found, "ranks", dataset="other")
    plan, records = joined(run_of(TABLE), run_of(TABLE, dataset="more"))
    two = Results(name="run", plan=plan, records=records, traces=())
    with pytest.raises(SuiteError, match="name a dataset of this leaderboard: digits, more"):
        build_chart(two, "ranks")
    assert build_chart(two, "ranks", dataset="more")


@pytest.mark.parametrize(("kind", "reason"), [
    ("ranks", "no generator has a rank"), ("trade-off", "no generator has a value in both metrics"),
    ("training", "no generator has logged its training"),
    ("cost", "no generator has both a value and timings"), ("wins", "no two generators are ranked together"),
    ("parts", "no metric has values of single parts, such as columns,"),
    ("dependence", "no metric says how parts, such as columns, depend on one another"),
])  # fmt: skip
def test_where_there_is_nothing_to_draw_the_reason_is_said(run_of, kind, reason):
    plan, records = run_of({"a": {"fid": ["error"], "recall": [1.0]}})
    empty = Results(name="run", plan=plan, records=records, traces=())
    with pytest.raises(SuiteError, match=f"nothing to draw: {reason} on digits; choose another kind"):
        build_chart(empty, kind, metrics=METRICS[KINDS[kind]])


@pytest.mark.parametrize(("kind", "reason"), [
    ("parts", "the metric has no values of single parts, such as columns, on digits"),
    ("dependence", "the metric does not say how parts, such as columns, depend on one another on digits"),
])  # fmt: skip
def test_only_metrics_that_have_parts_are_suggested(found, kind, reason):
    records = {
        key: replace(record, extra={}) if record.cell.metric == "recall" else record
        for key, record in found.records.items()
    }
    some = replace(found, records=records)
    with pytest.raises(SuiteError, match=rf"nothing to draw: {reason}; choose fid\[x\]$"):
        build_chart(some, kind, metrics=["recall"])
    with pytest.raises(SuiteError, match=r"0 were given; the metrics on digits are fid\[x\]$"):
        build_chart(some, kind)
