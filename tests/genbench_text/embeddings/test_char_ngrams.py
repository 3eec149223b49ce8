"""The extractor `char-ngrams`."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.embeddings.char_ngrams import char_ngrams

from genbench import Samples, SuiteError


def features(*texts, **options):
    found = char_ngrams(**options)(Samples.of("text", texts))["features"]
    assert found.dtype == np.float32
    return found


def dots(*texts, **options):
    """Return the inner products of the texts' features, whose many numbers leave them nearly unhashed."""
    rows = features(*texts, d=2**20, **options).astype(np.float64)
    return rows @ rows.T


def test_every_text_has_one_vector_of_length_one():
    found = features("The cat sleeps.", "x", "ab", "\0\0\0", "😀é\u202e")
    assert found.shape == (5, 256)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 1, 1, 1], abs=1e-6)


def test_inner_products_are_those_of_the_weighted_runs():
    # "abab" has ab twice, and ba, aba, bab, abab once; "ab" has ab
    weight = 1 + np.log(2)
    assert dots("abab", "ab")[0, 1] == pytest.approx(weight / np.sqrt(weight**2 + 4), abs=1e-6)
    assert dots("abab", "ab", most=2)[0, 1] == pytest.approx(weight / np.sqrt(weight**2 + 1), abs=1e-6)
    assert dots("abc", "bca", least=1, most=1)[0, 1] == pytest.approx(1)
    assert dots("aaa", "aaaa", least=3, most=3)[0, 1] == pytest.approx(1)
    assert dots("abcd", "efgh")[0, 1] == 0


def test_runs_of_one_character_differ_by_their_length():
    assert dots("\0\0", "\0\0\0\0", least=2, most=4)[0, 1] < 0.9
    assert dots("\0\0\0", "\0\0\0\0", least=1, most=1)[0, 1] == pytest.approx(1)


def test_capitals_spaces_and_order_count():
    table = dots("the cat", "The cat", "the  cat", "cat the")
    assert (table[0, 1:] < 0.95).all()


def test_hashing_keeps_inner_products_on_average():
    texts = [
        f"the {animal} sat on the {place}" for animal in ("cat", "dog", "cow") for place in ("mat", "hat")
    ]
    exact = dots(*texts)
    close = np.mean([features(*texts, d=d) @ features(*texts, d=d).T for d in range(200, 300)], axis=0)
    assert np.abs(close - exact).max() < 0.05


def test_features_do_not_depend_on_what_else_is_there():
    texts = ("one text", "another", "a third one")
    together = features(*texts)
    for row, text in zip(together, texts, strict=True):
        np.testing.assert_array_equal(features(text)[0], row)


def test_a_text_without_runs_is_zeros_and_no_text_gives_no_row():
    assert not features("", "x").any()
    assert features().shape == (0, 256)


def test_halves_of_surrogate_pairs_are_characters():
    table = dots("a\ud800b", "a\ud800b", "a\udfffb")
    assert table[0, 1] == pytest.approx(1)
    assert table[0, 2] < 0.1


def test_a_text_of_a_million_characters_has_features():
    assert np.linalg.norm(features("a é\u4e2d" * 250_000)) == pytest.approx(1)


def test_the_shortest_run_may_not_be_above_the_longest():
    with pytest.raises(SuiteError, match=r"^char-ngrams: least is 5 and most is 4; expected least <= most$"):
        char_ngrams(least=5)
