"""Clouds from files and folders."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_points.datasets.points_file import points_file

from genbench import checked_samples


@pytest.fixture
def folder(tmp_path, points):
    """Return a folder of one cloud in each format."""
    np.save(tmp_path / "1.npy", points)
    np.savez(tmp_path / "2.npz", points)
    text = "\n".join(" ".join(map(str, row)) for row in points)
    (tmp_path / "3.off").write_text(f"OFF\n2 0 0\n{text}\n")
    head = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
    (tmp_path / "4.ply").write_text(f"{head}end_header\n{text}\n")
    (tmp_path / "5.XYZ").write_text(text)
    return tmp_path


def test_every_format_gives_the_same_float32_points(folder, points):
    found = checked_samples(points_file(path=folder).samples)
    assert (len(found), found.data.values.dtype, found.labels) == (5, np.float32, None)
    for number, name in enumerate(("1.npy", "2.npz", "3.off", "4.ply", "5.XYZ")):
        assert np.array_equal(found.data[number], points)
        assert np.array_equal(points_file(path=folder / name).samples.data[0], points)


def test_sub_folders_are_classes(tmp_path, points):
    for name in ("chair/1.npy", "chair/2.npy", "air/1.npy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        np.save(tmp_path / name, points)
    found = points_file(path=tmp_path).samples
    assert (found.space.classes, found.labels.tolist()) == (("air", "chair"), [0, 1, 1])


def test_labels_of_an_archive_are_kept(tmp_path):
    np.savez(tmp_path / "a.npz", clouds=np.ones((3, 4, 2)), labels=np.array([7, 7, 9]))
    assert points_file(path=tmp_path / "a.npz").samples.labels.tolist() == [7, 7, 9]


def test_clouds_of_several_sizes_are_kept_as_they_are(tmp_path):
    (tmp_path / "a.xyz").write_text("1 2\n")
    (tmp_path / "b.xyz").write_text("1 2\n3 4\n5 6\n")
    assert points_file(path=tmp_path).samples.data.lengths.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.xyz": "# nothing\n"}, "a.xyz holds a cloud without points; leave it out"),
        (
            {"a.xyz": "1 2 nan\n"},
            "a.xyz holds coordinates that are not finite as float32; expected numbers only",
        ),
        (
            {"a.xyz": "1 2 1e39\n"},
            "a.xyz holds coordinates that are not finite as float32; expected numbers only",
        ),
        (
            {"a.xyz": "1 2\n", "b.xyz": "1 2 3\n"},
            "b.xyz holds points of 3 coordinates, and a.xyz of 2; expected one number",
        ),
        ({"a.obj": ""}, "a.obj does not end in .npy, .npz, .off, .ply, .xyz; move it out of the folder"),
    ],
)
def test_other_files_are_one_line(files, said, tmp_path, refusal):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert refusal(lambda: points_file(path=tmp_path)) == said


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"points": np.ones((0, 4, 3))}, "a.npz has no clouds; expected at least one"),
        ({"points": np.ones((2, 0, 3))}, "a.npz holds a cloud without points; leave it out"),
        ({"points": np.ones((2, 4, 5))}, "a.npz holds points of 5 coordinates; expected 2 or 3"),
        (
            {"points": np.ones((2, 4, 3)), "labels": np.ones(3)},
            "a.npz holds labels that are float64 of shape (3,); expected integers of shape (2,)",
        ),
    ],
)
def test_other_arrays_are_one_line(arrays, said, tmp_path, refusal):
    np.savez(tmp_path / "a.npz", **arrays)
    assert refusal(lambda: points_file(path=tmp_path / "a.npz")) == said


def test_a_file_with_another_ending_or_none_is_one_line(tmp_path, refusal):
    (tmp_path / "a.las").touch()
    assert refusal(lambda: points_file(path=tmp_path / "a.las")).startswith(
        "a.las does not end in .npy, .npz"
    )
    assert refusal(lambda: points_file(path=tmp_path / "b.ply")) == (
        "b.ply cannot be read: No such file or directory; expected a readable file"
    )
