"""What a word is, and texts as numbers."""

from __future__ import annotations

import pytest
from genbench_text.tokens.words import number_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't panic: it's 3.5", ["Don", "'", "t", "panic", ":", "it", "'", "s", "3", ".", "5"]),
        ("__init__(self)", ["__init__", "(", "self", ")"]),
        ("...", [".", ".", "."]),
        ("a\tb\nc\u2003d\u00a0e", ["a", "b", "c", "d", "e"]),
        ("", []),
        (" \t\r\n\u2003", []),
        ("a\0b", ["a", "\0", "b"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("\u202eabc", ["\u202e", "abc"]),
        ("e\u0301t\u00e9", ["e", "\u0301", "té"]),
        ("我爱你。", ["我爱你", "。"]),
        ("=cmd()", ["=", "cmd", "(", ")"]),
        ("The the", ["The", "the"]),
    ],
)
def test_words_are_runs_of_letters_and_every_other_sign_alone(text, expected):
    assert words(text) == expected


def test_equal_words_have_equal_numbers_and_every_word_knows_its_text():
    found = number_words([["a", "b", "a"], [], ["c", "a"]])
    assert found.number.tolist() == [0, 1, 0, 2, 0]
    assert found.text.tolist() == [0, 0, 0, 2, 2]
    assert found.left.tolist() == [3, 2, 1, 2, 1]
    assert found.length.tolist() == [3, 0, 2]
    assert found.kinds == 3


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_texts_without_words_are_no_words(texts):
    found = number_words(texts)
    assert (len(found.number), len(found.length), found.kinds) == (0, len(texts), 0)
