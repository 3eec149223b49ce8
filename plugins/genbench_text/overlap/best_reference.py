"""Metrics `chrf` and `ter` as sacrebleu computes them, with the best reference for each text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

from genbench import Score, Undefined, log_parts, no_log

if TYPE_CHECKING:
    import numpy as np
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    from genbench import Log, Samples

__all__ = ["chrf", "ter"]

#: Characters of the longest text. Two of this length take sacrebleu 0.1 s with chrF and 3 s with TER, whose
#: time grows with about their third power.
LONGEST = {"chrf": 20_000, "ter": 1_000}

_REHEARSED = 25  # one text of so many tells how long all take, since sacrebleu tells no steps


def chrf(
    real: Samples, fake: Samples, *, word_order: Annotated[int, Ge(0)] = 0, lowercase: bool = False,
    most: Annotated[int, Ge(1)] = 100, rng: np.random.Generator, log: Log = no_log,
) -> dict[str, Score]:  # fmt: skip
    """Return `forward-chrf`, where higher is better, and `backward-chrf`, each in [0, 100].

        forward   chrF of the fakes, each with its best real reference: fidelity
        backward  chrF of the real texts, each with its best fake reference: coverage

    Neither direction of backward is better: recall counts more than precision, so truncated fakes, which
    are references there, score higher than complete ones.

    real, fake  texts
    word_order  0: chrF, of character n-grams up to 6; 2: chrF++, with words and word bigrams
    lowercase   ignore case
    most        number of texts of each side to compare, drawn without replacement

    This is sacrebleu's corpus_score; the extra has its signature. Every text is compared with every text of
    the other side, so the time grows with most^2: seconds for 100 sentences. The score rises with the number
    of references: compare at equal `most` and at equal n below it. Blank fakes score 0. Raises Undefined if
    all real texts are blank, or if a text has more than 20,000 characters.

    Source: Popović 2015 (doi:10.18653/v1/W15-3049); Post 2018 (arXiv:1804.08771).
    """
    from sacrebleu.metrics.chrf import CHRF

    scorer = CHRF(word_order=word_order, lowercase=lowercase)
    return _both_ways("chrf", scorer, real, fake, most, rng, log)


def ter(
    real: Samples, fake: Samples, *, case_sensitive: bool = False, most: Annotated[int, Ge(1)] = 50,
    rng: np.random.Generator, log: Log = no_log,
) -> dict[str, Score]:  # fmt: skip
    """Return `forward-ter` and `backward-ter`, each >= 0; neither direction is better.

        100 (edits from each text to the nearest text of the other side) / (mean length of those texts)

    real, fake      texts; forward edits fakes, backward edits real texts
    case_sensitive  distinguish case
    most            number of texts of each side to compare, drawn without replacement

    An edit inserts, deletes or replaces a word, or moves a sequence of words. This is sacrebleu's
    corpus_score; the extra has its signature. TER misleads for texts without paired references: it counts
    edits to the nearest text and averages lengths over all, so forward falls as fakes get shorter, and
    fakes of one word beat sentences. Every text is compared with every text of the other side: some seconds
    for 50 sentences a side, but minutes for texts of 500 characters, where a pair takes a second. The score
    falls with the number of references: compare at equal `most` and at equal n below it. Raises Undefined if
    all real texts are blank, or if a text has more than 1,000 characters.

    Source: Snover et al. 2006, sec. 3 (https://aclanthology.org/2006.amta-papers.25); Post 2018
    (arXiv:1804.08771).
    """
    from sacrebleu.metrics.ter import TER

    return _both_ways("ter", TER(case_sensitive=case_sensitive), real, fake, most, rng, log)


def _both_ways(
    name: str, scorer: CHRF | TER, real: Samples, fake: Samples, most: int, rng: np.random.Generator, log: Log
) -> dict[str, Score]:
    references, texts = (
        _draw_texts(name, side, samples, most, rng) for side, samples in (("real", real), ("fake", fake))
    )
    if not any(map(str.strip, references)):
        raise Undefined(f"{name} needs real texts with words; all {len(references)} are blank")
    few = texts[: len(texts) // _REHEARSED]
    rehearsal, first, second = log_parts(log, len(few), len(texts), len(references))
    if few:
        _score(scorer, few, references)
        rehearsal(1, 1)
    forward = _score(scorer, texts, references)
    first(1, 1)
    backward = _score(scorer, references, texts)
    second(1, 1)
    return {f"forward-{name}": forward, f"backward-{name}": backward}


def _draw_texts(name: str, side: str, samples: Samples, most: int, rng: np.random.Generator) -> list[str]:
    """Return at most `most` texts; raise Undefined if one is too long."""
    texts = list(samples.data)
    if len(texts) > most:
        texts = [texts[row] for row in rng.choice(len(texts), most, replace=False)]
    longest = max(map(len, texts))
    if longest > LONGEST[name]:
        raise Undefined(f"{name} takes texts of at most {LONGEST[name]:,} characters, which it compares in "
                        f"pairs; {side} has one of {longest:,}")  # fmt: skip
    return texts


def _score(scorer: CHRF | TER, texts: list[str], references: list[str]) -> Score:
    found = scorer.corpus_score(texts, [[reference] * len(texts) for reference in references])
    return Score(found.score, extra={"signature": str(scorer.get_signature())})
