"""Data sets of images."""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec

__all__ = ["SPECS"]

_DATASET = partial(DatasetSpec, modalities=("image",))

SPECS = (
    _DATASET(
        name="digits",
        make="genbench_image.datasets.digits:digits",
        summary="1,797 real handwritten digits, 8x8 grey, with labels",
        source="Alpaydin and Kaynak (1998), UCI; shipped with scikit-learn",
        extractor="digits-classifier",  # its features agree on every machine
    ),
    _DATASET(
        name="image-folder",
        make="genbench_image.datasets.image_folder:image_folder",
        summary="a folder of PNG, JPEG and WebP files, sub-folders as labels or splits",
        reads=("/.jpeg", "/.jpg", "/.png", "/.webp"),
    ),
    _DATASET(
        name="idx",
        make="genbench_image.datasets.idx:idx",
        summary="a folder of MNIST-format files with their official splits",
        source="LeCun, Cortes and Burges, The MNIST database",
    ),
    DatasetSpec(
        name="npz",
        make="genbench_image.datasets.npz:npz",
        summary="a numpy file of images or feature vectors",
        modalities=("image", "vector"),
        reads=(".npz", ".npy"),
        recognizes="genbench_image.datasets.npz:recognizes_arrays",
    ),
)
