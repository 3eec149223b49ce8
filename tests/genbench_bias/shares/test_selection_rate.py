"""Selection rates of labelled and of classified samples."""

from __future__ import annotations

import json

import numpy as np
import pytest
from genbench_bias.shares.selection_rate import classified_selection_rate, selection_rate
from scipy import stats

from genbench.core.errors import Undefined

HALVES = {"low": (0, 1), "high": (2, 3)}


def labels_of(*counts):
    return np.repeat(np.arange(len(counts)), counts)


def test_the_gap_is_fairlearn_s_demographic_parity_difference(record, rng):
    known = record("demographic_parity_difference", "10")
    names = sorted(set(known["params"]["g"]))
    pairs = zip(known["params"]["g"], known["params"]["y"], strict=True)
    labels = np.array([2 * names.index(group) + outcome for group, outcome in pairs])
    groups = {name: (2 * place, 2 * place + 1) for place, name in enumerate(names)}
    score = selection_rate(labels, labels, groups=groups, selected=(1, 3, 5), rng=rng)
    assert score.value == pytest.approx(known["value"]["dpd"], abs=known["tol"], rel=0)
    assert score.extra["rates"] == pytest.approx(known["value"]["rates"], abs=known["tol"], rel=0)
    assert score.extra["reference_gap"] == score.value


def test_equal_rates_are_fair_and_opposite_ones_as_far_apart_as_can_be(rng):
    real = labels_of(25, 25, 25, 25)
    equal = selection_rate(real, labels_of(30, 10, 60, 20), groups=HALVES, selected=(0, 2), rng=rng)
    assert (equal.value, equal.low) == (0, 0)
    opposite = selection_rate(real, labels_of(40, 0, 0, 40), groups=HALVES, selected=(0, 2), rng=rng)
    assert opposite.value == 1
    assert (opposite.extra["highest"], opposite.extra["lowest"]) == ("low", "high")
    assert opposite.extra["reference"] == {"low": 0.5, "high": 0.5}


@pytest.mark.parametrize("fake", [labels_of(0, 30, 0, 12), labels_of(30, 0, 12, 0)])
def test_an_outcome_that_all_or_none_have_is_known_no_better_than_the_smallest_group_tells(fake, rng):
    score = selection_rate(labels_of(9, 9, 9, 9), fake, groups=HALVES, selected=(0, 2), rng=rng)
    assert (score.value, score.low) == (0, 0)
    assert score.high == pytest.approx(stats.binomtest(0, 12).proportion_ci(method="exact").high)


def test_a_group_without_fakes_has_no_rate_and_one_without_real_samples_no_reference(rng):
    with pytest.raises(Undefined, match="the group 'high' has no fakes"):
        selection_rate(labels_of(5, 5, 5, 5), labels_of(5, 5), groups=HALVES, selected=(0,), rng=rng)
    score = selection_rate(labels_of(5, 5), labels_of(5, 5, 5, 5), groups=HALVES, selected=(0, 2), rng=rng)
    assert score.extra["reference"] == {"low": 0.5}


def test_a_classifier_s_errors_are_taken_out_of_rates(confusing, blurred):
    p, held = np.array([0.4, 0.1, 0.2, 0.3]), 0  # rates 0.8 and 0.4
    for seed in range(40):
        rng = np.random.default_rng(seed)
        real, fake = rng.choice(4, 800), rng.choice(4, 800, p=p)
        sides = [confusing(side, blurred(4, 0.3), rng) for side in (real, fake)]
        score = classified_selection_rate(
            sides[0], real, sides[1], groups=HALVES, selected=(0, 2), draws=200, rng=rng
        )
        held += score.low <= 0.4 <= score.high
    assert held >= 34


def test_numbers_are_plain_and_can_be_recorded(rng):
    real = labels_of(10, 10, 10, 10)
    score = classified_selection_rate(
        np.eye(4)[real], real, np.eye(4)[real], groups=HALVES, selected=(0,), rng=rng
    )
    json.dumps([score.value, score.low, score.high, dict(score.extra)], allow_nan=False)
