"""Association tests against the references and closed forms."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from genbench_bias.embeddings.association import associations, chance, effect_size
from genbench_bias.embeddings.weat import SENTENCES, seat, weat
from genbench_bias.embeddings.word_sets import DATA, word_sets
from genbench_bias.shared.published import find

from genbench.core.errors import DataError, Invalid, Undefined

OWN = ("career-family", "science-arts", "young-old")
PUBLISHED = tuple(f"weat-{number}" for number in range(1, 11))
NAMES = {  # of the sets of one test, in the published form
    "male_names": ["Al", "Bo"],
    "female_names": ["Di", "Em"],
    "career": ["job"],
    "family": ["kin"],
}


class Vectors:
    """An extractor with a vector for each word, found in a text by its name."""

    def __init__(self, known):
        self.known = {word: np.asarray(vector, float) for word, vector in known.items()}

    def __call__(self, samples):
        assert samples.space.kind == "text"
        return np.array([self._of(text) for text in samples.data])

    def _of(self, text):
        return next(vector for word, vector in self.known.items() if word in text)


@pytest.fixture
def vectors(record):
    """Return the reference's vectors as (4, d), (4, d), (3, d), (3, d)."""
    known = json.loads((Path(__file__).parents[1] / "data" / "weat.json").read_text())
    return [np.array([known[key] for key in known if key.startswith(side)]) for side in "xyab"]


def of(vectors):
    x, y, a, b = vectors
    return associations(x, a, b), associations(y, a, b)


@pytest.mark.parametrize("source", ["closed form", "sent-bias"])
def test_effect_size_and_exact_p_equal_the_reference(source, record, vectors):
    known = record("weat", "4x4x3x3", source)
    value, x_y = known["value"], of(vectors)
    size = value.get("effect_size_ddof1", value.get("effect_size"))
    assert effect_size(*x_y) == pytest.approx(size, abs=known["tol"], rel=0)
    found = chance(*x_y, partitions=100, rng=None)
    assert found.p == pytest.approx(value.get("p_exact_ge", value.get("p_value")), abs=known["tol"], rel=0)
    assert (found.partitions, found.is_exact, found.error) == (70, True, 0)


def test_wefe_s_divisor_n_is_the_only_difference_to_wefe(record, vectors):
    known = record("weat", "4x4x3x3", "wefe")
    x, y = of(vectors)
    assert x.sum() - y.sum() == pytest.approx(known["value"]["statistic"], abs=known["tol"], rel=0)
    theirs = effect_size(x, y) * math.sqrt(8 / 7)
    assert theirs == pytest.approx(known["value"]["effect_size"], abs=known["tol"], rel=0)


def test_the_case_that_can_be_done_by_hand(record):
    known = record("weat", "hand")
    e1, e2 = np.eye(2)
    x_y = of([np.array([e1, e1]), np.array([e2, e2]), e1[None], e2[None]])
    assert effect_size(*x_y) == pytest.approx(known["value"]["effect_size_ddof1"], abs=known["tol"], rel=0)
    p = chance(*x_y, partitions=100, rng=None).p
    assert p == pytest.approx(known["value"]["p_exact_ge"], abs=known["tol"], rel=0)


def test_ties_count_whatever_order_rounding_takes(rng):
    x = np.array([0.1, 0.2, 0.3])
    y = np.array([0.3, 0.2, 0.1])
    counted = sum(math.fsum(part) >= math.fsum(x) - 1e-12 for part in itertools.combinations([*x, *y], 3))
    assert chance(x, y, partitions=100, rng=rng).p == counted / 20


def test_drawn_partitions_are_different_hold_the_observed_one_and_estimate_the_exact_p(rng):
    scores = rng.normal(size=20)
    x, y = scores[:10] + 0.3, scores[10:]
    both = np.concatenate([x, y])
    sums = np.array([part.sum() for part in both[np.array(list(itertools.combinations(range(20), 10)))]])
    exact = (sums >= x.sum() - 1e-12).mean()
    found = chance(x, y, partitions=20_000, rng=rng)
    assert not found.is_exact
    assert found.partitions == 20_000
    drawn = 20_000 / math.comb(20, 10)  # the share of all partitions, none of them drawn twice
    assert found.error == pytest.approx(math.sqrt(found.p * (1 - found.p) / 20_000 * (1 - drawn)), rel=1e-12)
    assert abs(found.p - exact) < 4 * found.error + 1 / 20_000


def test_a_p_that_is_drawn_is_never_0(rng):
    found = chance(np.ones(40), -np.ones(40), partitions=1000, rng=rng)
    assert found.p == 1 / 1000


def test_an_effect_stays_within_2(rng):
    for n in (1, 2, 50):
        size = effect_size(np.ones(n), -np.ones(n))
        assert size == pytest.approx(2 * math.sqrt((2 * n - 1) / (2 * n)))
        assert size < 2


@pytest.fixture
def file(write):
    return write("WEAT.json", json.dumps(NAMES))


#: Men near careers, women near families.
LEANING = Vectors(
    {"Al": [1, 0.1], "Bo": [1, 0.2], "Di": [0.1, 1], "Em": [0.2, 1], "job": [1, 0], "kin": [0, 1]}
)


