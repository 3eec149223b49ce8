"""Forged records and traces with seals that fit, which `verify` compares with what it computes."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest

from genbench.core.extracted import ValidCount
from genbench.results.records import Notice, write_record, write_trace
from genbench.results.results import read_results
from genbench.verification.recompute import NEEDS_HISTORY

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server")]


def test_records_that_name_another_cell_than_the_plan(honest, tmp_path, said):
    folder = shutil.copytree(honest, tmp_path / "forged")
    for record in read_results(folder).records.values():
        write_record(folder, replace(record, cell=replace(record.cell, generator="gpt-9", n=50_000)))
    code, lines, last = said(folder)
    assert code == 1
    assert len(lines) == 12
    for line in lines:
        assert re.fullmatch(
            r'damaged: records/\w+.json: generator is "gpt-9" in the record, "\w+" in run.json', line
        )
    assert last == "12 reproduced; 12 problems in the files"


LIE = Notice(kind="generator", component="checked-plugin:shifted", text="trained on the test split")


def noticed(notice):
    def add(record):
        is_rival = record.cell.generator == "rival"
        return replace(record, notices=(*record.notices, notice)) if is_rival else record

    return add


def test_a_notice_of_a_rival_is_no_more_than_a_claim_and_different_from_a_rerun(forged, said, trusted):
    folder = forged(record=noticed(LIE))
    code, lines, last = said(folder, "--suite", trusted)
    assert (code, last) == (0, "12 reproduced; the files are whole")
    told = f"6 cells of generator rival: {LIE} (from the records; only a rerun, --sample, checks it)"
    assert lines == [f"not checked: {told}"]
    code, lines, last = said(folder, "--sample", 6)
    assert code == 1
    assert lines[1:] == [f"different: 6 cells of generator rival: notices: in the record alone: {LIE}"]
    assert last == "18 reproduced, 6 different; the files are whole"


@pytest.mark.parametrize("kind", ["metric", "referee"])
def test_a_notice_of_anything_but_a_generator_is_different(forged, said, kind):
    lie = replace(LIE, kind=kind, is_nondeterministic=True)
    code, lines, _ = said(forged(record=noticed(lie)))
    assert code == 1
    assert lines == [f"different: 6 cells of generator rival: notices: in the record alone: {lie}"]


def test_splits_that_are_said_to_share_samples(forged, said, honest):
    datasets = read_results(honest).plan.provenance["datasets"]
    shared = {"shared_splits": [["test", "train"]]}
    folder = forged(provenance={"datasets": {"cloud": datasets["cloud"] | shared, "imagenet": shared}})
    code, lines, last = said(folder)
    assert code == 1
    assert lines == [
        f'different: dataset {name}: shared_splits [["test", "train"]] in run.json, not set here'
        for name in ("cloud", "imagenet")
    ]
    assert last == "12 reproduced; the files are whole; 2 differences on the board"


def test_sizes_of_data_that_are_too_large(forged, said, honest):
    cloud = read_results(honest).plan.provenance["datasets"]["cloud"]
    sizes = cloud["sizes"] | {"test": 50_000}
    code, lines, _ = said(forged(provenance={"datasets": {"cloud": cloud | {"sizes": sizes}}}))
    assert code == 1
    assert lines == ["different: dataset cloud: sizes.test 50000 in run.json, 20 here"]


@pytest.mark.parametrize(("field", "value"), [("differences", ["rival is void"]), ("sources", {"a": "b"})])
def test_lines_of_merged_runs_on_the_board_of_one(forged, said, field, value):
    code, lines, _ = said(forged(provenance={field: value}))
    assert code == 1
    reason = f"holds no plan of a run: a run that is not merged cannot have {field}"
    assert lines == [f"damaged: run.json: {reason}"]


def test_a_run_with_records_that_is_marked_as_a_csv_file(forged, said):
    code, lines, _ = said(forged(provenance={"unverified": True}))
    assert code == 1
    reason = "the run of a folder cannot have unverified, which marks a CSV file of merged runs"
    assert lines == [f"damaged: run.json: holds no plan of a run: {reason}"]


def test_values_within_tolerance_that_decide_ranks(forged, said, tied):
    def add(record):
        is_rival = (record.cell.generator, record.cell.metric) == ("rival", "level")
        environment = {"libraries": {"numpy": "1"}, "machine": {"cpu": "famous"}}
        return replace(record, value=9e-10, environment=environment) if is_rival else record

    folder = forged(record=add, of=tied)
    code, lines, _ = said(folder)
    assert code == 1
    assert lines[0] == (
        "different: ranks: cloud rival: overall 2 (1–2) in the records, 1 (1–2) here; level 2 (1–2) in the "
        "records, 1 (1–2) here"
    )
    assert {line.partition(": ")[0] for line in lines[1:]} == {"changed since"}


def test_a_value_that_the_metric_cannot_have(forged, said, tied):
    def lower(record):
        return replace(record, value=-9e-6) if record.cell.metric == "level" else record

    code, lines, _ = said(forged(record=lower, of=tied))
    assert code == 1
    assert len([line for line in lines if line.startswith("damaged: records/")]) == 6
    assert "unverifiable: 6 cells of metric level: its record is damaged" in lines


FAILED = {
    "valid": (
        {"fake": ValidCount(n=1, of=20)},
        "features: 1 of 20 samples of fake with features in the record",
    ),
    "samples": ("0" * 64, "samples: hash 00000000 in the record"),
    "extra": ({"warning": "void"}, "score: extra warning void in the record"),
    "notices": ((replace(LIE, kind="metric"),), f"notices: in the record alone: metric {str(LIE)[10:]}"),
}


def test_a_history_in_a_forged_trace_gives_no_number_without_a_rerun(learned, forged, said):
    def halve(record):
        return replace(record, value=0.125) if record.cell.generator == "rival" else record

    folder = forged(record=halve, of=learned)
    results = read_results(folder)
    for trace in results.traces:
        write_trace(folder, replace(trace, history=({"step": 1, "total": 1, "loss": 0.125},)))
    code, lines, last = said(folder)
    assert (code, last) == (1, "6 unverifiable; the files are whole")
    assert lines == [f"unverifiable: all 6 cells: {NEEDS_HISTORY}"]
    code, lines, last = said(folder, "--sample", 6)
    assert (code, last) == (1, "3 reproduced, 3 different; the files are whole")
    assert lines[1:] == ["different: 3 cells of generator rival: score: value 0.125 in the record, 0.25 here"]
    assert said(learned, "--sample", 6)[2] == "6 reproduced; the files are whole"


@pytest.mark.parametrize("field", FAILED)
def test_what_a_failure_says_beside_its_reason(forged, said, tied, field):
    value, reason = FAILED[field]
    folder = forged(record=lambda r: replace(r, **{field: value}) if r.status == "error" else r, of=tied)
    code, lines, last = said(folder)
    assert code == 1
    assert all(reason in line for line in lines if line.startswith("different: "))
    assert last == "6 reproduced, 6 different; the files are whole; 6 failed and hold no number"
