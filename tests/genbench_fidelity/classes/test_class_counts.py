"""Counts of samples by their likeliest class."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.classes.modes import class_counts

from genbench.core.errors import Invalid, Undefined


def test_a_sample_is_counted_in_its_likeliest_class_and_in_the_first_of_equal_ones():
    real = np.array([[0.1, 0.2, 0.7], [0.4, 0.4, 0.2], [0.0, 0.5, 0.5]])
    counts = class_counts("modes", real, np.array([[0.2, 0.3, 0.5]]))
    assert [side.tolist() for side in counts] == [[1, 1, 1], [0, 0, 1]]


def test_a_side_with_too_few_samples_is_named(one_hot):
    with pytest.raises(Undefined, match="modes needs at least 2 samples; fake has 1"):
        class_counts("modes", one_hot([0, 1], 2), one_hot([0], 2), least=2)


def test_rows_that_are_no_probabilities_are_invalid(one_hot):
    with pytest.raises(Invalid, match="expected probabilities for fake"):
        class_counts("modes", one_hot([0, 1], 2), 2 * one_hot([0], 2))
