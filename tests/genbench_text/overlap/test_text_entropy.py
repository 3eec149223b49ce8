"""How evenly texts use their words."""

from __future__ import annotations

import math

import pytest
from genbench_text.overlap.text_entropy import text_entropy

from genbench import Samples, Space, Undefined


def entropy(*texts):
    return text_entropy(Samples(texts, Space("text")))


def test_it_is_the_mean_entropy_within_texts():
    found = entropy("a b c d", "a a b b", "a a a")
    assert found.value == pytest.approx((math.log(4) + math.log(2)) / 3)
    shares = [6 / 11, 3 / 11, 1 / 11, 1 / 11]
    assert found.extra == {"together": pytest.approx(-sum(p * math.log(p) for p in shares)), "texts": 3}


def test_texts_without_a_word_have_no_part_in_it():
    assert entropy("", "a b", " ").value == pytest.approx(math.log(2))
    assert entropy("", "a b", " ").extra["texts"] == 1
    with pytest.raises(Undefined, match="text-entropy needs at least one word; the 2 fakes have none"):
        entropy("", " ")


def test_a_loop_lowers_it_and_one_text_for_all_lowers_what_they_say_together(sentences):
    honest = entropy(*sentences[:200])
    looping = entropy(*(" ".join(text.split()[:3] * 7) for text in sentences[:200]))
    same = entropy(*sentences[:1] * 200)
    assert looping.value < honest.value - 1
    assert same.extra["together"] < honest.extra["together"] - 2
