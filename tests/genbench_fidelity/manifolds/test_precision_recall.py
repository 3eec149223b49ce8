"""Precision and recall: faults they must show, and their sides."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.manifolds.precision_recall import precision_recall
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from genbench.core.errors import Undefined

GRIDS = stn.arrays(np.float64, (9, 2), elements=st.integers(-2, 2).map(float))


def covered(points, centres, k):
    own = np.sort(np.square(centres[:, None] - centres[None]).sum(axis=2), axis=1)[:, k]
    return (np.square(points[:, None] - centres[None]).sum(axis=2) <= own).any(axis=1).mean()


@settings(max_examples=60)
@given(GRIDS, GRIDS, st.integers(1, 8))
def test_they_are_the_definition_written_out(real, fake, k):
    found = precision_recall(real, fake, k=k)
    assert found == {"precision": covered(fake, real, k), "recall": covered(real, fake, k)}


def test_dropped_modes_lower_recall_alone(rng):
    centres = 20 * rng.standard_normal((10, 8))
    real = np.repeat(centres, 40, axis=0) + rng.standard_normal((400, 8))
    fake = np.repeat(centres[:5], 80, axis=0) + rng.standard_normal((400, 8))
    found = precision_recall(real, fake)
    assert found["recall"] < 0.5
    assert found["precision"] > 0.8


def test_junk_lowers_precision_alone_and_swapped_sides_would_show(rng):
    real = rng.standard_normal((300, 4))
    fake = np.concatenate([rng.standard_normal((300, 4)), rng.standard_normal((300, 4)) + 50])
    found = precision_recall(real, fake)
    assert found["precision"] < 0.55
    assert found["recall"] > 0.8
    assert precision_recall(fake, real) == {"precision": found["recall"], "recall": found["precision"]}


def test_copies_score_one_and_far_samples_zero(rng):
    real = rng.standard_normal((50, 4))
    assert precision_recall(real, real) == {"precision": 1, "recall": 1}
    assert precision_recall(real, real + 1000) == {"precision": 0, "recall": 0}


def test_a_set_against_itself_scores_one_in_any_number_of_blocks(rng, monkeypatch):
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", 8)
    real = rng.standard_normal((50, 4))
    assert precision_recall(real, real) == {"precision": 1, "recall": 1}


def test_a_ball_includes_its_edge():
    real = np.array([[0.0], [1.0]])
    fake = np.array([[-1.0], [100.0]])
    assert precision_recall(real, fake, k=1)["precision"] == 0.5


def test_order_and_scale_and_a_shift_of_both_change_nothing(rng):
    real, fake = rng.standard_normal((150, 5)), rng.standard_normal((120, 5)) + 0.5
    value = precision_recall(real, fake)
    assert precision_recall(rng.permutation(real), rng.permutation(fake)) == value
    assert precision_recall(4 * real, 4 * fake) == value
    assert precision_recall(real + 1000, fake + 1000) == value


def test_it_is_undefined_without_more_samples_than_k(rng):
    with pytest.raises(Undefined, match="k = 3 needs at least 4 samples; fake has 3"):
        precision_recall(rng.standard_normal((9, 2)), rng.standard_normal((3, 2)))
