"""Metrics `self-bleu` and `sentence-bleu`: mean BLEU of single texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Le

from genbench import Score, Undefined
from genbench_text.overlap.overlap import among, between, require_texts
from genbench_text.tokens.words import number_words, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples
    from genbench_text.overlap.overlap import Overlap

__all__ = ["bleu_of_each", "self_bleu", "sentence_bleu"]

# Count of an order without a match: nltk's default for method 1 of Chen & Cherry 2014.
_EPSILON = 0.1

Order = Annotated[int, Ge(1), Le(5)]


def self_bleu(fake: Samples, *, n: Order = 4) -> Score:
    """Return the mean BLEU of each fake against all others, in [0, 1]; neither direction is better.

        mean over texts of  exp(min(0, 1 - r / c)) (p_1 ... p_n)^(1/n)

        p_k  share of the text's k-grams that another fake has too, clipped at their largest count there;
             0.1 / (number of k-grams, at least 1) if there is none; the text scores 0 if p_1 has none
        c    words of the text;    r  words of the other text of nearest length, the shorter one of ties

    fake  at least 2 texts; words are those of genbench_text.tokens.words
    n     maximum order, each with the weight 1 / n

    1 if every text has a duplicate. Real sentences share phrases, so neither direction is better: shuffled
    words and noise score lower than sentences, and loops can. Compare it with held-out texts. It rises with
    the number of texts: compare at equal n. A text without words scores 0, like a text without matches; the
    extra has their number, `empty`. Raises Undefined for fewer than 2 texts, or if no text has a word.

    Equal to the mean of nltk's sentence_bleu with SmoothingFunction().method1 on the same words. Time and
    memory are linear in the number of words, except for sorting.

    Source: Zhu et al. 2018 (arXiv:1802.01886), with all fakes instead of 500.
    """
    found = number_words(map(words, fake.data))
    if len(fake) < 2 or not found.kinds:  # noqa: PLR2004 - a text and another
        raise Undefined(f"self-bleu needs at least 2 texts, and a word in one of them; there are {len(fake)} "
                        f"texts with {len(found.number)} words")  # fmt: skip
    return _mean(among(found, n))


def sentence_bleu(real: Samples, fake: Samples, *, n: Order = 4) -> dict[str, Score]:
    """Return `forward-sentence-bleu` and `backward-sentence-bleu`, each in [0, 1]; higher is better.

        forward   mean BLEU of each fake with all real texts as references: fidelity
        backward  mean BLEU of each real text with all fakes as references: coverage

    real, fake  texts; words are those of genbench_text.tokens.words
    n           maximum order, each with the weight 1 / n

    BLEU of one text is as in `self_bleu`. Forward does not detect that one good text is repeated, backward
    does; neither detects copies of training texts. Both rise with the number of references: compare at equal
    n. A text without words scores 0; the extra has their number, `empty`. Raises Undefined if a side has no
    text, or the real side no word.

    Equal to the mean of nltk's sentence_bleu with SmoothingFunction().method1 on the same words.

    Source: Shi et al. 2018 (arXiv:1804.11258), with the smoothing of Zhu et al. 2018 (arXiv:1802.01886).
    """
    found = number_words(map(words, (*fake.data, *real.data)))
    require_texts("sentence-bleu", *np.split(found.length, [len(fake)]))
    forward, backward = between(found, len(fake), n)
    return {"forward-sentence-bleu": _mean(forward), "backward-sentence-bleu": _mean(backward)}


def bleu_of_each(overlap: Overlap) -> NDArray[np.float64]:
    """Return (t,) the BLEU of each text against its references, in [0, 1]."""
    matches = np.where(overlap.matches == 0, _EPSILON, overlap.matches)
    precision = np.exp(np.log(matches / np.maximum(overlap.totals, 1)).mean(axis=0))
    brevity = np.exp(np.minimum(0, 1 - overlap.nearest / np.maximum(overlap.length, 1)))
    return np.where(overlap.matches[0] == 0, 0.0, brevity * precision)


def _mean(overlap: Overlap) -> Score:
    empty = int(np.count_nonzero(overlap.length == 0))
    return Score(float(bleu_of_each(overlap).mean()), extra={"empty": empty})
