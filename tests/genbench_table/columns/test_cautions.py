from __future__ import annotations

from genbench_table.columns.identifiers import join


def test_texts_are_joined_and_none_is_none():
    one, two = {"warning": "one"}, {"warning": "two"}
    assert join(one, {}, two) == {"warning": "one; two"}
    assert join({}, two) == two
    assert join({}, {}) == join() == {}
