"""Metrics `weat` and `seat`: association tests for embeddings of words and of sentences."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable  # noqa: TC003 - annotations are read at run time
from pathlib import Path  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from annotated_types import Ge, Le

from genbench import DataError, Invalid, Samples, Score, Undefined
from genbench_bias.shared.files import read_json
from genbench_bias.shared.published import Published, find, notes, remark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Extract = Callable[[Samples], NDArray[Any]]
    Floats = NDArray[np.float64]

__all__ = [
    "DATA", "EXACT", "SENTENCES", "Chance", "TestName", "WordSets", "associations", "chance", "effect_size",
    "seat", "weat", "word_sets",
]  # fmt: skip

TestName = Literal[
    "career-family", "science-arts", "young-old",
    "weat-1", "weat-2", "weat-3", "weat-4", "weat-5", "weat-6", "weat-7", "weat-8", "weat-9", "weat-10",
]  # fmt: skip

DATA = Published(
    name="WEAT",
    licence="MIT (wefe), words of Caliskan et al. 2017",
    criticism="few words, American ones, from the Implicit Association Test; the result depends on their "
    "choice, and Ethayarajh et al. 2019 (arXiv:1908.06361) show that the test overestimates associations",
    package="wefe",
    release="wefe==1.0.1",
    file="datasets/data/WEAT.json",
    sha256="1a4a448a1825b29c67a7ebb7733343084b015f5b8ed720b2d9e193840a3d49a1",
)

_PUBLISHED = {
    "weat-1": ("flowers", "insects", "pleasant_5", "unpleasant_5a"),
    "weat-2": ("instruments", "weapons", "pleasant_5", "unpleasant_5a"),
    "weat-3": ("european_american_names_5", "african_american_names_5", "pleasant_5", "unpleasant_5b"),
    "weat-4": ("european_american_names_7", "african_american_names_7", "pleasant_5", "unpleasant_5b"),
    "weat-5": ("european_american_names_7", "african_american_names_7", "pleasant_9", "unpleasant_9"),
    "weat-6": ("male_names", "female_names", "career", "family"),
    "weat-7": ("math", "arts", "male_terms", "female_terms"),
    "weat-8": ("science", "arts_2", "male_terms_2", "female_terms_2"),
    "weat-9": ("mental_disease", "physical_disease", "temporary", "permanent"),
    "weat-10": ("young_people_names", "old_people_names", "pleasant_9", "unpleasant_9"),
}

_OWN_SETS = {
    "men": ("men", "fathers", "brothers", "sons", "uncles", "boys", "husbands", "grandfathers"),
    "women": ("women", "mothers", "sisters", "daughters", "aunts", "girls", "wives", "grandmothers"),
    "career": (
        "salary",
        "office",
        "promotion",
        "business",
        "profession",
        "contract",
        "meetings",
        "leadership",
    ),
    "family": ("home", "children", "marriage", "kitchen", "parents", "wedding", "cousins", "household"),
    "science": (
        "physics",
        "chemistry",
        "laboratory",
        "engineering",
        "astronomy",
        "algebra",
        "theory",
        "data",
    ),
    "arts": ("poetry", "painting", "dance", "music", "theatre", "sculpture", "drama", "novels"),
    "young": ("youths", "teenagers", "youngsters", "adolescents", "juniors", "kids", "apprentices", "pupils"),
    "old": ("elders", "pensioners", "seniors", "retirees", "grandparents", "ancients", "veterans", "doyens"),
    "pleasant": ("joy", "kindness", "sunshine", "friendship", "laughter", "peace", "comfort", "beauty"),
    "unpleasant": ("pain", "cruelty", "filth", "misery", "fear", "decay", "hatred", "ugliness"),
}

_BUILT_IN = {
    "career-family": ("men", "women", "career", "family"),
    "science-arts": ("men", "women", "science", "arts"),
    "young-old": ("young", "old", "pleasant", "unpleasant"),
}


#: Maximum number of partitions for an exact test; above it, partitions are sampled.
EXACT = 100_000

# Relative to a sum: reordering the terms changes it by less.
_ROUNDING = 1e-12

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
    extra = _describe(name, sets, sum(map(len, texts))) | {
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


def _describe(name: str, sets: WordSets, count: int) -> dict[str, str]:
    """Return the extra that describes an association test on `count` words or sentences."""
    x, y, a, b = sets.names
    fair = _CHECK if x in _CHECKS else _FAIR
    means = _MEANS.format(x, a, y, b, fair, "" if name == "weat" else _DEPENDENT)
    scored = f"{count:,} {'words' if name == 'weat' else 'sentences'}"
    if sets.file is None:
        return {"data": "words of genbench's own", "note": remark(means, f"{scored} {_OWN}")}
    return notes(DATA, sets.file, means, scored)


# Effect sizes and permutation tests for differences of association in an embedding.
class Chance(NamedTuple):
    """The share of partitions whose statistic is at least the observed one, with ties.

    error       standard error of that share if partitions are sampled, 0 if the test is exact
    partitions  number of partitions evaluated
    """

    p: float
    error: float
    partitions: int
    is_exact: bool


def associations(targets: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> Floats:
    """Return the (n,) mean cosine of targets (n, d) with `first` (a, d), less that with `second` (b, d).

    Raises Invalid unless all rows are finite and of one width, Undefined if a row is 0 and has no direction.
    """
    rows, near, far = (_directions(array) for array in (targets, first, second))
    if not rows.shape[1] == near.shape[1] == far.shape[1]:
        raise Invalid(
            f"expected vectors of one width, got {rows.shape[1]}, {near.shape[1]} and {far.shape[1]}"
        )
    return np.asarray((rows @ near.T).mean(axis=1) - (rows @ far.T).mean(axis=1))


def effect_size(x: Floats, y: Floats) -> float:
    """Return (mean x - mean y) / sd of both (divisor n - 1), for (n,) and (m,) associations, in (-2, 2).

    Raises Undefined where all are equal.
    """
    both = np.concatenate([x, y])
    spread = float(both.std(ddof=1))
    if spread <= _ROUNDING * float(np.abs(both).max()):
        raise Undefined(
            "all targets have the same association with both sets of attributes: no scale; name another "
            "extractor"
        )
    return float(x.mean() - y.mean()) / spread


def chance(x: Floats, y: Floats, *, partitions: int, rng: np.random.Generator) -> Chance:
    """Return the p-value of sum x - sum y in a permutation test of the two sets.

    x, y        (n,) associations each
    partitions  number to sample if there are more than EXACT, without replacement, with the observed one

    Source: Caliskan et al. 2017, doi:10.1126/science.aal4230; one-sided and with ties, as in sent-bias.
    """
    both, size = np.concatenate([x, y]), len(x)
    total = math.comb(len(both), size)
    is_exact = total <= EXACT
    chosen = (
        list(itertools.combinations(range(len(both)), size))
        if is_exact
        else _draw_subsets(len(both), size, partitions, rng)
    )
    # sum x - sum y = 2 sum x - (sum of both), so it depends on sum x alone
    sums = both[np.array(chosen)].sum(axis=1)
    p = float((sums >= x.sum() - _ROUNDING * np.abs(both).sum()).mean())
    error = 0.0 if is_exact else math.sqrt(p * (1 - p) / len(chosen) * (1 - len(chosen) / total))
    return Chance(p, error, len(chosen), is_exact)


def _draw_subsets(n: int, size: int, count: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return `count` distinct subsets of range(n) of `size` elements, including the first `size`."""
    chosen = dict.fromkeys([tuple(range(size))])
    while len(chosen) < count:
        chosen[tuple(np.sort(rng.choice(n, size, replace=False)).tolist())] = None
    return list(chosen)


