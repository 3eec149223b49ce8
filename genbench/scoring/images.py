"""`genbench.images`: the outputs of image models as 8-bit images, which scores and datasets take."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from genbench.core.errors import DataError, SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["advise_images", "images"]

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


def advise_images(array: NDArray[Any]) -> str:
    """Return how `images` takes an array x, "" if its shape is that of no images."""
    is_grey = array.ndim == len("nhw")  # no axis of channels
    layout = next((name for name in ("nhwc", "nchw") if is_grey or _fits(array.shape, name)), None)
    if layout is None or not array.size or array.dtype.kind not in "uif":
        return ""
    if ends := _find_range(array):
        x = "x[..., None]" if is_grey else "x"
        return f"write genbench.images({x}, range={ends}, layout={layout!r})"
    least, greatest = array.min(), array.max()
    return f"its values are from {least:.3g} to {greatest:.3g}; convert with genbench.images and their range"


def _fits(shape: tuple[int, ...], layout: str) -> bool:
    """Return whether a shape is that of images with their channels where a layout has them."""
    axis, axes = _LAYOUTS[layout]
    return len(shape) == axes.count(",") + 1 and shape[axis] in _CHANNELS


def _find_range(values: NDArray[Any]) -> tuple[int, int] | None:
    """Return the narrowest range of `_RANGES` that has all values, or None."""
    least, greatest = values.min(), values.max()
    return next((ends for ends in _RANGES if ends[0] <= least and greatest <= ends[1]), None)


def _read_range(value: Any) -> tuple[float, float]:
    """Return the two ends of a range; raise SuiteError unless they are finite numbers in order."""
    with contextlib.suppress(TypeError, ValueError):
        low, high = map(float, value)
        if math.isfinite(high - low) and low < high:
            return low, high
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
        other = next((name for name in _LAYOUTS if _fits(shape, name)), None)
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
        fits = _find_range(values)
        clip = f"x.clip({low:g}, {high:g}) if the model overshoots"
        remedy = f"write range={fits}, or {clip}" if fits else f"write the range of the model, or {clip}"
        raise DataError(
            f"images: values from {least:.4g} to {greatest:.4g} are outside of range=({low:g}, {high:g}); "
            f"{remedy}"
        )
