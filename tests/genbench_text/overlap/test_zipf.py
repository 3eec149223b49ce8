"""The slope of frequencies over ranks."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.overlap.zipf import slope, zipf
from scipy.stats import linregress

from genbench import Samples, Undefined


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.1, 2.0])
def test_an_exact_power_law_has_its_exponent(exponent):
    assert slope(1000 / np.arange(1, 201) ** exponent) == pytest.approx(exponent, abs=1e-12)


def test_the_line_is_that_of_scipy_over_all_ranks_of_real_words(sentences):
    counts = np.unique(" ".join(sentences).split(), return_counts=True)[1]
    line = linregress(np.log(np.arange(1, len(counts) + 1)), np.log(np.sort(counts)[::-1]))
    assert slope(counts) == pytest.approx(-line.slope, rel=1e-12)


def test_words_that_are_equally_frequent_have_none_and_order_has_no_part():
    assert zipf(Samples.of("text", ("a b", "c a", "b c"))) == 0
    one, other = (Samples.of("text", (text,)) for text in ("a a a b b c", "c b a b a a"))
    assert zipf(one) == zipf(other) > 0


@pytest.mark.parametrize("data", [(), ("", " "), ("a a", "a")])
def test_fewer_than_two_different_words_have_no_slope(data):
    with pytest.raises(Undefined, match="at least 2 different words"):
        zipf(Samples.of("text", data))


def test_two_words_make_a_line():
    assert zipf(Samples.of("text", ("a a b",))) == pytest.approx(1.0)
