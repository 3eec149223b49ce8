"""Adapter from torch-fidelity's registered extractors to genbench's, without unpickling weights."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torchvision
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.feature_extractor_clip import FeatureExtractorCLIP, build_model
from torch_fidelity.feature_extractor_dinov2 import FeatureExtractorDinoV2
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from genbench import DataError
from genbench_image.files.folders import escape
from genbench_image.files.weight_files import is_program, read_state
from genbench_image.files.weights import CLIP_WEIGHTS
from genbench_image.pretrained.dinov2 import read_dinov2
from genbench_image.torch_utils.batching import run_network
from genbench_image.torch_utils.preparing import at_least_one, check_images, colour, planes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Log, Samples

__all__ = ["Registered", "load"]

_FC2 = 4  # modules of VGG-16's classifier up to its second fully connected layer


@dataclass(frozen=True, eq=False)
class Registered:
    """An extractor of torch-fidelity; `network` takes (n, 3, height, width) uint8 and has one output."""

    network: FeatureExtractorBase
    device: str
    log: Log

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32; raise Undefined unless these are images of 1 or 3 channels."""
        check_images(samples, self.network.get_name())
        return run_network(
            lambda images: {"features": self._answer(images)}, samples.data, self.device, self.log
        )

    def _answer(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        (features,) = self.network(colour(planes(at_least_one(images), self.device)))
        found: NDArray[np.float32] = features.cpu().numpy()
        return found[: len(images)]


def load(name: str, weights: Path, *, device: str, log: Log) -> Registered:
    """Return the extractor that torch-fidelity registers as `name`, with the weights in a file.

    Raises DataError if the file does not hold the weights of such a network.
    """
    kind = FEATURE_EXTRACTORS_REGISTRY[name]
    try:
        network = _READERS[kind](name, weights)
    except DataError:
        raise
    except Exception as error:  # torch and torch-fidelity raise several unrelated types
        raise DataError(
            f"{escape((weights.name,))} holds no weights of {name}: its tensors belong to another network; "
            f"fetch it again or name another file"
        ) from error
    return Registered(network.to(device).requires_grad_(requires_grad=False).eval(), device, log)


class _VGG16(FeatureExtractorVGG16):  # type: ignore[misc]  # torch-fidelity has no types
    """The network with given parameters; its own constructor would unpickle the file."""

    def __init__(self, name: str, path: Path) -> None:
        FeatureExtractorBase.__init__(self, name, [self.get_default_feature_layer_for_metric("prc")])
        self.feature_extractor_internal_dtype = torch.float32
        with torch.device("meta"):
            self.model = torchvision.models.vgg16(init_weights=False)
        self.model.load_state_dict(read_state(path, name), assign=True)
        self.model.classifier = self.model.classifier[:_FC2]


class _DinoV2(FeatureExtractorDinoV2):  # type: ignore[misc]  # torch-fidelity has no types
    """The network with given parameters; its own constructor downloads code and file."""

    def __init__(self, name: str, path: Path) -> None:
        FeatureExtractorBase.__init__(self, name, [self.get_default_feature_layer_for_metric("prc")])
        self.feature_extractor_internal_dtype = torch.float32
        self.model = read_dinov2(path)


class _CLIP(FeatureExtractorCLIP):  # type: ignore[misc]  # torch-fidelity has no types
    """The network with given parameters; its own constructor would run the file, which is a program."""

    def __init__(self, name: str, path: Path) -> None:
        FeatureExtractorBase.__init__(self, name, [self.get_default_feature_layer_for_metric("prc")])
        self.feature_extractor_internal_dtype = torch.float32
        state = _clip_state(name, path)
        with torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the warning that nothing is copied
            build_model(dict(state), torch.float32)  # refuses wrong shapes before it allocates memory
        self.model = build_model(state, torch.float32)
        self.resolution = self.model.visual.input_resolution


def _clip_state(name: str, path: Path) -> dict[str, Tensor]:
    """Return CLIP's parameters from a file of tensors, or from the published one, which is a program.

    Loading a TorchScript file runs its code. So only the published one is loaded, from the bytes whose
    checksum was verified.
    """
    if not is_program(path):
        return read_state(path, name, ("float16", "float32"))
    asset = CLIP_WEIGHTS[name]
    content = path.read_bytes() if path.stat().st_size == asset.size_bytes else b""
    if hashlib.sha256(content).hexdigest() != asset.sha256:
        raise DataError(
            f"{escape((path.name,))} is a TorchScript file, which is a program, but not the published "
            f"{asset.file_name} of SHA-256 {asset.sha256}, so genbench does not run it; run `genbench fetch "
            f"{name}`, or name a file of tensors alone"
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit")  # deprecated, but OpenAI publishes nothing else
        script = torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]  # torch's lack
    return dict(script.state_dict())


#: Class of a registered extractor to the function that builds it from its name and file.
_READERS: dict[type, Callable[[str, Path], FeatureExtractorBase]] = {
    FeatureExtractorVGG16: _VGG16,
    FeatureExtractorCLIP: _CLIP,
    FeatureExtractorDinoV2: _DinoV2,
}
