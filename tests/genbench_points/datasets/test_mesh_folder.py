"""Points on the surfaces of meshes."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from genbench_points.datasets.mesh_folder import mesh_folder, recognizes_meshes
from genbench_points.datasets.points_file import has_faces, recognizes_points

from genbench import DataError, checked_samples, open_samples, score
from genbench.catalog.catalog import load_catalog
from genbench.trial.reading.readers import make_reader_part

pytestmark = pytest.mark.extras("trimesh")

#: A square of side 2 around the origin, in the plane z = 1.
SQUARE = "OFF\n4 2 0\n-1 -1 1\n1 -1 1\n1 1 1\n-1 1 1\n3 0 1 2\n3 0 2 3\n"

#: A cloud of two points.
PLY = (
    "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
    "end_header\n0 0 1\n0 1 0\n"
)

OTHERWISE = "name another reader (--reader points-file) to read it otherwise"


@pytest.fixture
def square(tmp_path):
    (tmp_path / "square.off").write_text(SQUARE)
    return tmp_path


def test_points_are_on_the_surface(square):
    found = checked_samples(mesh_folder(path=square, points=500).samples)
    (cloud,) = found.data
    assert cloud.shape == (500, 3)
    assert (cloud[:, 2] == 1).all()
    assert np.abs(cloud[:, :2]).max() <= 1
    assert np.allclose(cloud[:, :2].mean(axis=0), 0, atol=0.11)  # four standard errors


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl"])
def test_each_format_is_read(ending, tmp_path):
    import trimesh

    trimesh.creation.box((1, 1, 1)).export(tmp_path / f"box.{ending}")
    (cloud,) = mesh_folder(path=tmp_path / f"box.{ending}", points=50).samples.data
    assert np.allclose(np.abs(cloud).max(axis=1), 0.5)


def test_files_that_meshes_name_are_ignored_and_others_are_not(tmp_path):
    import trimesh

    (tmp_path / "one").mkdir()
    trimesh.creation.box((1, 1, 1)).export(tmp_path / "one" / "b.obj")
    for name in ("a.mtl", "B.MTL", "wood.png", "stone.jpg"):
        (tmp_path / "one" / name).write_text("newmtl a\n")
    assert len(mesh_folder(path=tmp_path, points=5).samples) == 1
    assert len(open_samples(tmp_path).data[0]) == 2048
    (tmp_path / "one" / "b.json").write_text("{}")
    with pytest.raises(DataError, match=r"one/b\.json does not end in \.obj.*; move it out of the folder"):
        mesh_folder(path=tmp_path)


def test_a_folder_of_more_textures_than_meshes_is_of_meshes_to_metrics_of_points(tmp_path):
    import trimesh

    for number in range(2):
        (tmp_path / f"{number}").mkdir()
        trimesh.creation.box((1, 1, 1 + number)).export(tmp_path / f"{number}" / "model.obj")
        for name in ("model.mtl", "a.png", "b.png"):
            (tmp_path / f"{number}" / name).write_text("newmtl a\n")
    assert open_samples(tmp_path, "points").labels.tolist() == [0, 1]
    found = score(fake=tmp_path, real=tmp_path, metrics=["mmd-cd"])
    assert found["mmd-cd"].n == 2


@pytest.mark.parametrize("ending", ["off", "ply"])
def test_a_mesh_with_faces_is_sampled_and_one_without_is_a_cloud(ending, tmp_path):
    import trimesh

    trimesh.creation.box((1, 1, 1)).export(tmp_path / f"a.{ending}")
    text = {"off": "OFF\n2 0 0\n0 0 1\n0 1 0\n", "ply": PLY}[ending]
    for path in (tmp_path, tmp_path / f"a.{ending}"):
        notes = []
        assert make_reader_part(load_catalog(), path, note=notes.append).spec.name == "mesh-folder"
        assert notes == [f"{path.name} is read by mesh-folder; {OTHERWISE}"]
        assert len(open_samples(path).data[0]) == 2048
        (tmp_path / f"a.{ending}").write_text(text)
        assert make_reader_part(load_catalog(), path, note=notes.append).spec.name == "points-file"
        assert len(open_samples(path, "points").data[0]) == 2
        assert len(notes) == 1
        trimesh.creation.box((1, 1, 1)).export(tmp_path / f"a.{ending}")


def test_a_folder_of_meshes_and_clouds_is_refused(square):
    for number in range(3):
        (square / f"{number}.ply").write_text(PLY)
    with pytest.raises(DataError, match=r"mesh-folder reads square\.off, and not 0\.ply; move one"):
        open_samples(square, "points")
    assert len(open_samples(square / "1.ply", "points").data[0]) == 2


@pytest.mark.parametrize(
    ("head", "ending", "has"),
    [
        (b"OFF\n8 12 0\n", ".off", True),
        (b"# a box\nCOFF 8 12 0\n", ".off", True),
        (b"OFF # a box\n\n# counts\n8 0012 0\n", ".off", True),
        (b"OFF\n8 0 0\n", ".off", False),
        (b"OFF\n8 00 3\n", ".off", False),
        (b"8 12 0\n", ".off", False),
        (b"ply\nformat ascii 1.0\nelement vertex 1\nelement face 2\nend_header\n", ".ply", True),
        (b"ply\r\nformat ascii 1.0\r\nelement face 12\r\nend_header\r\n", ".ply", True),
        (b"ply\nelement vertex 1\nelement face 0\nend_header\nelement face 3\n", ".ply", False),
        (b"ply\ncomment element face 3\nelement vertex 1\nend_header\n", ".ply", False),
        (b"ply\nelement face 3\n", ".ply", False),
        (b"", ".ply", False),
    ],
)
def test_the_header_says_whether_a_file_has_faces(head, ending, has):
    assert has_faces(head, ending) is has
    assert recognizes_meshes(head, ending) is has
    assert recognizes_points(head, f"/{ending}") is (None if has else True)


def test_the_points_of_a_mesh_depend_on_the_seed_and_on_no_other_file(square):
    alone = mesh_folder(path=square, points=20).samples.data[0]
    other = mesh_folder(path=square, points=20, seed=1).samples.data[0]
    (square / "another.off").write_text(SQUARE.replace("1\n3 0", "2\n3 0"))
    assert np.array_equal(mesh_folder(path=square, points=20).samples.data[1], alone)
    assert not np.array_equal(other, alone)


def write_spheres(folder, ending, rng, count=12):
    """Write spheres of several sizes, with vertices, faces and corners in an order that `rng` decides."""
    import trimesh

    folder.mkdir()
    for size in range(1, count + 1):
        mesh = trimesh.creation.icosphere(subdivisions=1, radius=size)  # 80 triangles
        faces = rng.permuted(rng.permutation(mesh.faces), axis=1)
        order = rng.permutation(len(mesh.vertices))
        vertices = mesh.vertices.astype(np.float32)[order]
        digits = {"digits": 9} if ending == "off" else {}  # float32 numbers come back from nine digits
        trimesh.Trimesh(vertices, np.argsort(order)[faces], process=False).export(
            folder / f"{size:02}.{ending}", **digits
        )


@pytest.mark.parametrize("ending", ["off", "ply", "stl"])
def test_a_mesh_with_its_faces_in_another_order_or_format_is_a_copy(ending, tmp_path, rng):
    write_spheres(tmp_path / "real", "off", rng)
    write_spheres(tmp_path / "fake", ending, rng)
    sides = {side: mesh_folder(path=tmp_path / side, points=16).samples for side in ("fake", "real")}
    (found,) = score(**sides, metrics=["mmd-cd"], yardstick=False).values()
    assert found.value == 0
    assert "12 of 12 samples are" in found.cautions[0]


def test_a_mesh_that_differs_in_one_corner_has_other_points(square):
    (square / "z.off").write_text(SQUARE.replace("-1 -1 1", "-1 -1.5 1"))
    first, second = mesh_folder(path=square, points=20).samples.data
    assert not np.isin(first[:, :2], second[:, :2]).any()


def test_sub_folders_are_classes(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.off").write_text(SQUARE)
    found = mesh_folder(path=tmp_path, points=5).samples
    assert (found.space.classes, found.labels.tolist()) == (("a", "b"), [0, 1])


def test_a_material_that_a_mesh_names_is_not_opened(tmp_path):
    (tmp_path / "a.obj").write_text("mtllib ../secret.mtl\nusemtl x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert len(mesh_folder(path=tmp_path, points=5).samples) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.off", "OFF\n3 0 0\n0 0 0\n1 0 0\n0 1 0\n", "holds a mesh without faces; read its points with"),
        (
            "a.obj",
            "v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n",
            "holds a mesh of area 0; expected a positive, finite one",
        ),
        ("a.obj", "v 0 0 0\nv 1 0 0\n", "holds a mesh without faces; export it with its faces"),
        ("a.stl", "", "holds a mesh without faces; export it with its faces"),
        ("a.obj", "v 0 0 0\nv 1 0 0\nv 0 nan 0\nf 1 2 3\n", "holds a mesh of area nan; expected a positive"),
        ("a.ply", "nothing", "cannot be read as a mesh; export it again"),
        ("a.xyz", "1 2 3\n", "does not end in .obj, .off, .ply, .stl"),
    ],
)
def test_another_mesh_is_one_line(name, text, said, tmp_path, refusal):
    (tmp_path / name).write_text(text)
    line = refusal(lambda: mesh_folder(path=tmp_path / name))
    assert line.startswith(f"{name} ")
    assert said in line


@pytest.mark.parametrize("face", ["f 0 1 2", "f 1 2 0", "  f 1/1 0/2 3", "f 1 0//1 2", "f 1 2 00"])
def test_a_face_of_the_vertex_0_is_refused_with_its_line(face, tmp_path, refusal):
    (tmp_path / "a.obj").write_text(f"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n{face}\n")
    line = refusal(lambda: mesh_folder(path=tmp_path / "a.obj"))
    assert line == "a.obj, line 5 has a face with the vertex 0; expected numbers from 1 on"


@pytest.mark.parametrize("face", ["f 1 2 3", "f 10 2 3", "f -3 -2 -1", "# f 0 1 2"])
def test_other_faces_are_read(face, tmp_path):
    corners = "".join(f"v {number} {number % 2} 0\n" for number in range(10))
    (tmp_path / "a.obj").write_text(f"{corners}f 1 2 3\n{face}\n")
    assert len(mesh_folder(path=tmp_path / "a.obj", points=3).samples) == 1


class Evil:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl"])
@pytest.mark.parametrize("protocol", [0, 5])
def test_pickles_are_no_meshes(ending, protocol, tmp_path, refusal):
    mark = tmp_path / "it ran"
    (tmp_path / f"a.{ending}").write_bytes(pickle.dumps(Evil(mark), protocol=protocol))
    assert f"a.{ending}" in refusal(lambda: mesh_folder(path=tmp_path / f"a.{ending}"))
    assert not mark.exists()
