"""Shares of different n-grams: closed forms, loops, and what has no value."""

from __future__ import annotations

import pytest
from genbench_text.overlap.repetition import distinct_n, rep_n, seq_rep_n

from genbench import Samples, Undefined


def texts(*data):
    return Samples.of("text", data)


def test_distinct_n_counts_all_texts_together():
    fake = texts("a b a b", "a b c")
    assert distinct_n(fake) == 3 / 5  # ab ba ab ab bc
    assert distinct_n(fake, n=1) == 3 / 7
    assert distinct_n(fake, n=4) == 1


def test_rep_n_is_the_rest_as_a_percentage():
    assert rep_n(texts("a b a b", "a b c"), n=2) == pytest.approx(40)


def test_seq_rep_n_is_the_mean_over_texts_that_have_n_words():
    found = seq_rep_n(texts("a a a", "a b c", "a"), n=2)
    assert found.value == (1 / 2 + 0) / 2
    assert found.extra == {"texts": 2}


def test_seq_rep_n_takes_each_text_once():
    assert seq_rep_n(texts("a a a", "a b c", "d e f"), n=2).value == pytest.approx((1 / 2 + 0 + 0) / 3)


def test_a_generator_that_loops_shows():
    loop = texts(*("round and round it goes " * 50 for _ in range(20)))
    assert seq_rep_n(loop).value == pytest.approx(1 - 5 / 247)


def test_one_text_over_and_over_shows_in_all_texts_together_and_not_in_each():
    fake = texts(*["all of these words are different"] * 50)
    assert seq_rep_n(fake).value == 0
    assert rep_n(fake) == pytest.approx(98)
    assert distinct_n(fake, n=4) == 1 / 50


@pytest.mark.parametrize("metric", [distinct_n, rep_n, seq_rep_n])
@pytest.mark.parametrize("data", [(), ("",), (" \n", "one two three")])
def test_texts_without_an_n_gram_have_no_value(metric, data):
    reason = rf"n = 4 needs a text of at least 4 words; the longest has {3 * (len(data) > 1)}"
    with pytest.raises(Undefined, match=reason):
        metric(texts(*data), n=4)
