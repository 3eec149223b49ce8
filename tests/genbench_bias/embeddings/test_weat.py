"""Association tests against the references and closed forms."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from genbench_bias.embeddings.weat import SENTENCES, seat, weat

from genbench.core.errors import Invalid, Undefined

OWN = ("career-family", "science-arts", "young-old")
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
        assert samples.space.modality == "text"
        return np.array([self._of(text) for text in samples.data])

    def _of(self, text):
        return next(vector for word, vector in self.known.items() if word in text)


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


def test_notes_say_what_goes_with_what_that_p_of_sentences_is_too_small_and_what_is_a_check(write, rng):
    flowers = {"flowers": ["Al"], "insects": ["Di"], "pleasant_5": ["job"], "unpleasant_5a": ["kin"]}
    file = write("WEAT.json", json.dumps(NAMES | flowers))
    noise = np.random.default_rng(5)

    def note(probe, **options):
        found = probe(lambda samples: noise.normal(size=(len(samples), 9)), rng=rng, **options)
        assert len({score.extra["note"] for score in found.values()}) == 1
        return next(iter(found.values())).extra["note"]

    words, sentences = (note(probe, test="young-old") for probe in (weat, seat))
    assert "associates young with pleasant, and old with unpleasant" in words
    assert "p: the share of random sets with as strong an association). 32 words chosen by genbench" in words
    assert "which is too small, because sentences about one word are alike). 128 sentences" in sentences
    named = note(weat, test="weat-6", words=file)
    assert "6 words of a file that genbench does not know, read as WEAT: few words, American" in named
    assert "effect: a check of the extractor, above 0 for a good one" in note(weat, test="weat-1", words=file)


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
