"""Where data sets of others are looked for."""

from __future__ import annotations

import dataclasses
import hashlib
import sys

import pytest
from genbench_bias.likelihood.crows_pairs import DATA
from genbench_bias.shared.published import find, notes

from genbench.core.errors import Absent

CONTENT = b"a,b\n1,2\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return an installed package with a data file, and what is published of it."""
    folder = tmp_path / "bias_probe_data"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "data" / "test.csv").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    data = dataclasses.replace(
        DATA,
        package="bias_probe_data",
        release="bias-probe-data==1.0",
        file="data/test.csv",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    return folder, data


def test_a_file_is_found_in_its_package_without_importing_it(package):
    folder, data = package
    assert find(data, None) == folder / "data" / "test.csv"
    assert "bias_probe_data" not in sys.modules


def test_a_named_file_goes_first(package, tmp_path):
    assert find(package[1], tmp_path / "mine.csv") == tmp_path / "mine.csv"


def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(package):
    data = dataclasses.replace(package[1], package="surely_not_installed")
    with pytest.raises(Absent, match=r"pip install --no-deps bias-probe-data==1.0`, or name a file with"):
        find(data, None, "words")


def test_notes_hold_meaning_count_licence_criticism_and_the_content_of_a_file(package):
    folder, data = package
    said = notes(data, folder / "data" / "test.csv", "what it means (fair: 0)", "1,018 pairs")
    assert said["sha256"] == data.sha256
    assert set(said) == {"data", "licence", "criticism", "note", "sha256"}
    assert said["note"].startswith(
        "what it means (fair: 0). 1,018 pairs of CrowS-Pairs (CC BY-SA 4.0): Blodgett et al. 2021"
    )
    assert said["note"].endswith(". A probe is not a verdict")


def test_neither_name_nor_licence_is_said_of_a_file_or_folder_that_is_not_known(package):
    folder, data = package
    (folder / "data" / "mine.csv").write_bytes(CONTENT + b"3,4\n")
    for path, kind in ((folder / "data" / "mine.csv", "a file"), (folder, "a folder")):
        said = notes(data, path, "what it means", "2 pairs")
        origin = f"{kind} that genbench does not know, read as CrowS-Pairs"
        assert said["note"].startswith(f"what it means. 2 pairs of {origin}: Blodgett")
        assert (said["data"], said["licence"]) == (origin, "not known")
        assert ("sha256" in said) == path.is_file()
