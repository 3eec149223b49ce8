"""Damage to the words of texts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from genbench_modalities.faults.words import loop, truncate, words_dropped, words_replaced, words_shuffled
from numpy.random import default_rng

from genbench import Samples, Space, Undefined

WORDS = [f"w{number}" for number in range(20)]
TEXTS = Samples.of("text", [" ".join(f"{word}.{text}" for word in WORDS) for text in range(500)],
                   np.arange(500) % 3)  # fmt: skip
ODD = ("", " \n", "one", " a  b\n\tc d e f ", "z\u00e4hl mir, \u4e00 \u4e8c")
ALL = (words_shuffled, words_replaced, words_dropped, loop, lambda real, level, _: truncate(real, level))


def words_of(samples):
    return [text.split() for text in samples.data]


def changed(samples):
    """Return the share of words that are not where they were; both have as many."""
    pairs = zip(words_of(TEXTS), words_of(samples), strict=True)
    return np.mean([one != other for pair in pairs for one, other in zip(*pair, strict=True)])


def test_shuffled_words_stay_in_their_text():
    found = words_shuffled(TEXTS, 1.0, default_rng(0))
    assert list(map(Counter, words_of(found))) == list(map(Counter, words_of(TEXTS)))
    assert changed(found) == pytest.approx(1 - 1 / 20, abs=0.01)  # a permutation leaves one in its place


def test_a_quarter_of_the_words_changes_places():
    found = words_shuffled(TEXTS, 0.25, default_rng(0))
    assert list(map(Counter, words_of(found))) == list(map(Counter, words_of(TEXTS)))
    assert changed(found) == pytest.approx(0.25 - 1 / 20, abs=0.01)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_a_share_of_the_words_is_replaced_by_words_of_the_texts(share):
    found = words_replaced(TEXTS, share, default_rng(0))
    assert changed(found) == pytest.approx(share, abs=0.01)
    known = {word for words in words_of(TEXTS) for word in words}
    assert {word for words in words_of(found) for word in words} <= known


def test_words_come_as_often_as_they_occur():
    texts = Samples.of("text", ["the the the end"] * 2_000)
    counts = Counter(word for words in words_of(words_replaced(texts, 1.0, default_rng(0))) for word in words)
    assert counts["the"] / counts.total() == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_a_share_of_the_words_is_dropped_and_the_rest_keeps_its_order(share):
    found = words_of(words_dropped(TEXTS, share, default_rng(0)))
    assert sum(map(len, found)) / (20 * 500) == pytest.approx(1 - share, abs=0.01)
    for words, before in zip(found, words_of(TEXTS), strict=True):
        assert words == [word for word in before if word in set(words)]


def test_a_text_keeps_a_word_whatever_is_dropped():
    assert words_dropped(TEXTS, 1.0, default_rng(0)).data[7] == "w0.7"


@pytest.mark.parametrize(("share", "left"), [(0.75, 15), (0.5, 10), (0.25, 5), (0.001, 1)])
def test_a_truncated_text_is_a_beginning(share, left):
    found = truncate(TEXTS, share)
    assert all(len(words) == left for words in words_of(found))
    assert all(before.startswith(text) for text, before in zip(found.data, TEXTS.data, strict=True))


def test_a_loop_says_its_first_four_words_to_the_text_s_length():
    assert loop(Samples.of("text", ["a b c d e f\ng h i j"]), 1.0, default_rng(0)).data == (
        "a b c d a b\nc d a b",
    )


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_a_share_of_the_texts_loops(share):
    found = loop(TEXTS, share, default_rng(0))
    assert sum(text != before for text, before in zip(found.data, TEXTS.data, strict=True)) == 500 * share


@pytest.mark.parametrize("damage", ALL)
def test_white_space_stays_and_texts_without_words_do_too(damage):
    found = damage(Samples.of("text", ODD), 1.0, default_rng(0))
    assert found.data[:2] == ODD[:2]
    assert found.data[3][0] == found.data[3][-1] == " "
    assert len(found) == len(ODD)
    assert all(text.split() for text in found.data[2:])


@pytest.mark.parametrize("damage", [words_shuffled, words_replaced, loop])
def test_white_space_between_words_is_that_of_the_text(damage):
    found = damage(Samples.of("text", ODD), 1.0, default_rng(0)).data[3]
    assert "".join(letter if letter.isspace() else "." for letter in " ".join(found.split())) == ". . . . . ."


@pytest.mark.parametrize("damage", ALL[:-1])
def test_without_damage_it_is_the_same_text(damage):
    assert damage(Samples.of("text", ODD), 0.0, default_rng(0)).data == ODD
    assert truncate(Samples.of("text", ODD), 1.0).data == ODD


@pytest.mark.parametrize("damage", ALL)
def test_labels_and_space_stay_and_texts_are_new(damage):
    before = tuple(TEXTS.data)
    found = damage(TEXTS, 0.5, default_rng(0))
    assert (found.space, len(found)) == (TEXTS.space, len(TEXTS))
    assert np.array_equal(found.labels, TEXTS.labels)
    assert TEXTS.data == before


@pytest.mark.parametrize("damage", ALL)
def test_the_same_stream_does_the_same_damage(damage):
    assert damage(TEXTS, 0.5, default_rng(1)).data == damage(TEXTS, 0.5, default_rng(1)).data


def test_no_text_becomes_longer_than_its_space_allows():
    texts = Samples(("long words begin, then a b c d",), Space("text", longest=32))
    assert loop(texts, 1.0, default_rng(0)).data == ("long words begin, then long word",)


@pytest.mark.parametrize("damage", ALL)
@pytest.mark.parametrize("texts", [(), ("", "word"), ("\u6211\u5011\u5728\u9019\u88e1\u3002",)])
def test_texts_without_two_words_are_no_ground_for_damage(damage, texts):
    with pytest.raises(Undefined, match="no text has two words with white space between them"):
        damage(Samples.of("text", texts), 0.5, default_rng(0))
