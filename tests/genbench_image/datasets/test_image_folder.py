"""The data set `image-folder`."""

from __future__ import annotations

import errno
import io
import os
import re
import struct
import tracemalloc
import unicodedata
import zlib

import numpy as np
import pytest
from genbench_image.datasets.image_folder import image_folder
from genbench_image.files import room
from PIL import Image

from genbench import DataError
from genbench.core.splits import split


def test_images_are_read_in_the_order_of_their_paths(tmp_path):
    for value, name in enumerate(["B.PNG", "a/x.png", "a/y.webp", "b.png", "c.Png"]):
        _image(tmp_path / name, value)
    samples = image_folder(path=tmp_path, mode="L").labelled()
    assert samples.data[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert (samples.data.shape, samples.data.dtype, samples.labels) == ((5, 4, 3, 1), np.uint8, None)
    assert (samples.space.get("low"), samples.space.get("high")) == (0, 255)


def test_names_are_ordered_by_their_composed_form(tmp_path):
    decomposed = unicodedata.normalize("NFD", "é.png")
    for value, name in enumerate(["f.png", "è.png", decomposed, "ê.png"]):
        _image(tmp_path / name, value)
    assert image_folder(path=tmp_path).samples.data[:, 0, 0, 0].tolist() == [0, 1, 2, 3]


def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path):
    for value, name in enumerate(["cat/1.png", "cat/deep/2.png", "dog/1.png", "emu/1.png"]):
        _image(tmp_path / name, value)
    assert image_folder(path=tmp_path, recursive=True).labelled().labels.tolist() == [0, 0, 1, 2]


def test_folders_within_folders_of_classes_are_read_only_where_asked(tmp_path):
    for name in ("run-1/cat/1.png", "run-2/1.png", "run-2/cat/deep/1.png"):
        _image(tmp_path / name, 0)
    message = r"^run-2/cat/deep/1.png is in a folder within a folder; .* set recursive = true"
    with pytest.raises(DataError, match=message):
        image_folder(path=tmp_path)
    assert len(image_folder(path=tmp_path, recursive=True).labelled()) == 3
    for name in ("train/cat/1.png", "test/cat/1.png"):  # the classes of a split are one folder deeper
        _image(tmp_path / "split" / name, 0)
    assert len(image_folder(path=tmp_path / "split").labelled()) == 2


def test_files_that_a_pattern_matches_are_left_out_and_counted(tmp_path):
    for name in ("a.png", "cat/b.png", "cat/c.PNG"):
        _image(tmp_path / name, 0)
    for name in ("log.txt", "cat/log.txt"):
        (tmp_path / name).write_text("x")
    remedy = """set ignore = ["*.txt"] in a suite, --reader 'image-folder ignore=["*.txt"]' in a command"""
    with pytest.raises(DataError, match=rf"log\.txt does not end in .*, or {re.escape(remedy)}$"):
        image_folder(path=tmp_path)
    for ignore, count, rest in ((("*.txt",), 2, 3), (("log.txt", "cat/*"), 4, 1)):
        with pytest.warns(UserWarning, match=f"left out {count} of 5 files, which match `ignore`$"):
            assert len(image_folder(path=tmp_path, ignore=ignore).labelled()) == rest


@pytest.mark.parametrize("names", [["cat/1.png", "dog/1.png", "1.png"], ["only/1.png", "only/2.png"]])
def test_there_are_no_labels_unless_every_image_lies_in_one_of_several_sub_folders(tmp_path, names):
    for name in names:
        _image(tmp_path / name, 0)
    assert image_folder(path=tmp_path).labelled().labels is None


def test_train_test_and_held_out_are_official_splits_with_classes_below(tmp_path):
    for value, name in enumerate(["train/a", "train/b", "train/b", "test/a", "test/b", "held_out/b"]):
        _image(tmp_path / name / f"{value}.png", value)
    parts = split(image_folder(path=tmp_path), {})
    assert {name: part.data[:, 0, 0, 0].tolist() for name, part in parts.items()} == {
        "train": [0, 1, 2], "test": [3, 4], "held_out": [5],
    }  # fmt: skip
    assert [part.labels.tolist() for part in parts.values()] == [[0, 1, 1], [0, 1], [1]]


