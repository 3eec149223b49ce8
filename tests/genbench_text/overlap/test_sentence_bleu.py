"""Mean BLEU of single texts, compared with its definition written out, nltk and fast-bleu."""

from __future__ import annotations

import importlib
import math
from collections import Counter

import numpy as np
import pytest
from genbench_text.overlap.sentence_bleu import self_bleu, sentence_bleu
from genbench_text.tokens.words import words
from hypothesis import given
from hypothesis import strategies as st

from genbench import Samples, Undefined

needs_peers = pytest.mark.extras("nltk", "fast_bleu")

few_words = st.lists(st.text("abc ", max_size=14), min_size=2, max_size=6)


def texts(*data):
    return Samples.of("text", data)


def counts(text, n):
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def plain_bleu(text, references, n):
    """Return BLEU with a tenth of a match where an order has none, one text after the other."""
    logs = []
    for k in range(1, n + 1):
        own, known = counts(text, k), [counts(reference, k) for reference in references]
        matches = sum(min(c, max(other[gram] for other in known)) for gram, c in own.items())
        if k == 1 and not matches:
            return 0.0
        logs.append(math.log((matches or 0.1) / max(1, own.total())))
    nearest = min((abs(len(r) - len(text)), len(r)) for r in references)[1]
    return math.exp(min(0, 1 - nearest / len(text)) + sum(logs) / n)


@given(few_words, st.integers(1, 5))
def test_self_bleu_is_its_definition(data, n):
    split = [words(text) for text in data]
    if not any(split):
        return
    each = [plain_bleu(text, split[:i] + split[i + 1 :], n) for i, text in enumerate(split)]
    found = self_bleu(texts(*data), n=n)
    assert found.value == pytest.approx(np.mean(each), abs=1e-12)
    assert found.extra == {"empty": split.count([])}


@given(few_words, few_words, st.integers(1, 5))
def test_sentence_bleu_is_its_definition_both_ways(real, fake, n):
    sides = [[words(text) for text in side] for side in (fake, real)]
    if not any(sides[1]):
        return
    found = sentence_bleu(texts(*real), texts(*fake), n=n)
    for way, (side, references) in zip(("forward", "backward"), (sides, sides[::-1]), strict=True):
        each = [plain_bleu(text, references, n) for text in side]
        assert found[f"{way}-sentence-bleu"].value == pytest.approx(np.mean(each), abs=1e-12), way


def test_every_text_twice_is_as_like_itself_as_can_be(sentences):
    found = self_bleu(texts(*sentences[:50], *sentences[:50]))
    assert found.value == pytest.approx(1, abs=1e-12)


def test_texts_that_share_no_word_are_not_alike():
    assert self_bleu(texts("a b c", "d e f")).value == 0


def test_its_own_words_do_not_count_for_a_text():
    assert self_bleu(texts("a b c d e", "a x", "y z"), n=1).value == pytest.approx(
        np.mean([1 / 5, math.exp(1 - 2 / 2) / 2, 0])
    )


def test_of_two_lengths_as_near_the_shorter_is_taken():
    found = sentence_bleu(texts("a b", "a b c d"), texts("a b c"), n=1)
    assert found["forward-sentence-bleu"].value == 1
    assert self_bleu(texts("a b c", "a b", "a b c d"), n=1).value == pytest.approx(
        np.mean([1, math.exp(1 - 3 / 2), 3 / 4])
    )


def test_texts_without_words_score_0_and_are_told():
    found = self_bleu(texts("a b c d", "a b c d", "", " "))
    assert found.value == pytest.approx(1 / 2)
    assert found.extra == {"empty": 2}
    found = sentence_bleu(texts("a b c d"), texts("", "a b c d"))
    assert [score.value for score in found.values()] == pytest.approx([1 / 2, 1])
    assert [score.extra["empty"] for score in found.values()] == [1, 0]


@pytest.mark.parametrize("data", [(), ("a b",), ("", " ")])
def test_self_bleu_needs_two_texts_and_a_word(data):
    with pytest.raises(Undefined, match=f"at least 2 texts, .*; there are {len(data)} texts"):
        self_bleu(texts(*data))


@pytest.mark.parametrize(("real", "fake"), [((), ("a",)), (("a",), ()), (("", " "), ("a",))])
def test_sentence_bleu_needs_fakes_and_real_words(real, fake):
    with pytest.raises(Undefined, match="needs a fake, and a word in a real text"):
        sentence_bleu(texts(*real), texts(*fake))


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


@needs_peers
@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("vocabulary", ["ab", "abcdefgh"])
def test_self_bleu_equals_nltk_on_short_and_empty_texts(n, vocabulary, nltk_bleu):
    data = random_texts(np.random.default_rng(n), 40, vocabulary)
    split = [words(text) for text in data]
    each = [nltk_bleu(text, split[:i] + split[i + 1 :], n) for i, text in enumerate(split)]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(each), abs=1e-12, rel=0)


@needs_peers
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_self_bleu_equals_nltk_on_sentences(n, sentences, nltk_bleu):
    data = sentences[:120]
    split = [words(text) for text in data]
    each = [nltk_bleu(text, split[:i] + split[i + 1 :], n) for i, text in enumerate(split)]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(each), abs=1e-12, rel=0)


@needs_peers
@pytest.mark.parametrize("n", [2, 4])
def test_sentence_bleu_equals_nltk_both_ways(n, sentences, nltk_bleu):
    fake, real = sentences[:60], sentences[60:100]
    found = sentence_bleu(*(Samples.of("text", side) for side in (real, fake)), n=n)
    sides = [[words(text) for text in side] for side in (fake, real)]
    for way, (side, references) in zip(("forward", "backward"), (sides, sides[::-1]), strict=True):
        expected = np.mean([nltk_bleu(text, references, n) for text in side])
        assert found[f"{way}-sentence-bleu"].value == pytest.approx(expected, abs=1e-12, rel=0), way


@needs_peers
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_self_bleu_equals_fast_bleu_on_sentences(n, sentences):
    module = importlib.import_module("fast_bleu")
    data = sentences[:300]
    peer = module.SelfBLEU([words(text) for text in data], {"n": (1 / n,) * n}).get_score()["n"]
    assert self_bleu(Samples.of("text", data), n=n).value == pytest.approx(np.mean(peer), abs=1e-8)
