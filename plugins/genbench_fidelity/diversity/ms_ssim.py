"""MS-SSIM diversity: mean structural similarity of random pairs of fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_fidelity.diversity.windows import WEIGHTS, least_side, multi_scale_similarity
from genbench_fidelity.numeric.arrays import require
from genbench_fidelity.numeric.pairs import draw_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["ms_ssim_diversity"]

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
