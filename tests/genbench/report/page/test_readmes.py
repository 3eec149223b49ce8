"""READMEs of results folders."""

from __future__ import annotations

import os

import pytest

from genbench.report.page.document import make_page, read_readmes


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_bytes(b"# A board\n\nIt needs *x*.\n")
    return tmp_path


def test_the_readme_of_a_folder_is_formatted(results_of, folder):
    ((title, notes),) = read_readmes([folder], results_of())
    assert title == "Notes (README.md)"
    assert notes == "<h3>A board</h3>\n<p>It needs <em>x</em>.</p>\n"
    assert read_readmes([], results_of()) == []
    assert read_readmes([folder / "none"], results_of()) == []


def test_those_of_merged_runs_have_their_names(results_of, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    results = results_of(provenance={"merged": {"one": {}, "two": {}}})
    assert [title for title, _ in read_readmes([other, folder], results)] == ["Notes of two (README.md)"]


def test_links_pipes_and_what_is_no_text_are_left_out(results_of, folder, tmp_path):
    for name, make in {
        "link": lambda file: file.symlink_to(folder / "README.md"),
        "pipe": os.mkfifo,
        "large": lambda file: file.write_bytes(b"a" * (2**16 + 1)),
        "bytes": lambda file: file.write_bytes(b"\xff\xfe"),
        "folder": lambda file: file.mkdir(),
    }.items():
        (tmp_path / name).mkdir()
        make(tmp_path / name / "README.md")
        assert read_readmes([tmp_path / name], results_of()) == []


def test_the_page_shows_it_and_runs_none_of_it(results_of, folder, catalog, hostile, markup):
    (folder / "README.md").write_text("\n".join(hostile), encoding="utf-8", newline="\n")
    page = make_page(results_of(), [folder], catalog=catalog).decode()
    (notes,) = markup(page).all("details", id="readme-0")
    assert "<script>window.ran = 1</script>" in notes["text"]
    assert "\u202e" not in page
