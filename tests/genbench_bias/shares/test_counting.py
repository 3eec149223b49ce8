"""Counts of groups, from labels and from a classifier whose errors are taken out."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.shares.counting import check_groups, count_labels, estimate

from genbench.core.errors import DataError, Invalid, Undefined


def labels_of(*counts):
    return np.repeat(np.arange(len(counts)), counts)


def test_labels_are_counted_on_both_sides_and_those_of_one_side_alone_too(rng):
    found = count_labels(np.array([0, 0, 7]), np.array([3, 7, 7, 7]), 200, rng)
    assert found.labels == (0, 3, 7)
    assert found.real.tolist() == [2, 0, 1]
    assert found.fake.tolist() == [0, 1, 3]
    assert (found.fake_draws.shape, found.real_draws.shape) == ((200, 3), (200, 3))
    assert set(found.fake_draws.sum(axis=1)) == {4}
    assert found.fake_draws.mean(axis=0) == pytest.approx([0, 1, 3], abs=0.3)


def test_groups_add_up_their_labels_and_leave_the_others_out(rng):
    found = count_labels(labels_of(1, 2, 4), labels_of(8, 16, 32), 100, rng)
    merged = found.merge({"b": (2,), "a": (0, 9)})
    assert merged.labels == (0, 1)
    assert (merged.real.tolist(), merged.fake.tolist()) == ([4, 1], [32, 8])
    assert np.array_equal(merged.fake_draws, found.fake_draws[:, [2, 0]])


def test_the_errors_of_a_classifier_are_taken_out_of_the_counts(rng):
    """Of 100 real samples of 0 it calls 20 ones, of those of 1 it calls 40 zeros, of 100 fakes 30 ones."""
    real, guesses = labels_of(100, 100), np.concatenate([labels_of(80, 20), labels_of(40, 60)])
    found = estimate(np.eye(2)[guesses], real, np.eye(2)[labels_of(70, 30)], 500, rng)
    assert found.fake.tolist() == pytest.approx([75, 25])
    assert found.real.tolist() == [100, 100]
    assert found.said == {"predicted": {"0": 0.7, "1": 0.3}, "recall": {"0": 0.8, "1": 0.6}}
    assert found.fake_draws.mean(axis=0) == pytest.approx([75, 25], abs=3)
    assert found.fake_draws.min() >= 0


def test_each_label_is_a_group_where_none_are_named(rng):
    counts = count_labels(labels_of(5, 5), labels_of(5, 5), 100, rng)
    assert check_groups(counts, None) == {"0": (0,), "1": (1,)}


def test_predictions_that_no_shares_explain_are_brought_to_the_nearest_that_there_are(rng):
    real = labels_of(100, 100)
    guesses = np.concatenate([labels_of(80, 20), labels_of(20, 80)])
    found = estimate(np.eye(2)[guesses], real, np.eye(2)[labels_of(100, 0)], 100, rng)
    assert found.fake.tolist() == pytest.approx([100, 0], abs=1e-12)


@pytest.mark.parametrize(
    ("real", "labels", "error", "message"),
    [
        (np.eye(3)[[0, 1, 1]], [0, 1, 1], Undefined, "has 3 classes and the reference 2 labels"),
        (np.full((4, 2), 0.5), [0, 1, 0, 1], Undefined, "confuses labels too much"),
        (np.full((2, 2), 0.7), [0, 1], Invalid, "expected probabilities for real"),
        (np.full((2, 2), np.nan), [0, 1], Invalid, "expected probabilities for real"),
        (np.array([[2.0, -1.0], [0.0, 1.0]]), [0, 1], Invalid, "expected probabilities for real"),
        (np.ones(2), [0, 1], Invalid, "expected probabilities for real"),
    ],
)
def test_a_classifier_whose_errors_cannot_be_known_has_no_value(real, labels, error, message, rng):
    with pytest.raises(error, match=message):
        estimate(real, np.array(labels), np.eye(2)[[0, 1]], 100, rng)


@pytest.mark.parametrize(("errors", "is_known"), [(494, True), (496, False)])
def test_errors_are_taken_out_up_to_a_condition_of_one_hundred(errors, is_known, rng):
    """A share e of errors, the same for two labels, has the condition 1 / (1 - 2 e): here 83 and 125."""
    labels = np.repeat([0, 1], 1000)
    guesses = labels ^ np.tile(np.repeat([1, 0], [errors, 1000 - errors]), 2)
    sides = np.eye(2)[guesses], labels, np.eye(2)[[0, 1]]
    if is_known:
        assert estimate(*sides, 100, rng).said["recall"] == {"0": 1 - errors / 1000, "1": 1 - errors / 1000}
    else:
        with pytest.raises(Undefined, match="is 125, "):
            estimate(*sides, 100, rng)


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ({"a": (0, 1), "b": (1,)}, DataError, "label 1 is in two groups"),
        ({"a": (0, 0), "b": (1,)}, DataError, "label 0 is in two groups"),
        ({"a": (0,)}, Undefined, "at least 2 groups to compare, got 1"),
        ({"a": (8,), "b": (9,)}, Undefined, "none of the fakes is in a group; labels are 0, 1"),
    ],
)
def test_groups_that_say_nothing_are_refused(groups, error, message, rng):
    with pytest.raises(error, match=message):
        check_groups(count_labels(labels_of(5, 5), labels_of(5, 5), 100, rng), groups)
