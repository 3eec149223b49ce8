"""Inception network on OpenVINO: equal to rounding, and faster on a CPU."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import torch

from genbench import SuiteError
from genbench_image.inception.inception_network import FEATURES, SIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from genbench_image.inception.inception_network import InceptionV3

__all__ = ["compiled"]

_BATCH = 8  # compiled for one size; smaller batches are padded
_PRECISIONS = {"float32": "f32", "openvino-bfloat16": "bf16"}


def compiled(network: InceptionV3, *, dtype: str, device: str) -> Callable[[Tensor], Tensor]:
    """Return a function of at most 8 images (n, 3, 299, 299) float32 to features (n, 2048) float32.

    It runs on the CPU with torch's current number of threads.

    Raises SuiteError if OpenVINO is not installed, `device` is not the CPU, or this CPU lacks the dtype.
    """
    if torch.device(device).type != "cpu":
        raise SuiteError(f"OpenVINO runs on the CPU, but the device is {device}; remove the option backend")
    openvino = _import()
    core = openvino.Core()
    if dtype != "float32" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise SuiteError(f"OpenVINO has no bfloat16 on this CPU, but dtype is {dtype!r}; remove the option")
    shape = (_BATCH, 3, SIDE, SIDE)
    settings = {
        "INFERENCE_PRECISION_HINT": _PRECISIONS[dtype],
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "PERFORMANCE_HINT": "LATENCY",
    }
    run = core.compile_model(_converted(network, shape), "CPU", settings)

    def features(images: Tensor) -> Tensor:
        filled = torch.zeros(shape)
        filled[: len(images)] = images
        found = torch.from_numpy(run(filled.numpy())[0].copy())
        return found.reshape(_BATCH, FEATURES)[: len(images)]

    return features


def _converted(network: InceptionV3, shape: tuple[int, ...]) -> Any:
    """Return the network as a model of OpenVINO, which has no types.

    OpenVINO's convert_model does the same, but reports over the network that it was used.
    """
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.fx_decoder import TorchFXPythonDecoder

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)  # torch 2.10's, of its own code
        program = torch.export.export(network, (torch.zeros(shape),)).run_decompositions()
    decoder = TorchFXPythonDecoder(program.module())  # the model reads it until it is converted
    frontend = FrontEndManager().load_by_framework("pytorch")
    return frontend.convert(frontend.load(decoder))


def _import() -> Any:
    """Return the module openvino; Any, because it may not be installed."""
    try:
        import openvino
    except ImportError as error:
        raise SuiteError(
            "OpenVINO is not installed: pip install 'genbench[openvino]', or remove the option backend"
        ) from error
    return openvino
