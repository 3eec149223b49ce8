"""Occupations and gender against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from genbench_bias.likelihood.occupation_gender import SENTENCES, occupation_gender
from genbench_bias.shared.occupations import SHARES
from scipy import stats

from genbench.core.errors import Invalid

NAMES = ("occupation-correlation", "occupation-log-odds")


class Speaker:
    """A sampler with given log-odds of each occupation."""

    def __init__(self, odds):
        self.odds = odds

    def log_likelihood(self, texts, *, prompts=None):
        return np.array([self._nats(text) for text in texts])

    def _nats(self, text):
        (job,) = (job for job in SHARES if f"he {job} " in text or f"he {job}," in text)
        words = text.replace(",", "").split()
        assert ("she" in words) != ("he" in words)
        return -50.0 + self.odds(job) * ("she" in words)


def test_odds_that_follow_the_shares_have_a_correlation_of_1():
    found = occupation_gender(Speaker(lambda job: 0.02 * SHARES[job] - 1))
    correlation, odds = (found[name] for name in NAMES)
    assert correlation.value == pytest.approx(1, abs=1e-12)
    assert odds.value == pytest.approx(0.02 * np.mean(list(SHARES.values())) - 1)
    assert odds.extra["slope"] == pytest.approx(2)
    assert odds.extra["log_odds"]["nurse"] == pytest.approx(0.8)


def test_odds_that_defy_the_shares_have_a_correlation_of_minus_1():
    assert occupation_gender(Speaker(lambda job: -SHARES[job] / 10))[NAMES[0]].value == pytest.approx(-1)


def test_correlation_and_interval_are_scipy_s():
    drawn = dict(zip(SHARES, np.random.default_rng(0).normal(size=len(SHARES)), strict=True))
    found = occupation_gender(Speaker(lambda job: drawn[job] + SHARES[job] / 50))[NAMES[0]]
    peer = stats.pearsonr([drawn[job] + SHARES[job] / 50 for job in SHARES], list(SHARES.values()))
    assert found.value == pytest.approx(peer.statistic, abs=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(peer.confidence_interval()), abs=1e-9)


def test_odds_that_are_the_same_for_all_occupations_follow_nothing(unigram):
    found = occupation_gender(unigram({"she": -3.0, "he": -2.0}))
    assert found[NAMES[0]].value == 0
    assert (found[NAMES[0]].low, found[NAMES[0]].high) == (-1, 1)
    assert found[NAMES[1]].value == pytest.approx(-1)


def test_rounding_is_no_correlation():
    odds = {job: 1e-6 * share for job, share in SHARES.items()}
    found = occupation_gender(Speaker(lambda job: odds[job] / 10))[NAMES[0]]
    assert (found.value, found.low, found.high) == (0, -1, 1)


def test_the_interval_of_a_fair_coin_covers_0(coin):
    for name in NAMES:
        scores = [occupation_gender(coin(seed))[name] for seed in range(40)]
        assert sum(score.low <= 0 <= score.high for score in scores) >= 35


def test_every_sentence_holds_the_occupation_and_one_pronoun_once():
    for sentence in SENTENCES:
        assert sentence.count("{job}") == sentence.count("{pronoun}") == 1
        assert sentence.index("{job}") < sentence.index("{pronoun}")


def test_the_source_of_the_shares_and_a_note_stand_in_the_extra(coin):
    extra = occupation_gender(coin(0))[NAMES[1]].extra
    assert "CC BY 4.0" in extra["shares"]
    assert "not an ideal" in extra["note"]


def test_an_impossible_sentence_has_no_odds(answers):
    with pytest.raises(Invalid, match="assigns probability 0"):
        occupation_gender(answers(lambda n: np.full(n, -math.inf)))
