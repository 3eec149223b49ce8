"""Texts are cut to what the space allows, and the log is told."""

from __future__ import annotations

from genbench_text.remote.cutting import cut

from genbench import Space

SPACE = Space("text", longest=3)


def test_longer_texts_are_cut_and_counted():
    told = []
    found = cut(["abcd", "abc", "", "😀😀😀😀"], SPACE, lambda *steps, **values: told.append((steps, values)))
    assert found.data == ("abc", "abc", "", "😀😀😀")
    assert found.space == SPACE
    assert told == [((4, 4), {"cut": 2})]


def test_nothing_is_said_where_nothing_is_cut():
    told = []
    assert cut(["abc", "a"], SPACE, lambda *steps, **values: told.append(values)).data == ("abc", "a")
    assert told == []
