"""The frames of a run, and CSV that nothing misreads."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest

from genbench.board.csv_tables import history_frame, leaderboard_frame, scores_frame, timings_frame, to_csv
from genbench.core.names import COLUMNS, is_metric_id


def test_scores_have_a_row_for_every_cell_sorted(run_of):
    frame = scores_frame(*run_of({"vae": {"kid": [1.0], "fid": ["error"]}, "gan": {"fid": [None]}}))
    assert [tuple(row) for row in frame[["generator", "metric", "status"]].to_numpy()] == [
        ("gan", "fid", "missing"), ("vae", "fid", "error"), ("vae", "kid", "ok"),
    ]  # fmt: skip
    assert math.isnan(frame["value"][1])
    assert frame["reason"][1] == "error for a reason"
    assert frame["signature"].str.fullmatch("[a-f][0-9a-f]{7}").all()


def test_a_metric_can_have_the_name_of_no_other_column(run_of):
    frame = leaderboard_frame(*run_of({"vae": {"fid": [1.0]}}))
    others = list(frame.columns[frame.columns != "fid"])
    assert set(COLUMNS) <= set(others)
    assert not any(map(is_metric_id, others))


def test_a_leaderboard_has_seven_columns_for_each_metric(run_of):
    frame = leaderboard_frame(*run_of({"vae": {"fid": [1.0, 3.0]}, "gan": {"fid": [5.0, 5.0]}}))
    assert list(frame.columns) == [
        "dataset", "generator", "plugin", "seeds", "n", "rank", "rank:low", "rank:high", "caution",
        "fid", "fid:low", "fid:high", "fid:rank", "fid:rank:low", "fid:rank:high", "fid:sig",
    ]  # fmt: skip
    vae = frame.set_index("generator").loc["vae"]
    assert frame["rank:low"].isna().all()  # two seeds
    half = 12.706 * math.sqrt(2) / math.sqrt(2)  # t(0.975, 1) times s / sqrt(2)
    assert (vae["fid"], vae["seeds"], vae["n"], vae["fid:rank"]) == (2.0, "0 1", 599, 1)
    assert vae["fid:high"] == pytest.approx(2 + half, rel=1e-4)  # t is given to five digits
    assert frame["n"].dtype == "int64"


def test_timings_are_in_seconds_and_mebibytes(trace_of):
    trace = trace_of("vae", 1, seconds={"fit": 1.5, "score": 0.25}, parameters=7, peak_bytes=3 * 2**20)
    frame = timings_frame([trace, trace_of("gan", 0)])
    assert list(frame["generator"]) == ["gan", "vae"]
    row = frame.iloc[1]
    assert (row["fit_s"], row["score_s"], row["parameters"], row["peak_mib"]) == (1.5, 0.25, 7, 3.0)
    assert math.isnan(row["sample_s"])


def test_the_history_has_a_row_for_each_value_of_a_step(trace_of):
    history = ({"step": 1, "total": 2, "loss": 0.5, "accuracy": None}, {"step": 2, "total": 2, "loss": 0.25})
    frame = history_frame([trace_of("vae", 0, history=history)])
    assert list(zip(frame["step"], frame["name"], frame["value"], strict=True)) == [
        (1, "accuracy", None), (1, "loss", 0.5), (2, "loss", 0.25),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "a\nb", "a,b", 'a"b', "é"])
def test_a_text_is_no_formula_and_stays_on_its_line(text):
    content = to_csv(pd.DataFrame({"text": [text], "value": [0.1]})).decode("utf-8")
    assert content.count("\n") == 2
    (cell,) = pd.read_csv(io.StringIO(content))["text"]
    assert cell[0] not in "=+-@"
    assert cell.lstrip("'").replace(" ", "\n") in (text, text.replace("\n", "\\n"))


@pytest.mark.parametrize("value", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0])
def test_floats_come_back_to_the_last_bit(value):
    head, first, absent, end = to_csv(pd.DataFrame({"value": [value, math.nan]})).decode("ascii").split("\n")
    assert (head, absent, end) == ("value", '""', "")
    assert float(first).hex() == value.hex()
