"""`genbench.images`: the outputs of image models as 8-bit images, which scores and datasets take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genbench.core.errors import DataError, SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["images"]

_CHANNELS = (1, 3, 4)  # grey, RGB, RGBA
#: By layout: the axis of the channels, and the names of the axes in messages.
_LAYOUTS = {"nchw": (1, "(n, channels, height, width)"), "nhwc": (3, "(n, height, width, channels)")}
_RANGES = ((0, 1), (-1, 1), (0, 255))  # those that libraries use, the narrowest first


def images(x: Any, *, range: tuple[float, float], layout: str = "nchw") -> NDArray[np.uint8]:  # noqa: A002 - the word of image libraries
    """Return images as an array (n, height, width, channels) uint8.

    x       an array or a tensor of floats or integers with four axes; a tensor may be on a GPU
    range   the values that mean black and white: (-1, 1), (0, 1) or (0, 255). It is not guessed, since images
            in [0, 1] are also in [-1, 1]
    layout  "nchw" or "nhwc": the order of the axes

    A value becomes floor((x - low) / (high - low) * 255 + 0.5), in single precision unless x has double.
    These are the bytes of torchvision.utils.save_image(x, normalize=True, value_range=range), except that
    values outside of the range are refused and not clipped.

    Raises DataError, with the line that mends it, for values outside of the range, values that are not finite
    and other shapes, and SuiteError for a range or a layout that does not exist.
    """
    import numpy as np

    low, high = _read_range(range)
    if layout not in _LAYOUTS:
        raise SuiteError(f"layout: expected 'nchw' or 'nhwc', got {layout!r:.80}")
    array = _to_array(x)
    _check_shape(array.shape, layout)
    # half precisions are too coarse for 256 steps
    values = array.astype(np.result_type(array.dtype, np.float32) if array.dtype.kind == "f" else np.float32)
    _check_values(values, low, high)
    scaled = np.floor((values - low) / (high - low) * 255 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(scaled.transpose(0, 2, 3, 1) if layout == "nchw" else scaled)


def _read_range(value: Any) -> tuple[float, float]:
    """Return the two ends of a range; raise SuiteError unless they are finite numbers in order."""
    try:
        low, high = map(float, value)
        if math.isfinite(high - low) and low < high:
            return low, high
    except (TypeError, ValueError):
        pass
    raise SuiteError(f"range: expected the values of black and white, such as (-1, 1), got {value!r:.80}")


def _to_array(x: Any) -> NDArray[Any]:
    """Return an array of numbers; raise DataError for anything else."""
    import numpy as np

    if hasattr(x, "detach"):  # a tensor of torch, whose bfloat16 numpy lacks
        x = x.detach().cpu()
        x = (x.float() if x.is_floating_point() and x.element_size() == 2 else x).numpy()  # noqa: PLR2004 - bytes
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise DataError(f"images: expected an array or a tensor of numbers, got {type(x).__name__}")
    return array


def _check_shape(shape: tuple[int, ...], layout: str) -> None:
    """Raise DataError, with the line that mends it, unless a shape is that of images in a layout."""
    axis, axes = _LAYOUTS[layout]
    if len(shape) == 3:  # noqa: PLR2004 - the axes of one image, or of images without channels
        raise DataError(
            f"images: expected four axes {axes}, got shape {shape}; write x[None] for a single image, or "
            f"x[:, None] with layout='nchw' for grey images without channels"
        )
    if len(shape) != 4:  # noqa: PLR2004 - the axes of images
        raise DataError(f"images: expected four axes {axes}, got shape {shape}; reshape x to them")
    if shape[axis] not in _CHANNELS:
        other = next((name for name, (place, _) in _LAYOUTS.items() if shape[place] in _CHANNELS), None)
        remedy = f"write layout={other!r}" if other else "keep one, three or four channels, such as x[:, :3]"
        raise DataError(f"images: expected 1, 3 or 4 channels in {axes}, got shape {shape}; {remedy}")


def _check_values(values: NDArray[Any], low: float, high: float) -> None:
    """Raise DataError, with the line that mends it, for values that are not finite or outside of a range."""
    import numpy as np

    if not values.size:
        return
    least, greatest = float(values.min()), float(values.max())
    if not math.isfinite(greatest - least):
        n = int(values.size - np.isfinite(values).sum())
        raise DataError(
            f"images: {n:,} values are not finite; a model that gives NaN has no samples to score"
        )
    if least < low or greatest > high:
        fits = next((ends for ends in _RANGES if ends[0] <= least and greatest <= ends[1]), None)
        clip = f"x.clip({low:g}, {high:g}) if the model overshoots"
        remedy = f"write range={fits}, or {clip}" if fits else f"write the range of the model, or {clip}"
        raise DataError(
            f"images: values from {least:.4g} to {greatest:.4g} are outside of range=({low:g}, {high:g}); "
            f"{remedy}"
        )
