"""Imputed labels: how many there are of each, whom they fall on, and when there are none."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.groups.imputed_labels import impute_labels

from genbench.core.errors import Invalid, Undefined

LABELS = np.repeat([2, 5, 7], 100)
CONFUSION = np.array([[80, 20, 0], [10, 80, 10], [0, 30, 70]])


def called(confusion):
    """Return one-hot probabilities by which so many of each label are called each."""
    return np.eye(3)[np.concatenate([np.repeat(np.arange(3), row) for row in confusion])]


def test_a_classifier_that_never_errs_gives_its_labels_in_every_draw(rng):
    fake = np.eye(3)[rng.integers(0, 3, 50)]
    found = impute_labels(np.eye(3)[np.repeat([0, 1, 2], 100)], LABELS, fake, 20, rng)
    assert (found.labels == np.array([2, 5, 7])[fake.argmax(axis=1)]).all()
    assert found.purity == pytest.approx({2: 1, 5: 1, 7: 1}, abs=1e-4)


def test_so_many_are_drawn_of_each_label_as_the_errors_leave(rng):
    true = np.array([50, 30, 120])
    fake = called(CONFUSION * true[:, None] // 100)
    found = impute_labels(called(CONFUSION), LABELS, fake, 400, rng)
    assert found.counts == pytest.approx({2: 50, 5: 30, 7: 120}, abs=0.1)
    means = [(found.labels == label).sum(axis=1).mean() for label in (2, 5, 7)]
    assert means == pytest.approx(true, abs=2.5)
    assert found.recall == {2: 0.8, 5: 0.8, 7: 0.7}
    assert ((found.labels == 5).sum(axis=1).std()) > 5  # of each draw its own errors


def test_whom_the_classifier_doubts_most_has_another_label_most_often(rng):
    fake, doubts = called(CONFUSION), np.linspace(0.01, 0.4, 90)
    at = np.flatnonzero(fake[:, 0])
    fake[at] = np.stack([1 - doubts, doubts, np.zeros(90)], axis=1)
    found = impute_labels(called(CONFUSION), LABELS, fake, 200, rng).labels[:, at]
    often = (found == 5).mean(axis=0)
    assert often[-20:].mean() > 5 * often[:20].mean()
    assert not (found == 7).any()  # none of 7 is called 2


def test_a_classifier_too_sure_of_itself_is_taken_at_its_errors(rng):
    fake = called(CONFUSION)
    sharp, soft = (
        impute_labels(called(CONFUSION), LABELS, side, 50, rng).counts
        for side in (fake, 0.9 * fake + 0.1 / 3)
    )
    assert sharp == pytest.approx(soft, abs=0.1)


def test_classes_and_labels_that_do_not_agree_give_no_labels(rng):
    with pytest.raises(Undefined, match="3 classes and the reference 2 labels"):
        impute_labels(np.eye(3)[[0, 1]], np.array([4, 6]), np.eye(3)[[0]], 2, rng)


def test_a_classifier_that_guesses_gives_no_labels(rng):
    with pytest.raises(Undefined, match="confuses labels too much"):
        impute_labels(np.eye(2)[[0, 1, 0, 1]], np.array([0, 0, 1, 1]), np.eye(2)[[0]], 2, rng)


@pytest.mark.parametrize(("errors", "is_known"), [(494, True), (496, False)])
def test_errors_are_taken_out_up_to_a_condition_of_one_hundred(errors, is_known, rng):
    """A share e of errors, the same for two labels, has the condition 1 / (1 - 2 e): here 83 and 125."""
    labels = np.repeat([0, 1], 1000)
    guesses = labels ^ np.tile(np.repeat([1, 0], [errors, 1000 - errors]), 2)
    sides = np.eye(2)[guesses], labels, np.eye(2)[[0, 1, 0, 1]]
    if is_known:
        assert impute_labels(*sides, 2, rng).recall == {0: 1 - errors / 1000, 1: 1 - errors / 1000}
    else:
        with pytest.raises(Undefined, match="is 125, above 100"):
            impute_labels(*sides, 2, rng)


def test_what_is_no_probability_is_refused(rng):
    with pytest.raises(Invalid, match="expected probabilities for fake"):
        impute_labels(called(CONFUSION), LABELS, 2 * np.eye(3), 2, rng)
