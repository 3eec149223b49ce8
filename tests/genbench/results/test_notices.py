"""Notices: typed in memory, and read from stored JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from genbench.files.sealed import Schema, read_sealed, write_sealed
from genbench.results.folder import RunFolder
from genbench.results.records import Notice, read_notices, read_records, write_record

USED = Notice(kind="metric", component="a:b", text="used numpy's global random state")
OTHERS = Notice.of_other_samples("generator", "p:gan")


def test_a_notice_reads_as_kind_component_and_what_it_did():
    assert str(USED) == "metric a:b used numpy's global random state"
    assert str(OTHERS) == "generator p:gan gave other samples at the same key"
    assert (USED.is_nondeterministic, OTHERS.is_nondeterministic) == (False, True)


def test_notices_survive_json():
    assert read_notices(json.loads(json.dumps([USED.to_json(), OTHERS.to_json()]))) == (USED, OTHERS)


@pytest.mark.parametrize(
    "found",
    [
        7,
        None,
        ["generator"],
        "metric a:b used numpy's global random state",  # as records had it before
        {},
        USED.to_json() | {"more": ""},
        USED.to_json() | {"text": 1},
        USED.to_json() | {"is_nondeterministic": 1},
    ],
)
def test_what_is_no_notice_is_refused(found):
    with pytest.raises(ValueError, match="cannot be"):
        read_notices([found])


def test_records_keep_notices(run_of, tmp_path):
    plan, records = run_of({"gan": {"fid": [1.0]}})
    folder = RunFolder(tmp_path).create()
    ((key, record),) = records.items()
    noticed = replace(record, notices=(OTHERS, USED))
    write_record(tmp_path, noticed)
    assert read_records(tmp_path, plan.cells) == {key: noticed}
    body = read_sealed(folder.record_file(key), Schema("genbench-record", 1))
    write_sealed(folder.record_file(key), Schema("genbench-record", 1), body | {"notices": [7]})
    assert read_records(tmp_path, plan.cells) == {}
    assert len(list(folder.damaged.iterdir())) == 1
