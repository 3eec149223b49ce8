"""Clouds in files of numpy."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from genbench_points.datasets.numpy_clouds import from_npy, from_npz, recognizes_clouds


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def with_second_points(content):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("points", archive.read("points.npy"))
    return file.getvalue()


def zeros(*shape, dtype="f4"):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("content", "suffix", "is_recognized"),
    [
        (npy(zeros(5, 8, 3)), ".npy", True),
        (npy(zeros(5, 8, 2, dtype="i2")), ".npy", True),
        (npy(zeros(5, 8, 3, dtype="u1")), ".npy", None),
        (npy(zeros(5, 3)), ".npy", None),
        (npy(zeros(5, 8)), ".npy", False),
        (npy(zeros(5, 8, 8, 3)), ".npy", False),
        (npy(zeros(5, 3, 8)), ".npy", False),
        (npy(zeros(3)), ".npy", False),
        (npy(np.array(["x"])), ".npy", False),
        (npz(points=zeros(5, 8)), ".npz", True),
        (npz(clouds=zeros(5, 8, 3)), ".npz", True),
        (npz(arr_0=zeros(5, 8, 3), labels=zeros(5, dtype="i4")), ".npz", True),
        (npz(arr_0=zeros(5, 3), offsets=zeros(2, dtype="i4")), ".npz", True),
        (npz(arr_0=zeros(5, 3)), ".npz", None),
        (npz(labels=zeros(5, dtype="i4")), ".npz", None),
        (npz(images=zeros(5, 8, 3)), ".npz", False),
        (b"", ".npz", False),
        (b"", ".npy", False),
    ],
)
def test_the_shape_or_the_name_of_an_array_says_whether_it_is_clouds(content, suffix, is_recognized):
    assert recognizes_clouds(content, suffix) is is_recognized


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_three_axes_is_several_clouds(dtype, order):
    array = np.asarray(np.arange(24).reshape(2, 4, 3), dtype, order=order)
    clouds, labels = from_npy(npy(array), "a.npy")
    assert labels is None
    assert np.array_equal(np.stack(clouds), array)


def test_an_array_of_two_axes_is_one_cloud(points):
    clouds, _ = from_npy(npy(points), "a.npy")
    assert len(clouds) == 1
    assert np.array_equal(clouds[0], points)


@pytest.mark.parametrize("name", ["clouds", "points", "arr_0"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_archive_holds_clouds_and_labels(name, save):
    file = io.BytesIO()
    save(file, **{name: np.ones((3, 5, 2)), "labels": np.arange(3)})
    clouds, labels = from_npz(file.getvalue(), "a.npz")
    assert np.stack(clouds).shape == (3, 5, 2)
    assert labels.tolist() == [0, 1, 2]


def test_offsets_divide_points_into_clouds(points):
    clouds, _ = from_npz(npz(points=np.concatenate([points, points]), offsets=np.array([0, 1, 4])), "a.npz")
    assert [len(cloud) for cloud in clouds] == [1, 3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.npy has no npy header of version 1 or 2; write it with numpy.save"),
        (npy(np.array(["x"])), "a.npy holds <U1; expected numbers, which are read without unpickling"),
        (npy(np.ones((2, 2)))[:-3], "a.npy holds 29 bytes, and its header says shape (2, 2); make it again"),
        (npy(np.ones(4)), "a.npy holds an array of shape (4,); expected (n, points, 2 or 3)"),
    ],
)
def test_another_array_is_one_line(content, said, refusal):
    assert refusal(lambda: from_npy(content, "a.npy")) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK", "a.npz is no whole .npz file: File is not a zip file; write it with numpy.savez"),
        (npz(x=np.ones(2)), "a.npz holds ['x']; expected one of clouds, points, arr_0"),
        (
            with_second_points(npz(points=np.ones((4, 3)))),
            "a.npz holds an array twice; expected each name once",
        ),
        (
            npz(points=np.ones((4, 3)), offsets=np.array([0, 3])),
            "a.npz: offsets do not divide points of shape (4, 3); expected integers that rise from 0 to 4",
        ),
    ],
)
def test_another_archive_is_one_line(content, said, refusal):
    assert refusal(lambda: from_npz(content, "a.npz")) == said


def test_a_header_that_claims_more_than_the_file_holds_takes_no_memory(refusal):
    content = npy(np.ones((1, 1, 3))).replace(b"(1, 1, 3)", b"(10**9,3)"[:9])
    assert "a.npy" in refusal(lambda: from_npy(content, "a.npy"))
    huge = npy(np.ones((11111, 11, 3)))[:200]
    assert "its header says shape (11111, 11, 3)" in refusal(lambda: from_npy(huge, "a.npy"))
