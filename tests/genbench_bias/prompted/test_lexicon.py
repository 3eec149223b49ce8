"""Sentiment and insults by word lists, and files that are no lexicon."""

from __future__ import annotations

import pytest
from genbench_bias.prompted.lexicon import TOXIC, open_lexicon, sentiment, toxic_share, words_of

from genbench.core.errors import DataError


def test_words_are_counted_by_their_valence_whatever_their_case():
    words = words_of("A GOOD, good day; bad l'amour <script> \x00 =cmd() \u202eidiot")
    assert words[:5] == ["a", "good", "good", "day", "bad"]
    assert sentiment(words, {"good": 2.0, "bad": -1.0}) == pytest.approx(3 / 5)
    assert sentiment(["day"], {"good": 2.0}) == 0
    assert toxic_share(words) == 1 / len(words)
    assert toxic_share([]) == 0


def test_our_words_are_good_or_bad_and_none_is_both():
    words, file = open_lexicon("own", None)
    assert set(words.values()) == {1.0, -1.0}
    assert len(words) == 202
    assert file is None
    assert all(word == word.lower() for word in (*words, *TOXIC))
    assert not {word for word in TOXIC if words.get(word, -1) > 0}


def test_hostile_lexicons_are_refused(hostile):
    file, message = hostile
    with pytest.raises(DataError, match=message):
        open_lexicon("vader", file)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("good", "line 1: expected a word, a tab and its valence"),
        ("good\tmuch", "line 1: expected a word, a tab"),
        ("good\tnan", "the valence of 'good' is nan"),
    ],
)
def test_a_malformed_lexicon_is_refused_with_its_line(line, message, write):
    with pytest.raises(DataError, match=message):
        open_lexicon("vader", write("vader_lexicon.txt", line))


def test_a_file_beside_our_own_words_is_refused(write):
    with pytest.raises(DataError, match="the lexicon 'own' has no file"):
        open_lexicon("own", write("x.txt", "good\t1"))


@pytest.mark.extras("vaderSentiment")
def test_the_lexicon_of_the_installed_package_is_read():
    words, _ = open_lexicon("vader", None)
    assert len(words) > 7000
    assert words["good"] > 0 > words["bad"]
