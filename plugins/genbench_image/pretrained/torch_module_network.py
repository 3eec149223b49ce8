"""Networks of the extractor `torch-module`: loading, preprocessing, and choice of an output."""

from __future__ import annotations

import importlib
import logging
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file

from genbench import DataError, Invalid, SuiteError, Undefined
from genbench_image.files.folders import escape
from genbench_image.files.limits import why
from genbench_image.files.weight_files import check_regular, flaw, misfit
from genbench_image.torch_utils.batching import run_network
from genbench_image.torch_utils.preparing import at_least_one, check_images, colour, planes
from genbench_image.torch_utils.resizing import RESIZES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from genbench import Log, Samples

__all__ = ["Module", "Preparation", "load"]

_WHO = "torch-module"
_EXPORTED = ".pt2"


@dataclass(frozen=True, eq=False)
class Preparation:
    """Preprocessing of images for a network; `mean` and `std` are (channels or 1, 1, 1)."""

    channels: int
    side: int | None
    resize: str
    mean: Tensor
    std: Tensor

    @classmethod
    def of(
        cls, channels: int, side: int | None, resize: str, mean: tuple[float, ...], std: tuple[float, ...]
    ) -> Preparation:
        """Return the preparation of the options; raise SuiteError for a mean or std of the wrong length."""
        for name, values in (("mean", mean), ("std", std)):
            if len(values) not in (1, channels):
                raise SuiteError(
                    f"{_WHO}: {name} has {len(values)} numbers; expected one, or one for each of the "
                    f"{channels} channels"
                )
        shaped = (torch.tensor(values, dtype=torch.float32)[:, None, None] for values in (mean, std))
        return cls(channels, side, resize, *shaped)

    def __call__(self, images: NDArray[np.uint8], device: str) -> Tensor:
        """Return images (n, height, width, c) as (n, channels, side, side) float32 on `device`."""
        pixels = planes(images, device).float()
        if self.side is not None:
            pixels = RESIZES[self.resize](pixels, self.side)
        if self.channels != pixels.shape[1]:
            pixels = colour(pixels)
        return (pixels / 255 - self.mean.to(device)) / self.std.to(device)


@dataclass(frozen=True, eq=False)
class Module:
    """A network as an extractor."""

    network: torch.nn.Module
    preparation: Preparation
    output: str | None
    device: str
    log: Log

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32.

        Raises Undefined for unsupported images, and Invalid if the network has no such output.
        """
        check_images(samples, _WHO)
        if samples.space.shape[2] > self.preparation.channels:
            raise Undefined(
                f"{_WHO} with channels = 1 takes grey images, got {samples.space}; set channels = 3 for RGB"
            )
        return run_network(
            lambda images: {"features": self._answer(images)}, samples.data, self.device, self.log
        )

    def _answer(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        shown = at_least_one(images)
        found = _choose_output(self.network(self.preparation(shown, self.device)), self.output)
        if len(found) != len(shown):
            raise Invalid(f"the network returned {len(found)} rows for {len(shown)} images")
        if found.is_complex() or not found.numel():
            raise Invalid(
                f"the network returned {found.dtype} of shape {tuple(found.shape)}; expected real numbers"
            )
        rows: NDArray[np.float32] = found.reshape(len(shown), -1).float().cpu().numpy()
        return rows[: len(images)]


def load(file: Path, module: str | None, device: str) -> torch.nn.Module:
    """Return the network in a file, or that of `module` with parameters from a safetensors file.

    Without a module, a file that ends in .pt2 holds a program of torch.export, any other TorchScript.

    Raises DataError if the file is unreadable or does not fit, and SuiteError if the module cannot be built.
    """
    if module is None and file.suffix == _EXPORTED:
        return _load_exported(file, device)
    network = _script(file) if module is None else _load_state(_build_module(module), file)
    return network.to(device).eval()


def _load_exported(file: Path, device: str) -> torch.nn.Module:
    """Return an exported program as a network; whether it trains was decided when it was exported."""
    from torch.export.passes import move_to_device_pass

    try:
        check_regular(file)
        with warnings.catch_warnings(), _no_log_of("torch.export"):  # a traceback, of a damaged file
            warnings.filterwarnings("ignore", "The given buffer is not writable", UserWarning)
            network: torch.nn.Module = move_to_device_pass(torch.export.load(file), device).module()
    except Exception as error:  # torch raises several unrelated types
        raise DataError(
            f"{escape((file.name,))} is not a program of torch.export: {flaw(file, error)}; expected a file "
            f"that torch.export.save wrote, with this version of torch or an older one"
        ) from error
    return network


@contextmanager
def _no_log_of(name: str) -> Iterator[None]:
    """Silence a logger while the block runs."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _script(file: Path) -> torch.nn.Module:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "`torch.jit")  # deprecated, but files of it are still about
            check_regular(file)
            network: torch.nn.Module = torch.jit.load(file, map_location="cpu")  # type: ignore[no-untyped-call]  # torch's lack
    except Exception as error:  # torch raises several unrelated types
        raise DataError(
            f"{escape((file.name,))} is not a TorchScript file: {flaw(file, error)}; a program of "
            f"torch.export ends in {_EXPORTED}; for a safetensors file set the option module too"
        ) from error
    return network


def _build_module(module: str) -> torch.nn.Module:
    name, _, attribute = module.partition(":")
    try:
        network = getattr(importlib.import_module(name), attribute)()
    except Exception as error:  # third-party modules raise any type
        raise SuiteError(
            f"{_WHO}: module {module!r} cannot be built: {type(error).__name__}: {why(error)}; "
            "expected 'package.module:factory'"
        ) from error
    if not isinstance(network, torch.nn.Module):
        raise SuiteError(
            f"{_WHO}: module {module!r} returned a {type(network).__name__}; expected a torch.nn.Module"
        )
    return network


def _load_state(network: torch.nn.Module, file: Path) -> torch.nn.Module:
    try:
        check_regular(file)
        state = load_file(file)
    except (OSError, ValueError) as error:
        raise _state_error(file, why(error)) from error
    except Exception as error:  # safetensors raises several unrelated types
        raise _state_error(file, "it is no safetensors file, or a damaged one") from error
    try:
        network.load_state_dict(state)
    except Exception as error:  # torch and third-party hooks raise any type
        raise _state_error(file, misfit(state, network.state_dict()) or why(error)) from error
    return network


def _state_error(file: Path, reason: str) -> DataError:
    (first, *_) = reason.strip().splitlines()
    return DataError(
        f"{escape((file.name,))} does not hold the parameters of the module: {first}; expected a safetensors "
        f"file of its state dict"
    )


def _choose_output(found: Any, output: str | None) -> Tensor:
    """Return the output of that name or index; raise Invalid if it is missing or not a tensor."""
    if isinstance(found, dict):
        names = sorted(map(str, found))
        chosen = found.get(output)
    elif isinstance(found, (tuple, list)):
        names = [str(number) for number in range(len(found))]
        chosen = found[int(output)] if output in names else None
    else:
        names, chosen = [], found if output is None else None
    if not isinstance(chosen, torch.Tensor) or chosen.ndim == 0:
        what = f"the outputs {', '.join(names)}" if names else f"one {type(found).__name__}"
        raise Invalid(f"the network returns {what}, and output is {output!r}; expected the name of a tensor")
    return chosen
