"""Metrics `weat` and `seat`: association tests for embeddings of words and of sentences."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from pathlib import Path  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from genbench import Samples, Score
from genbench_bias.embeddings.association import EXACT, associations, chance, effect_size
from genbench_bias.embeddings.word_sets import DATA, TestName, WordSets, word_sets
from genbench_bias.shared.published import notes
from genbench_bias.shared.remarks import remark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Extract = Callable[[Samples], NDArray[Any]]

__all__ = ["SENTENCES", "seat", "weat"]

#: Sentences with almost no content except their word.
SENTENCES = ("This is about {}.", "They wrote about {}.", "People talk about {}.", "It reminds us of {}.")

_MEANS = (
    "how strongly the extractor, which all generators share, associates {} with {}, and {} with {} "
    "(effect: {}; p: the share of random sets with as strong an association{})"
)
_FAIR = "0 is fair"
_CHECK = "a check of the extractor, above 0 for a good one"
_CHECKS = ("flowers", "instruments")
_DEPENDENT = ", which is too small, because sentences about one word are alike"
_OWN = "chosen by genbench, few and English: another list gives another number"

_Partitions = Annotated[int, Ge(100), Le(EXACT)]


def weat(
    extract: Callable[[Samples], NDArray[Any]], *, test: TestName = "career-family",
    words: Path | None = None, partitions: _Partitions = 10_000, rng: np.random.Generator,
) -> dict[str, Score]:  # fmt: skip
    """Return the difference in association of two sets of words with two others in an embedding.

        s(w) = mean cosine of w with the words of A - that with those of B
        weat-effect = (mean s over X - mean s over Y) / sd of s over both, divisor n - 1
        weat-p      = share of the partitions of all targets into X and Y with at least this difference

    extract     returns (n, d) features of n texts, here single words
    test        career-family and science-arts (X men, Y women, A the first), young-old (A pleasant, B
                unpleasant), with genbench's own words; weat-1 to weat-10 of Caliskan et al.
    words       the file of the latter, in the format of wefe's WEAT.json; None: the installed package's
    partitions  number to sample if there are more than 100,000

    An effect above 0 associates X with A. The test is one-sided: for the opposite association p is near 1. Up
    to 100,000 partitions the test is exact, with ties; above that, `rng` samples partitions without
    replacement, and the extra has the standard error of p (`p_error`). wefe uses the divisor n.
    The lists are small, and another list with the same meaning gives another number. 0 is fair in the tests
    about people. weat-1 and weat-2 concern flowers, insects, instruments and weapons: checks of the
    extractor, far above 0 for a good one. This probes the extractor, which is the same for all generators of
    a board, so neither output has a direction. It is not a verdict.

    Raises DataError for other files, Undefined if the extractor returns the zero vector for a word or the
    same association for all, Invalid for features that are not finite.

    Source: Caliskan, Bryson & Narayanan 2017 (arXiv:1608.07187).
    """
    return _test("weat", extract, word_sets(test, words), ("{}",), partitions, rng)


def seat(
    extract: Callable[[Samples], NDArray[Any]], *, test: TestName = "career-family",
    words: Path | None = None, partitions: _Partitions = 10_000, rng: np.random.Generator,
) -> dict[str, Score]:  # fmt: skip
    """Return what `weat` does, for sentences: each word in four sentences with almost no other content.

        seat-effect  effect size over sentences, in (-2, 2); 0 is fair in the tests about people
        seat-p       share of the partitions of sentences with at least this difference, in [0, 1]

    Options and errors are those of `weat`. Sentences about one word are not independent, so p is too small.
    May et al. warn that a test without an effect does not show the absence of bias. This is a probe, not a
    verdict.

    Source: May et al. 2019 (arXiv:1903.10561), with genbench's own sentences.
    """
    return _test("seat", extract, word_sets(test, words), SENTENCES, partitions, rng)


def _test(
    name: str, extract: Extract, sets: WordSets, sentences: tuple[str, ...], partitions: int,
    rng: np.random.Generator,
) -> dict[str, Score]:  # fmt: skip
    texts = [tuple(sentence.format(word) for word in words for sentence in sentences) for words in sets.words]
    features = np.asarray(extract(Samples.of("text", [text for part in texts for text in part])))
    x, y, a, b = np.split(features, np.cumsum([len(part) for part in texts])[:-1])
    of_x, of_y = associations(x, a, b), associations(y, a, b)
    found = chance(of_x, of_y, partitions=partitions, rng=rng)
    extra = _said(name, sets, sum(map(len, texts))) | {
        "targets": list(sets.names[:2]),
        "attributes": list(sets.names[2:]),
        "statistic": float(of_x.sum() - of_y.sum()),
        "p": found.p,
        "p_error": found.error,
        "partitions": found.partitions,
        "exact": found.is_exact,
    }
    return {
        f"{name}-effect": Score(effect_size(of_x, of_y), extra=extra),
        f"{name}-p": Score(found.p, extra=extra),
    }


def _said(name: str, sets: WordSets, count: int) -> dict[str, str]:
    """Return the extra that describes an association test on `count` words or sentences."""
    x, y, a, b = sets.names
    fair = _CHECK if x in _CHECKS else _FAIR
    means = _MEANS.format(x, a, y, b, fair, "" if name == "weat" else _DEPENDENT)
    scored = f"{count:,} {'words' if name == 'weat' else 'sentences'}"
    if sets.file is None:
        return {"data": "words of genbench's own", "note": remark(means, f"{scored} {_OWN}")}
    return notes(DATA, sets.file, means, scored)
