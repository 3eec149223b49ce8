"""The data set `idx`."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
from genbench_image.datasets.idx import idx, read_idx
from genbench_image.files import limits

from genbench import DataError
from genbench.core.splits import split

FASHION = Path("/usr/share/datasets/fashion-mnist")


def test_the_train_files_are_train_and_the_halves_of_t10k_are_test_and_held_out(tmp_path):
    train, test = _write(tmp_path)
    parts = split(idx(path=tmp_path), {})
    assert {name: len(part) for name, part in parts.items()} == {"train": 12, "test": 4, "held_out": 4}
    assert _contents(parts["train"].data) == _contents(train)
    assert sorted(_contents(parts["test"].data) + _contents(parts["held_out"].data)) == _contents(test)
    for part in (parts["test"], parts["held_out"]):
        np.testing.assert_array_equal(np.bincount(part.labels), [2, 2])


def test_t10k_stays_whole_if_nothing_is_held_out(tmp_path):
    _, test = _write(tmp_path)
    parts = split(idx(path=tmp_path, held_out="none"), {})
    assert list(parts) == ["train", "test"]
    assert _contents(parts["test"].data) == _contents(test)


def test_the_half_that_is_held_out_does_not_depend_on_the_order_of_the_file(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _write(tmp_path / "a")
    _write(tmp_path / "b", order=-1)
    one, other = (split(idx(path=tmp_path / name), {})["held_out"] for name in "ab")
    assert _contents(one.data) == _contents(other.data)


def test_files_need_not_be_gzipped(tmp_path):
    _write(tmp_path)
    zipped = idx(path=tmp_path).samples.data
    for file in list(tmp_path.iterdir()):
        file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
        file.unlink()
    np.testing.assert_array_equal(idx(path=tmp_path).samples.data, zipped)


def test_labels_stay_with_their_images(tmp_path):
    _write(tmp_path)
    samples = idx(path=tmp_path).labelled()
    np.testing.assert_array_equal(samples.data[:, 0, 0, 0] % 2, samples.labels)
    assert samples.space.shape == (3, 2, 1)


def test_a_missing_file_is_named(tmp_path):
    _write(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte\.gz"):
        idx(path=tmp_path)


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="nowhere is not a folder"):
        idx(path=tmp_path / "nowhere")


def test_as_many_labels_as_images_are_expected(tmp_path):
    _write(tmp_path)
    _file(tmp_path / "train-labels-idx1-ubyte.gz", (3,), b"abc")
    with pytest.raises(DataError, match="holds 3 labels for 12 images"):
        idx(path=tmp_path)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "starts with nothing, expected 00000803"),
        (b"\x89PNG\r\n\x1a\n        ", "starts with 89504e47"),
        (b"\0\0\x0d\x03" + bytes(12), "expected 00000803"),
        (b"\1\0\x08\x03" + bytes(12), "starts with 01000803, expected 00000803"),
        (b"\0\1\x08\x03" + bytes(12), "starts with 00010803, expected 00000803"),
        (b"\0\0\x08\x01" + bytes(12), "expected 00000803"),
        (b"\0\0\x08\x03" + bytes(12), "is empty"),
        (b"\0\0\x08\x03" + b"\0\0\0\x02" * 3 + b"1234567", "holds less than the 8 bytes"),
        (b"\0\0\x08\x03" + b"\0\0\0\x02" * 3 + b"123456789", "holds more than the 8 bytes"),
        (b"\0\0\x08\x03" + b"\0\x10\0\0" + b"\0\0\0\xff" * 2 + b"1", "claims an array"),
        (b"\0\0\x08\x03" + b"\xff\xff\xff\xff" * 3, "claims an array"),
        (b"\0\0\x08\x03" + b"\0\0\x03\x00" * 3 + b"1", "holds less than the 452984832 bytes"),
    ],
)
def test_a_header_that_lies_is_refused_before_anything_is_allocated(tmp_path, suffix, content, line):
    file = tmp_path / f"file{suffix}"
    file.write_bytes(gzip.compress(content) if suffix else content)
    with pytest.raises(DataError, match=line) as caught:
        read_idx(file, 3)
    assert str(caught.value).startswith(file.name)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("content", [b"not gzip at all", gzip.compress(bytes(100), mtime=0)[:-9]])
def test_a_broken_gzip_file_is_refused(tmp_path, content):
    (tmp_path / "file.gz").write_bytes(content)
    with pytest.raises(DataError, match=r"file\.gz"):
        read_idx(tmp_path / "file.gz", 3)


def test_the_limit_is_that_of_the_module(tmp_path, monkeypatch):
    _file(tmp_path / "file.gz", (2, 2, 2), bytes(8))
    monkeypatch.setattr(limits, "MOST_BYTES", 7)
    with pytest.raises(DataError, match=r"claims an array of shape \(2, 2, 2\)"):
        read_idx(tmp_path / "file.gz", 3)


@pytest.mark.skipif(not FASHION.is_dir(), reason="Debian's dataset-fashion-mnist is not installed")
def test_fashion_mnist_of_debian_is_read_with_its_official_splits():
    data = idx(path=FASHION)
    assert {name: len(index) for name, index in data.splits.items()} == {
        "train": 60_000, "test": 5_000, "held_out": 5_000,
    }  # fmt: skip
    samples = data.labelled()
    assert samples.space.shape == (28, 28, 1)
    np.testing.assert_array_equal(np.bincount(samples.labels), [7_000] * 10)
    np.testing.assert_array_equal(np.bincount(samples.labels[data.splits["held_out"]]), [500] * 10)


def _write(folder, order=1):
    """Write 12 and 8 images of 3x2 whose first pixel's parity is their label; return both arrays."""
    rng = np.random.default_rng(0)
    arrays = []
    for name, n in (("train", 12), ("t10k", 8)):
        images = rng.integers(256, size=(n, 3, 2), dtype=np.uint8)
        images[:, 0, 0] = np.arange(n)
        images = images[::order]
        labels = images[:, 0, 0] % 2
        _file(folder / f"{name}-images-idx3-ubyte.gz", images.shape, images.tobytes())
        _file(folder / f"{name}-labels-idx1-ubyte.gz", labels.shape, labels.tobytes())
        arrays.append(images)
    return arrays


def _file(path, shape, content):
    header = bytes((0, 0, 8, len(shape))) + b"".join(side.to_bytes(4, "big") for side in shape)
    path.write_bytes(gzip.compress(header + content))


def _contents(array):
    return sorted(hashlib.sha256(item.tobytes()).hexdigest() for item in array)