def test_half_of_test_is_held_out_unless_the_user_says_no(tmp_path):
    for value in range(12):
        _image(tmp_path / ("train" if value < 4 else "test") / f"{value}.png", value)
    parts = split(image_folder(path=tmp_path), {})
    assert [len(part) for part in parts.values()] == [4, 4, 4]
    held = {*parts["held_out"].data[:, 0, 0, 0].tolist(), *parts["test"].data[:, 0, 0, 0].tolist()}
    assert held == set(range(4, 12))
    whole = split(image_folder(path=tmp_path, held_out="none"), {})
    assert {name: len(part) for name, part in whole.items()} == {"train": 4, "test": 8}


@pytest.mark.parametrize(
    "names",
    [
        ["train/1", "val/1"], ["train/1", "test/1", "other/1"], ["train/1"], ["train/1", "test/1", "1"],
        ["Train/1", "Test/1"], ["TRAIN/1", "test/1"], ["training/1", "testing/1"], ["training/1", "test/1"],
        ["test/1", "heldout/1"], ["test/1", "Held-Out/1"], ["train/1", "held_out/1"], ["train/1", "1"],
        ["train/1", "validation/1", "unlabelled/1"], ["Train/1", "Valid/1"], ["train/1", "dev/1"],
        ["Validation/1"],
    ],
)  # fmt: skip
def test_folders_of_which_only_some_are_splits_are_refused(tmp_path, names):
    for name in names:
        _image(tmp_path / f"{name}.png", 0)
    reason = "some of which are splits; expected train, test and optionally held_out"
    with pytest.raises(DataError, match=reason):
        image_folder(path=tmp_path)


@pytest.mark.parametrize("names", [("bus/1.png", "train/1.png"), ("biopsy/1.png", "test/1.png")])
def test_a_class_may_have_the_name_of_a_split(tmp_path, names):
    for name in names:
        _image(tmp_path / name, 0)
    assert image_folder(path=tmp_path).labelled().labels.tolist() == [0, 1]


def test_images_of_two_sizes_are_refused_with_both(tmp_path):
    _image(tmp_path / "1.png", 1)
    _image(tmp_path / "2.png", 1, shape=(5, 4))
    with pytest.raises(DataError, match=r"^2\.png is 4x5 pixels and 1\.png is 3x4 pixels"):
        image_folder(path=tmp_path)


def test_grey_and_coloured_images_together_need_a_mode(tmp_path):
    _image(tmp_path / "1.png", 1)
    _image(tmp_path / "2.png", 1, shape=(4, 3, 3))
    with pytest.raises(DataError, match=r"^2\.png has 3 channels and 1\.png has 1; set mode to 'L' or 'RGB'"):
        image_folder(path=tmp_path)
    assert image_folder(path=tmp_path, mode="RGB").samples.data.shape == (2, 4, 3, 3)
    assert image_folder(path=tmp_path, mode="L").samples.data.shape == (2, 4, 3, 1)


