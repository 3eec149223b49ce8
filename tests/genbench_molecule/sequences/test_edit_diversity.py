"""The mean edit distance between fakes."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences.edit_diversity import edit_diversity, mean_distance

from genbench import Samples

pytestmark = pytest.mark.extras("rapidfuzz")


def distance(one, other):
    """Return the edit distance by the table that defines it."""
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, 1):
        before, row = row, [number]
        for at, b in enumerate(other):
            row.append(min(before[at] + (a != b), before[at + 1] + 1, row[at] + 1))
    return row[-1]


def test_equal_sequences_have_none():
    fake = Samples.of("sequence", ["ACGT"] * 5)
    assert edit_diversity(fake, rng=np.random.default_rng(0)) == 0


def test_all_pairs_count_once():
    assert mean_distance(["AAA", "AAC", "CCC"]) == pytest.approx((1 + 3 + 2) / 3)


def test_distances_are_those_of_the_table_that_defines_them():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), size=length)) for length in (0, 1, 5, 63, 64, 65, 129, 200)]
    pairs = [(one, other) for number, one in enumerate(texts) for other in texts[:number]]
    assert mean_distance(texts) == sum(distance(one, other) for one, other in pairs) / len(pairs)


def test_a_draw_of_many_is_near_the_mean_of_all(stored):
    fake = stored["pep_gen"]
    drawn = [edit_diversity(fake, most=20, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == pytest.approx(mean_distance(fake.data), rel=0.1)


def test_all_pairs_are_logged():
    told = []
    mean_distance(["ACD", "AC", "C", "DDD"], log=lambda *step: told.append(step))
    assert told == [(0, 1000), (500, 1000), (833, 1000), (1000, 1000)]
