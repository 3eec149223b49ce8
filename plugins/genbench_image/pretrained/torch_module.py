"""Extractor `torch-module`: a network of your own, from torch.export, TorchScript or safetensors."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Gt, MaxLen, MinLen

if TYPE_CHECKING:
    from genbench import Log
    from genbench_image.pretrained.torch_module_network import Module

__all__ = ["torch_module"]


def torch_module(  # noqa: PLR0913 - what networks expect of their input differs in so many ways
    *,
    file: Path,
    module: str | None = None,
    channels: Literal[1, 3] = 3,
    side: Annotated[int, Ge(1)] | None = None,
    resize: Literal["tf1", "pil-bicubic", "bilinear"] = "pil-bicubic",
    mean: Annotated[tuple[float, ...], MinLen(1), MaxLen(3)] = (0.0,),
    std: Annotated[tuple[Annotated[float, Gt(0)], ...], MinLen(1), MaxLen(3)] = (1.0,),
    output: str | None = None,
    device: str,
    log: Log,
) -> Module:
    """Return a network of your own as a function of images, uint8, grey or colour.

    It returns `features` (n, d) float32: the network's output for (n, channels, side, side) float32, with
    all axes but the first flattened.

    file      a .pt2 file that torch.export.save wrote, or a TorchScript file; with `module`, a safetensors
              file of the network's parameters
    module    "package.module:factory", whose factory is called without arguments and returns a
              torch.nn.Module; None for a file that holds the network itself
    channels  3: grey is repeated three times; 1: only grey images are accepted
    side      side to which images are resized; None: no resizing
    resize    the resizing rule, as in inception-v3-compat: "tf1", "pil-bicubic" or "bilinear"
    mean, std the input is (pixel / 255 - mean) / std: one number each, or one per channel; 0.5 and 0.5 give
              [-1, 1]
    output    the key of the output if the network returns a dict; its index, as a string, if it returns a
              tuple

    A .pt2 or TorchScript file is a program, which can run code when it is loaded, and a module is imported:
    use only files and modules that you trust. safetensors files contain only tensors. Key and signature
    contain the file's hash and the text of `module`, not its code.

    Raises DataError if the file cannot be read or does not fit the module, and SuiteError if the module, or
    the numbers in `mean` and `std`, cannot be used. The function raises Undefined for other images, and
    Invalid if the network has no such output.
    """
    from genbench_image.pretrained.torch_module_network import Module, Preparation, load

    preparation = Preparation.of(channels, side, resize, mean, std)
    return Module(load(file, module, device), preparation, output, device, log)
