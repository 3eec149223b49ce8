"""Lock files, and the check of versions against one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped
from genbench.checks.conformance.kinds.common import common_checks
from genbench.checks.conformance.lock import entry_name, make_entry, read_lock, write_lock
from genbench.checks.conformance.subject import Case, open_subject
from genbench.core.errors import ResultsError

SKETCHY = Path(__file__).parents[3] / "toy_plugins" / "sketchy_plugin.py"
CASE = Case(kind="generator", reference="sketchy-plugin:sound", modality="vector", files=(SKETCHY,))


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([SKETCHY])


@pytest.fixture
def entry(catalog):
    return make_entry(open_subject(CASE, catalog), "a result")


def look(catalog, locked, result="a result", options=()):
    subject = open_subject(replace(CASE, locked=locked, options=dict(options)), catalog)
    (version,) = (check for check in common_checks(lambda subject: result) if check.name == "version")
    version.function(subject)


def test_entries_are_read_as_they_were_written(tmp_path, entry):
    lock = tmp_path / "lock.json"
    assert read_lock(lock) == {}
    write_lock(lock, {entry_name(CASE): entry})
    assert read_lock(lock) == {"generator sketchy-plugin:sound vector": entry}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {"version": "1"}}'])
def test_a_damaged_lock_file_is_refused(tmp_path, text):
    lock = tmp_path / "lock.json"
    lock.write_text(text)
    with pytest.raises(ResultsError, match="is no lock file"):
        read_lock(lock)


def test_a_lock_file_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(ResultsError, match="cannot be written"):
        write_lock(tmp_path, {})


def test_an_equal_result_passes_at_any_version(catalog, entry):
    look(catalog, entry)
    look(catalog, entry | {"version": "0"})


def test_another_result_needs_another_version(catalog, entry):
    with pytest.raises(CheckFailed, match="still version '1'") as failed:
        look(catalog, entry, "another result")
    assert failed.value.fix == 'raise the version in its spec: version="…",'
    look(catalog, entry | {"version": "0"}, "another result")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (None, "no lock file; --lock FILE keeps one"),
        ({}, "the lock file has no entry of it yet"),
        ({"environment": {}}, "the lock file is of other environment"),
        ({"options": {"scale": 2.0}}, "the lock file is of other options"),
    ],
)
def test_what_cannot_be_compared_is_skipped_with_the_reason(catalog, entry, change, reason):
    with pytest.raises(CheckSkipped, match=reason):
        look(catalog, {**entry, **change} if change else change, "another result")
