"""The rate at which samples are chosen over real ones."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.fooling import two_choice_fooling_rate, wilson
from scipy.stats import binomtest

from genbench import Score, Undefined


def test_the_rate_is_the_share_of_votes_against_real_samples(fakes, ballot):
    votes = [
        ("a", "held-out", "first"),
        ("held-out", "a", "first"),
        ("a", "held-out", "tie"),
        ("a", "b", "second"),
    ]
    found = two_choice_fooling_rate(fakes, votes=(ballot("anna", votes),))
    assert found["a"].value == 0.5
    assert found["a"].low is None
    assert found["a"].extra["votes"] == 3
    assert str(found["b"]) == "there is no vote between it and held-out"
    assert str(found["held-out"]) == "its samples are the real ones"
    assert isinstance(found["noise"], Undefined)


def test_programs_are_not_fooled(fakes, ballot):
    program = ballot("gpt", [("a", "held-out", "first")], kind="judge")
    with pytest.raises(Undefined, match=r"votes that preference-judge rates: gpt.json \(judge\)"):
        two_choice_fooling_rate(fakes, votes=(program,))


def test_two_raters_give_an_interval_within_the_range(fakes, ballot):
    votes = [("a", "held-out", "first")] * 5
    found = two_choice_fooling_rate(fakes, votes=(ballot("anna", votes), ballot("ben", votes)))["a"]
    assert isinstance(found, Score)
    assert found.high == 1.0
    assert 0 < found.low < 1


def test_many_raters_who_agree_as_chance_does_have_about_wilsons_interval():
    rng = np.random.default_rng(0)
    won = (rng.random(4000) < 0.3).astype(float)
    low, high = wilson(won, [str(number) for number in range(4000)])
    plain = binomtest(int(won.sum()), 4000).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((plain.low, plain.high), abs=1e-3)


def test_raters_who_vote_unequally_often_still_cover_the_share_of_all():
    rng = np.random.default_rng(0)
    held = []
    for _ in range(300):
        votes = np.maximum(1, np.round(12 * np.exp(rng.normal(-0.7, 1.2, 10)))).astype(int)
        who = np.repeat(np.arange(10), votes)
        chance = 1 / (1 + np.exp(-rng.normal(0, 0.5, 10)))
        low, high = wilson((rng.random(len(who)) < chance[who]).astype(float), who)
        held.append(low <= 0.5 <= high)
    assert np.mean(held) > 0.93  # 0.96 in 1,000; 0.87 with the degrees of freedom of equal numbers of votes


def test_raters_who_are_all_alike_have_wilsons_plain_interval():
    low, high = wilson(np.tile([1.0, 1.0, 0.0, 0.0], 25), np.repeat(np.arange(25), 4))
    plain = binomtest(50, 100).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((plain.low, plain.high))


def test_raters_who_differ_widen_it():
    alike = wilson(np.tile([1.0, 0.0], 20), np.repeat(["a", "b", "c", "d"], 10))
    apart = wilson(np.repeat([1.0, 0.0], 20), np.repeat(["a", "b", "c", "d"], 10))
    assert apart[1] - apart[0] > 2 * (alike[1] - alike[0])


def test_votes_of_programs_are_refused(fakes, ballot):
    file = ballot("gpt", [("a", "held-out", "first")], kind="judge")
    with pytest.raises(Undefined, match=r"votes that preference-judge rates: gpt\.json \(judge\)"):
        two_choice_fooling_rate(fakes, votes=(file,))
