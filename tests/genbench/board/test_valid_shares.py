"""Shares of samples with features, and the groups of rows that they allow to be ranked together."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench.board.valid_shares import (
    are_apart,
    compute_valid_share,
    format_percent,
    format_shares,
    group_by_share,
)


def shares(**percents):
    return {name: None if value is None else Fraction(value, 100) for name, value in percents.items()}


def test_five_points_are_not_apart_and_more_are():
    assert not are_apart(Fraction(100, 100), Fraction(95, 100))
    assert not are_apart(Fraction(3, 10), Fraction(35, 100))  # in floating point 0.35 - 0.3 is less
    assert are_apart(Fraction(100, 100), Fraction(9499, 10000))
    assert are_apart(Fraction(9499, 10000), Fraction(100, 100))
    assert not are_apart(None, Fraction(0))


def test_a_group_begins_where_a_share_is_more_than_five_points_below_the_first_of_the_last():
    found = group_by_share(shares(a=90, b=100, c=94, d=96, e=0, f=95))
    assert found == {"b": 0, "d": 0, "f": 0, "c": 1, "a": 1, "e": 2}


def test_a_row_without_a_known_share_is_in_the_first_group():
    assert group_by_share(shares(a=None, b=50, c=40)) == {"a": 0, "b": 0, "c": 1}
    assert group_by_share(shares(a=None)) == {"a": 0}
    assert group_by_share({}) == {}


@given(st.dictionaries(st.text(), st.fractions(0, 1, max_denominator=60), max_size=12), st.randoms())
def test_no_two_rows_of_a_group_are_apart_and_neither_order_nor_a_lower_row_changes_a_group(found, random):
    groups = group_by_share(found)
    for one, share in found.items():
        assert not [two for two in found if groups[two] == groups[one] and are_apart(share, found[two])]
    names = list(found)
    random.shuffle(names)
    assert group_by_share({name: found[name] for name in names}) == groups
    if found:
        lower = random.choice(names)
        upper = {name: share for name, share in found.items() if share >= found[lower]}
        assert group_by_share(upper) == {name: groups[name] for name in upper}


def test_the_share_is_that_of_all_seeds_together(run_of, with_valid):
    def records(outcomes, shares, **options):
        return with_valid(run_of({"gan": {"fid": outcomes}}, n=1000), shares, **options)[1].values()

    assert compute_valid_share(records([1.0, 2.0], {})) == 1
    assert compute_valid_share(records([1.0, 2.0], {"gan": 90})) == Fraction(9, 10)
    assert compute_valid_share(records([1.0, 2.0], {("gan", 0): 90})) == Fraction(95, 100)
    assert compute_valid_share(records([1.0, "skipped"], {("gan", 1): 0})) == Fraction(1, 2)
    assert compute_valid_share(records([1.0, "error"], {})) == 1  # the failed seed says nothing
    assert compute_valid_share(records(["error", None], {})) is None
    assert compute_valid_share(records([1.0], {"gan": 80}, side="real"), "real") == Fraction(8, 10)
    assert compute_valid_share(records([1.0], {"gan": 80}, side="real")) == 1


def test_a_run_of_no_samples_has_no_share(run_of):
    assert compute_valid_share(run_of({"gan": {"fid": [1.0]}}, n=0)[1].values()) is None


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(0), "0 %"),
        (Fraction(1), "100 %"),
        (Fraction(1, 30), "3.3 %"),
        (Fraction(1, 20), "5.0 %"),
        (Fraction(1, 2000), "under 0.1 %"),
        (Fraction(1999, 2000), "over 99.9 %"),
        (Fraction(999, 1000), "99.9 %"),
    ],
)
def test_only_exact_shares_are_called_none_and_all(share, text):
    assert format_percent(share) == text


def test_several_shares_are_a_range():
    assert format_shares([Fraction(1)]) == "100 %"
    assert format_shares([Fraction(96, 100), Fraction(1)]) == "96.0 % to 100 %"
    assert format_shares([Fraction(96, 100), Fraction(96001, 100000)]) == "96.0 %"
