"""Versions that must be the same on all machines of a run."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from genbench import DatasetSpec
from genbench.catalog.catalog import load_catalog
from genbench.core.limits import Limits
from genbench.jobs.engine.messages import describe_version_difference, name_this_process, read_versions
from genbench.store.environment import read_library_versions
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry


@pytest.fixture
def here_of(tmp_path):
    """Return a function that gives the versions of a dataset whose plugin has a version and a file's hash."""

    def make(version, file_hash=""):
        catalog = load_catalog(only=["genbench"])
        entry = SuiteEntry(use="digits", name=None, options={}, where="dataset", limits=Limits())
        part = make_part(catalog, DatasetSpec, entry, tmp_path)
        owner = replace(part.component.owner, distribution="maker", version=version, file_hash=file_hash)
        return read_versions([replace(part, component=replace(part.component, owner=owner))])

    return make


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    entry = SuiteEntry(use="digits", name=None, options={}, where="dataset", limits=Limits())
    part = make_part(load_catalog(only=["genbench"]), DatasetSpec, entry, tmp_path_factory.mktemp("home"))
    return read_versions([part])


def test_they_name_libraries_and_the_code_of_components(here):
    assert here.libraries == read_library_versions()
    assert set(here.code) == {"genbench", "genbench_image"}
    assert here.distributions == {}


def test_plugin_files_alone_are_left_out(here_of):
    assert set(here_of("0+unknown").distributions) == {"maker"}
    assert here_of("0+abcdef01", "abcdef01").distributions == {}


def test_the_same_process_has_the_same(here):
    assert describe_version_difference(here) is None


def test_another_version_is_named_with_both(here):
    other = replace(here, libraries={**here.libraries, "numpy": "1.0"})
    assert describe_version_difference(other) == f"it has numpy {here.libraries['numpy']} and not 1.0"


def test_what_is_not_installed_here_is_named(here):
    other = replace(here, distributions={"no-such-plugin": "2.1"}, modules={"no_such_module": "3"})
    assert describe_version_difference(other) == (
        "it has no-such-plugin (not installed) and not 2.1, no_such_module (not installed) and not 3"
    )


def test_three_differences_are_named_at_most(here):
    other = replace(here, distributions={f"plugin-{number}": "1" for number in range(5)})
    assert describe_version_difference(other).count("(not installed)") == 3


def test_other_code_of_the_same_version_is_named(here):
    other = replace(here, code={**here.code, "genbench_image": "0" * 64})
    assert describe_version_difference(other) == "it has other code of genbench_image"


def test_a_process_is_named_by_its_machine_and_number():
    assert name_this_process().endswith(f"(process {os.getpid()})")
