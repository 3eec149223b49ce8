"""Images: data sets, extractors and generators."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, hookimpl

_CLASSIFIER_OUTPUTS = {
    "features": "the last layer but one, 64 numbers",
    "probabilities": "one probability for each class",
}


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the image data sets."""
    return [
        DatasetSpec(
            name="digits",
            make="genbench_image.digits:digits",
            summary="1,797 real handwritten digits, 8x8 grey, with labels",
            source="Alpaydin and Kaynak (1998), UCI; shipped with scikit-learn",
            spaces=("image",),
        ),
        DatasetSpec(
            name="image-folder",
            make="genbench_image.image_folder:image_folder",
            summary="a folder of PNG, JPEG and WebP files, sub-folders as labels or splits",
            spaces=("image",),
            reads=("/",),
        ),
        DatasetSpec(
            name="idx",
            make="genbench_image.idx:idx",
            summary="a folder of MNIST-format files with their official splits",
            source="LeCun, Cortes and Burges, The MNIST database",
            spaces=("image",),
        ),
        DatasetSpec(
            name="npz",
            make="genbench_image.npz:npz",
            summary="a numpy file of images or feature vectors",
            spaces=("image", "vector"),
            reads=(".npz", ".npy"),
        ),
    ]


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the image extractors."""
    return [
        ExtractorSpec(
            name="pixels",
            make="genbench_image.pixels:pixels",
            summary="the pixels themselves",
            spaces=("image",),
            outputs={"features": "pixels in [0, 1]"},
        ),
        ExtractorSpec(
            name="classifier",
            make="genbench_image.classifier:classifier",
            summary="a small network fitted on the labels of the train split",
            spaces=("image",),
            outputs=_CLASSIFIER_OUTPUTS,
            load="genbench_image.classifier:load",
        ),
        ExtractorSpec(
            name="digits-classifier",
            make="genbench_image.digits_classifier:digits_classifier",
            summary="a small network for 8x8 digits whose weights come with genbench",
            spaces=("image",),
            outputs=_CLASSIFIER_OUTPUTS,
            canonical="genbench_image:digits_classifier.safetensors",
        ),
    ]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the image generators."""
    return []
