"""What one image file becomes, and what is refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from genbench_image import images
from genbench_image.images import decode
from PIL import Image

from genbench import DataError

GREY, GREY_ALPHA, COLOUR, PALETTE, COLOUR_ALPHA = 0, 4, 2, 3, 6  # colour types of the PNG specification


@pytest.mark.parametrize(
    ("depth", "colour", "row", "expected"),
    [
        (1, GREY, b"\x80", [[255], [0]]),
        (2, GREY, b"\x90", [[170], [85]]),
        (4, GREY, b"\x5a", [[85], [170]]),
        (8, GREY, b"\x01\xfe", [[1], [254]]),
        (8, COLOUR, b"\x01\x02\x03\xfd\xfe\xff", [[1, 2, 3], [253, 254, 255]]),
        (8, GREY_ALPHA, b"\x07\xff\x09\xff", [[7], [9]]),
        (8, COLOUR_ALPHA, b"\x01\x02\x03\xff\x04\x05\x06\xff", [[1, 2, 3], [4, 5, 6]]),
    ],
)
def test_each_png_mode_gives_exactly_its_pixels(tmp_path, depth, colour, row, expected):
    pixels = _decode(tmp_path, _png(depth, colour, row))
    assert pixels.dtype == np.uint8
    assert pixels.tolist() == [expected]


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_file_gives_the_colours_and_not_the_indices(tmp_path, depth):
    row = {1: b"\x40", 2: b"\x10", 4: b"\x01", 8: b"\x00\x01"}[depth]
    file = _png(depth, PALETTE, row, _chunk(b"PLTE", bytes((10, 20, 30, 40, 50, 60))))
    assert _decode(tmp_path, file).tolist() == [[[10, 20, 30], [40, 50, 60]]]


@pytest.mark.parametrize(("mode", "expected"), [("RGB", [[7, 7, 7], [9, 9, 9]]), ("L", [[7], [9]])])
def test_a_mode_that_is_asked_for_is_given(tmp_path, mode, expected):
    assert _decode(tmp_path, _png(8, GREY, b"\x07\x09"), mode).tolist() == [expected]


def test_colours_become_grey_by_their_luma(tmp_path):
    pixels = _decode(tmp_path, _png(8, COLOUR, b"\xff\0\0\0\xff\0"), "L")
    assert pixels.tolist() == [[[76], [150]]]  # 0.299 and 0.587 of 255


def test_what_is_invisible_does_not_count_as_an_image(tmp_path):
    for file in (
        _png(8, COLOUR_ALPHA, b"\xff\0\0\0\xff\0\0\xff"),
        _png(8, GREY_ALPHA, b"\x07\xfe\x09\xff"),
        _png(8, GREY, b"\x07\x09", _chunk(b"tRNS", b"\0\x07")),
        _png(8, PALETTE, b"\0\1", _chunk(b"PLTE", bytes(6)) + _chunk(b"tRNS", b"\0\xff")),
    ):
        with pytest.raises(DataError, match="a has transparent pixels; flatten"):
            _decode(tmp_path, file)


@pytest.mark.parametrize("mode", ["auto", "RGB"])
def test_a_transparent_colour_that_no_pixel_has_changes_nothing(tmp_path, mode):
    file = _png(8, GREY, b"\x07\x09", _chunk(b"tRNS", b"\0\x08"))
    assert _decode(tmp_path, file, mode)[..., 0].tolist() == [[7, 9]]
    assert _decode(tmp_path, file, mode).shape[2] == {"auto": 1, "RGB": 3}[mode]


@pytest.mark.parametrize(("colour", "size"), [(GREY, 4), (COLOUR, 12), (GREY_ALPHA, 8), (COLOUR_ALPHA, 16)])
def test_sixteen_bits_are_refused_rather_than_cut(tmp_path, colour, size):
    with pytest.raises(DataError, match="a has 16 bits a channel; convert"):
        _decode(tmp_path, _png(16, colour, bytes(size)))


@pytest.mark.parametrize("mode", ["CMYK"])
def test_other_modes_are_refused_by_name(tmp_path, mode):
    with pytest.raises(DataError, match=f"a has the mode {mode}; expected grey, palette or RGB"):
        _decode(tmp_path, _saved(Image.new(mode, (4, 4)), "JPEG"))


@pytest.mark.parametrize(("format_", "tolerance"), [("JPEG", 3), ("WEBP", 3), ("PNG", 0)])
def test_three_formats_are_read(tmp_path, format_, tolerance):
    ramp = np.repeat(np.arange(0, 160, 10, dtype=np.uint8)[:, None], 16, axis=1)
    pixels = _decode(tmp_path, _saved(Image.fromarray(ramp).convert("RGB"), format_, quality=95))
    assert np.abs(pixels.astype(int) - ramp[..., None]).max() <= tolerance


@pytest.mark.parametrize("format_", ["GIF", "BMP", "TIFF", "EPS"])
def test_other_formats_are_refused_whatever_their_name_says(tmp_path, format_):
    with pytest.raises(DataError, match="a is no PNG, JPEG, WEBP image") as caught:
        _decode(tmp_path, _saved(Image.new("RGB", (4, 4)), format_))
    assert "0x" not in str(caught.value)


def test_a_file_is_turned_as_its_exif_data_say(tmp_path):
    image = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    exif = Image.Exif()
    exif[0x0112] = 6  # seen after a quarter turn to the right
    pixels = _decode(tmp_path, _saved(image, "PNG", exif=exif))
    assert pixels[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_an_animation_is_refused_with_its_frames(tmp_path, format_):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "green", "blue")]
    with pytest.raises(DataError, match="a holds 3 frames; expected one"):
        _decode(tmp_path, _saved(frames[0], format_, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_file_is_refused_however_little_is_missing(tmp_path, format_):
    noise = np.random.default_rng(0).integers(256, size=(16, 16, 3), dtype=np.uint8)
    content = _saved(Image.fromarray(noise), format_)
    for missing in (1, 2, 4, 11, 12, 13, 40, len(content) // 2, len(content) - 12, len(content) - 1):
        with pytest.raises(DataError, match=r"^a (is|cannot)"):
            _decode(tmp_path, content[:-missing])


def test_a_png_without_its_last_chunk_is_refused(tmp_path):
    with pytest.raises(DataError, match="a is truncated: it has no end"):
        _decode(tmp_path, _png(8, GREY, b"\1\2")[:-12])


def test_a_flipped_byte_in_a_png_is_refused(tmp_path):
    content = bytearray(_png(8, GREY, b"\1\2"))
    content[45] ^= 0xFF
    with pytest.raises(DataError, match="a cannot be decoded"):
        _decode(tmp_path, bytes(content))


def test_a_png_that_is_nothing_but_its_end_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"^a (cannot|is no)"):
        _decode(tmp_path, b"\x89PNG\r\n\x1a\n" + _chunk(b"IEND", b""))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_whatever_bytes_are_changed_there_is_an_image_or_one_line(tmp_path, format_):
    rng = np.random.default_rng(0)
    whole = _saved(Image.fromarray(rng.integers(256, size=(12, 12, 3), dtype=np.uint8)), format_)
    refused = []
    for _ in range(300):
        content = bytearray(whole)
        for place in rng.integers(len(content), size=3):
            content[place] = rng.integers(256)
        try:
            assert _decode(tmp_path, bytes(content)).dtype == np.uint8
        except DataError as error:
            refused.append(str(error))
    assert refused
    assert all(line.startswith("a ") and "\n" not in line for line in refused)


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    content = _png(8, GREY, b"\1\2")
    monkeypatch.setattr(images, "MOST_FILE_BYTES", len(content))
    assert _decode(tmp_path, content).tolist() == [[[1], [2]]]
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    with pytest.raises(DataError, match=rf"^a has {len(content) + 1} bytes; .* may have {len(content)}; "):
        _decode(tmp_path, content + b"\0")


def test_an_empty_file_is_called_empty(tmp_path):
    with pytest.raises(DataError, match="a is empty"):
        _decode(tmp_path, b"")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="a cannot be read: No such file"):
        decode(tmp_path / "missing", "a")


@pytest.mark.parametrize(("width", "height"), [(10_000, 14_400), (20_000, 20_000)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(tmp_path, width, height):
    with pytest.raises(DataError, match="a cannot be decoded: Image size"):
        _decode(tmp_path, _png(8, GREY, b"", width=width, height=height))


def _decode(folder, content, mode="auto"):
    (folder / "file.png").write_bytes(content)
    return decode(folder / "file.png", "a", mode)


def _saved(image, format_, **options):
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def _png(depth, colour, row, extra=b"", width=2, height=1):
    """Return a PNG file of one row, written by hand after the PNG specification (W3C)."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = _chunk(b"IDAT", zlib.compress(b"\0" + row))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + data + _chunk(b"IEND", b"")


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
