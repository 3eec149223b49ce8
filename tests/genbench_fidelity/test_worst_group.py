"""The worst group: which it is, its values, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.density_coverage import density_coverage
from genbench_fidelity.kid import kid
from genbench_fidelity.worst_group import worst_group

from genbench.errors import Invalid, Undefined


@pytest.fixture
def groups(rng):
    """Return a function that draws n rows of each of three groups, one of them moved: rows and labels."""

    def draw(n, moved=None, by=0.0):
        labels = np.repeat([3, 5, 9], n)
        rows = np.repeat(4 * np.eye(3, 4), n, axis=0) + rng.standard_normal((3 * n, 4))
        rows[labels == moved] += by
        return rows, labels

    return draw


def test_it_is_kid_and_coverage_of_the_group_where_they_are_worst(groups, rng):
    (real, real_labels), (fake, fake_labels) = groups(40), groups(40, moved=5, by=2.0)
    found = worst_group(real, real_labels, fake, fake_labels, per_group=40, rng=rng)
    sides = real[real_labels == 5], fake[fake_labels == 5]
    assert found["worst-kid"].extra["label"] == found["worst-coverage"].extra["label"] == "5"
    assert found["worst-kid"].value == pytest.approx(kid(*sides, estimator="full").value, rel=1e-9)
    assert found["worst-coverage"].value == density_coverage(*sides)["coverage"]


def test_every_group_is_told(groups, rng):
    found = worst_group(*groups(60), *groups(60, moved=9, by=1.5), rng=rng)
    for score, choose in ((found["worst-kid"], max), (found["worst-coverage"], min)):
        values = score.extra["by_label"]
        assert values.keys() == {"3", "5", "9"}
        assert score.value == choose(values.values()) == values[score.extra["label"]]
        assert score.extra["per_group"] == 30  # half of an even share


def test_a_group_that_fails_is_hidden_in_the_whole_and_seen_here(groups, rng):
    real, good, bad = groups(200), groups(200), groups(200, moved=3, by=5.0)
    fine, failing = (worst_group(*real, *fake, rng=rng) for fake in (good, bad))
    assert fine["worst-coverage"].value > 0.9
    assert failing["worst-coverage"].value < 0.05
    assert density_coverage(real[0], bad[0])["coverage"] > 0.6
    assert failing["worst-kid"].value > 10 * abs(fine["worst-kid"].value)


def test_copies_cover_every_group(groups, rng):
    real = groups(20)
    found = worst_group(*real, *real, per_group=20, rng=rng)
    assert found["worst-coverage"].value == 1
    assert found["worst-kid"].value < 0  # the unbiased estimate of a set against itself


def test_groups_are_drawn_without_replacement_from_the_stream(groups):
    sides = *groups(80), *groups(80)
    first, again, other = (
        worst_group(*sides, per_group=30, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_numbers_of_rows_beyond_those_drawn_do_not_move_coverage(groups):
    real = groups(40)
    means = []
    for n in (40, 400):
        values = [
            worst_group(*real, *groups(n), per_group=20, rng=np.random.default_rng(seed))["worst-coverage"]
            for seed in range(60)
        ]
        means.append(np.mean([list(value.extra["by_label"].values()) for value in values]))
    assert means[0] == pytest.approx(means[1], abs=0.03)


def test_a_label_that_the_fakes_lack_gives_no_value_and_is_named(groups, rng):
    rows, labels = groups(40)
    with pytest.raises(
        Undefined, match="needs 13 samples of each label on each side, and fake has 0 of label 5"
    ):
        worst_group(rows, labels, rows[labels != 5], labels[labels != 5], rng=rng)


def test_labels_that_only_the_fakes_have_play_no_part(groups, rng):
    rows, labels = groups(40)
    more = np.concatenate([rows, rows]), np.concatenate([labels, labels + 100])
    found = worst_group(rows, labels, *more, per_group=40, rng=rng)
    assert found["worst-coverage"].value == 1


@pytest.mark.parametrize(("options", "size"), [({}, 3), ({"per_group": 5}, 5)])
def test_a_group_no_larger_than_k_gives_no_value(options, size, groups, rng):
    with pytest.raises(Undefined, match=f"more than 5 samples a label, and per_group is {size}"):
        worst_group(*groups(7), *groups(7), **options, rng=rng)


def test_an_empty_side_gives_no_value(groups, rng):
    rows, labels = groups(7)
    with pytest.raises(Undefined, match="fake has 0"):
        worst_group(rows, labels, rows[:0], labels[:0], rng=rng)


def test_features_that_are_not_finite_are_refused(groups, rng):
    rows, labels = groups(20)
    with pytest.raises(Invalid, match="non-finite"):
        worst_group(rows, labels, np.where(rows == rows.max(), np.nan, rows), labels, rng=rng)
