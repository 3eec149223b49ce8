"""The files: CSVs that nothing misreads, and Markdown for people."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from packaging.version import Version

from genbench.board.frames import history_frame, leaderboard_frame, scores_frame, timings_frame, to_csv
from genbench.board.report import write_board
from genbench.core.errors import ResultsError
from genbench.results.folder import BOARD_FILES
from genbench.results.records import Plan

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
    with pytest.raises(ResultsError, match=f"cannot write results to {re.escape(str(tmp_path / 'file'))}"):
        write_board(tmp_path / "file", *run, [])


def test_pandas_reads_back_what_the_frames_held(run):
    for frame in (leaderboard_frame(*run), scores_frame(*run)):
        found = read(frame)
        assert list(found.columns) == list(frame.columns)
        for name in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[name].dtype):
                assert found[name].astype("float64").equals(frame[name].astype("float64")), name
            else:
                assert list(found[name].fillna("")) == list(frame[name]), name


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
    assert lines[1].startswith("digits,gan,genbench 0.1.0,0 1,599,2,")
    assert ",2," in lines[1]
    assert lines[2].startswith("digits,noise,genbench 0.1.0,0 1,599,,9.25,")


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
        "dataset,generator,seed,step,total,name,value",
        "digits,vae,0,1,2,gap,1.0",
        "digits,vae,0,1,2,loss,0.5",
        "digits,vae,0,2,2,loss,0.25",
    ]


def markdown(run, tmp_path):
    write_board(tmp_path, *run, [])
    return (tmp_path / "leaderboard.md").read_text(encoding="utf-8")


def test_markdown_shows_best_in_bold_controls_in_italics_and_statuses(run_of, tmp_path):
    table = {"vae": {"fid": [1.0, 2.0]}, "gan": {"fid": [3.0, "error"]}, "noise": {"fid": [0.5, 0.5]}}
    lines = markdown(run_of(table), tmp_path).splitlines()
    start = lines.index("| rank | generator |           fid ↓ |")
    assert lines[start + 1 : start + 5] == [
        "|------|-----------|----------------:|",
        "| 1    | vae       | **1.500 ± 6.4** |",
        "| 2    | gan       |       error 1/2 |",
        "|      | *noise*   |      0.5000 ± 0 |",
    ]
    assert "- digits, gan, seed 1, fid: error: error for a reason" in lines


def test_markdown_of_a_board_on_which_all_failed_says_so(run_of, tmp_path):
    text = markdown(run_of({"a": {"m": ["error"]}, "b": {"m": ["error"]}}), tmp_path)
    assert "2 cells: 0 ok, 2 error." in text


def test_markdown_of_an_empty_plan_is_a_heading(tmp_path):
    text = markdown((Plan(cells=(), traces=(), provenance={}), {}), tmp_path)
    assert text.startswith("# Leaderboard\n\n0 cells: 0 ok.")


def test_markdown_takes_nothing_in_a_reason_for_markup(run, tmp_path):
    text = markdown(reason_of(run, "<b>*x*</b> `y` [a](b)\n\n# head"), tmp_path)
    assert r"error: \<b>\*x\*\</b> \`y\` [a]\(b) # head" in text


def test_markdown_says_what_metrics_note_of_their_numbers(run_of, tmp_path):
    plan, records = run_of({"vae": {"m": [1.0]}})
    records = {key: replace(record, extra={"note": "made *in* haste"}) for key, record in records.items()}
    text = markdown((plan, records), tmp_path)
    assert "## What is to be known of the numbers\n\n- m: made \\*in\\* haste\n" in text


def test_markdown_names_what_sets_blocks_apart(run_of, tmp_path):
    plan, records = run_of({"vae": {"fid": [1.0]}})
    other, more = run_of({"gan": {"fid": [1.0]}}, n=300)
    text = markdown((replace(plan, cells=plan.cells + other.cells), records | more), tmp_path)
    assert "### Block 1: seeds 0, n 300" in text
    assert "### Block 2: seeds 0, n 599" in text
    assert "- digits: fid: n is 300 in gan and 599 in vae; run vae with --n 300" in text


def test_every_signature_of_the_csv_stands_in_the_markdown(run, tmp_path):
    text = markdown(run, tmp_path)
    for signature in set(scores_frame(*run)["signature"]):
        assert f"`{signature}`" in text
