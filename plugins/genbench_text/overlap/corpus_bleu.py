"""Metric `bleu`: corpus BLEU as sacrebleu computes it, with all texts of the other side as references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from annotated_types import Ge

from genbench import Score, Steps, log_parts, no_log
from genbench_text.overlap.overlap import between, require_texts
from genbench_text.tokens.words import number_words

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU

    from genbench import Log, Samples
    from genbench_text.overlap.overlap import Overlap

__all__ = ["bleu"]

Tokenizer = Literal["13a", "intl", "char", "zh", "none"]


def bleu(
    real: Samples, fake: Samples, *, n: Annotated[int, Ge(1)] = 4, tokenize: Tokenizer = "13a",
    lowercase: bool = False, log: Log = no_log,
) -> dict[str, Score]:  # fmt: skip
    """Return `forward-bleu` and `backward-bleu`, each in [0, 100]; higher is better.

        forward   BLEU of all fakes together, with all real texts as references: fidelity
        backward  BLEU of all real texts, with all fakes as references: coverage

    real, fake  texts
    n           maximum order of n-grams
    tokenize    sacrebleu's tokeniser; its words are not those of genbench_text.tokens.words
    lowercase   ignore case

    This is sacrebleu's corpus_score with every text of the other side as a reference, exponential smoothing,
    its tokeniser and its signature, which the extra has. genbench counts n-grams in time proportional to the
    number of words; sacrebleu's counting grows with the product of the sides. The results are equal.

    Forward does not detect that one good text is repeated, backward does; neither detects copies of training
    texts. Both rise with the number of references: compare at equal n. Fakes without words score 0. Raises
    Undefined if a side has no text, or the real side no word.

    Source: Papineni et al. 2002 (doi:10.3115/1073083.1073135); Post 2018 (arXiv:1804.08771); both ways: Shi
    et al. 2018 (arXiv:1804.11258).
    """
    from sacrebleu.metrics.bleu import BLEU

    scorer = BLEU(tokenize=tokenize, lowercase=lowercase, max_ngram_order=n)
    first, second = log_parts(log, 1, 1)  # words and their n-grams take about as long
    texts = Steps(first, len(fake) + len(real)).over((*fake.data, *real.data))
    cased = (text.lower() if lowercase else text for text in texts)
    found = number_words(scorer.tokenizer(text.rstrip()).split() for text in cased)
    require_texts("bleu", *np.split(found.length, [len(fake)]))
    forward, backward = between(found, len(fake), n)
    second(1, 1)
    return {
        "forward-bleu": _score(scorer, forward, len(real)),
        "backward-bleu": _score(scorer, backward, len(fake)),
    }


def _score(scorer: BLEU, overlap: Overlap, references: int) -> Score:
    found = scorer.compute_bleu(
        correct=overlap.matches.sum(axis=1).tolist(),
        total=overlap.totals.sum(axis=1).tolist(),
        sys_len=int(overlap.length.sum()),
        ref_len=int(overlap.nearest.sum()),
        smooth_method=scorer.smooth_method,
        max_ngram_order=scorer.max_ngram_order,
    )
    scorer.num_refs = references
    return Score(found.score, extra={"signature": str(scorer.get_signature())})
