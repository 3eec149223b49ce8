"""Feature extraction with the Inception network: preparation, batches and backend."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils import convert_conv2d_weight_memory_format

from genbench import DataError, SuiteError
from genbench_image.files.folders import escape
from genbench_image.files.weight_files import misfit, read_state
from genbench_image.inception.inception_network import FEATURES, SIDE, InceptionV3, fold
from genbench_image.torch_utils.batching import run_network
from genbench_image.torch_utils.preparing import check_images, resize_all, show
from genbench_image.torch_utils.resizing import RESIZES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Log, Samples

    Arrays = dict[str, NDArray[np.float32]]

__all__ = ["SCALINGS", "Inception", "build", "compile_network", "read_inception"]

_BATCH = 8  # compiled for one size; smaller batches are padded
_PRECISIONS = {"float32": "f32", "openvino-bfloat16": "bf16"}


# Counters of training steps, which some files have and the network does not need.
_IGNORED = ".num_batches_tracked"
_NAME = "inception-v3-compat"

#: Names of scalings to functions from [0, 255] to the network's range.
SCALINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "tf": lambda x: (x - 128) / 128,
    "unit": lambda x: 2 * (x / 255) - 1,
}


@dataclass(frozen=True, eq=False)
class Inception:
    """The network as an extractor.

    network  (n, 3, 299, 299) float32, channels last, to (n, 2048) float32
    classes  (1008, 2048) float32: the last layer, without its bias
    resize   the name of one of RESIZES
    scaling  the name of one of SCALINGS
    """

    network: Callable[[Tensor], Tensor]
    classes: Tensor
    resize: str
    scaling: str
    device: str
    log: Log

    def __call__(self, samples: Samples) -> Arrays:
        """Return `features` (n, 2048), `logits` (n, 1008) and `probabilities` (n, 1008), float32.

        Raises Undefined unless these are images of 1 or 3 channels.
        """
        return self._run(samples, self._answer)

    def steps(self, samples: Samples) -> Arrays:
        """Return the intermediate results for the images, float32.

        `resized` (n, 299, 299, 3) in [0, 255], `scaled` to the network's range, `features` (n, 2048).
        Raises Undefined unless these are images of 1 or 3 channels.
        """
        return self._run(samples, self._steps)

    def _run(self, samples: Samples, compute: Callable[[NDArray[np.uint8]], Arrays]) -> Arrays:
        check_images(samples, "inception-v3-compat")
        return run_network(compute, samples.data, self.device, self.log)

    def _answer(self, images: NDArray[np.uint8]) -> Arrays:
        features = self._features(self._scale(self._resize(images)))
        logits = (features @ self.classes.T).cpu()  # some devices have no float64
        probabilities = torch.softmax(logits.double(), dim=1).float()
        found = {"features": features.cpu(), "logits": logits, "probabilities": probabilities}
        return {name: values.numpy() for name, values in found.items()}

    def _steps(self, images: NDArray[np.uint8]) -> Arrays:
        pixels = self._resize(images)
        scaled = self._scale(pixels)
        features = self._features(scaled).cpu().numpy()
        return {"resized": show(pixels), "scaled": show(scaled), "features": features}

    def _resize(self, images: NDArray[np.uint8]) -> Tensor:
        return resize_all(images, self.device, RESIZES[self.resize], SIDE)

    def _scale(self, pixels: Tensor) -> Tensor:
        return SCALINGS[self.scaling](pixels)

    def _features(self, scaled: Tensor) -> Tensor:
        return self.network(scaled.contiguous(memory_format=torch.channels_last))


def build(
    weights: Path, *, resize: str, scaling: str, dtype: str, backend: str, device: str, log: Log
) -> Inception:
    """Return the extractor with the weights in the file `weights`; the options are those of the extractor.

    Raises DataError if the file cannot be read, and SuiteError if `backend` is "openvino" and unavailable.
    """
    network = read_inception(weights)
    classes = network.fc.weight.detach().clone()
    if backend == "openvino":
        run = compile_network(network, dtype=dtype, device=device)
    else:
        run = _in_torch(network, dtype, device)
    return Inception(run, classes.to(device), resize, scaling, device, log)


def _in_torch(network: torch.nn.Module, dtype: str, device: str) -> Callable[[Tensor], Tensor]:
    kind: torch.dtype = getattr(torch, dtype)
    placed = convert_conv2d_weight_memory_format(network.to(device, kind), torch.channels_last)
    return lambda x: placed(x.to(kind)).float()


# Reader for the published weights of the Inception network, with folded normalisation.
def read_inception(path: Path) -> InceptionV3:
    """Return the network with the weights in the file `path`, batch normalisation folded, on the CPU.

    The file is torch-fidelity's: the parameters of `InceptionV3` under their names, as torch.save writes a
    dict of tensors. Nothing else is unpickled. Raises DataError if it is not such a file.
    """
    state = {name: tensor for name, tensor in read_state(path, _NAME).items() if not name.endswith(_IGNORED)}
    with torch.device("meta"):
        expected = InceptionV3().state_dict()
        network = InceptionV3(folded=True)
    wrong = misfit(state, {name: expected[name] for name in expected if not name.endswith(_IGNORED)})
    if wrong:
        raise DataError(
            f"{escape((path.name,))} does not hold the Inception network of 2015-12-05: {wrong}; "
            "expected weights-inception-2015-12-05-6726825d.pth"
        )
    network.load_state_dict(fold(state), assign=True)
    return network.requires_grad_(requires_grad=False).eval()


# Inception network on OpenVINO: equal to rounding, and faster on a CPU.


def compile_network(network: InceptionV3, *, dtype: str, device: str) -> Callable[[Tensor], Tensor]:
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
    run = core.compile_model(_convert_network(network, shape), "CPU", settings)

    def features(images: Tensor) -> Tensor:
        filled = torch.zeros(shape)
        filled[: len(images)] = images
        found = torch.from_numpy(run(filled.numpy())[0].copy())
        return found.reshape(_BATCH, FEATURES)[: len(images)]

    return features


def _convert_network(network: InceptionV3, shape: tuple[int, ...]) -> Any:
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
