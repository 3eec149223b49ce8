"""The mean edit distance between fakes."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences import bit_vectors
from genbench_molecule.sequences.edit_diversity import edit_diversity, mean_distance

from genbench import Samples


def test_equal_sequences_have_none():
    fake = Samples.of("sequence", ["ACGT"] * 5)
    assert edit_diversity(fake, rng=np.random.default_rng(0)) == 0


def test_all_pairs_count_once():
    assert mean_distance(["AAA", "AAC", "CCC"]) == pytest.approx((1 + 3 + 2) / 3)


def test_blocks_change_nothing(monkeypatch, stored):
    texts = stored["pep_gen"].data
    whole = mean_distance(texts)
    monkeypatch.setattr(bit_vectors, "_MOST_WORDS", 200)
    assert mean_distance(texts) == whole


def test_a_draw_of_many_is_near_the_mean_of_all(stored):
    fake = stored["pep_gen"]
    drawn = [edit_diversity(fake, most=20, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == pytest.approx(mean_distance(fake.data), rel=0.1)


def test_all_pairs_are_logged():
    told = []
    mean_distance(["ACD", "AC", "C", "DDD"], log=lambda *step: told.append(step))
    assert told == [(0, 1000), (500, 1000), (833, 1000), (1000, 1000)]
