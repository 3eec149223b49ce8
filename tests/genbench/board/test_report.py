"""The files of a board: CSVs that nothing misreads, and the page."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from packaging.version import Version

from genbench.board.csv_tables import history_frame, leaderboard_frame, scores_frame, timings_frame, to_csv
from genbench.board.report import make_board_files, write_board
from genbench.core.errors import ResultsError
from genbench.results.folder import BOARD_FILES

TABLE = {
    "vae": {"fid[pixels]": [0.1, 0.2], "recall": [1e-7, 2.5]},
    "gan": {"fid[pixels]": [1 / 3, 2e300], "recall": ["error", 0.5]},
    "noise": {"fid[pixels]": [9.0, 9.5], "recall": [0.0, 0.0]},
}


@pytest.fixture
def run(run_of):
    return run_of(TABLE, directions={"recall": "higher"})


def reason_of(run, reason):
    """Return the run with `reason` in the record that failed."""
    plan, records = run
    return plan, {k: replace(r, reason=reason) if r.status == "error" else r for k, r in records.items()}


#: Up to 3.0, pandas reads the last of 17 digits right only if it is told to; 3.1 deprecates telling it.
ALL_DIGITS = {} if Version(pd.__version__) >= Version("3.1") else {"float_precision": "round_trip"}


def read(frame):
    return pd.read_csv(io.BytesIO(to_csv(frame)), **ALL_DIGITS)


def test_the_files_are_written_and_their_paths_returned(run, trace_of, tmp_path):
    paths = write_board(tmp_path / "new", *run, [trace_of("vae", 0)])
    assert [path.name for path in paths] == list(BOARD_FILES)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(BOARD_FILES)
    assert (tmp_path / "new" / "leaderboard.md").read_text(encoding="utf-8").startswith("# Leaderboard: ")


def test_the_files_of_the_records_alone_have_their_names_from_the_list(run, tmp_path, monkeypatch):
    names = ("board.csv", *BOARD_FILES[1:])
    monkeypatch.setattr("genbench.board.report.BOARD_FILES", names)
    write_board(tmp_path, *run, [])
    assert make_board_files(*run) == {name: (tmp_path / name).read_bytes() for name in names[:4]}


def test_reordering_the_suite_gives_the_same_bytes(run, trace_of, tmp_path):
    plan, records = run
    traces = [trace_of("vae", 0), trace_of("gan", 1), trace_of("vae", 1)]
    write_board(tmp_path / "a", plan, records, traces)
    write_board(tmp_path / "b", replace(plan, cells=plan.cells[::-1]), records, traces[::-1])
    for name in BOARD_FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_lines_end_with_a_line_feed_alone(run, tmp_path):
    for path in write_board(tmp_path, *run, []):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        assert b"\r" not in content


def test_a_folder_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match=f"{re.escape(str(tmp_path / 'file'))} cannot be written"):
        write_board(tmp_path / "file", *run, [])


def test_pandas_reads_back_what_the_frames_held(run):
    for frame in (leaderboard_frame(*run), scores_frame(*run)):
        found = read(frame)
        assert list(found.columns) == list(frame.columns)
        for name in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[name].dtype):
                assert found[name].astype("float64").equals(frame[name].astype("float64")), name
            else:
                assert list(found[name].astype(object).fillna("")) == list(frame[name]), name


def test_pandas_reads_names_and_signatures_as_text(run):
    found = read(leaderboard_frame(*run))
    for name in ("dataset", "generator", "plugin", "seeds", "fid[pixels]:sig", "recall:sig"):
        assert all(isinstance(cell, str) for cell in found[name]), name


def test_floats_are_the_shortest_that_round_trip(run):
    text = to_csv(scores_frame(*run)).decode()
    assert "digits,gan,0,fid[pixels],0.3333333333333333,,,ok" in text
    assert "digits,vae,0,recall,1e-07,,,ok" in text


def test_ranks_are_whole_numbers_and_nothing_is_an_empty_cell(run):
    lines = to_csv(leaderboard_frame(*run)).decode().splitlines()
    assert lines[1].startswith("digits,gan,genbench 0.1.0,0 1,599,2,,,")
    assert lines[2].startswith("digits,noise,genbench 0.1.0,0 1,599,,,,,9.25,")


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_a_reason_that_a_spreadsheet_would_run_gets_an_apostrophe(run, text):
    found = read(scores_frame(*reason_of(run, text)))
    assert found["reason"].dropna().tolist() == ["'" + text.strip()]


def test_negative_numbers_stay_numbers(run_of):
    found = read(leaderboard_frame(*run_of({"vae": {"c-t": [-3.5, -4.5]}})))
    assert found["c-t"].tolist() == [-4.0]
    assert found["c-t:low"][0] < -4


@pytest.mark.parametrize("text", ["a,b", 'say "x"', "two\nlines", "\x1b[31mred\x00", "\udcff", "é"])
def test_any_reason_stays_in_its_cell(run, text):
    found = read(scores_frame(*reason_of(run, text)))
    assert len(found) == 12
    assert found["reason"].notna().sum() == 1


def test_timings_have_one_row_per_trial(trace_of):
    trace = trace_of("vae", 1, seconds={"fit": 2.5, "score": 0.25}, parameters=1000, peak_bytes=3 * 2**20)
    text = to_csv(timings_frame([trace, trace_of("gan", 0)])).decode()
    assert text.splitlines() == [
        "dataset,generator,seed,parameters,fit_s,sample_s,extract_s,score_s,peak_mib",
        "digits,gan,0,,,,,,0.0",
        "digits,vae,1,1000,2.5,,,0.25,3.0",
    ]


def test_history_has_one_row_per_logged_value(trace_of):
    history = ({"step": 1, "total": 2, "loss": 0.5, "gap": 1}, {"step": 2, "total": 2, "loss": 0.25})
    text = to_csv(history_frame([trace_of("vae", 0, history=history)])).decode()
    assert text.splitlines() == [
        "dataset,generator,seed,step,total,name,value", "digits,vae,0,1,2,gap,1.0",
        "digits,vae,0,1,2,loss,0.5", "digits,vae,0,2,2,loss,0.25",
    ]  # fmt: skip
