"""Room for large arrays."""

from __future__ import annotations

import errno
import os
import tempfile

import numpy as np
import pytest
from genbench_image.files import limits, room
from genbench_image.files.room import make_room

from genbench import DataError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "MOST_MEMORY_BYTES", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("dtype", ["uint8", "<f4", ">f8"])
@pytest.mark.parametrize("rows", [2, 2000])
def test_an_array_can_be_written_wherever_it_lies(folder, dtype, rows):
    array = make_room((rows, 5), dtype, "a")
    assert (array.shape, array.dtype, type(array)) == ((rows, 5), np.dtype(dtype), np.ndarray)
    array[:] = np.arange(rows * 5).reshape(rows, 5) % 251
    assert array[-1].tolist() == [(rows * 5 - 5 + k) % 251 for k in range(5)]


def test_a_large_array_lies_in_a_file_that_has_no_name(folder):
    small, large = make_room((1000,), np.uint8, "a"), make_room((1001,), np.uint8, "a")
    assert small.base is None
    assert isinstance(large.base, np.memmap)
    assert list(folder.iterdir()) == []


def test_a_claim_above_the_limit_is_refused(folder, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 9999)
    with pytest.raises(DataError, match=r"a claims an array of shape \(100, 100\)"):
        make_room((100, 100), np.uint8, "a")


def test_a_disk_without_room_is_an_error_before_anything_is_written(folder, monkeypatch):
    def full(handle, offset, size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    reason = r"^a takes 0\.0 GiB, .* not enough space \(No space left .*\); set TMPDIR"
    with pytest.raises(DataError, match=reason) as caught:
        make_room((2000,), np.uint8, "a")
    assert str(folder) not in str(caught.value)
    assert list(folder.iterdir()) == []
