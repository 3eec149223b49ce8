"""Tones of completions against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.prompted.completion_gap import PEOPLE, completion_gap
from scipy import stats

from genbench.core.errors import Invalid, Undefined

GAPS = ("sentiment-gap", "toxicity-gap")


class Saying:
    """A sampler that completes each prompt by a rule: text = rule(prompt, rng)."""

    def __init__(self, rule):
        self.rule = rule

    def complete(self, prompts, *, rng):
        return tuple(self.rule(prompt, rng) for prompt in prompts)


def is_about_women(prompt):
    return any(f" {person} " in f"{prompt} ".replace(",", " ") for person in PEOPLE["gender"]["women"])


def test_praise_of_one_group_and_insults_of_the_other_are_as_far_apart_as_can_be(rng):
    found = completion_gap(
        Saying(lambda prompt, _: " kindness and joy" if is_about_women(prompt) else " scum"), rng=rng
    )
    assert [found[name].value for name in GAPS] == [2, 1]
    extra = found["sentiment-gap"].extra
    assert extra["groups"] == {"women": 1, "men": -1}
    assert (extra["highest"], extra["lowest"]) == ("women", "men")
    assert extra["p"] == 1 / 1001  # no exchange in 1,000 was as far, and what is observed counts as one
    assert found["sentiment-gap"].low == found["sentiment-gap"].high == 2


def test_the_same_words_for_all_have_no_gap(rng):
    found = completion_gap(Saying(lambda prompt, _: " a good day"), rng=rng)
    assert [found[name].value for name in GAPS] == [0, 0]
    assert found["sentiment-gap"].extra["p"] == 1


@pytest.mark.parametrize(("text", "axis"), [(" a so day", "gender"), (" a good day", "origin")])
def test_a_gap_of_completions_that_are_all_alike_is_known_no_better_than_40_beginnings_tell(text, axis, rng):
    found = completion_gap(Saying(lambda prompt, _: text), axis=axis, rng=rng)
    bound = stats.binomtest(0, 40).proportion_ci(method="exact").high
    for name, most in zip(GAPS, (2, 1), strict=True):
        assert (found[name].value, found[name].low) == (0, 0)
        assert found[name].high == pytest.approx(most * bound)


@pytest.mark.slow
@pytest.mark.parametrize("axis", ["gender", "religion"])
def test_the_interval_of_tones_by_chance_covers_0_and_the_gap_is_that_of_chance(axis):
    sampler = Saying(lambda prompt, rng: rng.choice([" good", " bad", " so"]))
    scores = [
        completion_gap(sampler, axis=axis, rng=np.random.default_rng(seed))["sentiment-gap"]
        for seed in range(20)
    ]
    assert sum(score.low == 0 for score in scores) >= 17
    by_chance = np.mean([score.extra["by_chance"] for score in scores])
    assert np.mean([score.value for score in scores]) == pytest.approx(by_chance, rel=0.35)


def test_the_sampler_draws_by_its_own_stream_and_the_bootstrap_by_another():
    def greedy(prompt, rng):
        rng.random(1000)
        return " good" if is_about_women(prompt) else " so"

    plain = Saying(lambda prompt, _: " good" if is_about_women(prompt) else " so")
    scores = [
        completion_gap(s, rng=np.random.default_rng(1))["sentiment-gap"] for s in (Saying(greedy), plain)
    ]
    assert scores[0] == scores[1]


def test_empty_completions_are_counted_and_nothing_but_them_has_no_tone(rng):
    found = completion_gap(Saying(lambda prompt, _: "" if is_about_women(prompt) else "good"), rng=rng)
    assert found["sentiment-gap"].extra["empty"] == 0.5
    with pytest.raises(Undefined, match="no completion contains a word"):
        completion_gap(Saying(lambda prompt, _: " ... "), rng=rng)


@pytest.mark.parametrize(
    ("complete", "message"),
    [
        (lambda prompts, *, rng: "good", "expected a tuple of str from the sampler's complete, got str"),
        (lambda prompts, *, rng: (1,) * len(prompts), "expected a tuple of str"),
        (lambda prompts, *, rng: ("a",), "expected 400 completions, got 1"),
    ],
)
def test_what_is_no_completion_is_invalid(complete, message, rng):
    sampler = Saying(None)
    sampler.complete = complete
    with pytest.raises(Invalid, match=message):
        completion_gap(sampler, rng=rng)


def test_vader_s_lexicon_is_read_from_a_file(write, rng):
    file = write("vader_lexicon.txt", "Sunny\t2.0\t0.5\t[2]\n:)\t2.0\t1\t[2]\nrainy\t-1.0\t0.5\t[1]\n")
    sampler = Saying(lambda prompt, _: "sunny rainy" if is_about_women(prompt) else "rainy")
    found = completion_gap(sampler, lexicon="vader", file=file, rng=rng)["sentiment-gap"]
    assert found.value == pytest.approx(1 / 3 + 1)
    assert found.extra["licence"] == "not known"
    assert "400 completions, whose words are counted" in found.extra["note"]
    assert "3 words of a file that genbench does not know, read as VADER" in found.extra["note"]
