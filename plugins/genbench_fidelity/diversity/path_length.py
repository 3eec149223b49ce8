"""Perceptual path length: mean squared change of a sample per small step of its latents."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import numpy as np
from annotated_types import Ge, Gt, Le, Lt

from genbench import Invalid, Score, Undefined
from genbench_fidelity.numeric.arrays import features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from genbench import Samples

    Latents = NDArray[np.float64]

__all__ = ["LatentSampler", "path_length"]

# Pairs in a batch of the decoder.
_BLOCK = 64

# Smallest root mean square, in levels, of the non-zero changes of 8-bit values. At 2 the changes before
# rounding have a standard deviation of about 1.7, and the 1/6 that rounding adds is 6 % of its square.
_LEAST_LEVELS = 2.0


class LatentSampler(Protocol):
    """A sampler that decodes latents: it decodes standard normal latents into its samples.

    latent_dim  length of a latent
    """

    latent_dim: int

    def decode(self, latents: NDArray[np.float32]) -> Samples:
        """Return the samples of (n, latent_dim) float32 latents; equal latents give equal samples."""
        ...


def path_length(
    sampler: LatentSampler,
    extract: Callable[[Samples], NDArray[Any]],
    *,
    eps: Annotated[float, Gt(0), Le(1)] = 0.05,
    pairs: Annotated[int, Ge(2)] = 2000,
    interpolation: Literal["lerp", "slerp"] = "lerp",
    trim: Annotated[float, Ge(0), Lt(50)] = 1.0,
    rng: np.random.Generator,
) -> Score:
    """Return the mean squared path length of a sampler per step of its latents, >= 0; lower is smoother.

        mean |f(G(z0)) - f(G(z))|^2 / eps^2,    z at the share eps of the way from z0 to z1,  z0, z1 ~ N(0, I)

    sampler        decodes latents: `decode(latents)`, `latent_dim`
    extract        f; with the extractor `lpips` the squared distance is LPIPS, as in the paper
    eps            the step
    pairs          of latents
    interpolation  the way: "lerp" is the straight line, "slerp" the arc about the origin
    trim           percentage of the distances left out at each end, as in torch-fidelity and StyleGAN; the
                   limits are numpy's percentiles "lower" and "higher", and distances equal to them are kept

    A linear G with plain features f scores 2 |W|^2 under lerp, with |W| the Frobenius norm. The step starts
    at z0, the beginning of the path. The value has no bias in the number of pairs, except that trimming
    lowers the mean of a skewed distribution. The extra holds `spread` of the kept distances (divisor n), and
    `levels`.

    The paper's eps = 1e-4 is for samples in floating point. After such a step, 8-bit images differ by
    rounding alone. Rounding adds up to a quarter of a squared level to each value, and the sum is divided by
    eps^2: on a vae of digits, 7.4 became 467. So the default is a larger step (7.9 there, 7.8 without
    rounding). Where the 8-bit values that change do so by less than 2 levels, root mean square (`levels`),
    the value is undefined. It is also undefined for a sampler that decodes all latents into one sample,
    because collapse is not smoothness.

    Raises Undefined in these cases, and Invalid for a decoder that returns another number of samples.

    Source: Karras, Laine & Aila 2019 (arXiv:1812.04948), sec. 4.1, eq. 2 and 3, with all steps at t = 0.
    """
    start, end = (rng.standard_normal((pairs, sampler.latent_dim)) for _ in range(2))
    stop = {"lerp": _lerp, "slerp": _slerp}[interpolation](start, end, eps)
    distances, changes = np.empty(pairs), _Changes()
    for rows in _blocks(pairs):
        sides = [_decode_latents(sampler, latents[rows]) for latents in (start, stop)]
        changes.add(*(side.data for side in sides))
        x, y = features(start=extract(sides[0]), stop=extract(sides[1]))
        gaps = np.subtract(x, y, dtype=np.float64) / eps
        distances[rows] = np.einsum("ij,ij->i", gaps, gaps)
    _require_moves(distances, eps)
    levels = changes.levels(eps)
    kept = _trim_ends(distances, trim)
    extra = {"spread": float(kept.std()), "pairs": len(kept), "levels": levels}
    return Score(float(kept.mean()), extra=extra)


class _Changes:
    """Root mean square of the non-zero changes of 8-bit values."""

    def __init__(self) -> None:
        self.is_rounded = False
        self.count, self.total = 0, 0.0

    def add(self, a: Any, b: Any) -> None:
        """Add the changes between two batches of samples, if these have 8 bits."""
        if getattr(a, "dtype", None) != np.uint8:
            return
        self.is_rounded = True
        gaps = np.subtract(a, b, dtype=np.int16)
        self.count += int(np.count_nonzero(gaps))
        self.total += float(np.square(gaps, dtype=np.int32).sum(dtype=np.float64))

    def levels(self, eps: float) -> float | None:
        """Return the root mean square of the changes, None without rounding; raise Undefined if too small."""
        if not self.is_rounded:
            return None
        found = float(np.sqrt(self.total / max(1, self.count)))
        if found < _LEAST_LEVELS:
            raise Undefined(
                f"a step of eps = {eps} changes 8-bit values by {found:.2g} levels, mostly by rounding: "
                f"raise eps until it is {_LEAST_LEVELS:.0f}"
            )
        return found


def _require_moves(distances: NDArray[np.float64], eps: float) -> None:
    if not distances.any():
        raise Undefined(
            f"a step of eps = {eps} moves none of {len(distances)} decoded samples: raise eps, unless the "
            f"sampler makes one sample of all latents"
        )


def _decode_latents(sampler: LatentSampler, latents: Latents) -> Samples:
    samples = sampler.decode(latents.astype(np.float32))
    if len(samples) != len(latents):
        raise Invalid(f"the sampler decoded {len(latents)} latents into {len(samples)} samples")
    return samples


def _lerp(a: Latents, b: Latents, share: float) -> Latents:
    return a + share * (b - a)


def _slerp(a: Latents, b: Latents, share: float) -> Latents:
    """Return rows on the arcs from a to b (Shoemake 1985), or on the line where both have one axis."""
    lengths = [np.linalg.norm(side, axis=1, keepdims=True) for side in (a, b)]
    cosine = np.sum(a * b, axis=1, keepdims=True) / (lengths[0] * lengths[1])
    angle = np.arccos(np.clip(cosine, -1, 1))
    is_line = np.sin(angle) < np.sqrt(np.finfo(np.float64).eps)
    sine = np.where(is_line, 1, np.sin(angle))
    arc = np.sin((1 - share) * angle) / sine * a + np.sin(share * angle) / sine * b
    return np.where(is_line, _lerp(a, b, share), arc)


def _trim_ends(distances: NDArray[np.float64], trim: float) -> NDArray[np.float64]:
    low = np.percentile(distances, trim, method="lower")
    high = np.percentile(distances, 100 - trim, method="higher")
    return distances[(low <= distances) & (distances <= high)]


def _blocks(n: int) -> Iterator[slice]:
    return (slice(first, min(first + _BLOCK, n)) for first in range(0, n, _BLOCK))
