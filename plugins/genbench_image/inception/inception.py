"""Extractor `inception-v3-compat`: the network by which papers report FID, KID and the inception score."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - the host reads the annotations of options
from typing import TYPE_CHECKING, Annotated, Literal

from genbench import DataError, SuiteError, Unsigned
from genbench_image.files.weights import INCEPTION_WEIGHTS

if TYPE_CHECKING:
    from genbench import Log
    from genbench_image.inception.inception_extraction import Inception

__all__ = ["inception_v3_compat"]

#: The backend of a dtype that backends round differently: signatures contain only the dtype.
_COMPUTED_BY = {"bfloat16": "torch", "openvino-bfloat16": "openvino"}


def inception_v3_compat(
    *,
    weights: Annotated[Path | None, INCEPTION_WEIGHTS] = None,
    resize: Literal["tf1", "pil-bicubic", "bilinear"] = "tf1",
    scaling: Literal["tf", "unit"] = "tf",
    dtype: Literal["float32", "bfloat16", "openvino-bfloat16"] = "float32",
    backend: Annotated[Literal["torch", "openvino"], Unsigned] = "torch",
    device: str,
    log: Log,
) -> Inception:
    """Return the Inception-v3 network of 2015-12-05 as a function of images, uint8, grey or colour, any size.

    It returns `features` (n, 2048), the means of the last maps; `logits` (n, 1008), without the bias of the
    last layer; and `probabilities` (n, 1008), the softmax of these logits; all float32. With the defaults
    they equal those of torch-fidelity's extractor of this name, up to rounding. Grey is repeated three times.

    weights  torch-fidelity's file weights-inception-2015-12-05-6726825d.pth
    resize   the rule that resizes images to 299 x 299. "tf1": TensorFlow 1's bilinear, as torch-fidelity's;
             "pil-bicubic": Pillow's on floats, clean-fid's; "bilinear": torch's without smoothing,
             pytorch-fid's. Each rule gives another number.
    scaling  "tf": (x - 128) / 128, the graph's own; "unit": 2 x / 255 - 1, pytorch-fid's
    dtype    "bfloat16" is several times as fast on hardware with support, and changes a FID by 1 to 2
             percent; "openvino-bfloat16", with that backend, is OpenVINO's, which rounds differently
    backend  library that runs the network; "openvino" needs genbench[openvino] and runs on the CPU. In
             float32 both return the same features to 2e-5 relative, so the option is not part of a signature.

    Raises DataError if `weights` cannot be read, and SuiteError if OpenVINO is requested and missing, or if
    the backend does not support this dtype. The function raises Undefined for samples that are not images
    of 1 or 3 channels.

    Source: Szegedy et al. 2015 (arXiv:1512.00567); Heusel et al. 2017 (arXiv:1706.08500) for its use; the
    parameters were converted from TensorFlow's graph of 2015-12-05 by torch-fidelity (Obukhov et al. 2020).
    """
    if weights is None:
        raise DataError(
            "inception-v3-compat has no weights; name the file weights-inception-2015-12-05-6726825d.pth "
            "with the option weights, or run: genbench fetch inception-v3-compat"
        )
    computed_by = _COMPUTED_BY.get(dtype, backend)
    if computed_by != backend:
        raise SuiteError(
            f"inception-v3-compat: dtype = {dtype!r} needs the backend {computed_by}, but backend is "
            f"{backend!r}; set backend = {computed_by!r}, or another dtype"
        )
    from genbench_image.inception.inception_extraction import build

    return build(
        weights, resize=resize, scaling=scaling, dtype=dtype, backend=backend, device=device, log=log
    )
