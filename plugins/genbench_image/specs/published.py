"""Extractors whose networks and weights are published: those that the literature quotes its numbers with."""

from __future__ import annotations

from genbench import ExtractorSpec
from genbench_image.specs.protocols import INCEPTION_PROTOCOLS

__all__ = ["PUBLISHED"]


def _registered(name: str, what: str, source: str) -> ExtractorSpec:
    """Return the spec of an extractor of torch-fidelity, under its name there."""
    return ExtractorSpec(
        name=name,
        make=f"genbench_image.pretrained.published:{name.replace('-', '_')}",
        summary=f"torch-fidelity's {name}: {what}",
        source=source,
        spaces=("image",),
        outputs={"features": what},
        any_shape=True,
    )


_CLIP = (
    "rn50",
    "rn101",
    "rn50x4",
    "rn50x16",
    "rn50x64",
    "vit-b-32",
    "vit-b-16",
    "vit-l-14",
    "vit-l-14-336px",
)
_DINOV2 = ("s", "b", "l", "g")

PUBLISHED = (
    ExtractorSpec(
        name="inception-v3-compat",
        make="genbench_image.inception.inception:inception_v3_compat",
        summary="the Inception network of 2015 that FID, KID and the inception score are quoted with",
        source="Szegedy et al. 2015, arXiv:1512.00567; Obukhov et al. 2020, torch-fidelity",
        spaces=("image",),
        outputs={
            "features": "means of the last maps, 2048 numbers",
            "logits": "1008 numbers, without the bias of the last layer",
            "probabilities": "the softmax of the logits, 1008 probabilities",
        },
        protocols=INCEPTION_PROTOCOLS,
        any_shape=True,
    ),
    _registered(
        "vgg16",
        "the second fully connected layer of VGG-16, 4096 numbers",
        "Simonyan and Zisserman 2015, arXiv:1409.1556",
    ),
    *(
        _registered(f"clip-{size}", "the embedding of the image", "Radford et al. 2021, arXiv:2103.00020")
        for size in _CLIP
    ),
    *(
        _registered(f"dinov2-vit-{size}-14", "the class token", "Oquab et al. 2023, arXiv:2304.07193")
        for size in _DINOV2
    ),
)
