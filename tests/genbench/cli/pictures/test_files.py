from __future__ import annotations

import pytest

from genbench.cli.pictures.files import check_picture, write_file
from genbench.core.errors import ResultsError, SuiteError


def test_the_format_is_that_of_the_suffix_in_any_case(tmp_path):
    assert check_picture("-o", tmp_path / "a.b.PNG", ["svg", "png"]) == "png"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["chart", "chart.xml", "chart.", ".svg", "svg"])
def test_another_suffix_is_refused_with_those_that_are_known(tmp_path, name):
    with pytest.raises(SuiteError, match=r"-o .*: expected a file whose name ends in \.pdf or \.svg"):
        check_picture("-o", tmp_path / name, ["svg", "pdf"])


def test_a_place_without_a_folder_is_refused_before_and_after_the_work(tmp_path):
    path = tmp_path / "none" / "chart.svg"
    for write in (lambda: check_picture("-o", path, ["svg"]), lambda: write_file("-o", path, b"<svg/>")):
        with pytest.raises(ResultsError, match="cannot be written: No such file or directory"):
            write()


def test_a_picture_replaces_a_file(tmp_path):
    path = tmp_path / "chart.svg"
    path.write_bytes(b"old")
    write_file("-o", path, b"<svg/>")
    assert path.read_bytes() == b"<svg/>"
