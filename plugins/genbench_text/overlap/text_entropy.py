"""Metric `text-entropy`: entropy of the words of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench import Score, Undefined
from genbench_text.tokens.words import number_words, words

if TYPE_CHECKING:
    from genbench import Samples
    from genbench_text.tokens.words import Words

__all__ = ["text_entropy"]


def text_entropy(fake: Samples) -> Score:
    """Return the mean entropy of the words of a fake, in nats, >= 0; neither direction is better.

        mean over texts of  - sum over words of share log share,    shares within the text

    fake  texts; words are those of genbench_text.tokens.words

    It is log(length) for a text that repeats no word, and 0 for one repeated word. Read it beside
    `generative-perplexity`, which repetition lowers. The extra has `together`, the entropy of the words of
    all fakes as one text, which also falls if a text is repeated, and `texts`, the number with a word;
    others do not count. It grows with the length of the texts; the mean does not depend on their number,
    while `together` grows with it. Raises Undefined if no text has a word.

    Source: Zheng et al. 2024 (arXiv:2409.02908), who print the entropy of each sequence of tokens.
    """
    found = number_words(map(words, fake.data))
    if not found.length.any():
        raise Undefined(f"text-entropy needs at least one word; the {len(fake)} fakes have none")
    each = _entropies(found)
    together = _entropies(number_words([[word for text in fake.data for word in words(text)]]))
    return Score(float(each.mean()), extra={"together": float(together[0]), "texts": len(each)})


def _entropies(found: Words) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the entropy of the words of each text that has any, in nats."""
    keys, counts = np.unique(found.text * found.kinds + found.number, return_counts=True)
    length = found.length[found.length > 0]
    sums = np.bincount(keys // found.kinds, counts * np.log(counts), len(found.length))[found.length > 0]
    return np.log(length) - sums / length
