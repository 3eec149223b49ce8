"""Sketches of samples, which tell whether two draws of a generator share samples."""

from __future__ import annotations

import base64
import functools
import re
import struct
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench.core.samples import Samples

__all__ = ["Sketch"]

_KEPT = 64  # lowest digests
_BEYOND_CHANCE = 0.2  # share of a draw that the other one holds, from which they are no independent draws
_TEXT = re.compile(r"(?P<different>[0-9]{1,18})\.(?P<repeated>[0-9]{1,18})\.(?P<lowest>[A-Za-z0-9_=-]*)")


@dataclass(frozen=True)
class Sketch:
    """What is kept of a draw of samples.

    different  number of different samples
    repeated   number of those that occur more than once
    lowest     the 64 lowest of their 32-bit digests, or all if they are fewer, ascending
    """

    different: int
    repeated: int
    lowest: tuple[int, ...]

    @classmethod
    def of(cls, samples: Samples) -> Sketch:
        """Return the sketch of samples; neither their order nor their labels count."""
        from genbench.core.samples import digests

        counts = Counter(digests(samples))
        lowest = sorted({int.from_bytes(digest[:4], "big") for digest in counts})[:_KEPT]
        return cls(len(counts), sum(count > 1 for count in counts.values()), tuple(lowest))

    @classmethod
    @functools.lru_cache(maxsize=2**16)
    def parse(cls, text: str) -> Sketch:
        """Return the sketch that `str` wrote; raise ValueError for other texts."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r:.80} is no sketch of samples")
        packed = base64.b64decode(match["lowest"], altchars=b"-_", validate=True)
        if len(packed) % 4 or len(packed) > 4 * _KEPT:
            raise ValueError(f"{text!r:.80} holds no digests of 4 bytes, at most {_KEPT}")
        lowest = struct.unpack(f">{len(packed) // 4}I", packed)
        found = cls(int(match["different"]), int(match["repeated"]), lowest)
        if not found.repeated <= found.different >= len(found.lowest):
            raise ValueError(f"{text!r:.80} is no sketch: its counts do not fit")
        return found

    def __str__(self) -> str:
        packed = struct.pack(f">{len(self.lowest)}I", *self.lowest)
        return f"{self.different}.{self.repeated}.{base64.urlsafe_b64encode(packed).decode('ascii')}"

    def shares_samples_with(self, other: Sketch) -> bool:
        """Return whether two draws share more samples than independent draws of one distribution would.

        Of independent draws of equal size, the share of different samples that the other draw holds is at
        most twice the share of those that occur more than once, for any distribution: if the counts of a
        sample are Poisson with mean x, (1 - exp(-x))² <= 2 (1 - exp(-x) - x exp(-x)). More than that, by a
        fifth of the draw, means that both choose from the same finished samples.
        """
        ends = [sketch.lowest[-1] for sketch in (self, other) if len(sketch.lowest) == _KEPT]
        known = min(ends, default=2**32)
        one, two = ({digest for digest in sketch.lowest if digest <= known} for sketch in (self, other))
        if not one or not two:
            return False
        held = len(one & two) / min(len(one), len(two))
        by_chance = 2 * max(sketch.repeated / sketch.different for sketch in (self, other))
        return held - by_chance > _BEYOND_CHANCE
