"""n-grams and spans that training texts have too."""

from __future__ import annotations

import pytest
from genbench_text.overlap.copying import novelty_n, verbatim
from genbench_text.tokens.words import words
from hypothesis import given
from hypothesis import strategies as st

from genbench import Samples, Undefined

small = st.lists(st.text("abc ", min_size=1, max_size=25), min_size=1, max_size=5)


def texts(*data):
    return Samples.of("text", data)


def spans(text, n):
    found = words(text)
    return [tuple(found[i : i + n]) for i in range(len(found) - n + 1)]


def plain_verbatim(train, fake, k):
    """Return the longest copied span and the share of words in copies of k words, written out."""
    longest, inside, total = 0, 0, 0
    known = {n: {span for text in train for span in spans(text, n)} for n in range(1, 30)}
    for text in fake:
        marked = set()
        for n in range(1, 30):
            for i, span in enumerate(spans(text, n)):
                if span in known[n]:
                    longest = max(longest, n)
                    marked |= set(range(i, i + n)) if n >= k else set()
        inside, total = inside + len(marked), total + len(words(text))
    return {"verbatim-longest": longest, "verbatim-share": inside / total}


@given(small, small.filter(lambda data: any(map(words, data))), st.integers(1, 6))
def test_verbatim_is_its_definition(train, fake, k):
    assert verbatim(texts(*train), texts(*fake), k=k) == pytest.approx(plain_verbatim(train, fake, k))


def test_a_span_of_a_training_text_is_found_and_measured():
    train = texts("one two three four five six seven eight nine ten", "nothing of this")
    fake = texts("zero two three four five six seven eight nine eleven", "quite another thing")
    assert verbatim(train, fake) == {"verbatim-longest": 8, "verbatim-share": 8 / 13}
    assert verbatim(train, fake, k=9) == {"verbatim-longest": 8, "verbatim-share": 0}


def test_no_span_reaches_from_one_text_into_the_next():
    train, fake = texts("a b", "c d"), texts("x a b c d")
    assert verbatim(train, fake, k=3) == {"verbatim-longest": 2, "verbatim-share": 0}


def test_copies_are_copied_whole_and_fresh_words_not_at_all(sentences):
    train, fresh = texts(*sentences[:200]), texts("flumps gribbled zorkly")
    long = [text for text in sentences[:200] if len(words(text)) >= 8]
    found = verbatim(train, texts(*long))
    assert found == {"verbatim-longest": max(len(words(text)) for text in long), "verbatim-share": 1}
    assert verbatim(train, fresh) == {"verbatim-longest": 0, "verbatim-share": 0}


def test_novelty_counts_each_n_gram_as_often_as_it_occurs():
    train, fake = texts("a b c"), texts("a b a b x", "b c")
    assert novelty_n(train, fake, n=1) == pytest.approx(1 / 7)
    assert novelty_n(train, fake, n=2) == pytest.approx(2 / 5)  # ba, bx of ab ba ab bx bc
    assert novelty_n(train, fake, n=3) == 1
    assert novelty_n(train, train, n=3) == 0


def test_nothing_is_known_of_training_texts_without_words():
    train, fake = texts("", " "), texts("a b c d")
    assert novelty_n(train, fake) == 1
    assert verbatim(train, fake) == {"verbatim-longest": 0, "verbatim-share": 0}


@pytest.mark.parametrize("data", [(), ("", " \t")])
def test_fakes_without_words_have_no_value(data):
    with pytest.raises(Undefined, match=r"n = 4 needs a fake of at least 4 words; the longest has 0"):
        novelty_n(texts("a b c d e"), texts(*data))
    with pytest.raises(Undefined, match="verbatim needs a fake with at least one word"):
        verbatim(texts("a b c d e"), texts(*data))