def _directions(array: NDArray[Any]) -> Floats:
    """Return the rows of an array, normalised to length 1."""
    rows = np.asarray(array)
    if rows.ndim != 2 or rows.dtype.kind not in "fiu" or not np.isfinite(rows).all():  # noqa: PLR2004 - (n, d)
        raise Invalid(f"expected finite vectors (n, d), got {rows.dtype} {rows.shape}")
    rows = rows.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    unknown = int((lengths == 0).sum())
    if unknown:
        raise Undefined(
            f"the extractor returns the zero vector for {unknown} of {len(rows)} texts; choose another"
        )
    return np.asarray(rows / lengths[:, None])


# Word lists for association tests: genbench's own, and WEAT 1 to 10 of Caliskan et al.


class WordSets(NamedTuple):
    """Two target sets of equal size, two attribute sets, and their file; None: genbench's own words."""

    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    file: Path | None


def word_sets(test: TestName, path: Path | None) -> WordSets:
    """Return the words of a test.

    path  a JSON file of sets by name in the format of wefe's WEAT.json, for the tests of Caliskan et al.;
          None: the file of the installed package

    Raises DataError for a file without a required set, and for a file given with genbench's own words.
    """
    if test in _BUILT_IN:
        if path is not None:
            known = ", ".join(_PUBLISHED)
            raise DataError(
                f"the test {test} has built-in words; remove the option 'words', or choose {known}"
            )
        names = _BUILT_IN[test]
        return WordSets(names, tuple(_OWN_SETS[name] for name in names), None)
    names, file = _PUBLISHED[test], find(DATA, path, "words")
    sets = read_json(file)
    words = tuple(_set(sets, name, file.name) for name in names)
    if len(words[0]) != len(words[1]):
        raise DataError(f"{file.name}: {names[0]} has {len(words[0])} words and {names[1]} {len(words[1])}; "
                        f"expected equal numbers")  # fmt: skip
    return WordSets(names, words, file)


def _set(sets: dict[str, Any], name: str, file: str) -> tuple[str, ...]:
    found = sets.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(word, str) and word for word in found):
        raise DataError(f"{file}: no set {name!r}; expected a list of words, as in wefe's WEAT.json")
    return tuple(found)
