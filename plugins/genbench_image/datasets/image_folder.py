"""Dataset `image-folder`: PNG, JPEG and WebP files of one size, with sub-folders as labels."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - options are resolved at run time
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from genbench import SPLITS, Data, DataError, Samples
from genbench_image.datasets.official import HeldOut, official
from genbench_image.files.folders import escape, find_images, sort_key
from genbench_image.files.images import decode
from genbench_image.files.room import make_room

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["image_folder"]

_NAMES_OF_SPLITS = frozenset(
    ["train", "training", "test", "testing", "val", "valid", "validation", "dev", "heldout"]
)  # in lower case, without spaces, dashes and underscores
_SEPARATORS = str.maketrans("", "", " -_")
_CLASS_AND_FILE = 2  # parts of the path of an image in the folder of its class
_LOG_LINES = 100  # a line for each percent


def image_folder(
    *,
    path: Path,
    mode: Literal["auto", "L", "RGB"] = "auto",
    held_out: HeldOut = "test-half",
    ignore: tuple[str, ...] = (),
    recursive: bool = False,
    log: Callable[[int, int], None] = lambda step, total: None,  # noqa: ARG005 - the host's has these names
) -> Data:
    """Return the images below a folder, (n, height, width, channels) uint8, sorted by path.

    path      the folder; hidden files and Thumbs.db are ignored, links and other files refused
    mode      "auto": 1 channel if all files are grey, 3 if all are coloured; "L" and "RGB" convert
    held_out  for a folder with official splits, as below
    ignore    patterns of files to leave out, such as "*.txt"; a warning has their number
    recursive  whether to read folders within the folders of classes, too
    log       called about a hundred times with the number of files read

    docs/images.md has the decoding rules. Above 1 GiB the images are in an unnamed, memory-mapped temporary
    file.

    If every image is in a sub-folder and there are at least two of them, they are the classes. Labels are
    numbered in the order of the class names, which the samples keep, so that genbench matches them with those
    of other samples by name.
    If the sub-folders are `train`, `test` and optionally `held_out`, they are official splits, with classes
    in the sub-folders below. If `held_out` is missing, "test-half" holds out half of `test`, label by label
    and by content, and "none" holds nothing out.
    Raises DataError, naming the file, for what `find_images` and `decode` refuse, for images that differ in
    size or, with "auto", in channels, for images in deeper folders unless `recursive`, and for other
    sub-folders with names of splits, such as `Train` and `valid`.
    """
    files = find_images(path, ignore)
    tops = {parts[0] if len(parts) > 1 else "" for parts in files}
    is_split = _is_split(tops, path.name)
    inside = [parts[1:] for parts in files] if is_split else files
    deepest = max(zip(map(len, inside), files, strict=True))
    if deepest[0] > _CLASS_AND_FILE and not recursive:
        raise DataError(
            f"{escape(deepest[1])} is in a folder within a folder; expected images, or a folder of images "
            "for each class; name one of the folders, or set recursive = true to read all of them"
        )
    classes = _classes(inside)
    numbers = {name: number for number, name in enumerate(classes)}
    labels = [numbers[escape(parts[:1])] for parts in inside] if classes else None
    samples = Samples.of("image", _read(path, files, mode, log), labels, classes=classes)
    if not is_split:
        return Data(samples)
    part_of = np.array([parts[0] for parts in files])
    return official({name: samples.take(np.flatnonzero(part_of == name)) for name in tops}, held_out)


def _is_split(tops: set[str], name: str) -> bool:
    """Return whether the first-level folders `tops` are splits; "" represents images outside of them.

    A single folder beside classes may have the name of a split: a train is also a vehicle.
    """
    if {"train", "test"} <= tops <= set(SPLITS):
        return True
    splits = {top for top in tops if top.casefold().translate(_SEPARATORS) in _NAMES_OF_SPLITS}
    if not splits or (len(splits) == 1 and tops - splits - {""}):
        return False
    held = ", ".join(sorted(escape((top,)) or "images" for top in tops))
    raise DataError(
        f"{name} holds {held}, some of which are splits; expected "
        f"train, test and optionally held_out, with all images in them, or folders named after classes"
    )


def _classes(files: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sorted names of the top-level folders, or () unless all files are in two or more."""
    if any(len(parts) == 1 for parts in files):
        return ()
    tops = sorted({parts[0] for parts in files}, key=lambda name: sort_key((name,)))
    return () if len(tops) == 1 else tuple(escape((top,)) for top in tops)


def _read(
    folder: Path, files: list[tuple[str, ...]], mode: str, log: Callable[[int, int], None]
) -> NDArray[Any]:
    """Return the images, (n, height, width, channels) uint8."""
    first = decode(folder.joinpath(*files[0]), escape(files[0]), mode)
    pixels = make_room((len(files), *first.shape), np.uint8, folder.name)
    every = max(1, len(files) // _LOG_LINES)
    for number, parts in enumerate(files):
        image = decode(folder.joinpath(*parts), escape(parts), mode) if number else first
        if image.shape[:2] != first.shape[:2]:
            raise DataError(
                f"{escape(parts)} is {_size(image.shape)} and {escape(files[0])} is {_size(first.shape)}; "
                f"expected one size: resize them all by the same rule first"
            )
        if image.shape != first.shape:
            raise DataError(
                f"{escape(parts)} has {image.shape[2]} channels and {escape(files[0])} has {first.shape[2]}; "
                f"set mode to 'L' or 'RGB'"
            )
        pixels[number] = image
        if (number + 1) % every == 0:
            log(number + 1, len(files))
    return pixels


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]} pixels"
