"""Any extractor that torch-fidelity registers, as one of genbench, without unpickling its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torchvision
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.feature_extractor_clip import FeatureExtractorCLIP
from torch_fidelity.feature_extractor_dinov2 import FeatureExtractorDinoV2
from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from genbench import DataError
from genbench_image.batching import run_network
from genbench_image.dinov2 import read_dinov2
from genbench_image.preparing import at_least_one, check_images, colour, planes
from genbench_image.weight_files import flaw, read_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["Registered", "load"]

_FC2 = 4  # modules of VGG-16's classifier up to and with its second fully connected layer


@dataclass(frozen=True, eq=False)
class Registered:
    """An extractor of torch-fidelity; `network` takes (n, 3, height, width) uint8 and gives one output."""

    network: FeatureExtractorBase
    device: str
    log: Callable[..., Any]

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


def load(name: str, weights: Path, *, device: str, log: Callable[..., Any]) -> Registered:
    """Return the extractor that torch-fidelity registers as `name`, with the weights in a file.

    Raises DataError if the file does not hold the weights of such a network.
    """
    kind = FEATURE_EXTRACTORS_REGISTRY[name]
    try:
        network = _READERS[kind](name, weights)
    except DataError:
        raise
    except Exception as error:  # torch raises several unrelated types
        is_read = isinstance(error, KeyError) or "state_dict" in str(error)
        reason = "its tensors are those of another network" if is_read else flaw(weights, error)
        raise DataError(
            f"{weights.name} holds no weights of {name}: {reason}; fetch it again or name another"
        ) from error
    return Registered(network.to(device).requires_grad_(requires_grad=False).eval(), device, log)


class _VGG16(FeatureExtractorVGG16):  # type: ignore[misc]  # torch-fidelity has no types
    """The network with given parameters: its own constructor would unpickle whatever the file holds."""

    def __init__(self, name: str, path: Path) -> None:
        FeatureExtractorBase.__init__(self, name, [self.get_default_feature_layer_for_metric("prc")])
        self.feature_extractor_internal_dtype = torch.float32
        with torch.device("meta"):
            self.model = torchvision.models.vgg16(init_weights=False)
        self.model.load_state_dict(read_state(path, name), assign=True)
        self.model.classifier = self.model.classifier[:_FC2]


class _DinoV2(FeatureExtractorDinoV2):  # type: ignore[misc]  # torch-fidelity has no types
    """The network with given parameters: its own constructor downloads the code and the file."""

    def __init__(self, name: str, path: Path) -> None:
        FeatureExtractorBase.__init__(self, name, [self.get_default_feature_layer_for_metric("prc")])
        self.feature_extractor_internal_dtype = torch.float32
        self.model = read_dinov2(path)


def _clip(name: str, path: Path) -> FeatureExtractorBase:
    """Return the network from a TorchScript file, of which only the tensors are taken."""
    layer = FeatureExtractorCLIP.get_default_feature_layer_for_metric("prc")
    return FeatureExtractorCLIP(name, [layer], feature_extractor_weights_path=str(path))


#: Class of a registered extractor to what makes one from its name and its file.
_READERS: dict[type, Callable[[str, Path], FeatureExtractorBase]] = {
    FeatureExtractorVGG16: _VGG16,
    FeatureExtractorCLIP: _clip,
    FeatureExtractorDinoV2: _DinoV2,
}
