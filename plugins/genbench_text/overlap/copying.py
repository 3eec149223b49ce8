"""Metrics of texts copied from the training texts: n-grams and verbatim spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Undefined
from genbench_text.tokens.ngrams import Grams, grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["novelty_n", "verbatim"]


def novelty_n(train: Samples, fake: Samples, *, n: Annotated[int, Ge(1)] = 4) -> float:
    """Return the share of the fakes' n-grams that no training text has, in [0, 1].

        n-grams of fakes that are absent from train / n-grams of fakes,    with multiplicity

    train, fake  texts; words are those of genbench_text.tokens.words
    n            words in an n-gram

    0 for copies of training texts. Neither direction is better: shuffled words and noise score near 1, so
    compare it with held-out texts. It falls as `train` grows; its expectation does not depend on the number
    of fakes. Raises Undefined if no fake has n words.

    Source: McCoy et al. 2023 (arXiv:2111.09509).
    """
    found = grams((*train.data, *fake.data), n)
    is_copied = _is_copied(found, len(train))
    if not len(is_copied):
        longest = found.words.length[len(train) :].max(initial=0)
        raise Undefined(f"novelty-n with n = {n} needs a fake of at least {n} words; "
                        f"the longest has {longest}")  # fmt: skip
    return float(1 - is_copied.mean())


def verbatim(train: Samples, fake: Samples, *, k: Annotated[int, Ge(1)] = 8) -> dict[str, float]:
    """Return `verbatim-longest` (words, >= 0) and `verbatim-share` (in [0, 1]): copies from train.

        verbatim-longest  length of the longest word sequence that a fake and a training text share
        verbatim-share    words of fakes in a span of at least k words of a training text / all words

    train, fake  texts; words are those of genbench_text.tokens.words
    k            minimum length of a copied span; no effect on verbatim-longest

    Neither direction is better: stock phrases make held-out texts score above 0, and noise scores 0. Compare
    both with held-out texts; copies of training texts score far higher. A text of fewer than k words never
    counts as copied: `train-duplicates` finds those. `verbatim-longest` rises with the number of fakes, both
    with that of training texts. Raises Undefined if no fake has a word.

    Source: after Lee et al. 2022 (arXiv:2107.06499): exact substrings. The time is that of sorting all
    words, times the logarithm of the longest span.
    """
    found = grams((*train.data, *fake.data), 1)
    total = int(found.words.length[len(train) :].sum())
    if not total:
        raise Undefined("verbatim needs a fake with at least one word; there is none")
    longest, spans = _longest(found, len(train)), found
    while spans.n < k:
        spans = spans.longer(min(k, 2 * spans.n))
    return {"verbatim-longest": longest, "verbatim-share": _words_in_copies(spans, len(train)) / total}


def _is_copied(found: Grams, trained: int) -> NDArray[np.bool]:
    """Return whether each n-gram of the texts from number `trained` on occurs in one of those before it."""
    known = np.zeros(found.kinds, bool)
    is_fake = found.text >= trained
    known[found.number[~is_fake]] = True
    return known[found.number[is_fake]]


def _longest(found: Grams, trained: int) -> int:
    """Return the number of words of the longest copied span, by doubling n and then bisection."""
    if not _is_copied(found, trained).any():
        return 0
    while _is_copied(twice := found.longer(2 * found.n), trained).any():
        found = twice
    shortest, least_absent = found.n, 2 * found.n
    while least_absent - shortest > 1:
        middle = (shortest + least_absent) // 2
        if _is_copied(found.longer(middle), trained).any():
            shortest = middle
        else:
            least_absent = middle
    return shortest


def _words_in_copies(spans: Grams, trained: int) -> int:
    """Return the number of words of the fakes in a copied n-gram, and thus in any longer copy."""
    first = spans.start[spans.text >= trained][_is_copied(spans, trained)]
    edges = np.zeros(len(spans.row) + 1, np.int64)
    np.add.at(edges, first, 1)
    np.add.at(edges, first + spans.n, -1)
    return int(np.count_nonzero(np.cumsum(edges)))