BAD = {
    "no bytes": ("2.png", lambda good: b"", "is empty; replace it or move it out of the folder"),
    "no image": ("2.png", lambda good: b"hello", "is no PNG, JPEG, WEBP image; replace it or move it"),
    "a web page": ("2.jpeg", lambda good: b"<!doctype html>", "is no PNG, JPEG, WEBP image"),
    "a broken JPEG": ("2.jpeg", lambda good: b"\xff\xd8\xff broken", "is truncated: it has no end"),
    "half a PNG": ("2.png", lambda good: good[: len(good) // 2], "is truncated: it has no end; replace it"),
    "a PNG without its end": ("2.png", lambda good: good[:-12], "is truncated: it has no end; replace it"),
    "a text": ("2.txt", lambda good: b"a cat", r"does not end in \.png, .*; move it out of the folder"),
    "a film": ("2.gif", lambda good: b"GIF89a", r"does not end in \.png"),
    "a float TIFF": ("2.png", lambda good: _content(np.zeros((4, 3), np.float32), "TIFF"), "is no PNG"),
    "several frames": ("2.png", lambda good: _frames(), "holds 2 frames; expected one"),
    "a bomb": ("2.png", lambda good: _claiming(good, 20_000, 20_000), r"has more than \d+ pixels"),
    "a small bomb": ("2.png", lambda good: _claiming(good, 10_000, 9_000), r"has more than \d+ pixels"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named_by_its_place_in_the_folder_alone(tmp_path, kind):
    name, content, message = BAD[kind]
    _image(tmp_path / "a" / "1.png", 1)
    (tmp_path / "a" / name).write_bytes(content((tmp_path / "a" / "1.png").read_bytes()))
    with pytest.raises(DataError, match=rf"^a/{re.escape(name)} {message}") as caught:
        image_folder(path=tmp_path)
    assert str(tmp_path) not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    """Root may read everything, so the system's refusal is put on."""
    _image(tmp_path / "a" / "1.png", 1)
    refusal = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", _raising(refusal))
        with pytest.raises(DataError, match=r"^a/1\.png cannot be read: Permission denied; replace it"):
            image_folder(path=tmp_path)
    monkeypatch.setattr(os, "scandir", _raising(refusal))
    with pytest.raises(DataError, match=rf"^{tmp_path.name} cannot be read: Permission denied; expected"):
        image_folder(path=tmp_path)


def test_each_kind_of_file_is_one_image_of_the_folder(tmp_path):
    """Grey, palette, colour, alpha, CMYK and 16 bits side by side, as one colour."""
    grey = Image.new("L", (16, 16), 100)
    for mode in ("L", "LA", "P", "RGB", "RGBA"):
        grey.convert(mode).save(tmp_path / f"{mode}.png")
    Image.fromarray(np.full((16, 16), 100 * 257, np.uint16)).save(tmp_path / "deep.png")
    Image.new("CMYK", (16, 16), (155, 155, 155, 0)).save(tmp_path / "inks.jpg", quality=100)
    grey.convert("RGB").save(tmp_path / "lossless.webp", lossless=True)
    data = image_folder(path=tmp_path, mode="RGB").samples.data
    assert data.shape == (8, 16, 16, 3)
    assert np.abs(data.astype(int) - 100).max() <= 1


@pytest.mark.slow
def test_ten_thousand_files_are_read_and_their_count_is_reported(tmp_path):
    content = _content(np.arange(64, dtype=np.uint8).reshape(8, 8), "PNG")
    for number in range(10_000):
        (tmp_path / f"{number}.png").write_bytes(content)
    steps = []
    data = image_folder(path=tmp_path, log=lambda step, total: steps.append((step, total))).samples.data
    assert data.shape == (10_000, 8, 8, 1)
    assert (data == data[0]).all()
    assert data[0].ravel().tolist() == list(range(64))
    assert steps == [(100 * number, 10_000) for number in range(1, 101)]


def test_a_large_folder_takes_no_memory_for_its_pixels(tmp_path, monkeypatch):
    for number in range(300):
        _image(tmp_path / f"{number:03d}.png", number % 256, (100, 100, 3))
    in_memory = image_folder(path=tmp_path).samples.data
    monkeypatch.setattr(room, "MOST_MEMORY_BYTES", 0)
    peaks = []
    for _ in range(3):  # what else this process does may only add to a peak
        tracemalloc.start()
        data = image_folder(path=tmp_path).samples.data
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert data.nbytes == 9_000_000
    assert min(peaks) < 1_000_000
    np.testing.assert_array_equal(data, in_memory)


def test_a_name_that_cannot_be_decoded_is_shown_with_escapes(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(DataError, match=r"^\\udcff\.png is empty"):
        image_folder(path=tmp_path)


def test_moving_a_folder_changes_nothing(tmp_path):
    for value in range(3):
        _image(tmp_path / "here" / f"{value}.png", value)
    before = image_folder(path=tmp_path / "here").samples.data
    (tmp_path / "here").rename(tmp_path / "there")
    np.testing.assert_array_equal(image_folder(path=tmp_path / "there").samples.data, before)


def _raising(error):
    def call(*arguments):
        raise error

    return call


def _content(pixels, format_):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_)
    return stream.getvalue()


def _frames():
    stream = io.BytesIO()
    first, second = (Image.new("L", (3, 4), value) for value in (1, 2))
    first.save(stream, "PNG", save_all=True, append_images=[second])
    return stream.getvalue()


def _claiming(png, width, height):
    """Return a PNG file whose header claims another size."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


def _image(path, value, shape=(4, 3)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(shape, value, np.uint8)).save(path, lossless=True)
