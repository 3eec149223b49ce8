"""The samples of one side of a score."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from genbench.catalog.modalities import find_modality
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid
from genbench.core.samples import identity_hash, to_single_precision
from genbench.core.splits import cut_by_hash
from genbench.results.sketches import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Over, Samples
    from genbench.core.spaces import Space

    #: Takes samples, and returns a function that reports the progress of a loop over their hashes.
    Hashing = Callable[[Samples], Over]

__all__ = ["Side", "adapt_side", "cut_samples", "make_side"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """The samples of one side, opened on first use.

    hash      identity of the samples, 64 hex digits
    split     name of the dataset's split, or None for other samples
    store_id  id of the samples in the keys of stored features; None: features are not stored
    open      returns the samples, the same object each time
    open_whole  returns the samples of `real` or `train` before a cut: fakes may be copies of those left out
    caution   what the component that read them says of scores of them; "" for nothing
    path      the path that was read, if its samples could be of another modality; else None
    """

    name: str
    hash: str
    size: int
    space: Space
    split: str | None
    store_id: str | None
    open: Callable[[], Samples]
    open_whole: Callable[[], Samples]
    caution: str = ""
    path: Path | None = None

    @property
    def samples_id(self) -> str:
        """The id of the samples for their features: `store_id`, or the hash if features are not stored."""
        return self.store_id or self.hash

    @functools.cached_property
    def sketch(self) -> Sketch:
        """Digests of all samples, which tell whether another side has the same.

        They are computed in single precision, so that float64 and float32 forms of samples are equal.
        """
        return Sketch.whole(to_single_precision(self.open()))


def make_side(samples: Samples, name: str, n: int | None = None, hashing: Hashing = lambda _: iter) -> Side:
    """Return samples in memory as a side: the fakes, real or training samples of a call.

    n        number of samples to which the side is cut: those with the least hashes; None: it is not cut
    hashing  takes samples, and returns a function that reports the progress of a loop over their hashes; by
             default `iter`, which loops and reports nothing
    """
    chosen = cut_samples(samples, name, n, hashing)
    return Side(
        name=name, hash=identity_hash(chosen, hashing(chosen)), size=len(chosen), space=chosen.space,
        split=None, store_id=None, open=lambda: chosen,
        open_whole=lambda: samples,
    )  # fmt: skip


def cut_samples(samples: Samples, name: str, n: int | None, hashing: Hashing) -> Samples:
    """Return `n` samples, chosen by content, or all if `n` is None; raise DataError if there are fewer.

    name     of the side, for the message
    hashing  takes samples, and returns a function that reports the progress of a loop over their hashes
    """
    if n is not None and n > len(samples):
        raise DataError(f"{name} has {len(samples)} samples, expected at least {n:,}; "
                        f"give more, or a smaller n")  # fmt: skip
    return samples if n is None else cut_by_hash(samples, n, hashing(samples))


def adapt_side(side: Side, space: Space, modalities: Iterable[Modality]) -> Side:
    """Return a side in the space of the real samples, or as it is if its modality adapts no samples.

    A space is the form of samples: their kind, with shape and parameters. A side of another modality stays as
    it is, too.

    space  that of the real samples
    Raises DataError, with what differs, if the samples cannot be of that space.
    """
    if side.space == space or side.space.modality != space.modality:
        return side
    modality = find_modality(modalities, space.modality)
    if not modality.has("adapt"):
        return side
    try:
        adapted = make_side(modality.adapt(side.open(), space), side.name)
    except Invalid as error:
        raise DataError(f"{side.name}: {error}") from error
    # as for samples from a file: features are stored by the content of the samples
    store_id = digest(["content", adapted.hash])
    return replace(adapted, split=side.split, store_id=store_id, caution=side.caution)
