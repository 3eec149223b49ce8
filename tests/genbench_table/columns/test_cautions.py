from __future__ import annotations

from genbench_table.columns.identifiers import joined


def test_texts_are_joined_and_none_is_none():
    one, two = {"warning": "one"}, {"warning": "two"}
    assert joined(one, {}, two) == {"warning": "one; two"}
    assert joined({}, two) == two
    assert joined({}, {}) == joined() == {}
