"""Extractors `vgg16`, `clip-…` and `dinov2-…`, as torch-fidelity registers them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from genbench import DataError
from genbench_image.files.weights import CLIP_WEIGHTS, DINOV2_WEIGHTS, VGG16_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Asset, Log
    from genbench_image.pretrained.torch_fidelity_adapter import Registered

__all__ = [
    "clip_rn50",
    "clip_rn50x4",
    "clip_rn50x16",
    "clip_rn50x64",
    "clip_rn101",
    "clip_vit_b_16",
    "clip_vit_b_32",
    "clip_vit_l_14",
    "clip_vit_l_14_336px",
    "dinov2_vit_b_14",
    "dinov2_vit_g_14",
    "dinov2_vit_l_14",
    "dinov2_vit_s_14",
    "vgg16",
]


def _extractor(asset: Asset, what: str) -> Callable[..., Registered]:
    """Return the `make` of torch-fidelity's extractor of the asset's name, with the output `what`."""

    def make(
        *,
        weights: Path | None = None,
        device: str,
        log: Log,
    ) -> Registered:
        if weights is None:
            raise DataError(
                f"{asset.name} has no weights; name the file {asset.file_name} with the option weights, or "
                f"run: genbench fetch {asset.name}"
            )
        from genbench_image.pretrained.torch_fidelity_adapter import load

        return load(asset.name, weights, device=device, log=log)

    make.__annotations__["weights"] = Annotated[Path | None, asset]
    make.__name__ = make.__qualname__ = asset.name.replace("-", "_")
    make.__doc__ = f"""Return torch-fidelity's extractor {asset.name} as a function of grey or colour images.

    It gives `features` (n, d) float32: {what}. Resize (TensorFlow 1's bilinear rule) and scaling are
    torch-fidelity's. Grey images count three times.

    weights  the published file {asset.file_name}, or a file of its tensors

    Raises DataError if `weights` cannot be read. The function raises Undefined for samples that are not
    images of 1 or 3 channels.
    """
    return make


_CLIP = "the embedding of the image, not normalised"
_DINOV2 = "the class token after the last normalisation"

vgg16 = _extractor(VGG16_WEIGHTS, "the second fully connected layer after its ReLU, d = 4096")

clip_rn50 = _extractor(CLIP_WEIGHTS["clip-rn50"], _CLIP)
clip_rn101 = _extractor(CLIP_WEIGHTS["clip-rn101"], _CLIP)
clip_rn50x4 = _extractor(CLIP_WEIGHTS["clip-rn50x4"], _CLIP)
clip_rn50x16 = _extractor(CLIP_WEIGHTS["clip-rn50x16"], _CLIP)
clip_rn50x64 = _extractor(CLIP_WEIGHTS["clip-rn50x64"], _CLIP)
clip_vit_b_32 = _extractor(CLIP_WEIGHTS["clip-vit-b-32"], _CLIP)
clip_vit_b_16 = _extractor(CLIP_WEIGHTS["clip-vit-b-16"], _CLIP)
clip_vit_l_14 = _extractor(CLIP_WEIGHTS["clip-vit-l-14"], _CLIP)
clip_vit_l_14_336px = _extractor(CLIP_WEIGHTS["clip-vit-l-14-336px"], _CLIP)

dinov2_vit_s_14 = _extractor(DINOV2_WEIGHTS["dinov2-vit-s-14"], _DINOV2)
dinov2_vit_b_14 = _extractor(DINOV2_WEIGHTS["dinov2-vit-b-14"], _DINOV2)
dinov2_vit_l_14 = _extractor(DINOV2_WEIGHTS["dinov2-vit-l-14"], _DINOV2)
dinov2_vit_g_14 = _extractor(DINOV2_WEIGHTS["dinov2-vit-g-14"], _DINOV2)
