"""Distributions of parts of samples."""

from __future__ import annotations

import pytest

from genbench import Distribution


def test_the_distance_is_half_of_the_differences_of_shares_with_gaps_as_one_more():
    found = Distribution(part="c", values=("a", "b"), shares=((0.5, 0.5), (1.0, 0.0), (0.5, 0.25)))
    assert [found.distance(side) for side in range(3)] == [0.0, 0.5, 0.25]
    assert [found.missing(side) for side in range(3)] == [0.0, 0.0, 0.25]


@pytest.mark.parametrize(
    "changed",
    [
        {"shares": ((0.5, 0.5), (1.0,))},
        {"shares": ((0.5, 0.6),)},
        {"shares": ((1.0, -0.1),)},
        {"shares": ()},
        {"values": ("a",)},
        {"values": ()},
        {"ends": ("0", "1")},
    ],
)
def test_other_forms_are_refused(changed):
    with pytest.raises(ValueError, match="expected"):
        Distribution(**{"part": "c", "values": ("a", "b"), "shares": ((0.5, 0.5),)} | changed)
