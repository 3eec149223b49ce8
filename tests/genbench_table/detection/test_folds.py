"""Folds, and areas on them."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_table.detection.logistic_detection import cross_fitted, stratified_folds

from genbench import Undefined

IS_FAKE = np.repeat([True, False], [10, 17])


def test_each_side_has_equal_shares_in_all_folds():
    folds = stratified_folds(IS_FAKE, 5, np.random.default_rng(0))
    assert np.bincount(folds[IS_FAKE]).tolist() == [2] * 5
    assert sorted(np.bincount(folds[~IS_FAKE])) == [3, 3, 3, 4, 4]


def test_folds_follow_the_stream():
    first, same, other = (stratified_folds(IS_FAKE, 3, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == same).all()
    assert (first != other).any()


def test_a_side_with_fewer_rows_than_folds_is_undefined():
    with pytest.raises(Undefined, match="11 folds need at least 11 samples; fake has 10"):
        stratified_folds(IS_FAKE, 11, np.random.default_rng(0))


def test_no_row_is_scored_by_a_model_that_has_seen_it():
    rows = np.arange(27.0)[:, None]
    folds = stratified_folds(IS_FAKE, 3, np.random.default_rng(0))
    seen = []

    def fit(known, answers):
        seen.append((set(known[:, 0]), answers))
        return lambda new: -new[:, 0]

    found = list(cross_fitted(rows, IS_FAKE, folds, fit))
    for (known, answers), (area, _, inside) in zip(seen, found, strict=True):
        assert known.isdisjoint(rows[inside, 0])
        assert len(known) + len(inside) == 27
        assert sorted(IS_FAKE[folds != folds[inside[0]]]) == sorted(answers)
        assert area.value == 1.0  # fakes have the lowest numbers
    assert sorted(np.concatenate([inside for *_, inside in found])) == list(range(27))
