"""Feature likelihood divergence: fresh samples, copies, missing modes."""

from __future__ import annotations

import genbench_fidelity.numeric.arrays
import numpy as np
import pytest
from genbench_fidelity.memorisation.fld import fld

from genbench.core.errors import Undefined


@pytest.fixture
def laws(rng):
    """Return real, fresh and train of one law of two modes."""
    sides = rng.standard_normal((3, 300, 8))
    sides[:, ::2] += 6
    return sides


def test_fresh_samples_score_near_nought(laws, rng):
    found = fld(*laws, rng=rng)
    assert abs(found["fld"].value) < 8
    assert -10 < found["fld-gap"].value < 0


def test_every_fault_scores_worse_than_fresh_samples(laws, rng):
    real, fresh, train = laws
    usual = fld(real, fresh, train, rng=rng)["fld"].value
    faults = {
        "noise": fresh + 2 * rng.standard_normal(fresh.shape),
        "one mode": fresh[::2],
        "shift": fresh + 1,
        "copies": train + 0.01 * rng.standard_normal(train.shape),
        "collapse": fresh[rng.integers(5, size=300)],
    }
    for name, fake in faults.items():
        assert fld(real, fake, train, rng=rng)["fld"].value > usual + 5, name


def test_the_gap_is_wide_for_copies_alone(laws, rng):
    real, fresh, train = laws
    near = train + 0.01 * rng.standard_normal(train.shape)
    gaps = [fld(real, fake, train, rng=rng)["fld-gap"].value for fake in (near, fresh, fresh + 3)]
    assert gaps[0] < -1000
    assert gaps[1] > -10
    assert gaps[2] > -10


def test_the_dose_of_copies_widens_the_gap_in_order(laws, rng):
    real, fresh, train = laws
    gaps = [fld(real, np.concatenate([train[:k] + 1e-2, fresh[k:]]), train, rng=rng)["fld-gap"].value
            for k in (0, 75, 150, 300)]  # fmt: skip
    assert gaps == sorted(gaps, reverse=True)


def test_the_half_of_the_training_data_itself_scores_nought(laws):
    real, _, train = laws
    order = np.random.default_rng(8).permutation(300)
    found = fld(real, train[order[:150]], train[order[150:]], rng=np.random.default_rng(1))
    again = fld(real, train[order[:150]], train, rng=np.random.default_rng(8))
    assert found["fld"].extra["nll"] == pytest.approx(again["fld"].extra["baseline"], abs=1e-3)


def test_the_value_is_the_difference_of_the_likelihoods_beside_it(laws, rng):
    found = fld(*laws, rng=rng)
    score, gap = found["fld"], found["fld-gap"]
    assert score.value == pytest.approx(100 * (score.extra["nll"] - score.extra["baseline"]))
    assert gap.value == pytest.approx(100 * (gap.extra["train"] - gap.extra["real"]))
    assert gap.extra["real"] == score.extra["nll"]


def test_units_and_origin_of_the_features_change_nothing(laws):
    first, again = (fld(*sides, rng=np.random.default_rng(2))
                    for sides in (laws, laws * [1, 10, 0.1, 3, 1, 1, 5, 100] + 1e3))  # fmt: skip
    for name, score in first.items():
        assert again[name].value == pytest.approx(score.value, abs=1e-3)


def test_the_order_of_the_fakes_changes_nothing(laws, rng):
    real, fresh, train = laws
    first, again = (
        fld(real, fake, train, rng=np.random.default_rng(2)) for fake in (fresh, rng.permutation(fresh))
    )
    assert again["fld"].value == pytest.approx(first["fld"].value, abs=1e-6)


def test_the_same_seed_gives_the_same_value_and_another_one_other_halves(laws):
    first, same, other = (fld(*laws, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == same
    assert first["fld"].value != other["fld"].value
    assert first["fld-gap"].value == pytest.approx(other["fld-gap"].value, abs=1e-6)


def test_more_fakes_than_gaussians_are_drawn_from(laws):
    real, fresh, train = laws
    drawn = np.sort(np.random.default_rng(3).choice(300, 100, replace=False))
    found = fld(real, fresh, train, gaussians=100, rng=np.random.default_rng(3))
    expected = fld(real, fresh[drawn], train, rng=np.random.default_rng(0))
    assert found["fld-gap"].value == pytest.approx(expected["fld-gap"].value, abs=1e-6)


def test_a_column_that_never_varies_in_real_samples_is_no_division_by_nought(laws, rng):
    with_flat = np.concatenate([laws, np.full((3, 300, 1), 7.0)], axis=2)
    assert abs(fld(*with_flat, rng=rng)["fld"].value) < 8


def test_read_only_float32_is_left_as_it_is(laws, rng):
    sides = laws.astype(np.float32)
    sides.setflags(write=False)
    assert fld(*sides, rng=np.random.default_rng(2))["fld"].value == pytest.approx(
        fld(*laws, rng=np.random.default_rng(2))["fld"].value, abs=1e-2
    )


@pytest.mark.parametrize(
    ("sizes", "side"), [((1, 5, 5), "real has 1"), ((5, 0, 5), "fake has 0"), ((5, 5, 1), "train has 1")]
)
def test_too_few_samples_are_named(sizes, side, rng):
    with pytest.raises(Undefined, match=side):
        fld(*(rng.standard_normal((n, 3)) for n in sizes), rng=rng)


def test_identical_training_samples_have_no_bandwidths(rng):
    with pytest.raises(Undefined, match="at least 2 different training samples; all are equal"):
        fld(*rng.standard_normal((2, 20, 3)), np.ones((20, 3)), rng=rng)


@pytest.mark.parametrize("rows", [64, 1024])
def test_blocks_change_nothing(rows, laws, monkeypatch):
    expected = fld(*laws, rng=np.random.default_rng(2))
    monkeypatch.setattr(genbench_fidelity.numeric.arrays, "BLOCK", rows)
    found = fld(*laws, rng=np.random.default_rng(2))
    for name, score in expected.items():
        assert found[name].value == pytest.approx(score.value, abs=1e-6)


def test_one_fake_is_one_gaussian(rng):
    real, train = rng.standard_normal((2, 50, 3))
    assert fld(real, np.zeros((1, 3)), train, rng=rng)["fld"].value < 5
