"""Arrays of numpy's npy format: their headers, and both ways to their numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from genbench_image.files.npy_files import Header, map_array, read_array, read_header

from genbench import DataError

CUBE = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)
ARRAYS = {
    "by row": CUBE,
    "by column": np.asfortranarray(CUBE),
    "big endian": CUBE.astype(">u2"),
    "a number": np.array(7.5),
    "no rows": np.zeros((0, 3), np.float32),
}

each_array = pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)


def written(array, version=(1, 0)):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version)
    stream.seek(0)
    return stream


@each_array
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_a_header_says_shape_dtype_and_order_and_the_array_follows(array, version):
    stream = written(array, version)
    header = read_header(stream, "a.npy")
    assert (header.shape, header.dtype) == (array.shape, array.dtype)
    assert header.by_column == (array.flags.f_contiguous and not array.flags.c_contiguous)
    header.check(len(stream.read()), "a.npy")


@each_array
def test_an_array_that_is_filled_is_the_one_that_was_saved(array):
    stream = written(array)
    found = read_array(stream, read_header(stream, "a.npy"), "a.npy")
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


@each_array
def test_an_array_that_is_mapped_is_the_one_that_was_saved_and_cannot_be_written(array, tmp_path):
    np.save(tmp_path / "a.npy", array)
    with (tmp_path / "a.npy").open("rb") as stream:
        header = read_header(stream, "a.npy")
        found = map_array(tmp_path / "a.npy", header, stream.tell())
    np.testing.assert_array_equal(found.reshape(array.shape), array)
    assert not (found.size and found.flags.writeable)


@pytest.mark.parametrize(("size", "than"), [(47, "less"), (49, "more")])
def test_fewer_and_more_bytes_than_a_header_says_are_refused_with_both(size, than):
    header = Header(CUBE.shape, CUBE.dtype, by_column=False)
    message = rf"a\.npy holds {than} than the 48 bytes of its header's shape \(2, 3, 4\); make it again"
    with pytest.raises(DataError, match=message):
        header.check(size, "a.npy")
    with pytest.raises(DataError, match=message):
        read_array(io.BytesIO(bytes(size)), header, "a.npy")


@pytest.mark.parametrize("content", [b"\x93NUMPY\x03\x00" + bytes(80), b"PK\x03\x04" + bytes(80)])
def test_what_has_no_header_of_version_1_or_2_is_refused(content):
    with pytest.raises(DataError, match=r"a\.npy has no npy header of version 1 or 2; write it with numpy\."):
        read_header(io.BytesIO(content), "a.npy")


@pytest.mark.parametrize(
    ("dtype", "message"), [("O", "holds Python objects, which are never"), ("<U0", "holds values of size 0")]
)
def test_values_that_are_no_numbers_of_one_size_are_refused(dtype, message):
    stream = io.BytesIO()
    header = {"shape": (1,), "fortran_order": False, "descr": np.lib.format.dtype_to_descr(np.dtype(dtype))}
    np.lib.format.write_array_header_1_0(stream, header)
    stream.seek(0)
    with pytest.raises(DataError, match=message):
        read_header(stream, "a.npy")
