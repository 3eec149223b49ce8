"""What is in memory as samples: arrays, tensors, lists of texts and Samples themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from genbench.core.errors import DataError, Invalid
from genbench.core.samples import Samples, check

__all__ = ["as_samples"]

_CHANNELS = (1, 3, 4)  # grey, colour, colour with opacity; other last axes are rather sides of an image
_ADVICE = (
    "images are uint8 (n, height, width, channels): (x * 255).round().clip(0, 255).astype('uint8') converts "
    "floats in [0, 1], x.transpose(0, 2, 3, 1) channels-first ones, x[..., None] grey ones; features are "
    "float (n, d): x.reshape(len(x), -1).astype('float64'); texts are a list or tuple of str"
)


def as_samples(value: Any, name: str) -> Samples:
    """Return an argument as samples; raise DataError, saying how to convert it, if it is neither kind."""
    if hasattr(value, "detach"):
        value = _array(value, name)
    kind = None
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        kind = "text"
    elif isinstance(value, np.ndarray):
        kind = {("u", 4): "image", ("f", 2): "vector"}.get((value.dtype.kind, value.ndim))
        if kind == "image" and value.shape[3] not in _CHANNELS:
            kind = None
    if kind is None and not isinstance(value, Samples):
        got = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise DataError(f"{name}: expected images, features or texts, got {got}; {_ADVICE}")
    try:
        samples = value if kind is None else Samples.of(kind, value)
        check(samples, samples.space, len(samples))
    except (Invalid, ValueError) as error:  # ValueError: an axis of length 0
        raise DataError(f"{name}: {error}") from error
    return samples


def _array(tensor: Any, name: str) -> Any:
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:  # bfloat16, of which numpy knows nothing
        raise DataError(f"{name}: {error}; convert the tensor with x.double()") from error
