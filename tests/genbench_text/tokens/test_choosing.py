"""Choosing tokens: laws that are known, and the uniform numbers at which one token gives way to the next."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.tokens.choosing import Choice

from genbench import Invalid

P = np.array([0.1, 0.4, 0.2, 0.3])


def chosen(uniforms, p=P, **options):
    logits = np.log(np.tile(p, (len(uniforms), 1))).astype(np.float32)
    return Choice(**options).of(logits, np.array(uniforms)).tolist()


def shares(p=P, **options):
    """The probability of each token, by many equally spaced uniform numbers."""
    uniforms = (np.arange(10_000) + 0.5) / 10_000
    return np.bincount(chosen(uniforms, p, **options), minlength=len(p)) / 10_000


def test_the_distribution_function_is_inverted_in_the_order_of_tokens():
    assert chosen([0.0, 0.0999, 0.1001, 0.4999, 0.5001, 0.6999, 0.7001, 1 - 2**-53]) == [
        0, 0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip


def test_all_tokens_have_their_probability():
    np.testing.assert_allclose(shares(), P, atol=1e-4)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_is_a_power_of_the_probabilities(temperature):
    expected = P ** (1 / temperature)
    np.testing.assert_allclose(shares(temperature=temperature), expected / expected.sum(), atol=2e-4)


def test_temperature_zero_takes_the_likeliest_the_first_of_equals():
    assert chosen([0.0, 0.99], temperature=0) == [1, 1]
    assert chosen([0.99], np.array([0.2, 0.4, 0.4]), temperature=0) == [1]


def test_top_k_keeps_the_likeliest_and_all_that_are_as_likely():
    np.testing.assert_allclose(shares(top_k=2), [0, 4 / 7, 0, 3 / 7], atol=1e-4)
    np.testing.assert_allclose(
        shares(np.array([0.2, 0.4, 0.2, 0.2]), top_k=2), [0.2, 0.4, 0.2, 0.2], atol=1e-4
    )
    np.testing.assert_allclose(shares(top_k=9), P, atol=1e-4)


def test_top_p_keeps_the_fewest_likeliest_that_have_it_together():
    np.testing.assert_allclose(shares(top_p=0.6), [0, 4 / 7, 0, 3 / 7], atol=1e-4)
    np.testing.assert_allclose(shares(top_p=0.75), [0, 4 / 9, 2 / 9, 3 / 9], atol=1e-4)
    np.testing.assert_allclose(shares(top_p=0.01), [0, 1, 0, 0], atol=1e-4)


def test_top_p_keeps_no_token_beyond_those_that_have_it_exactly():
    """Of equal tokens, whose shares are exact, one of two has a half, and two of four."""
    np.testing.assert_allclose(shares(np.ones(2) / 2, top_p=0.5), [1, 0], atol=1e-4)
    np.testing.assert_allclose(shares(np.ones(4) / 4, top_p=0.5), [0.5, 0.5, 0, 0], atol=1e-4)


def test_top_p_counts_what_top_k_left():
    np.testing.assert_allclose(shares(top_k=2, top_p=0.5), [0, 1, 0, 0], atol=1e-4)


def test_an_impossible_token_is_never_chosen():
    p = np.array([0.0, 0.5, 0.0, 0.5])
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(shares(p), p, atol=1e-4)
        assert chosen([0.0, 1 - 2**-53], p) == [1, 3]


@pytest.mark.parametrize("bad", [[np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_no_law_are_refused(bad, temperature):
    with pytest.raises(Invalid, match="logits that are nan or inf, or all -inf"):
        Choice(temperature).of(np.array([bad], np.float32), np.array([0.5]))
