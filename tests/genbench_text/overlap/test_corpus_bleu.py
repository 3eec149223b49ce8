"""Corpus BLEU with all texts as references, held against sacrebleu itself."""

from __future__ import annotations

import pytest
from genbench_text.overlap.corpus_bleu import bleu
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from genbench import Samples, Undefined

some_texts = st.lists(st.text("ab. &'\n-É<", max_size=16), min_size=1, max_size=5)


def texts(*data):
    return Samples.of("text", data)


def peer(data, references, **options):
    """Return sacrebleu's score and signature with every reference for every text."""
    scorer = BLEU(**options)
    score = scorer.corpus_score(data, [[reference] * len(data) for reference in references]).score
    return score, str(scorer.get_signature())


def check(real, fake, *, n=4, **options):
    found = bleu(texts(*real), texts(*fake), n=n, **options)
    for way, sides in (("forward", (fake, real)), ("backward", (real, fake))):
        score, signature = peer(*map(list, sides), max_ngram_order=n, **options)
        assert found[f"{way}-bleu"].value == pytest.approx(score, rel=1e-12, abs=1e-12), way
        assert found[f"{way}-bleu"].extra == {"signature": signature}


@given(
    some_texts,
    some_texts,
    st.sampled_from(["13a", "intl", "char", "zh", "none"]),
    st.booleans(),
    st.integers(1, 5),
)
def test_it_equals_sacrebleu_on_any_texts(real, fake, tokenize, lowercase, n):
    if any(text.strip() for text in real):
        try:
            check(real, fake, tokenize=tokenize, lowercase=lowercase, n=n)
        except Undefined:
            assert not any(BLEU(tokenize=tokenize).tokenizer(text).split() for text in real)


def test_it_equals_sacrebleu_on_sentences_and_carries_its_signature(sentences):
    check(sentences[:60], sentences[60:100])
    found = bleu(texts(*sentences[:60]), texts(*sentences[60:100]))
    assert (
        found["forward-bleu"].extra["signature"].startswith("nrefs:60|case:mixed|eff:no|tok:13a|smooth:exp")
    )


def test_copies_of_the_real_texts_score_100(sentences):
    same = texts(*sentences[:40])
    assert [score.value for score in bleu(same, same).values()] == pytest.approx([100, 100])


def test_fakes_without_words_score_0():
    assert [score.value for score in bleu(texts("a b c d"), texts("", " ")).values()] == [0, 0]


@pytest.mark.parametrize(("real", "fake"), [((), ("a",)), (("a",), ()), (("", " "), ("a",))])
def test_it_needs_fakes_and_real_words(real, fake):
    with pytest.raises(Undefined, match="bleu needs a fake, and a word in a real text"):
        bleu(texts(*real), texts(*fake))


def test_words_are_logged_before_their_n_grams(sentences):
    told = []
    bleu(texts(*sentences), texts(*sentences), log=lambda *step: told.append(step))
    assert told[0] == (0, 1000)
    assert [step for step in told if step[0] >= 500] == [(500, 1000), (1000, 1000)]
