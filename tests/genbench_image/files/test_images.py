"""What one image file becomes, and what is refused."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib

import numpy as np
import pytest
from genbench_image.files import images
from genbench_image.files.images import decode
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


PALETTE_CHUNK = (b"PLTE", bytes((10, 20, 30, 40, 50, 60)))

TRANSPARENT = {
    "RGBA": (8, COLOUR_ALPHA, b"\xff\0\0\0\1\xff\2\x80", (), [[255, 0, 0], [1, 255, 2]]),
    "LA": (8, GREY_ALPHA, b"\x07\0\x09\xfe", (), [[7], [9]]),
    "L and a transparent grey": (8, GREY, b"\x07\x09", (b"tRNS", b"\0\x07"), [[7], [9]]),
    "RGB and a transparent colour": (
        8, COLOUR, b"\1\2\3\4\5\6", (b"tRNS", b"\0\1\0\2\0\3"), [[1, 2, 3], [4, 5, 6]],
    ),
    "a palette with alpha": (
        8, PALETTE, b"\0\1", (*PALETTE_CHUNK, b"tRNS", b"\0\x80"), [[10, 20, 30], [40, 50, 60]],
    ),
    "a palette with one transparent entry": (
        8, PALETTE, b"\0\1", (*PALETTE_CHUNK, b"tRNS", b"\0"), [[10, 20, 30], [40, 50, 60]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TRANSPARENT)
def test_alpha_is_dropped_and_hidden_colours_count(tmp_path, kind):
    depth, colour, row, extra, expected = TRANSPARENT[kind]
    chunks = b"".join(map(_chunk, extra[::2], extra[1::2]))
    file = _png(depth, colour, row, chunks)
    assert _decode(tmp_path, file).tolist() == [expected]
    assert _decode(tmp_path, file, "RGB").tolist() == [[(pixel * 3)[:3] for pixel in expected]]


def test_alpha_of_a_webp_file_is_dropped(tmp_path):
    pixels = np.array([[[200, 100, 50, 0], [1, 2, 3, 128]]], np.uint8)
    file = _saved(Image.fromarray(pixels), "WEBP", lossless=True, exact=True)
    assert _decode(tmp_path, file).tolist() == [[[200, 100, 50], [1, 2, 3]]]


#: 16-bit values and the nearest of 256 levels: v / 257, rounded. Pillow cuts them (v >> 8), or clips greys.
LEVELS = {0: 0, 128: 0, 129: 1, 255: 1, 256: 1, 257: 1, 0x7FFF: 127, 0x8000: 128, 65406: 254, 65407: 255,
          65535: 255}  # fmt: skip


@pytest.mark.parametrize(
    ("colour", "pixel"), [(GREY, "v"), (GREY_ALPHA, "va"), (COLOUR, "vwv"), (COLOUR_ALPHA, "wvva")]
)
@pytest.mark.parametrize("mode", ["auto", "RGB"])
def test_sixteen_bits_are_rounded_to_the_nearest_level(tmp_path, colour, pixel, mode):
    row = b"".join(
        struct.pack(">H", {"v": v, "w": 65535 - v, "a": 5}[channel]) for v in LEVELS for channel in pixel
    )
    expected = [[{"v": low, "w": 255 - low}[c] for c in pixel if c != "a"] for low in LEVELS.values()]
    if mode == "RGB":
        expected = [(levels * 3)[:3] for levels in expected]
    assert _decode(tmp_path, _png(16, colour, row, width=len(LEVELS)), mode).tolist() == [expected]


@pytest.mark.parametrize(("colour", "channels"), [(GREY, 1), (GREY_ALPHA, 2), (COLOUR, 3), (COLOUR_ALPHA, 4)])
def test_sixteen_bits_are_turned_as_exif_data_say(tmp_path, colour, channels):
    values = np.arange(6, dtype=np.uint16).reshape(2, 3) * 2570
    rows = b"".join(b"\0" + np.repeat(row, channels).astype(">u2").tobytes() for row in values)
    exif = Image.Exif()
    exif[0x0112] = 6
    extra = _chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    file = _png(16, colour, rows[1:], extra, width=3, height=2)
    assert _decode(tmp_path, file)[..., 0].tolist() == [[30, 0], [40, 10], [50, 20]]


def test_sixteen_bits_are_read_from_interlaced_rows(tmp_path):
    first, second = struct.pack(">HHH", 0, 2570, 5140), struct.pack(">HHH", 255, 256, 65535)
    file = _png(16, COLOUR, first + b"\0" + second, interlace=1)  # the second pixel is a pass of its own
    assert _decode(tmp_path, file).tolist() == [[[0, 10, 20], [1, 1, 255]]]


def test_a_png_with_two_headers_is_refused(tmp_path):
    second = _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, GREY, 0, 0, 0))
    with pytest.raises(DataError, match="a cannot be decoded: "):
        _decode(tmp_path, _png(16, GREY, bytes(4), second))


def test_a_png_whose_header_does_not_come_first_is_refused(tmp_path):
    file = _png(16, COLOUR, bytes(12))
    early = _chunk(b"tEXt", b"a\0" + bytes(20))
    with pytest.raises(DataError, match="a cannot be decoded: its header is missing"):
        _decode(tmp_path, file[:8] + early + file[8:])


#: Cyan, magenta, yellow, black: (255 - black)(255 - ink) / 255 of each of red, green and blue.
INKS = {(10, 20, 30, 40): (207, 198, 190), (255, 0, 128, 0): (0, 255, 127), (0, 0, 0, 255): (0, 0, 0)}


@pytest.mark.parametrize(("inks", "expected"), INKS.items())
def test_cmyk_becomes_rgb_by_pillows_formula(tmp_path, inks, expected):
    file = _saved(Image.new("CMYK", (16, 16), inks), "JPEG", quality=100)
    pixels = _decode(tmp_path, file)
    assert pixels.shape == (16, 16, 3)
    assert np.abs(pixels.astype(int) - expected).max() <= 2
    assert _decode(tmp_path, file, "L").shape == (16, 16, 1)


def test_cmyk_is_taken_as_inverted_as_adobe_writes_it_whether_or_not_it_says_so(tmp_path):
    file = _saved(Image.new("CMYK", (16, 16), (10, 20, 30, 40)), "JPEG", quality=100)
    at = file.index(b"\xff\xee")  # APP14, Adobe's marker
    plain = file[:at] + file[at + 2 + int.from_bytes(file[at + 2 : at + 4], "big") :]
    assert b"Adobe" in file
    assert b"Adobe" not in plain
    np.testing.assert_array_equal(_decode(tmp_path, plain), _decode(tmp_path, file))


@pytest.mark.parametrize(
    "kind", ["L", "1", "LA", "P", "RGB", "RGBA", "CMYK", "palette with alpha", "WebP with alpha"]
)
def test_what_is_read_is_what_pillow_converts_to_rgb_as_other_libraries_do(tmp_path, kind):
    noise = np.random.default_rng(0).integers(256, size=(16, 16, 4), dtype=np.uint8)
    image = Image.fromarray(noise)
    if kind == "palette with alpha":
        content = _saved(image.quantize(16), "PNG", transparency=bytes(range(0, 256, 16)))
    elif kind == "WebP with alpha":
        content = _saved(image, "WEBP")
    else:
        image = image.convert("RGB").convert(kind) if kind != "RGBA" else image
        content = _saved(image, "JPEG" if kind == "CMYK" else "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Pillow advises against it for palettes with alpha
        peers = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_array_equal(_decode(tmp_path, content, "RGB"), peers)


@pytest.mark.parametrize("mode", ["F", "I", "LAB", "I;16"])
def test_other_modes_are_refused_by_name(tmp_path, mode, monkeypatch):
    """None of the three formats gives such a mode today; TIFF does."""
    monkeypatch.setattr(images, "FORMATS", ("TIFF",))
    with pytest.raises(DataError, match=f"a has the mode {mode}; expected grey, palette, RGB or CMYK"):
        _decode(tmp_path, _saved(Image.new(mode, (4, 4)), "TIFF"))


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


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [[0, 1, 2], [3, 4, 5]]),
        (2, [[2, 1, 0], [5, 4, 3]]),
        (3, [[5, 4, 3], [2, 1, 0]]),
        (4, [[3, 4, 5], [0, 1, 2]]),
        (5, [[0, 3], [1, 4], [2, 5]]),
        (6, [[3, 0], [4, 1], [5, 2]]),
        (7, [[5, 2], [4, 1], [3, 0]]),
        (8, [[2, 5], [1, 4], [0, 3]]),
    ],
)
@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_a_file_is_turned_as_its_exif_data_say(tmp_path, orientation, expected, format_):
    image = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = _decode(tmp_path, _saved(image, format_, exif=exif, lossless=True))
    assert pixels[..., 0].tolist() == expected


def test_a_jpeg_file_is_turned_as_its_exif_data_say(tmp_path):
    halves = np.zeros((16, 32), np.uint8)
    halves[:, 16:] = 255  # its right half, which comes to lie below
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = _decode(tmp_path, _saved(Image.fromarray(halves), "JPEG", exif=exif))
    assert pixels.shape == (32, 16, 1)
    assert pixels[:16].max() < 8
    assert pixels[16:].min() > 247


def test_a_photo_with_a_second_picture_in_it_is_refused(tmp_path):
    pictures = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green")]
    file = _saved(pictures[0], "MPO", save_all=True, append_images=pictures[1:])
    with pytest.raises(DataError, match="a holds 2 frames; expected one"):
        _decode(tmp_path, file)


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


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_whose_rest_was_never_written_is_refused(tmp_path, progressive):
    noise = Image.fromarray(np.random.default_rng(0).integers(256, size=(32, 32, 3), dtype=np.uint8))
    thumbnail = _saved(noise.resize((8, 8)), "JPEG")  # with an end of its own
    content = _saved(noise, "JPEG", progressive=progressive, exif=b"Exif\0\0" + thumbnail)
    assert thumbnail in content
    kept = len(content) * 2 // 3
    with pytest.raises(DataError, match="a is truncated: it has no end; replace it"):
        _decode(tmp_path, content[:kept] + bytes(len(content) - kept))


def test_what_follows_the_end_of_a_jpeg_is_ignored(tmp_path):
    content = _saved(Image.new("L", (4, 4), 9), "JPEG")
    assert (
        _decode(tmp_path, content + b"\xff\xda\0\0 trailer").tolist() == _decode(tmp_path, content).tolist()
    )


@pytest.mark.parametrize("colours", [0, 2])
def test_an_index_that_stands_for_no_colour_is_refused(tmp_path, colours):
    palette = _chunk(b"PLTE", bytes(3 * colours)) if colours else b""
    with pytest.raises(DataError, match=f"a uses colour 3 of a palette of {colours}; replace the file"):
        _decode(tmp_path, _png(8, PALETTE, b"\0\2", palette))


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
    monkeypatch.setattr(os, "open", lambda path, *_: pytest.fail(f"{path} was read"))
    reason = rf"^a has {len(content) + 1} bytes; the limit .* is {len(content)}; "
    with pytest.raises(DataError, match=reason):
        _decode(tmp_path, content + b"\0")


def test_an_empty_file_is_called_empty(tmp_path):
    with pytest.raises(DataError, match="a is empty"):
        _decode(tmp_path, b"")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="a cannot be read: No such file"):
        decode(tmp_path / "missing", "a")


@pytest.mark.parametrize(("width", "height"), [(10_000, 14_400), (20_000, 20_000)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(tmp_path, width, height):
    with pytest.raises(DataError, match="a has more than 89478485 pixels, Pillow's limit"):
        _decode(tmp_path, _png(8, GREY, b"", width=width, height=height))


def _decode(folder, content, mode="auto"):
    (folder / "file.png").write_bytes(content)
    return decode(folder / "file.png", "a", mode)


def _saved(image, format_, **options):
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def _png(depth, colour, row, extra=b"", width=2, height=1, interlace=0):
    """Return a PNG file of one row, written by hand after the PNG specification (W3C)."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = _chunk(b"IDAT", zlib.compress(b"\0" + row))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + data + _chunk(b"IEND", b"")


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
