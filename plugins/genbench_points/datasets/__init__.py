"""Data sets of point clouds."""

from __future__ import annotations

from genbench import DatasetSpec

__all__ = ["SPECS"]

SPECS = (
    DatasetSpec(
        name="shapes-world",
        make="genbench_points.datasets.shapes_world:shapes_world",
        summary="spheres, boxes, tori and cylinders of random sizes, whose exact law is known",
        modalities=("points",),
        parts={"train": 2, "test": 1, "held_out": 1},
    ),
    DatasetSpec(
        name="points-file",
        make="genbench_points.datasets.points_file:points_file",
        summary="clouds in .npz, .npy, .ply, .off or .xyz files, or in a folder of them",
        modalities=("points",),
        reads=(".npy", ".npz", ".off", ".ply", ".xyz", "/.npy", "/.npz", "/.off", "/.ply", "/.xyz"),
        recognizes="genbench_points.datasets.points_file:recognizes_points",
    ),
    DatasetSpec(
        name="mesh-folder",
        make="genbench_points.datasets.mesh_folder:mesh_folder",
        summary="points on the surfaces of the meshes in a folder, uniform by area",
        source="Osada et al. 2002, doi:10.1145/571647.571648",
        modalities=("points",),
        needs={"trimesh": "genbench[meshes]"},
        reads=(".obj", ".off", ".ply", ".stl", "/.mtl", "/.obj", "/.off", "/.ply", "/.stl"),
        recognizes="genbench_points.datasets.mesh_folder:recognizes_meshes",
    ),
)
