"""MS-SSIM diversity: mean structural similarity of random pairs of fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_fidelity.numeric.arrays import require
from genbench_fidelity.numeric.pairs import draw_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Samples

    Planes = NDArray[np.float64]

__all__ = ["WEIGHTS", "least_side", "ms_ssim_diversity", "multi_scale_similarity"]

#: Exponents of the scales, the finest first (Wang et al. 2003, sec. 3.2); as published, they sum to 1.0001.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)

_SIGMA = 1.5  # of the window, in pixels (Wang et al. 2004, sec. III-B)
_LARGEST = 255.0  # the dynamic range of uint8

_C1, _C2 = (0.01 * _LARGEST) ** 2, (0.03 * _LARGEST) ** 2  # ibid.


# Values of one side of the pairs that are compared at once: 8 MB in float64.
_CHUNK = 2**20


def ms_ssim_diversity(
    fake: Samples,
    *,
    pairs: Annotated[int, Ge(1)] = 1000,
    within: Literal["all", "class"] = "all",
    scales: Annotated[int, Ge(1), Le(len(WEIGHTS))] = len(WEIGHTS),
    window: Literal[3, 5, 7, 9, 11] = 11,
    rng: np.random.Generator,
) -> Score:
    """Return the mean multi-scale structural similarity of random pairs of `fake`, in [0, 1].

        MS-SSIM(a, b) = l_M(a, b)^w_M  product over scales j of cs_j(a, b)^w_j     (equation 7 of Wang et al.)

    fake    images uint8
    pairs   different pairs, drawn without replacement; all pairs if there are fewer. With "class",
            pairs // (number of classes) of each class, at least one
    within  "class": both images of a pair have one label, and the value is the mean over classes, as in
            Odena et al., who draw 100 pairs a class; "all": any two images. The two settings give different
            numbers, because images of one class are more alike
    scales  number of scales used, at most five; the weights of fewer than five are divided by their sum
    window  side of the Gaussian window (sigma 1.5), in pixels

    Lower is more diverse and 1 is collapse, but neither direction is better: noise scores near 0. Compare
    with the control `held-out`. The value is unbiased at every n. The extra holds `spread` over the pairs
    (divisor n), `pairs`, and with "class" the means `by_class`, without classes of one image.

    Raises Undefined for images whose shorter side is below (window - 1) 2^(scales - 1) + 1 (161 by default),
    for "class" without labels, and where there is no pair.

    Source: Odena, Olah & Shlens 2017 (arXiv:1610.09585), sec. 4.2; Wang, Simoncelli & Bovik 2003
    (doi:10.1109/ACSSC.2003.1292216). Pairs score as in pytorch-msssim.
    """
    _check_sides(fake.data.shape[1:3], scales, window)
    groups = _groups(fake, within)
    share = max(1, pairs // len(groups))
    drawn = {name: index[draw_pairs(len(index), share, rng)] for name, index in groups.items()}
    found = {
        name: np.concatenate([multi_scale_similarity(*block, scales, window) for block in _blocks(fake, at)])
        for name, at in drawn.items()
    }
    every = np.concatenate(list(found.values()))
    means = {name: float(values.mean()) for name, values in found.items()}
    by_class = {"by_class": means} if within == "class" else {}
    extra = {"spread": float(every.std()), "pairs": len(every), **by_class}
    return Score(float(np.mean(list(means.values()))), extra=extra)


def _check_sides(sides: tuple[int, ...], scales: int, window: int) -> None:
    """Raise Undefined unless the window fits the image at the coarsest scale."""
    least = least_side(scales, window)
    if min(sides) < least:
        fit = [s for s in range(1, scales) if least_side(s, window) <= min(sides)]
        remedy = f"set scales = {fit[-1]} or less" if fit else "set scales = 1 and a smaller window"
        raise Undefined(
            f"ms-ssim-diversity with scales = {scales} and window = {window} needs sides of at least {least} "
            f"pixels; the images are {sides[0]}x{sides[1]}: {remedy}"
        )


def _groups(fake: Samples, within: str) -> dict[str, NDArray[np.intp]]:
    """Return groups of rows from which pairs are drawn, by class or all in one; each has 2 rows or more."""
    if within == "all":
        require(2, "ms-ssim-diversity", fake=fake.data)
        return {"": np.arange(len(fake))}
    if fake.labels is None:
        raise Undefined('ms-ssim-diversity within = "class" needs fakes with labels, and these have none')
    groups = {str(label): np.flatnonzero(fake.labels == label) for label in np.unique(fake.labels)}
    kept = {name: index for name, index in groups.items() if len(index) > 1}
    if not kept:
        raise Undefined('ms-ssim-diversity within = "class" needs two fakes of one class, and there are none')
    return kept


def _blocks(fake: Samples, pairs: NDArray[np.intp]) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield both sides of the pairs (k, 2) in blocks that bound the memory."""
    step = max(1, _CHUNK // fake.data[0].size)
    for first in range(0, len(pairs), step):
        part = pairs[first : first + step]
        yield fake.data[part[:, 0]], fake.data[part[:, 1]]


# Multi-scale structural similarity of pairs of images, with a sliding Gaussian window.
#
# At every scale and position of the window, with means m, variances s and covariance s_ab:
#
#     luminance    (2 m_a m_b + C1) / (m_a^2 + m_b^2 + C1)
#     contrast     (2 s_ab + C2) / (s_a + s_b + C2)           contrast and structure in one, as C3 = C2 / 2
#
# Scale j contributes its mean contrast to the power w_j, the last one its mean of luminance x contrast.


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
            x, y = _halve_images(x), _halve_images(y)
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


def _halve_images(x: Planes) -> Planes:
    """Return the means of 2x2 pixels, (p, channels, height, width) before and half of that after."""
    pads = [(side % 2, side % 2) for side in x.shape[2:]]
    padded = np.pad(x, [(0, 0), (0, 0), *pads]) if any(pads[0] + pads[1]) else x
    rows, columns = (side // 2 * 2 for side in padded.shape[2:])
    even, odd = padded[:, :, 0:rows:2, :columns], padded[:, :, 1:rows:2, :columns]
    both = even + odd
    return np.asarray((both[..., ::2] + both[..., 1::2]) / 4)
