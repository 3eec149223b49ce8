"""Metrics of repetition: shares of distinct n-grams, over all texts or within each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Score, Undefined
from genbench_text.tokens.ngrams import Grams, count_grams, grams

if TYPE_CHECKING:
    from genbench import Samples

__all__ = ["distinct_n", "rep_n", "seq_rep_n"]


def distinct_n(fake: Samples, *, n: Annotated[int, Ge(1)] = 2) -> float:
    """Return the share of different n-grams in all fakes, in (0, 1]; neither direction is better.

        different n-grams / all n-grams,    of all texts together

    fake  texts; words are those of genbench_text.tokens.words
    n     words in an n-gram

    Shuffled words score higher than sentences, and so does noise: compare it with held-out texts. It falls as
    texts grow longer or more numerous, because words repeat: compare at equal n and equal lengths. Raises
    Undefined if no text has n words.

    Source: Li et al. 2016 (arXiv:1510.03055).
    """
    found = _count_ngrams("distinct-n", fake, n)
    return found.kinds / len(found.start)


def rep_n(fake: Samples, *, n: Annotated[int, Ge(1)] = 4) -> float:
    """Return the percentage of n-grams that repeat another in all fakes, in [0, 100).

        100 (1 - different n-grams / all n-grams),    of all texts together: 100 (1 - distinct-n)

    fake  texts; words are those of genbench_text.tokens.words
    n     words in an n-gram

    Neither direction is better: shuffled words and noise score lower than sentences. It rises as texts grow
    longer or more numerous: compare at equal n and equal lengths. Raises Undefined if no text has n words.

    Source: Su et al. 2022 (arXiv:2202.06417); here of all texts together.
    """
    found = _count_ngrams("rep-n", fake, n)
    return 100 * (1 - found.kinds / len(found.start))


def seq_rep_n(fake: Samples, *, n: Annotated[int, Ge(1)] = 4) -> Score:
    """Return the mean share of n-grams that repeat another of the same text, in [0, 1).

        mean over texts of  1 - different n-grams / all n-grams

    fake  texts; words are those of genbench_text.tokens.words
    n     words in an n-gram

    A generator that loops scores near 1. Neither direction is better: real sentences repeat themselves
    slightly, shuffled words and noise less. It does not compare texts, so one text many times scores the same
    as once. It rises with the length of the texts and not with their number; its expectation is the same at
    any n. Texts of fewer than n words do not count: the extra has the number of `texts` that do. Raises
    Undefined if there is none.

    Source: Welleck et al. 2020 (arXiv:1908.04319).
    """
    found = _count_ngrams("seq-rep-n", fake, n)
    each = np.bincount(found.text)
    different = np.bincount(count_grams(found).text)
    shares = 1 - different[each > 0] / each[each > 0]
    return Score(float(shares.mean()), extra={"texts": len(shares)})


def _count_ngrams(metric: str, fake: Samples, n: int) -> Grams:
    """Return the n-grams of the fakes; raise Undefined if there is none."""
    found = grams(fake.data, n)
    if not len(found.start):
        raise Undefined(f"{metric} with n = {n} needs a text of at least {n} words; "
                        f"the longest has {found.words.length.max(initial=0)}")  # fmt: skip
    return found
