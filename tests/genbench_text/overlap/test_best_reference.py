"""chrF and TER: sacrebleu's own numbers, on texts that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.overlap.best_reference import LONGEST, chrf, ter
from sacrebleu.metrics import CHRF, TER

from genbench import Samples, Undefined


def texts(*data):
    return Samples.of("text", data)


@pytest.mark.parametrize(
    ("metric", "peer", "options", "theirs"),
    [
        (chrf, CHRF, {}, {}),
        (chrf, CHRF, {"word_order": 2, "lowercase": True}, {"word_order": 2, "lowercase": True}),
        (ter, TER, {}, {}),
        (ter, TER, {"case_sensitive": True}, {"case_sensitive": True}),
    ],
)
def test_both_ways_are_sacrebleu_s_with_its_signature(metric, peer, options, theirs, sentences, rng):
    real, fake = list(sentences[:12]), list(sentences[20:28])
    found = metric(texts(*real), texts(*fake), rng=rng, **options)
    for way, side, references in (("forward", fake, real), ("backward", real, fake)):
        scorer = peer(**theirs)
        expected = scorer.corpus_score(side, [[reference] * len(side) for reference in references]).score
        score = found[f"{way}-{metric.__name__}"]
        assert score.value == expected
        assert score.extra == {"signature": str(scorer.get_signature())}


@pytest.mark.parametrize("metric", [chrf, ter])
def test_no_more_than_asked_for_are_drawn_the_same_real_ones_for_any_fakes(metric, sentences):
    real = sentences[:30]
    drawn = [real[row] for row in np.random.default_rng(0).choice(30, 4, replace=False)]
    for fake in (sentences[50:51], sentences[50:54]):
        found = metric(texts(*real), texts(*fake), most=4, rng=np.random.default_rng(0))
        assert found == metric(texts(*drawn), texts(*fake), rng=np.random.default_rng(0))
        assert found[f"forward-{metric.__name__}"].extra["signature"].startswith("nrefs:4|")
    many = metric(texts(*real), texts(*sentences[50:90]), most=4, rng=np.random.default_rng(0))
    assert many[f"backward-{metric.__name__}"].extra["signature"].startswith("nrefs:4|")


@pytest.mark.parametrize(("metric", "best"), [(chrf, 100), (ter, 0)])
def test_copies_of_the_real_texts_score_best(metric, best, sentences, rng):
    same = texts(*sentences[:8])
    assert [score.value for score in metric(same, same, rng=rng).values()] == pytest.approx([best, best])


def test_blank_fakes_score_0_in_chrf_and_cost_the_shortest_real_text_in_ter(rng):
    real, blank = texts("a b c", "a b c d e"), texts("", " ")
    assert [score.value for score in chrf(real, blank, rng=rng).values()] == [0, 0]
    assert ter(real, blank, rng=rng)["forward-ter"].value == pytest.approx(100 * 3 / 4)


def test_ter_favours_fakes_of_one_word(sentences, rng):
    real, whole = texts(*sentences[:15]), texts(*sentences[20:35])
    one_word = texts(*(text.split()[0] for text in whole.data))
    assert ter(real, one_word, rng=rng)["forward-ter"].value < ter(real, whole, rng=rng)["forward-ter"].value


@pytest.mark.parametrize("metric", [chrf, ter])
def test_a_text_too_long_for_pairs_is_refused_by_name(metric, rng):
    long = "word " * 200_000
    limit = f"{LONGEST[metric.__name__]:,}"
    reason = f"takes texts of at most {limit} characters.*fake has one of 1,000,000"
    with pytest.raises(Undefined, match=reason):
        metric(texts("a word"), texts(long), rng=rng)


@pytest.mark.parametrize("metric", [chrf, ter])
def test_blank_real_texts_have_no_value(metric, rng):
    with pytest.raises(Undefined, match="needs real texts with words; all 2 are blank"):
        metric(texts("", " "), texts("a"), rng=rng)


@pytest.mark.parametrize("metric", [chrf, ter])
def test_a_rehearsal_with_few_texts_is_logged_before_both_ways(metric, monkeypatch, rng):
    monkeypatch.setattr("genbench_text.overlap.best_reference._REHEARSED", 2)
    told = []
    metric(texts("a b", "c d"), texts("a c", "b b", "d"), rng=rng, log=lambda *step: told.append(step))
    assert told == [(0, 1000), (166, 1000), (666, 1000), (1000, 1000)]
