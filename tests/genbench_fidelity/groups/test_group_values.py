"""Kernel distance and coverage of labels at one number of samples."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.groups.group_values import by_label, check_groups, cover_rows, distance, group_size
from genbench_fidelity.manifolds.density_coverage import density_coverage

from genbench.core.errors import Undefined


def test_distance_is_kid_of_all_rows(rng):
    real, fake = rng.standard_normal((20, 3)), rng.standard_normal((15, 3)) + 1
    assert distance(real, fake) == kid(real, fake, estimator="full").value


def test_coverage_is_defined_for_any_number_of_fakes(rng):
    real = rng.standard_normal((20, 2))
    fakes = np.concatenate([real[:1], rng.standard_normal((9, 2))])
    assert cover_rows(real, fakes, k=3) == density_coverage(real, fakes, k=3)["coverage"]
    assert 0 < cover_rows(real, fakes[:1], k=3) <= cover_rows(real, fakes, k=3)
    assert cover_rows(real, fakes[:0], k=3) == 0


@pytest.mark.parametrize(
    ("n", "m", "per_group", "size"), [(60, 80, None, 10), (80, 59, None, 9), (9, 9, 4, 4)]
)
def test_a_group_has_half_of_its_share_of_the_smaller_side_or_the_number_asked_for(n, m, per_group, size):
    assert group_size(n, m, np.array([3, 5, 9]), per_group, least=2, metric="worst-kid") == size


def test_a_group_below_the_least_size_is_undefined():
    with pytest.raises(Undefined, match="worst-kid needs at least 2 samples a label, and per_group is 1"):
        group_size(7, 7, np.array([0, 1, 2]), None, least=2, metric="worst-kid")


def test_the_smallest_group_is_named_where_a_side_has_too_few():
    side = np.repeat([3, 5, 9], [4, 2, 3])
    check_groups(np.array([3, 5, 9]), side, 2, "worst-kid", "fake")
    reason = "needs 3 samples of each label on each side, and fake has 2 of label 5"
    with pytest.raises(Undefined, match=reason):
        check_groups(np.array([3, 5, 9]), side, 3, "worst-kid", "fake")


def test_each_label_of_the_real_side_is_measured_on_rows_drawn_without_replacement():
    real = np.arange(20.0)[:, None], np.repeat([4, 2], 10)
    fake = np.arange(12.0)[:, None], np.repeat([2, 4, 7], [8, 3, 1])
    seen = []

    def measure(x, y):
        seen.append((x.ravel().tolist(), y.ravel().tolist()))
        return float(len(y))

    found = by_label(measure, real, fake, 5, 2, np.random.default_rng(0))
    assert found == {"2": 5.0, "4": 3.0}
    twos, fours = seen[:2], seen[2:]
    assert all(len(set(x)) == 5 and set(x) <= set(range(10, 20)) for x, _ in twos)
    assert all(len(set(y)) == 5 and set(y) <= set(range(8)) for _, y in twos)
    assert all(len(set(x)) == 5 and set(x) <= set(range(10)) for x, _ in fours)
    assert [y for _, y in fours] == [[8, 9, 10]] * 2  # fewer than the size are all taken
    assert twos[0] != twos[1]
