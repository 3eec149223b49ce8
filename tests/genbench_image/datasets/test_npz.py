"""The data set `npz`."""

from __future__ import annotations

import io
import os
import zipfile

import numpy as np
import pytest
from genbench_image.datasets.npz import npz, recognizes_arrays
from genbench_image.files import limits, npy_files, room

from genbench import DataError

RNG_SEED = 0


def images(*shape):
    return np.random.default_rng(RNG_SEED).integers(256, size=shape, dtype=np.uint8)


@pytest.mark.parametrize(
    ("arrays", "is_recognized"),
    [
        (images(5, 4, 4, 3), True),
        (images(5, 4, 3), True),
        (images(5, 3).astype(">f8"), True),
        (images(5, 4, 3).astype("f4"), False),
        (images(5, 3, 4).astype("f4"), None),
        (images(5, 4, 4, 3).astype("f4"), None),
        (images(5, 3), None),
        ({"images": images(5, 4, 3).astype("f4")}, True),
        ({"features": images(5, 4)}, True),
        ({"arr_0": images(5, 4, 4)}, True),
        ({"labels": np.arange(20_000), "images": images(5, 4, 4)}, True),
        ({"points": images(5, 4, 3)}, False),
    ],
)
def test_the_shape_or_the_name_of_an_array_says_whether_it_is_images(arrays, is_recognized):
    file, suffix = io.BytesIO(), ".npz" if isinstance(arrays, dict) else ".npy"
    np.savez(file, **arrays) if suffix == ".npz" else np.save(file, arrays)
    assert recognizes_arrays(file.getvalue()[: 2**16], suffix) is is_recognized
    assert recognizes_arrays(b"PK", suffix) is True


