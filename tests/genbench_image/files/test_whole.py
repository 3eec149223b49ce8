"""An image file without its end is refused, which Pillow fills up with grey."""

from __future__ import annotations

import io

import numpy as np
import pytest
from genbench_image.files.images import check_end
from PIL import Image

from genbench import DataError


def image(ending):
    """Return the bytes of an image file."""
    content = io.BytesIO()
    pixels = np.arange(32 * 32 * 3, dtype=np.uint8).reshape(32, 32, 3)
    Image.fromarray(pixels).save(content, ending)
    return content.getvalue()


@pytest.mark.parametrize("ending", ["png", "jpeg", "webp", "gif"])
def test_a_whole_file_passes_with_more_behind_its_end(ending):
    check_end(image(ending), "a")
    check_end(image(ending) + b"more", "a")


@pytest.mark.parametrize("ending", ["png", "jpeg"])
def test_a_file_that_lacks_any_of_its_end_is_refused(ending):
    data = image(ending)
    for cut in (1, 2, 5, 12, 13, len(data) // 2):
        reason = r"^a is truncated: (it has no end|its last chunk is incomplete); replace it$"
        with pytest.raises(DataError, match=reason):
            check_end(data[:-cut], "a")


def test_the_end_of_a_thumbnail_is_not_that_of_the_image():
    data = image("jpeg")
    thumbnail = b"\xff\xe1" + (2 + len(data)).to_bytes(2, "big") + data
    check_end(data[:2] + thumbnail + data[2:], "a")
    with pytest.raises(DataError, match="truncated"):
        check_end(data[:2] + thumbnail + data[2:-2], "a")


def test_a_png_file_without_its_header_is_refused():
    data = image("png")
    with pytest.raises(DataError, match=r"^a cannot be decoded: its header is missing; replace it$"):
        check_end(data[:8] + data[33:], "a")
