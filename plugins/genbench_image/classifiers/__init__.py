"""Extractors that are small classifiers."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["SPECS"]

_OUTPUTS = {
    "features": "the last layer but one, 64 numbers",
    "probabilities": "one probability for each class",
}

SPECS = (
    ExtractorSpec(
        name="classifier",
        make="genbench_image.classifiers.classifier:classifier",
        summary="a small network fitted on the labels of the train split",
        modalities=("image",),
        outputs=_OUTPUTS,
        load="genbench_image.classifiers.classifier:load",
    ),
    ExtractorSpec(
        name="digits-classifier",
        make="genbench_image.classifiers.digits_classifier:digits_classifier",
        summary="a small network for 8x8 digits whose weights come with genbench",
        modalities=("image",),
        outputs=_OUTPUTS,
        shape=(8, 8, 1),
        canonical="genbench_image:classifiers/digits_classifier.safetensors",
    ),
)
