"""Metric `zipf`: Zipf's coefficient of the word frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Undefined
from genbench_text.tokens.words import number_words, words

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["slope", "zipf"]


def zipf(fake: Samples) -> float:
    """Return the Zipf coefficient of all words of the fakes, >= 0; neither direction is better.

        -b of the least-squares line  log f = a + b log r,    f the count of the r-th most frequent word

    fake  texts; words are those of genbench_text.tokens.words

    0 if all words are equally frequent; about 1 for much human text. The right value is the coefficient
    of real texts of the same number and length. All ranks have equal weight, so the many words that occur
    once or twice dominate it, and it rises with the number of words: compare at equal n. It ignores the order
    of words: a shuffled text scores the same. Raises Undefined for fewer than two distinct words.

    Source: Holtzman et al. 2020 (arXiv:1904.09751); the line is scipy's linregress over all ranks.
    """
    found = number_words(map(words, fake.data))
    if found.kinds < 2:  # noqa: PLR2004 - two points make a line
        raise Undefined(f"zipf needs at least 2 different words; there are {found.kinds}")
    return slope(np.bincount(found.number))


def slope(counts: NDArray[Any]) -> float:
    """Return the Zipf coefficient of at least two positive counts, in any order."""
    y = np.log(np.sort(np.asarray(counts, np.float64))[::-1])
    x = np.log(np.arange(1, len(y) + 1))
    x -= x.mean()
    return max(0.0, float(-(x @ y) / (x @ x)))
