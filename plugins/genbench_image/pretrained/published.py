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


def _extractor(asset: Asset, what: str) -> Callable[..., Registered]:
    """Return the `make` of torch-fidelity's extractor of the asset's name, with the output `what`."""

    def make(*, weights: Path | None = None, device: str, log: Log) -> Registered:
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


_VGG16 = "the second fully connected layer after its ReLU, d = 4096"
_CLIP = "the embedding of the image, not normalised"
_DINOV2 = "the class token after the last normalisation"

_EXTRACTORS = {
    asset.name.replace("-", "_"): _extractor(asset, what)
    for assets, what in (
        ([VGG16_WEIGHTS], _VGG16),
        (CLIP_WEIGHTS.values(), _CLIP),
        (DINOV2_WEIGHTS.values(), _DINOV2),
    )
    for asset in assets
}


def __getattr__(name: str) -> Callable[..., Registered]:
    """Return the extractor of an attribute such as `clip_rn50`, as the specs name them."""
    if name not in _EXTRACTORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _EXTRACTORS[name]