def test_an_embedding_that_leans_has_a_large_effect_and_its_mirror_the_opposite(file, write, rng):
    found = weat(LEANING, test="weat-6", words=file, rng=rng)
    assert found["weat-effect"].value > 1.6
    assert found["weat-p"].value == 1 / 6
    assert found["weat-effect"].extra["targets"] == ["male_names", "female_names"]
    assert found["weat-effect"].extra["statistic"] > 0
    mirrored = NAMES | {"career": ["kin"], "family": ["job"]}
    other = weat(LEANING, test="weat-6", words=write("other.json", json.dumps(mirrored)), rng=rng)
    assert other["weat-effect"].value == pytest.approx(-found["weat-effect"].value)
    assert other["weat-p"].value == 1


def test_sentences_are_counted_one_by_one(file, rng):
    found = seat(LEANING, test="weat-6", words=file, rng=rng)
    assert found["seat-p"].extra["partitions"] == math.comb(16, 8)
    assert found["seat-effect"].value > 1.6
    assert all("{}" in sentence for sentence in SENTENCES)


@pytest.mark.parametrize("test", OWN)
@pytest.mark.parametrize("probe", [weat, seat])
def test_words_of_our_own_need_no_file_and_chance_finds_little_in_noise(probe, test, rng):
    noise = np.random.default_rng(5)
    found = probe(lambda samples: noise.normal(size=(len(samples), 50)), test=test, rng=rng)
    name = probe.__name__
    assert abs(found[f"{name}-effect"].value) < 1.5
    assert 0.001 < found[f"{name}-p"].value < 0.999


@pytest.mark.parametrize("test", OWN)
def test_our_lists_are_of_one_size_and_share_no_word(test):
    words = word_sets(test, None).words
    assert {len(part) for part in words} == {8}
    assert len({word for part in words for word in part}) == 32


def test_notes_say_what_goes_with_what_that_p_of_sentences_is_too_small_and_what_is_a_control(write, rng):
    flowers = {"flowers": ["Al"], "insects": ["Di"], "pleasant_5": ["job"], "unpleasant_5a": ["kin"]}
    file = write("WEAT.json", json.dumps(NAMES | flowers))
    noise = np.random.default_rng(5)

    def note(probe, **options):
        found = probe(lambda samples: noise.normal(size=(len(samples), 9)), rng=rng, **options)
        assert len({score.extra["note"] for score in found.values()}) == 1
        return next(iter(found.values())).extra["note"]

    words, sentences = (note(probe, test="young-old") for probe in (weat, seat))
    assert words.startswith("whether young go with pleasant, and old with unpleasant, in the extractor")
    assert "(effect: 0 is fair; p: the share of random sets with as much). 32 words of genbench's" in words
    assert "as much, but too small, as sentences about one word are alike). 128 sentences" in sentences
    named = note(weat, test="weat-6", words=file)
    assert "6 words of a file that genbench does not know, read as WEAT: words of the" in named
    assert "effect: a control, which a good embedding has above 0" in note(weat, test="weat-1", words=file)


def test_a_word_without_a_vector_has_no_angle(file, rng):
    nothing = Vectors(LEANING.known | {"Em": [0, 0]})
    with pytest.raises(Undefined, match=r"the zero vector.* for 1 of 2 texts"):
        weat(nothing, test="weat-6", words=file, rng=rng)


def test_an_embedding_of_one_point_has_no_scale(file, rng):
    with pytest.raises(Undefined, match="the same association with both sets"):
        weat(lambda samples: np.ones((len(samples), 3)), test="weat-6", words=file, rng=rng)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_not_finite_are_invalid(bad, file, rng):
    with pytest.raises(Invalid, match="expected finite vectors"):
        weat(lambda samples: np.full((len(samples), 2), bad), test="weat-6", words=file, rng=rng)


def test_widths_must_agree():
    with pytest.raises(Invalid, match="one width, got 2, 3 and 2"):
        associations(np.ones((1, 2)), np.ones((1, 3)), np.ones((1, 2)))


def test_hostile_files_are_refused(hostile, rng):
    path, message = hostile
    with pytest.raises(DataError, match=message):
        weat(LEANING, test="weat-6", words=path, rng=rng)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected a JSON object, got list"),
        ("{}", "WEAT.json: no set 'male_names'"),
        (json.dumps(NAMES | {"career": [3]}), "no set 'career'; expected a list of words"),
        (json.dumps(NAMES | {"male_names": ["Al"]}), "male_names has 1 words and female_names 2"),
    ],
)
def test_a_malformed_file_is_refused(content, message, write, rng):
    with pytest.raises(DataError, match=message):
        weat(LEANING, test="weat-6", words=write("WEAT.json", content), rng=rng)


def test_a_file_for_words_of_our_own_is_refused(file, rng):
    with pytest.raises(DataError, match="career-family has built-in words"):
        weat(LEANING, words=file, rng=rng)


@pytest.mark.extras("wefe")
@pytest.mark.parametrize("test", PUBLISHED)
def test_the_installed_package_has_the_words_of_every_published_test(test):
    sets = word_sets(test, None)
    assert len(sets.words[0]) == len(sets.words[1])
    assert sets.file == find(DATA, None, "words")
