"""Dataset `points-file`: clouds in numpy, PLY, OFF and XYZ files, or in a folder of them."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, DataError, Ragged, Samples, read_regular
from genbench_points.datasets.cloud_folders import classes_of, escape, find_files
from genbench_points.datasets.numpy_clouds import from_npy, from_npz, recognizes_clouds
from genbench_points.datasets.ply import from_ply, ply_has_faces
from genbench_points.datasets.text_clouds import from_off, from_xyz, off_has_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ENDINGS", "as_data", "has_faces", "points_file", "recognizes_points"]

_DIMENSIONS = (2, 3)


def _single(read: Callable[[bytes, str], Any]) -> Callable[[bytes, str], tuple[list[Any], Any]]:
    """Return the reader of a file of one cloud as one of a file of several."""
    return lambda content, name: ([read(content, name)], None)


_READERS: dict[str, Callable[[bytes, str], tuple[list[Any], Any]]] = {
    ".npy": from_npy,
    ".npz": from_npz,
    ".off": _single(from_off),
    ".ply": _single(from_ply),
    ".xyz": _single(from_xyz),
}
ENDINGS = tuple(_READERS)
_NUMPY = (".npy", ".npz")


def points_file(*, path: Path) -> Data:
    """Return the clouds in a file, or in the files below a folder by path; docs/points.md has the forms.

    path  a file that ends in .npy, .npz, .off, .ply or .xyz, or a folder of such files

    Coordinates become float32. If every file of a folder is in a sub-folder, and there are at least two of
    them, they are the classes; otherwise the labels are those of a .npz file, or none.
    Raises DataError, naming the file, for one that cannot be read, a cloud without points, coordinates that
    are not finite, and clouds of several dimensions.
    """
    if not path.is_dir():
        clouds, labels = _read(path, path.name)
        return as_data([(path.name, clouds)], labels, ())
    files = find_files(path, ENDINGS)
    found = [(escape(parts), _read(path.joinpath(*parts), escape(parts))[0]) for parts in files]
    classes = classes_of(files)
    numbers = [
        classes.index(escape(parts[:1]))
        for parts, (_, clouds) in zip(files, found, strict=True)
        for _ in clouds
        if classes
    ]
    return as_data(found, np.array(numbers) if classes else None, classes)


def recognizes_points(head: bytes, suffix: str) -> bool | None:
    """Return whether a file, alone or of a folder, begins as one of clouds.

    None if it may be of something else: a mesh with faces may be read as the cloud of its vertices.
    """
    ending = suffix.removeprefix("/")
    if ending in _NUMPY:
        return recognizes_clouds(head, ending)
    return None if has_faces(head, ending) else True


def has_faces(head: bytes, ending: str) -> bool:
    """Return whether a .ply or .off file, which begins with `head`, says that it has faces."""
    return {".ply": ply_has_faces, ".off": off_has_faces}.get(ending, lambda _: False)(head)


def as_data(found: Sequence[tuple[str, Sequence[Any]]], labels: Any, classes: tuple[str, ...]) -> Data:
    """Return the clouds of named files as data; raise DataError, naming the file, for other arrays."""
    first = next(((name, clouds[0].shape[-1]) for name, clouds in found if len(clouds)), ("", 0))
    clouds = [_check_cloud(cloud, name, first) for name, several in found for cloud in several]
    if not clouds:
        raise DataError(f"{found[0][0]} has no clouds; expected at least one")
    is_sound = labels is None or (labels.shape == (len(clouds),) and labels.dtype.kind in "iu")
    if not is_sound:
        name = found[0][0]
        raise DataError(
            f"{name} holds labels that are {labels.dtype} of shape {labels.shape}; expected integers of "
            f"shape ({len(clouds)},)"
        )
    return Data(Samples.of("points", Ragged.of(clouds), labels, classes=classes))


def _read(path: Path, name: str) -> tuple[list[Any], Any]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{name} does not end in {', '.join(ENDINGS)}; name such a file, or a folder of them")
    try:
        content = read_regular(path)
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror}; expected a readable file") from error
    return reader(content, name)


def _check_cloud(cloud: Any, name: str, first: tuple[str, int]) -> Any:
    """Return a cloud as float32."""
    if len(cloud) == 0:
        raise DataError(f"{name} holds a cloud without points; leave it out")
    if cloud.shape[-1] not in _DIMENSIONS:
        raise DataError(f"{name} holds points of {cloud.shape[-1]} coordinates; expected 2 or 3")
    if cloud.shape[-1] != first[1]:
        raise DataError(
            f"{name} holds points of {cloud.shape[-1]} coordinates, and {first[0]} of {first[1]}; expected "
            f"one number"
        )
    with np.errstate(over="ignore"):
        points = np.ascontiguousarray(cloud, dtype=np.float32)
    if not np.isfinite(points).all():
        raise DataError(f"{name} holds coordinates that are not finite as float32; expected numbers only")
    return points
