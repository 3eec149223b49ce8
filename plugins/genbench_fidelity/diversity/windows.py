"""Multi-scale structural similarity of pairs of images, with a sliding Gaussian window.

At every scale and position of the window, with means m, variances s and covariance s_ab:

    luminance    (2 m_a m_b + C1) / (m_a^2 + m_b^2 + C1)
    contrast     (2 s_ab + C2) / (s_a + s_b + C2)           contrast and structure in one, as C3 = C2 / 2

Scale j contributes its mean contrast to the power w_j, the last one its mean of luminance x contrast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Planes = NDArray[np.float64]

__all__ = ["WEIGHTS", "least_side", "multi_scale_similarity"]

#: Exponents of the scales, the finest first (Wang et al. 2003, sec. 3.2); as published, they sum to 1.0001.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)

_SIGMA = 1.5  # of the window, in pixels (Wang et al. 2004, sec. III-B)
_LARGEST = 255.0  # the dynamic range of uint8
_C1, _C2 = (0.01 * _LARGEST) ** 2, (0.03 * _LARGEST) ** 2  # ibid.


def least_side(scales: int, window: int) -> int:
    """Return the smallest height and width of images for which the window fits the coarsest scale."""
    return int((window - 1) * 2 ** (scales - 1) + 1)


def multi_scale_similarity(a: NDArray[Any], b: NDArray[Any], scales: int, window: int) -> Planes:
    """Return the multi-scale structural similarity (p,) float64 of p pairs of images, in [0, 1].

    a, b    (p, height, width, channels), values in [0, 255], both sides at least `least_side`
    scales  number of scales; the images are halved in between
    window  side of the window, odd; only windows that lie inside the image count

    Negative means count as 0. Channels are averaged last. Where a side is odd, halving pads it with zeros on
    both ends, as pytorch-msssim does.
    """
    kernel = _gaussian(window)
    x, y = _planes(a), _planes(b)
    result = np.ones(x.shape[:2])
    for scale, weight in enumerate(_weights(scales), start=1):
        contrast, both = _means(x, y, kernel)
        result *= np.maximum(both if scale == scales else contrast, 0) ** weight
        if scale < scales:
            x, y = _halved(x), _halved(y)
    return np.asarray(result.mean(axis=1))


def _weights(scales: int) -> tuple[float, ...]:
    """Return the exponents of the first `scales`: all five as published, fewer divided by their sum."""
    total = 1.0 if scales == len(WEIGHTS) else sum(WEIGHTS[:scales])
    return tuple(weight / total for weight in WEIGHTS[:scales])


def _planes(images: NDArray[Any]) -> Planes:
    """Return images as (p, channels, height, width) float64."""
    return np.ascontiguousarray(np.moveaxis(images, -1, 1), dtype=np.float64)


def _gaussian(window: int) -> Planes:
    at = np.arange(window) - window // 2
    kernel = np.exp(-(at**2) / (2 * _SIGMA**2))
    return np.asarray(kernel / kernel.sum())


def _means(x: Planes, y: Planes, kernel: Planes) -> tuple[Planes, Planes]:
    """Return (p, channels) means over places of the contrast, and of luminance x contrast."""
    m_x, m_y = _smooth(x, kernel), _smooth(y, kernel)
    m_xy, squares = m_x * m_y, m_x * m_x + m_y * m_y
    covariance = _smooth(x * y, kernel) - m_xy
    variances = _smooth(x * x + y * y, kernel) - squares
    contrast = (2 * covariance + _C2) / (variances + _C2)
    luminance = (2 * m_xy + _C1) / (squares + _C1)
    return contrast.mean(axis=(2, 3)), (luminance * contrast).mean(axis=(2, 3))


def _smooth(x: Planes, kernel: Planes) -> Planes:
    """Return the weighted means over all windows that lie inside x (p, channels, height, width)."""
    from scipy.ndimage import correlate1d

    edge = len(kernel) // 2
    down = correlate1d(x, kernel, axis=2)[:, :, edge : x.shape[2] - edge]
    return np.asarray(correlate1d(down, kernel, axis=3)[..., edge : x.shape[3] - edge])


def _halved(x: Planes) -> Planes:
    """Return the means of 2x2 pixels, (p, channels, height, width) before and half of that after."""
    pads = [(side % 2, side % 2) for side in x.shape[2:]]
    padded = np.pad(x, [(0, 0), (0, 0), *pads]) if any(pads[0] + pads[1]) else x
    rows, columns = (side // 2 * 2 for side in padded.shape[2:])
    even, odd = padded[:, :, 0:rows:2, :columns], padded[:, :, 1:rows:2, :columns]
    both = even + odd
    return np.asarray((both[..., ::2] + both[..., 1::2]) / 4)
