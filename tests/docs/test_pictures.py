"""The pictures of the documentation: drawn by a script, and as the pages show them."""

from __future__ import annotations

import re
import runpy

import pytest


@pytest.fixture(scope="module")
def script(root):
    return runpy.run_path(str(root / "docs" / "pictures" / "draw.py"))


def shown(path):
    """Return the texts of a picture, which do not depend on the version of the library that draws it."""
    return re.findall(r">([^<>]+)</t(?:ext|span)>", path.read_text(encoding="utf-8"))


def test_the_script_draws_the_pictures_of_the_pages(script, root, tmp_path):
    script["draw"](tmp_path)
    kept = sorted((root / "docs" / "pictures").glob("*.svg"))
    assert [path.name for path in kept] == sorted(path.name for path in tmp_path.iterdir())
    assert {path.name: shown(path) for path in kept} == {
        path.name: shown(tmp_path / path.name) for path in kept
    }
    assert all(shown(path) for path in kept)


def test_the_page_of_charts_gives_the_command_of_each_picture(script, root):
    page = (root / "docs" / "charts.md").read_text(encoding="utf-8")
    for name, arguments in script["PICTURES"].items():
        assert f"`genbench plot DIR {' '.join(arguments)} -o {name}`" in page
        assert f"](pictures/{name})" in page
