"""Representation of labelled and of classified samples."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.shares.representation import classified_representation, representation

from genbench.core.errors import Undefined

FAIR = ("tv", "kl", "worst")
LABELS = [f"representation-{name}" for name in FAIR]
CLASSES = [f"classified-{name}" for name in FAIR]


def labels_of(*counts):
    return np.repeat(np.arange(len(counts)), counts)


def test_shares_as_in_the_reference_are_fair_whatever_they_are(rng):
    found = representation(labels_of(60, 30, 10), labels_of(120, 60, 20), rng=rng)
    assert found["representation-tv"].value == pytest.approx(0, abs=1e-15)
    assert found["representation-uniform-tv"].value == pytest.approx(0.6 - 1 / 3)
    assert all(found[name].low == 0 for name in LABELS)


def test_a_missing_group_is_the_worst_one(rng):
    found = representation(labels_of(50, 50, 50), labels_of(75, 75, 0), rng=rng)
    extra = found["representation-worst"].extra
    assert extra["worst_group"] == "2"
    assert extra["worst_log_ratio"] < -4
    assert found["representation-tv"].value == pytest.approx(1 / 3)
    assert extra["shares"] == {"0": 0.5, "1": 0.5, "2": 0.0}
    assert found["representation-tv"].low > 0.2


def test_a_label_that_the_reference_lacks_is_a_group_too(rng):
    found = representation(labels_of(50, 50), np.array([0, 1, 7, 7]), rng=rng)
    assert found["representation-tv"].extra["reference"] == {"0": 0.5, "1": 0.5, "7": 0.0}
    assert found["representation-tv"].value == 0.5


def test_groups_put_labels_together_and_leave_out_those_of_none(rng):
    groups = {"few": (0,), "many": (1, 2), "nobody": (9,)}
    found = representation(labels_of(10, 10, 20, 60), labels_of(20, 10, 10, 60), groups=groups, rng=rng)
    extra = found["representation-tv"].extra
    assert extra["reference"] == {"few": 0.25, "many": 0.75, "nobody": 0.0}
    assert extra["shares"] == {"few": 0.5, "many": 0.5, "nobody": 0.0}
    assert found["representation-tv"].value == 0.25
    assert found["representation-uniform-tv"].value == pytest.approx(1 / 3)


@pytest.mark.parametrize(("p", "tv"), [([0.2, 0.3, 0.3, 0.2], 0.2), ([0.4, 0.3, 0.2, 0.1], 0.0)])
def test_the_interval_holds_the_truth_and_chance_is_what_it_is(p, tv):
    q, scores = [0.4, 0.3, 0.2, 0.1], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        real, fake = (rng.choice(4, 400, p=law) for law in (q, p))
        scores.append(representation(real, fake, draws=400, rng=rng)["representation-tv"])
    assert sum(score.low <= tv <= score.high for score in scores) >= 54
    if tv == 0:
        by_chance = np.mean([score.extra["by_chance"] for score in scores])
        assert np.mean([score.value for score in scores]) == pytest.approx(by_chance, rel=0.1)


def test_a_perfect_classifier_is_as_good_as_labels(rng):
    real, fake = labels_of(40, 30, 20, 10), labels_of(10, 20, 30, 40)
    one = representation(real, fake, rng=rng)
    other = classified_representation(np.eye(4)[real], real, np.eye(4)[fake], rng=rng)
    for name in FAIR:
        assert other[f"classified-{name}"].value == pytest.approx(one[f"representation-{name}"].value)
    assert other["classified-tv"].extra["recall"] == {"0": 1, "1": 1, "2": 1, "3": 1}


def test_the_errors_of_a_classifier_are_taken_out_exactly_where_they_are_exactly_those(rng):
    real = labels_of(100, 100)
    # of 100 real samples of 0 the classifier calls 20 ones, of those of 1 it calls 40 zeros
    guesses = np.concatenate([labels_of(80, 20), labels_of(40, 60)])
    # fakes: 75 zeros and 25 ones, called 60 + 10 zeros and 15 + 15 ones
    fake = np.concatenate([labels_of(60, 15), labels_of(10, 15)])
    found = classified_representation(np.eye(2)[guesses], real, np.eye(2)[fake], rng=rng)
    extra = found["classified-tv"].extra
    assert extra["predicted"] == {"0": 0.7, "1": 0.3}
    assert extra["shares"] == pytest.approx({"0": 0.75, "1": 0.25})
    assert found["classified-tv"].value == pytest.approx(0.25)
    assert extra["recall"] == {"0": 0.8, "1": 0.6}


@pytest.mark.slow
def test_a_worse_classifier_has_a_wider_interval_which_holds_the_truth(confusing, blurred):
    q, p = np.array([0.25] * 4), np.array([0.1, 0.2, 0.3, 0.4])
    widths = {}
    for wrong in (0.05, 0.5):
        scores = []
        for seed in range(40):
            rng = np.random.default_rng(seed)
            real, fake = (rng.choice(4, 600, p=law) for law in (q, p))
            sides = [confusing(side, blurred(4, wrong), rng) for side in (real, fake)]
            scores.append(classified_representation(sides[0], real, sides[1], rng=rng)["classified-tv"])
        assert sum(score.low <= 0.2 <= score.high for score in scores) >= 36
        widths[wrong] = np.mean([score.high - score.low for score in scores])
    assert widths[0.5] > 1.5 * widths[0.05]


def test_fewer_real_samples_of_a_label_widen_the_interval_alone(rng):
    def width(scale):
        real = labels_of(*[scale] * 2)
        guesses = np.concatenate([labels_of(7 * scale // 10, 3 * scale // 10)] * 2)
        guesses[scale:] = 1 - guesses[scale:]
        score = classified_representation(
            np.eye(2)[guesses], real, np.eye(2)[labels_of(500, 500)], rng=np.random.default_rng(0)
        )["classified-uniform-tv"]
        assert score.low == 0
        return score.high

    assert width(20) > 2 * width(2000)


def test_one_label_has_nothing_to_be_compared_with(rng):
    with pytest.raises(Undefined, match="at least 2 groups to compare, got 1"):
        representation(labels_of(5), labels_of(5), rng=rng)
