"""Overlap of texts with their references, compared with its definition written out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from genbench_text.overlap.overlap import among, between, require_texts
from genbench_text.tokens.words import number_words
from hypothesis import given
from hypothesis import strategies as st

from genbench import Undefined

rows = st.lists(st.lists(st.sampled_from("abc"), max_size=9), min_size=2, max_size=6)


def grams(text, n):
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def matches(text, references, n):
    """Return how many n-grams of a text a reference has too, each as often as the one that has most."""
    known = [grams(reference, n) for reference in references]
    return sum(min(count, max(other[gram] for other in known)) for gram, count in grams(text, n).items())


def nearest(text, references):
    return min((abs(len(other) - len(text)), len(other)) for other in references)[1]


def assert_is(found, texts, references, n):
    """Compare an overlap with that of texts, each with its own references."""
    orders = range(1, n + 1)
    pairs = list(zip(texts, references, strict=True))
    assert found.matches.tolist() == [[matches(*pair, order) for pair in pairs] for order in orders]
    assert found.totals.tolist() == [[grams(text, order).total() for text in texts] for order in orders]
    assert found.length.tolist() == [*map(len, texts)]
    assert found.nearest.tolist() == [nearest(*pair) for pair in pairs]


@given(rows, st.integers(1, 4))
def test_texts_among_themselves_have_all_others_as_references(texts, n):
    others = [texts[:i] + texts[i + 1 :] for i in range(len(texts))]
    assert_is(among(number_words(texts), n), texts, others, n)


@given(rows, rows, st.integers(1, 4))
def test_texts_on_two_sides_have_the_other_side_as_references(fakes, reals, n):
    both = number_words([*fakes, *reals])
    forward, backward = between(both, len(fakes), n)
    assert_is(forward, fakes, [reals] * len(fakes), n)
    assert_is(backward, reals, [fakes] * len(reals), n)


@pytest.mark.parametrize(
    ("fake", "real", "said"),
    [
        ([], [1, 2], "there are 0 fakes, and 2 real texts with 3 words"),
        ([4], [], "there are 1 fakes, and 0 real texts with 0 words"),
        ([4, 0], [0], "there are 2 fakes, and 1 real texts with 0 words"),
    ],
)
def test_a_fake_and_a_word_in_a_real_text_are_needed(fake, real, said):
    with pytest.raises(Undefined, match=f"^mauve needs a fake, and a word in a real text; {said}$"):
        require_texts("mauve", np.array(fake, np.int64), np.array(real, np.int64))


def test_fakes_without_words_are_enough():
    require_texts("mauve", np.array([0]), np.array([0, 1]))
