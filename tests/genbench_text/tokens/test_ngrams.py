"""n-grams as numbers, held against tuples of words."""

from __future__ import annotations

from collections import Counter

import pytest
from genbench_text.tokens.ngrams import count_grams, grams
from genbench_text.tokens.words import words
from hypothesis import given
from hypothesis import strategies as st

texts = st.lists(st.text("ab ", max_size=30), max_size=6)


def grams_of(text, n):
    found = words(text)
    return [tuple(found[i : i + n]) for i in range(len(found) - n + 1)]


@given(texts, st.integers(1, 9))
def test_numbers_are_equal_where_n_grams_are_and_none_spans_two_texts(texts, n):
    found = grams(texts, n)
    expected = [(t, gram) for t, text in enumerate(texts) for gram in grams_of(text, n)]
    assert found.text.tolist() == [t for t, _ in expected]
    pairs = set(zip(found.number.tolist(), (gram for _, gram in expected), strict=True))
    assert len(pairs) == len({gram for _, gram in expected}) == found.kinds
    assert sorted(number for number, _ in pairs) == list(range(found.kinds))


@given(texts, st.integers(1, 5))
def test_counts_are_those_of_each_text(texts, n):
    found = count_grams(grams(texts, n))
    by_text = [sorted(found.count[found.text == t].tolist()) for t in range(len(texts))]
    assert by_text == [sorted(Counter(grams_of(text, n)).values()) for text in texts]


def test_a_text_shorter_than_n_has_none():
    found = grams(["a b", "", "a b c"], 3)
    assert found.start.tolist() == [2]
    assert found.row.tolist() == [-1, -1, 0, -1, -1]


@pytest.mark.parametrize("n", [1, 7, 64])
def test_texts_without_words_have_none(n):
    assert (grams(["", "  "], n).kinds, len(count_grams(grams([], n)).count)) == (0, 0)
