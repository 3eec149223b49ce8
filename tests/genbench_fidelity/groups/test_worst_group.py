"""The worst group: which it is, its values, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.groups import worst_group
from genbench_fidelity.manifolds.density_coverage import density_coverage

from genbench import Samples
from genbench.core.errors import Invalid, Undefined


def worst_kid(*sides, **options):
    return worst_group.worst_kid(*sides, **options)["worst-kid"]


def worst_coverage(*sides, **options):
    return worst_group.worst_coverage(*sides, **options)["worst-coverage"]


BOTH = pytest.mark.parametrize("metric", [worst_kid, worst_coverage])


@pytest.fixture
def groups(rng):
    """Return a function that draws n rows of each of three groups, one of them moved: rows and labels."""

    def draw(n, moved=None, by=0.0):
        labels = np.repeat([3, 5, 9], n)
        rows = np.repeat(4 * np.eye(3, 4), n, axis=0) + rng.standard_normal((3 * n, 4))
        rows[labels == moved] += by
        return rows, labels

    return draw


def without(side, label, keep=0):
    """Return a side with the first `keep` rows of a label and no more of it."""
    rows, labels = side
    kept = np.concatenate([np.flatnonzero(labels != label), np.flatnonzero(labels == label)[:keep]])
    return rows[kept], labels[kept]


def test_they_are_kid_and_coverage_of_the_group_where_these_are_worst(groups, rng):
    (real, real_labels), (fake, fake_labels) = groups(40), groups(40, moved=5, by=2.0)
    sides = real[real_labels == 5], fake[fake_labels == 5]
    given = real, real_labels, fake, fake_labels
    distance, covered = (metric(*given, per_group=40, rng=rng) for metric in (worst_kid, worst_coverage))
    assert distance.extra["label"] == covered.extra["label"] == "5"
    assert distance.value == pytest.approx(kid(*sides, estimator="full").value, rel=1e-9)
    assert covered.value == pytest.approx(density_coverage(*sides)["coverage"], rel=1e-12)


@pytest.mark.parametrize(("metric", "choose"), [(worst_kid, max), (worst_coverage, min)])
def test_every_group_is_told(metric, choose, groups, rng):
    found = metric(*groups(60), *groups(60, moved=9, by=1.5), rng=rng)
    values = found.extra["by_label"]
    assert values.keys() == {"3", "5", "9"}
    assert found.value == choose(values.values()) == values[found.extra["label"]]
    assert found.extra["per_group"] == 30  # half of an even share


@pytest.mark.parametrize("name", ["kid", "coverage"])
def test_the_gap_is_that_of_the_worst_group_and_the_best(name, groups, rng):
    metric = {"kid": worst_group.worst_kid, "coverage": worst_group.worst_coverage}[name]
    found = metric(*groups(60), *groups(60, moved=9, by=1.5), rng=rng)
    worst, gap = found[f"worst-{name}"], found[f"{name}-gap"]
    values = worst.extra["by_label"]
    assert gap.value == max(values.values()) - min(values.values()) > 0
    assert (gap.extra["label"], worst.extra["label"]) == ("9", "9")
    assert abs(values[gap.extra["best"]] - values["9"]) == gap.value


def test_groups_that_are_equally_bad_have_no_gap(groups, rng):
    rows, labels = groups(40)
    found = worst_group.worst_coverage(rows, labels, rows + 100, labels, rng=rng)
    assert (found["worst-coverage"].value, found["coverage-gap"].value) == (0, 0)


def test_a_group_that_fails_is_hidden_in_the_whole_and_seen_here(groups, rng):
    real, good, bad = groups(200), groups(200), groups(200, moved=3, by=5.0)
    fine, failing = (worst_coverage(*real, *fake, rng=rng).value for fake in (good, bad))
    assert fine > 0.9
    assert failing < 0.05
    assert density_coverage(real[0], bad[0])["coverage"] > 0.6
    near, far = (worst_kid(*real, *fake, rng=rng).value for fake in (good, bad))
    assert far > 10 * abs(near)


def test_copies_cover_every_group_and_none_is_far(groups, rng):
    real = groups(20)
    assert worst_coverage(*real, *real, per_group=20, rng=rng).value == 1
    assert worst_kid(*real, *real, per_group=20, rng=rng).value < 0  # unbiased, of a set against itself


@BOTH
def test_groups_are_drawn_without_replacement_from_the_stream(metric, groups):
    sides = *groups(80), *groups(80)
    first, again, other = (metric(*sides, per_group=30, rng=np.random.default_rng(s)) for s in (0, 0, 1))
    assert first == again != other


@pytest.mark.slow
def test_the_value_of_a_label_is_the_mean_over_draws(groups):
    sides = *groups(40), *groups(40)
    many = worst_coverage(*sides, per_group=12, draws=400, rng=np.random.default_rng(0))
    few = [worst_coverage(*sides, per_group=12, draws=1, rng=np.random.default_rng(s)) for s in range(400)]
    means = {label: np.mean([score.extra["by_label"][label] for score in few]) for label in "359"}
    assert many.extra["by_label"] == pytest.approx(means, abs=0.02)
    assert many.value == min(many.extra["by_label"].values())


def test_numbers_of_rows_beyond_those_drawn_do_not_move_coverage(groups):
    real = groups(40)
    means = []
    for n in (40, 400):
        scores = [
            worst_coverage(*real, *groups(n), per_group=20, rng=np.random.default_rng(seed))
            for seed in range(60)
        ]
        means.append(np.mean([list(score.extra["by_label"].values()) for score in scores]))
    assert means[0] == pytest.approx(means[1], abs=0.03)


def test_a_label_that_the_fakes_lack_is_not_covered(groups, rng):
    found = worst_coverage(*groups(40), *without(groups(40), 5), rng=rng)
    assert (found.value, found.extra["label"]) == (0, "5")


def test_a_label_of_which_fakes_are_few_is_covered_by_those(groups, rng):
    real = groups(40)
    found = worst_coverage(*real, *without(real, 5, keep=2), per_group=40, rng=rng)
    sides = real[0][real[1] == 5], real[0][real[1] == 5][:2]
    assert found.value == pytest.approx(density_coverage(*sides)["coverage"], rel=1e-12)
    assert 0 < found.value < 0.6


def test_a_label_that_the_fakes_lack_has_no_distance_and_is_named(groups, rng):
    reason = "needs 13 samples of each label on each side, and fake has 0 of label 5"
    with pytest.raises(Undefined, match=reason):
        worst_kid(*groups(40), *without(groups(40), 5), rng=rng)


@BOTH
def test_a_label_with_too_few_real_samples_gives_no_value_and_is_named(metric, groups, rng):
    reason = "needs 14 samples of each label on each side, and real has 4 of label 9"
    with pytest.raises(Undefined, match=reason):
        metric(*without(groups(40), 9, keep=4), *groups(40), rng=rng)


def test_a_single_fake_of_a_label_covers_what_it_is_near(groups, rng):
    rows, labels = groups(40)
    fake = without((rows, labels), 5, keep=1)
    found = worst_coverage(rows, labels, *fake, per_group=40, rng=rng)
    near = density_coverage(rows[labels == 5], np.repeat(fake[0][fake[1] == 5], 2, axis=0))["coverage"]
    assert found.value == pytest.approx(near, rel=1e-12)
    assert near > 0


@BOTH
def test_labels_that_only_the_fakes_have_play_no_part(metric, groups):
    rows, labels = groups(40)
    more = np.concatenate([rows, rows]), np.concatenate([labels, labels + 100])
    with_more, without_more = (
        metric(rows, labels, *fake, per_group=40, rng=np.random.default_rng(0)).value
        for fake in (more, (rows, labels))
    )
    assert with_more == without_more


def test_a_group_no_larger_than_k_gives_no_coverage(groups, rng):
    for options, size in (({}, 3), ({"per_group": 5}, 5)):
        with pytest.raises(Undefined, match=f"at least 6 samples a label, and per_group is {size}"):
            worst_coverage(*groups(7), *groups(7), **options, rng=rng)


def test_a_group_of_one_gives_no_distance(groups, rng):
    with pytest.raises(Undefined, match="at least 2 samples a label, and per_group is 1"):
        worst_kid(*groups(3), *groups(3), rng=rng)


@BOTH
def test_an_empty_side_gives_no_value(metric, groups, rng):
    rows, labels = groups(7)
    with pytest.raises(Undefined, match="fake has 0"):
        metric(rows, labels, rows[:0], labels[:0], rng=rng)


@BOTH
def test_features_that_are_not_finite_are_refused(metric, groups, rng):
    rows, labels = groups(20)
    with pytest.raises(Invalid, match="non-finite"):
        metric(rows, labels, np.where(rows == rows.max(), np.nan, rows), labels, rng=rng)


@pytest.mark.parametrize(("n", "options"), [(36, {}), (35, None)])  # 36 // (2 x 3 labels) is above k = 5
def test_a_report_has_groups_where_there_are_labels_and_enough_samples(n, options):
    rows = np.zeros((3, 2))
    assert worst_group.report_options(Samples.of("vector", rows, [0, 1, 2]), n) == options
    assert worst_group.report_options(Samples.of("vector", rows), n) is None
