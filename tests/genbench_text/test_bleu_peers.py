"""BLEU of single texts held against nltk and fast-bleu; `tox -e extras` runs these."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from genbench_text.overlap.sentence_bleu import self_bleu, sentence_bleu
from genbench_text.tokens.words import words

from genbench import Samples

pytestmark = pytest.mark.extras("nltk", "fast_bleu")


@pytest.fixture(scope="module")
def nltk_bleu():
    module = importlib.import_module("nltk.translate.bleu_score")
    method = module.SmoothingFunction().method1

    def bleu(text, references, n):
        weights = (1 / n,) * n
        return module.sentence_bleu(references, text, weights=weights, smoothing_function=method)

    return bleu


def random_texts(rng, n, vocabulary):
    return [" ".join(rng.choice(list(vocabulary), rng.integers(0, 9))) for _ in range(n)]


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("vocabulary", ["ab", "abcdefgh"])
def test_self_bleu_equals_nltk_on_short_and_empty_texts(n, vocabulary, nltk_bleu):
    data = random_texts(np.random.default_rng(n), 40, vocabulary)
    split = [words(text) for text in data]
    each = [nltk_bleu(text, split[:i] + split[i + 1 :], n) for i, text in enumerate(split)]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(each), abs=1e-12, rel=0)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_self_bleu_equals_nltk_on_sentences(n, sentences, nltk_bleu):
    data = sentences[:120]
    split = [words(text) for text in data]
    each = [nltk_bleu(text, split[:i] + split[i + 1 :], n) for i, text in enumerate(split)]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(each), abs=1e-12, rel=0)


@pytest.mark.parametrize("n", [2, 4])
def test_sentence_bleu_equals_nltk_both_ways(n, sentences, nltk_bleu):
    fake, real = sentences[:60], sentences[60:100]
    found = sentence_bleu(*(Samples.of("text", side) for side in (real, fake)), n=n)
    sides = [[words(text) for text in side] for side in (fake, real)]
    for way, (side, references) in zip(("forward", "backward"), (sides, sides[::-1]), strict=True):
        expected = np.mean([nltk_bleu(text, references, n) for text in side])
        assert found[f"{way}-sentence-bleu"].value == pytest.approx(expected, abs=1e-12, rel=0), way


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_self_bleu_equals_fast_bleu_on_sentences(n, sentences):
    module = importlib.import_module("fast_bleu")
    data = sentences[:300]
    peer = module.SelfBLEU([words(text) for text in data], {"n": (1 / n,) * n}).get_score()["n"]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(peer), abs=1e-8)
