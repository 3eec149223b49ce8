"""Data sets of point clouds."""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec

__all__ = ["SPECS"]

_DATASET = partial(DatasetSpec, modalities=("points",))

SPECS = (
    _DATASET(
        name="shapes-world",
        make="genbench_points.datasets.shapes_world:shapes_world",
        summary="spheres, boxes, tori and cylinders of random sizes, whose exact law is known",
        parts={"train": 2, "test": 1, "held_out": 1},
    ),
    _DATASET(
        name="points-file",
        make="genbench_points.datasets.points_file:points_file",
        summary="clouds in .npz, .npy, .ply, .off or .xyz files, or in a folder of them",
        reads=(".npy", ".npz", ".off", ".ply", ".xyz", "/.npy", "/.npz", "/.off", "/.ply", "/.xyz"),
        recognizes="genbench_points.datasets.points_file:recognizes_points",
    ),
    _DATASET(
        name="mesh-folder",
        make="genbench_points.datasets.mesh_folder:mesh_folder",
        summary="points on the surfaces of the meshes in a folder, uniform by area",
        source="Osada et al. 2002, doi:10.1145/571647.571648",
        needs={"trimesh": "genbench[meshes]"},
        reads=(".obj", ".off", ".ply", ".stl", "/.mtl", "/.obj", "/.off", "/.ply", "/.stl"),
        recognizes="genbench_points.datasets.mesh_folder:recognizes_meshes",
    ),
)
