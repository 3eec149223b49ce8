"""Extractors that need nothing but genbench, or files of the user's own."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["EXTRACTORS"]

_CLASSIFIER_OUTPUTS = {
    "features": "the last layer but one, 64 numbers",
    "probabilities": "one probability for each class",
}

EXTRACTORS = (
    ExtractorSpec(
        name="pixels",
        make="genbench_image.pretrained.pixels:pixels",
        summary="the pixels themselves",
        spaces=("image",),
        outputs={"features": "pixels in [0, 1]"},
    ),
    ExtractorSpec(
        name="classifier",
        make="genbench_image.classifiers.classifier:classifier",
        summary="a small network fitted on the labels of the train split",
        spaces=("image",),
        outputs=_CLASSIFIER_OUTPUTS,
        load="genbench_image.classifiers.classifier:load",
    ),
    ExtractorSpec(
        name="digits-classifier",
        make="genbench_image.classifiers.digits_classifier:digits_classifier",
        summary="a small network for 8x8 digits whose weights come with genbench",
        spaces=("image",),
        outputs=_CLASSIFIER_OUTPUTS,
        canonical="genbench_image:classifiers/digits_classifier.safetensors",
    ),
    ExtractorSpec(
        name="lpips",
        make="genbench_image.pretrained.lpips:lpips",
        summary="vectors whose squared distance is the learned perceptual distance of images",
        source="Zhang et al. 2018, arXiv:1801.03924",
        spaces=("image",),
        outputs={
            "features": "weighted activations of five layers, as many numbers as the images' size gives"
        },
    ),
    ExtractorSpec(
        name="torch-module",
        make="genbench_image.pretrained.torch_module:torch_module",
        summary="any network: a .pt2 file of torch.export, TorchScript, or a module and safetensors",
        spaces=("image",),
        outputs={"features": "what the network gives, a row for each image"},
        any_shape=True,
    ),
)
