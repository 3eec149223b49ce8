"""The arrays at the beginning of numpy's files, without their data."""

from __future__ import annotations

import io

import numpy as np
import pytest

from genbench import array_heads

ARRAYS = {"first": np.zeros((4, 3), "<f4"), "labels": np.arange(5), "third": np.ones((2, 2, 2), np.uint8)}


def archive(save):
    file = io.BytesIO()
    save(file, **ARRAYS)
    return file.getvalue()


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_npy_file_has_one_array_without_a_name(order):
    file = io.BytesIO()
    np.save(file, np.asarray(np.zeros((6, 5, 4), ">f8"), order=order))
    assert array_heads(file.getvalue()[:200], ".npy") == {"": ((6, 5, 4), np.dtype(">f8"))}
    assert array_heads(file.getvalue()[:40], ".npy") == {"": None}
    assert array_heads(b"", ".npy") == {"": None}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_all_arrays_within_the_beginning_of_an_archive_are_named(save, tmp_path):
    expected = {name: (array.shape, array.dtype) for name, array in ARRAYS.items()}
    content = archive(save)
    assert array_heads(content, ".npz") == expected
    save(tmp_path / "a.npz", **ARRAYS)
    assert array_heads((tmp_path / "a.npz").read_bytes(), ".npz") == expected
    assert array_heads(content[:20], ".npz") == {}
    for end in range(len(content)):
        found = array_heads(content[:end], ".npz")
        assert all(head in (None, expected[name]) for name, head in found.items() if name in expected)


def test_arrays_after_a_large_one_are_left_out():
    file = io.BytesIO()
    np.savez(file, labels=np.arange(50_000), images=np.zeros((2, 2)))
    assert array_heads(file.getvalue()[: 2**16], ".npz") == {"labels": ((50_000,), np.arange(1).dtype)}


def test_python_objects_are_seen_and_not_read():
    file = io.BytesIO()
    np.savez(file, items=np.array([{}, []], dtype=object))
    assert array_heads(file.getvalue(), ".npz")["items"].dtype == object


def test_no_bytes_at_all_raise_an_error(rng):
    content = archive(np.savez)
    for _ in range(300):
        torn = bytearray(content)
        for place in rng.integers(len(torn), size=6):
            torn[place] = rng.integers(256)
        array_heads(bytes(torn), ".npz")
        array_heads(bytes(torn[80:]), ".npy")
