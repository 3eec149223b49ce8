"""Values in groups by key."""

from __future__ import annotations

from genbench.core.grouping import group_pairs


def test_keys_and_values_keep_their_order():
    groups = group_pairs(iter([("b", 2), ("a", 1), ("b", 1), ("b", 2)]))
    assert list(groups.items()) == [("b", [2, 1, 2]), ("a", [1])]
    assert group_pairs([]) == {}