@pytest.mark.parametrize("key", ["images", "arr_0"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_images_and_their_labels_are_read(tmp_path, key, save):
    save(tmp_path / "a.npz", **{key: images(5, 4, 3, 3), "labels": np.arange(5, dtype=np.int32)})
    samples = npz(path=tmp_path / "a.npz").labelled()
    np.testing.assert_array_equal(samples.data, images(5, 4, 3, 3))
    np.testing.assert_array_equal(samples.labels, np.arange(5))
    assert samples.space.modality == "image"
    assert samples.space.shape == (4, 3, 3)
    assert samples.labels.dtype == np.int64


def test_published_batches_keep_their_labels_in_arr_1(tmp_path):
    np.savez(tmp_path / "a.npz", images(5, 4, 3, 3), np.array([1, 2, 1, 2, 1]))
    np.testing.assert_array_equal(npz(path=tmp_path / "a.npz").samples.labels, [1, 2, 1, 2, 1])


def test_images_without_channels_get_one(tmp_path):
    np.save(tmp_path / "a.npy", images(5, 4, 3))
    samples = npz(path=tmp_path / "a.npy").samples
    np.testing.assert_array_equal(samples.data[..., 0], images(5, 4, 3))
    assert samples.labels is None


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8"])
def test_float_rows_are_vectors(tmp_path, dtype):
    rows = np.arange(6, dtype=dtype).reshape(3, 2)
    np.savez(tmp_path / "a.npz", features=rows)
    samples = npz(path=tmp_path / "a.npz").samples
    assert (samples.space.modality, samples.space.shape) == ("vector", (2,))
    assert samples.data.dtype == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(samples.data, rows)


def test_arrays_stored_by_column_keep_their_places(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray(images(5, 4, 3, 3)))
    np.testing.assert_array_equal(npz(path=tmp_path / "a.npy").samples.data, images(5, 4, 3, 3))


@pytest.mark.parametrize(
    ("array", "line"),
    [
        (np.zeros((5, 4, 3, 3), np.float32), r"images\(x, range=\(0, 1\), layout='nhwc'\)$"),
        (np.linspace(-1, 1, 60).reshape(5, 1, 6, 2), r"images\(x, range=\(-1, 1\), layout='nchw'\)$"),
        (np.arange(60).reshape(5, 4, 3), r"images\(x\[\.\.\., None\], range=\(0, 255\), layout='nhwc'\)$"),
        (np.full((5, 4, 3, 3), 7.5), r"images\(x, range=\(0, 255\), layout='nhwc'\)$"),
        (np.full((5, 4, 3, 3), -7.5), "values are from -7.5 to -7.5; convert with genbench.images and their"),
        (np.zeros((5, 9, 9, 7)), r"vectors \(n, d\)$"),
        (np.zeros((5, 4), np.uint8), "expected uint8 images"),
        (np.zeros((5, 4), np.float16), "expected uint8 images"),
        (np.zeros((5, 3, 8, 8), np.uint8), r"x\.transpose\(0, 2, 3, 1\)"),
        (np.zeros((5, 8, 8, 4), np.uint8), "1 or 3 channels$"),
        (np.zeros((0, 8, 8, 1), np.uint8), "at least one sample"),
        (np.array([[1.0, np.nan]]), "not finite"),
        (np.array(3, np.uint8), "expected uint8 images"),
    ],
)
def test_other_arrays_are_refused_with_what_would_be_taken(tmp_path, array, line):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(DataError, match=line) as caught:
        npz(path=tmp_path / "a.npy")
    assert str(caught.value).startswith("a.npy ")


def test_a_file_with_two_arrays_of_one_name_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", images=images(5, 4, 3, 3))
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("images", archive.read("images.npy"))
    with pytest.raises(DataError, match="holds an array twice; expected each name once"):
        npz(path=tmp_path / "a.npz")


def test_statistics_without_samples_are_refused_by_what_they_hold(tmp_path):
    np.savez(tmp_path / "a.npz", mu=np.zeros(2), sigma=np.eye(2))
    with pytest.raises(DataError, match=r"holds \['mu', 'sigma'\]; expected one of images"):
        npz(path=tmp_path / "a.npz")


@pytest.mark.parametrize("labels", [np.arange(4), np.zeros((5, 10), np.int64), np.zeros(5)])
def test_labels_must_be_one_integer_a_sample(tmp_path, labels):
    np.savez(tmp_path / "a.npz", images=images(5, 4, 3, 3), labels=labels)
    with pytest.raises(DataError, match=r"expected integers of shape \(5,\)"):
        npz(path=tmp_path / "a.npz")


def test_python_objects_are_never_unpickled(tmp_path):
    marker = tmp_path / "ran"
    np.save(tmp_path / "a.npy", np.array([_Evil(marker)], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="never unpickled"):
        npz(path=tmp_path / "a.npy")
    assert not marker.exists()


@pytest.mark.parametrize("shape", [(10**6, 2000, 4000, 1), (-1, 2, 2)])
def test_a_header_of_eight_terabytes_or_less_than_nothing_is_refused_before_reading(tmp_path, shape):
    (tmp_path / "a.npy").write_bytes(_header(shape, "|u1") + bytes(40))
    with pytest.raises(DataError, match=r"claims an array .* GiB; the limit is 16 GiB"):
        npz(path=tmp_path / "a.npy")


def test_a_packed_array_above_the_limit_is_refused_before_unpacking(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", images=np.zeros((100, 100, 100), np.uint8))
    assert (tmp_path / "a.npz").stat().st_size < 2000
    monkeypatch.setattr(limits, "MOST_BYTES", 999_999)
    with pytest.raises(DataError, match="claims an array"):
        npz(path=tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("shape", "size", "than"),
    [((10, 2, 2), 39, "less"), ((10, 2, 2), 41, "more"), ((10**9, 2, 2), 40, "less")],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_that_does_not_fit_the_data_is_refused(tmp_path, shape, size, than, packed):
    content = _header(shape, "|u1") + bytes(size)
    file = tmp_path / ("a.npz" if packed else "a.npy")
    if packed:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("images.npy", content)
    else:
        file.write_bytes(content)
    with pytest.raises(DataError, match=f"holds {than} than the"):
        npz(path=file)


def test_a_small_file_that_would_fill_the_memory_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    rows, width = 3000, 2**17  # 375 MiB of zeros
    with (
        zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w") as member,
    ):
        member.write(_header((rows, 1, width), "|u1"))
        for _ in range(rows):
            member.write(bytes(width))
    size = (tmp_path / "a.npz").stat().st_size
    assert size < 500_000
    monkeypatch.setattr(npy_files, "make_room", lambda *arguments: pytest.fail("room was made"))
    reason = r"images claims to decompress \d+ bytes to 375 MiB; above 256 MiB the maximum ratio is 100"
    with pytest.raises(DataError, match=reason):
        npz(path=tmp_path / "a.npz")


def test_a_directory_that_lies_about_the_packed_size_does_not_help_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_FREE_BYTES", 10_000)
    np.savez_compressed(tmp_path / "a.npz", images=np.zeros((100, 100, 100), np.uint8))
    infolist = zipfile.ZipFile.infolist

    def lying(archive):
        for member in infolist(archive):
            member.compress_size = 2**40
        return infolist(archive)

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)
    with pytest.raises(DataError, match="claims to decompress"):
        npz(path=tmp_path / "a.npz")


@pytest.mark.parametrize("array", [images(200, 8, 8), (images(200, 50) % 2).astype(np.float64)])
def test_what_is_packed_by_a_little_is_read_whatever_its_size(tmp_path, array, monkeypatch):
    monkeypatch.setattr(limits, "_FREE_BYTES", 0)
    np.savez_compressed(tmp_path / "a.npz", array)
    np.testing.assert_array_equal(npz(path=tmp_path / "a.npz").samples.data.reshape(array.shape), array)


@pytest.mark.parametrize("save", [np.save, np.savez])
@pytest.mark.parametrize("array", [images(50, 8, 8, 3), np.asfortranarray(images(50, 8, 8, 3))])
def test_images_that_are_not_packed_are_mapped_from_the_file(tmp_path, save, array, monkeypatch):
    file = tmp_path / f"a.{'npy' if save is np.save else 'npz'}"
    save(file, array)
    monkeypatch.setattr(npy_files, "make_room", lambda *arguments: pytest.fail("it was read"))
    data = npz(path=file).samples.data
    np.testing.assert_array_equal(data, array)
    assert type(data) is np.ndarray
    if array.flags.c_contiguous:
        assert not data.flags.writeable
        assert _is_mapped(data)


def test_features_are_mapped_from_the_file(tmp_path):
    rows = np.random.default_rng(0).standard_normal((50, 7)).astype(np.float32)
    np.save(tmp_path / "a.npy", rows)
    data = npz(path=tmp_path / "a.npy").samples.data
    assert _is_mapped(data)
    np.testing.assert_array_equal(data, rows)


@pytest.mark.parametrize("name", ["f", "fe", "fea", "feat"])
def test_features_in_an_archive_are_aligned_wherever_they_lie(tmp_path, name):
    """They lie where the names before them end, which need not be where a number may begin."""
    rows = np.random.default_rng(0).standard_normal((50, 7)).astype(np.float32)
    np.savez(tmp_path / "a.npz", **{name: np.zeros(1), "features": rows})
    data = npz(path=tmp_path / "a.npz").samples.data
    assert data.flags.aligned
    np.testing.assert_array_equal(data, rows)


def test_one_flipped_byte_in_an_archive_that_is_not_packed_is_seen(tmp_path):
    np.savez(tmp_path / "a.npz", images=images(20, 8, 8))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz cannot be read: Bad CRC-32"):
        npz(path=tmp_path / "a.npz")


def test_a_large_packed_array_lies_in_a_file_without_a_name(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", images=images(50, 8, 8, 3))
    monkeypatch.setattr(room, "MOST_MEMORY_BYTES", 1000)
    data = npz(path=tmp_path / "a.npz").samples.data
    assert _is_mapped(data)
    np.testing.assert_array_equal(data, images(50, 8, 8, 3))


def test_values_of_no_size_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", _header((5, 4, 4), "<U0"))
    with pytest.raises(DataError, match="holds values of size 0"):
        npz(path=tmp_path / "a.npz")


def test_a_pipe_is_refused_without_being_opened(tmp_path):
    os.mkfifo(tmp_path / "a.npy")
    with pytest.raises(DataError, match=r"^a\.npy is not a regular file"):
        npz(path=tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["a.npz", "a.npy"])
@pytest.mark.parametrize("content", [b"", b"not numpy", b"\x93NUMPY\x09\x00" + bytes(80)])
def test_a_file_that_is_none_is_refused_by_name(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        npz(path=tmp_path / name)
    assert str(caught.value).startswith(name)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_is_refused_without_its_folder(tmp_path):
    with pytest.raises(DataError, match=r"a\.npz cannot be read: No such file") as caught:
        npz(path=tmp_path / "a.npz")
    assert str(tmp_path) not in str(caught.value)


def test_one_flipped_byte_in_a_packed_file_is_seen(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", images=images(20, 8, 8))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz cannot be read"):
        npz(path=tmp_path / "a.npz")


class _Evil:
    """Would leave a marker if it were unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (self.marker.__class__.touch, (self.marker,))


def _is_mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = array.base
    return array is not None


def _header(shape, descr):
    stream = io.BytesIO()
    header = {"shape": shape, "fortran_order": False, "descr": descr}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue()
