"""The picture of the page in the readme, which a script takes."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def test_the_script_takes_a_picture_of_the_size_of_the_kept_one(chromium, tmp_path):
    runpy.run_path(str(PICTURES / "shoot.py"))["shoot"](chromium, tmp_path)
    with Image.open(PICTURES / "page.png") as kept, Image.open(tmp_path / "page.png") as taken:
        assert taken.size == kept.size
        colours = taken.convert("RGB").getcolors(2**20)
    assert colours is not None
    assert len(colours) > 20  # not an empty page
