"""The Inception network of 2015, which FID, KID and the inception score are quoted with."""

from __future__ import annotations

from genbench import ExtractorSpec
from genbench_image.inception.protocols import PROTOCOLS

__all__ = ["SPECS"]

SPECS = (
    ExtractorSpec(
        name="inception-v3-compat",
        make="genbench_image.inception.inception:inception_v3_compat",
        summary="the Inception network of 2015 that FID, KID and the inception score are quoted with",
        source="Szegedy et al. 2015, arXiv:1512.00567; Obukhov et al. 2020, torch-fidelity",
        modalities=("image",),
        outputs={
            "features": "means of the last maps, 2048 numbers",
            "logits": "1008 numbers, without the bias of the last layer",
            "probabilities": "the softmax of the logits, 1008 probabilities",
        },
        protocols=PROTOCOLS,
        any_shape=True,
    ),
)
