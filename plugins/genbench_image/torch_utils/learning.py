"""Parts of training loops: batches, noise, labels, seeded weights, averaged weights and reports.

Every random number comes from a numpy generator and is passed to torch, whose own generators are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from genbench import Undefined
from genbench_image.torch_utils.tensors import to_tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from numpy.typing import NDArray

    from genbench import Samples, Space

__all__ = ["BATCH", "Batches", "Classes", "average_into", "build_network", "descend", "normal", "parameters"]


#: Images in one forward pass in sampling.
BATCH = 256

Network = TypeVar("Network", bound="torch.nn.Module")


@dataclass(frozen=True, eq=False)
class Classes:
    """The labels of a conditional model, and their frequencies.

    values       (k,) int64, ascending; k = 0 for a model without labels
    frequencies  (k,) float64, the shares of the labels in the training set
    """

    values: NDArray[np.int64]
    frequencies: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, labels: NDArray[np.int64] | None, conditional: bool) -> Classes:
        """Return the classes among (n,) `labels`, or none of them unless `conditional`.

        Raises Undefined if `conditional` without labels.
        """
        if not conditional:
            return cls(np.zeros(0, np.int64), np.zeros(0))
        if labels is None:
            raise Undefined("conditional = true needs a dataset with labels, but this one has none")
        values, counts = np.unique(labels, return_counts=True)
        return cls(values.astype(np.int64), counts / counts.sum())

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.int64] | None:
        """Return `n` labels in their training shares, (n,) int64, or None if there are no classes."""
        return rng.choice(self.values, n, p=self.frequencies) if len(self) else None

    def numbers(self, labels: NDArray[np.int64] | None, device: str) -> torch.Tensor | None:
        """Return (n,) labels as positions in `values`, an int64 tensor on `device`; None without classes.

        Raises Undefined if a label is missing or was not among the training labels.
        """
        import torch

        if not len(self):
            return None
        if labels is None or not np.isin(labels, self.values).all():
            known = ", ".join(map(str, self.values.tolist()[:10]))
            raise Undefined(f"a conditional model needs a label for each sample, among {known}")
        return torch.from_numpy(np.searchsorted(self.values, labels)).to(device)

    def to_json(self) -> dict[str, Any]:
        """Return the classes as JSON-like values."""
        return {"values": self.values.tolist(), "frequencies": self.frequencies.tolist()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Classes:
        """Return the classes that `to_json` described."""
        return cls(np.array(value["values"], np.int64), np.array(value["frequencies"], np.float64))


@dataclass(frozen=True, eq=False)
class Batches:
    """The training set on its device, as a source of batches.

    images   (n, channels, height, width) float32 in [-1, 1]
    numbers  (n,) int64 class numbers, or None for a model without labels
    """

    images: torch.Tensor
    numbers: torch.Tensor | None
    classes: Classes
    space: Space
    device: str

    @classmethod
    def of(
        cls, train: Samples, labels: NDArray[np.int64] | None, *, conditional: bool, device: str
    ) -> Batches:
        """Return `train` as a source of batches; `labels` are used only if `conditional`.

        Raises DataError if `train` has no uint8 images, Undefined if `conditional` without labels.
        """
        classes = Classes.of(labels, conditional)
        numbers = classes.numbers(labels, device)
        return cls(to_tensor(train, device), numbers, classes, train.space, device)

    def draw(self, size: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return `size` images drawn with replacement, and their class numbers or None."""
        import torch

        index = torch.from_numpy(rng.integers(0, len(self.images), size)).to(self.device)
        return self.images[index], None if self.numbers is None else self.numbers[index]


def normal(rng: np.random.Generator, *shape: int, device: str) -> torch.Tensor:
    """Return standard normal float32 noise of `shape` on `device`."""
    import torch

    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)).to(device)


def build_network(build: Callable[[], Network], rng: np.random.Generator, device: str) -> Network:
    """Return the network that `build` makes, with weights initialised from `rng`, on `device`.

    The weights are drawn on the CPU, so that every device has the same initial ones.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        # torch's CPU generator uses 32 bits of a seed.
        torch.default_generator.manual_seed(int(rng.integers(2**32)))
        network = build()
    network.to(device)
    return network


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """Take one step of `optimizer` down the gradient of `loss` alone; earlier gradients are dropped."""
    import torch

    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


def parameters(network: torch.nn.Module) -> int:
    """Return the number of trainable parameters of `network`."""
    return sum(weights.numel() for weights in network.parameters())


def average_into(average: torch.nn.Module, network: torch.nn.Module, decay: float, step: int) -> None:
    """Move the weights of `average` towards those of `network`: w' = d w' + (1 - d) w.

    d is `decay`, but at most (1 + step) / (10 + step), which reduces the weight of the first steps.
    """
    import torch

    weight = 1 - min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), weight)
