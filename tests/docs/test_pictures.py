"""The pictures of the documentation: drawn by a script, and as the pages show them."""

from __future__ import annotations

import re
import runpy

import pytest

from genbench.board.view import view_results
from genbench.report.page.tables import make_board_tables
from genbench.results.folder import PAGE
from genbench.results.results import read_results


@pytest.fixture(scope="module")
def script(root):
    return runpy.run_path(str(root / "docs" / "pictures" / "draw.py"))


def shown(path):
    """Return the texts of a picture, which do not depend on the version of the library that draws it."""
    return re.findall(r">([^<>]+)</t(?:ext|span)>", path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_script_draws_the_pictures_of_the_pages(script, root, tmp_path):
    script["draw"](tmp_path)
    kept = sorted((root / "docs" / "pictures").glob("*.svg"))
    assert [path.name for path in kept] == sorted(path.name for path in tmp_path.iterdir())
    assert {path.name: shown(path) for path in kept} == {
        path.name: shown(tmp_path / path.name) for path in kept
    }
    assert all(shown(path) for path in kept)


def test_every_picture_is_on_a_page(root, all_pages):
    pages = [(root / page).read_text(encoding="utf-8") for page in all_pages]
    for path in (root / "docs" / "pictures").iterdir():
        if path.suffix in (".svg", ".png"):
            assert any(f"pictures/{path.name})" in page for page in pages), path.name


def test_the_page_of_charts_gives_the_command_of_each_picture(script, root):
    page = (root / "docs" / "charts.md").read_text(encoding="utf-8")
    for name, arguments in script["PICTURES"].items():
        assert f"`genbench plot DIR {' '.join(arguments)} -o {name}`" in page
        assert f"](pictures/{name})" in page


def test_the_published_page_shows_the_published_numbers(root):
    folder = root / "results" / "published" / "quickstart"
    found = read_results(folder, read_only=True)
    page, place = (folder / PAGE).read_text(encoding="utf-8"), 0
    for shown in make_board_tables(view_results(found), "digits"):
        for row in shown.table.rows:
            for text in (row.name, *(row.cells[head.id].text for head in shown.table.heads)):
                place = page.find(text, place + 1)
                assert place >= 0, f"{row.name}: {text}"
