"""Dataset `mesh-folder`: points on the surfaces of the meshes in a folder, uniform by area."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Data, DataError, no_log, read_regular, stream
from genbench_points.datasets.cloud_folders import classes_of, escape, find_files
from genbench_points.datasets.points_file import as_data, has_faces
from genbench_points.datasets.surfaces import on_triangles

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["mesh_folder", "recognizes_meshes"]

_ENDINGS = (".obj", ".off", ".ply", ".stl")
_OF_OBJ = (".mtl", ".bmp", ".jpeg", ".jpg", ".png", ".tga")  # materials and textures that such files name
_OF_CLOUDS = (".off", ".ply")  # which points-file reads, too
_FACE_OF_ZERO = re.compile(rb"^[ \t]*(f)[ \t](?:[^\n]*[ \t])?0+(?=[/ \t\r\n]|\Z)", re.MULTILINE)


def mesh_folder(
    *,
    path: Path,
    points: Annotated[int, Ge(1)] = 2048,
    seed: Annotated[int, Ge(0)] = 0,
    log: Callable[[int, int], object] = no_log,
) -> Data:
    """Return a cloud of `points` points on the surface of each mesh below a folder, sorted by path.

    path    a folder of .obj, .off, .ply and .stl files, or one such file; sub-folders are classes as in
            `points-file`
    points  of each cloud; 2,048 is the number of PointFlow's evaluation
    seed    of the draws; the points of a mesh depend on it and on the triangles of the mesh, not on their
            order, on other files or on the format

    trimesh parses the files, without textures and materials, whose files beside them are ignored. Raises
    DataError, naming the file, for one that cannot be read and a mesh without faces, or without an area.
    """
    files: list[tuple[str, ...]] = find_files(path, _ENDINGS, _OF_OBJ) if path.is_dir() else [(path.name,)]
    folder = path if path.is_dir() else path.parent
    found = []
    for number, parts in enumerate(files, 1):
        file, name = folder.joinpath(*parts), escape(parts)
        corners = _sort_triangles(_triangles(file, name))
        digest = hashlib.sha256(corners.tobytes()).hexdigest()
        drawn = on_triangles(points, corners, stream(seed, "data", "mesh-folder", digest))
        found.append((name, [drawn]))
        log(number, len(files))
    classes = classes_of(files)
    labels = np.array([classes.index(escape(parts[:1])) for parts in files]) if classes else None
    return as_data(found, labels, classes)


def recognizes_meshes(head: bytes, suffix: str) -> bool:
    """Return whether a file, alone or of a folder, begins as a mesh with faces."""
    ending = suffix.removeprefix("/")
    return ending not in _OF_CLOUDS or has_faces(head, ending)


def _sort_triangles(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return triangles, (m, 3, 3), sorted, each with its corners sorted: the same for any order of faces.

    Numbers are those of float32, as STL and most PLY files have them, so that a mesh is the same in each
    format; 0 replaces -0.
    """
    corners = corners.astype(np.float32).astype(np.float64) + 0.0
    inside = np.lexsort(np.moveaxis(corners, -1, 0)[::-1], axis=-1)
    corners = np.take_along_axis(corners, inside[..., None], axis=1)
    return corners[np.lexsort(corners.reshape(len(corners), -1).T[::-1])]


def _triangles(file: Path, name: str) -> NDArray[np.float64]:
    """Return the triangles of a mesh, (m, 3, 3) float64."""
    corners = np.asarray(_parse_mesh(file, name), np.float64)
    if not len(corners):
        is_cloud = file.suffix.lower() in _OF_CLOUDS
        advice = "read its points with the dataset points-file" if is_cloud else "export it with its faces"
        raise DataError(f"{name} holds a mesh without faces; {advice}")
    sides = corners[:, 1:] - corners[:, :1]
    with np.errstate(invalid="ignore", over="ignore"):
        area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum()
    if not (np.isfinite(area) and area > 0):
        raise DataError(f"{name} holds a mesh of area {area:g}; expected a positive, finite one")
    return corners


def _parse_mesh(file: Path, name: str) -> Any:
    import trimesh

    ending = file.suffix.lower()
    if ending not in _ENDINGS:
        raise DataError(
            f"{name} does not end in {', '.join(_ENDINGS)}; name such a file, or a folder of them"
        )
    try:
        content = read_regular(file)
    except OSError as error:
        raise DataError(
            f"{name} cannot be read: {error.strerror or error}; replace it or move it out of the folder"
        ) from error
    _check_numbers(content, ending, name)
    try:
        mesh = trimesh.load(io.BytesIO(content), ending[1:], force="mesh", process=False, skip_materials=True)
    except Exception as error:  # trimesh raises many types for files that are damaged
        raise DataError(f"{name} cannot be read as a mesh; export it again") from error
    return getattr(mesh, "triangles", ())


def _check_numbers(content: bytes, ending: str, name: str) -> None:
    """Raise DataError for a face of an .obj file with the vertex 0, which trimesh takes for the last one."""
    zero = _FACE_OF_ZERO.search(content) if ending == ".obj" else None
    if zero is not None:
        line = content.count(b"\n", 0, zero.start(1)) + 1
        raise DataError(f"{name}, line {line} has a face with the vertex 0; expected numbers from 1 on")
