"""The extractor `word-tfidf`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_text.embeddings.word_tfidf import load, word_tfidf

from genbench import DataError, Samples

TRAIN = ("The cat sat.", "The dog sat, the dog ran.", "A bird sang!")


def texts(*found):
    return Samples.of("text", found)


def fitted(**options):
    return word_tfidf(texts(*TRAIN), **options)


def dots(*found):
    rows = fitted(d=2**20)(texts(*found))["features"].astype(np.float64)
    return rows @ rows.T


def test_every_text_has_one_vector_of_length_one():
    found = fitted()(texts("The cat sat.", "unknown words", "?", "", " \n", "😀 é \0"))["features"]
    assert found.shape == (6, 256)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1, 0, 0, 1], abs=1e-6)


def test_rare_and_repeated_words_count_more():
    the, cat, new = (1 + math.log(4 / (1 + m)) for m in (2, 1, 0))
    assert dots("the", "the cat")[0, 1] == pytest.approx(the / math.hypot(the, cat), abs=1e-6)
    assert dots("cat", "cat whale")[0, 1] == pytest.approx(cat / math.hypot(cat, new), abs=1e-6)
    twice = (1 + math.log(2)) * the
    assert dots("the", "the the cat")[0, 1] == pytest.approx(twice / math.hypot(twice, cat), abs=1e-6)


def test_capitals_and_the_order_of_words_do_not_count_and_marks_do():
    rows = fitted()(texts("The cat sat on a mat.", "a MAT sat. On the Cat"))["features"]
    np.testing.assert_array_equal(rows[0], rows[1])
    assert dots("the cat", "the cat.")[0, 1] < 0.95


def test_features_do_not_depend_on_what_else_is_there():
    together = fitted()(texts("one text", "another"))["features"]
    np.testing.assert_array_equal(fitted()(texts("another"))["features"][0], together[1])


def test_halves_of_surrogate_pairs_are_words_of_their_own():
    assert dots("a \ud800", "a \ud800")[0, 1] == pytest.approx(1)
    assert dots("\ud800", "\udfff")[0, 1] == 0


def test_it_is_the_same_after_it_was_saved(tmp_path):
    extractor = fitted(d=64)
    extractor.save(tmp_path)
    restored = load(tmp_path)
    assert restored == extractor
    found = texts("The dog sang é.", "")
    np.testing.assert_array_equal(restored(found)["features"], extractor(found)["features"])


@pytest.mark.parametrize("content", [None, "{", "{}"])
def test_a_damaged_file_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "word_tfidf.json").write_text(content)
    with pytest.raises(DataError, match=r"^the stored word-tfidf cannot be read: .*; run the command again$"):
        load(tmp_path)


def test_training_texts_look_no_better_known_than_unseen_ones_of_one_law():
    from genbench_text.datasets.grammar_world import grammar_world

    world = grammar_world(n=1600).truth
    rng = np.random.default_rng(0)
    train, unseen, real = (world.sample(800, rng=rng) for _ in range(3))
    extract = word_tfidf(train)
    means = [extract(side)["features"].mean(axis=0) for side in (train, unseen, real)]
    copies, fresh = (np.linalg.norm(mean - means[2]) for mean in means[:2])
    assert copies == pytest.approx(fresh, rel=0.3)
