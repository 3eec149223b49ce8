"""Extractors whose networks others trained, and the pixels themselves."""

from __future__ import annotations

from functools import partial

from genbench import ExtractorSpec
from genbench_image.files.weights import CLIP_WEIGHTS, DINOV2_WEIGHTS

__all__ = ["SPECS"]

_EXTRACTOR = partial(ExtractorSpec, modalities=("image",))


def _spec_of(name: str, what: str, source: str) -> ExtractorSpec:
    """Return the spec of an extractor of torch-fidelity, under its name there."""
    return _EXTRACTOR(
        name=name,
        make=f"genbench_image.pretrained.published:{name.replace('-', '_')}",
        summary=f"torch-fidelity's {name}: {what}",
        source=source,
        outputs={"features": what},
        any_shape=True,
    )


SPECS = (
    _EXTRACTOR(
        name="pixels",
        make="genbench_image.pretrained.pixels:pixels",
        summary="the pixels themselves",
        outputs={"features": "pixels in [0, 1]"},
    ),
    _EXTRACTOR(
        name="lpips",
        make="genbench_image.pretrained.lpips:lpips",
        summary="vectors whose squared distance is the learned perceptual distance of images",
        source="Zhang et al. 2018, arXiv:1801.03924",
        outputs={
            "features": "weighted activations of five layers, as many numbers as the images' size gives"
        },
    ),
    _EXTRACTOR(
        name="torch-module",
        make="genbench_image.pretrained.torch_module:torch_module",
        summary="any network: a .pt2 file of torch.export, TorchScript, or a module and safetensors",
        outputs={"features": "what the network gives, a row for each image"},
        any_shape=True,
    ),
    _spec_of(
        "vgg16",
        "the second fully connected layer of VGG-16, 4096 numbers",
        "Simonyan and Zisserman 2015, arXiv:1409.1556",
    ),
    *(
        _spec_of(name, "the embedding of the image", "Radford et al. 2021, arXiv:2103.00020")
        for name in CLIP_WEIGHTS
    ),
    *(_spec_of(name, "the class token", "Oquab et al. 2023, arXiv:2304.07193") for name in DINOV2_WEIGHTS),
)
