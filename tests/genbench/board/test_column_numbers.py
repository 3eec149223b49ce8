"""Numbers of a column as people read them."""

from __future__ import annotations

import numpy as np
import pytest

from genbench.board.numbers import Estimate, column_numbers, format_fixed, typeset


def around(value, half):
    return Estimate(value, value - half, value + half)


def column(*estimates):
    return column_numbers({str(place): estimate for place, estimate in enumerate(estimates)})


def shown(*estimates):
    """Return the texts of a column, each with its interval."""
    return [f"{text.text} {text.interval}".rstrip() for text in column(*estimates).texts.values()]


def test_a_value_has_as_many_decimals_as_two_digits_of_half_its_interval():
    halves = [0.0061, 0.012, 0.36, 0.0996, 5.8, 9.96, 98]
    assert shown(*(around(9.125, half) for half in halves)) == [
        "9.1250 ± 0.0061", "9.125 ± 0.012", "9.12 ± 0.36", "9.12 ± 0.10", "9.1 ± 5.8", "9 ± 10", "9 ± 98",
    ]  # fmt: skip


def test_an_interval_that_a_bound_cuts_has_its_ends_with_the_same_decimals():
    assert shown(Estimate(0.0136, 0.0, 0.0296), Estimate(0.9566, 0.8947, 1.0)) == [
        "0.014 (0 to 0.030)", "0.957 (0.895 to 1)",
    ]  # fmt: skip


def test_a_value_without_an_interval_has_four_digits_of_the_typical_value():
    assert shown(Estimate(0.5), Estimate(0.25), Estimate(12.34567), Estimate(0.00012)) == [
        "0.5000", "0.2500", "12.3457", "0.0001",
    ]  # fmt: skip


def test_equal_seeds_and_whole_numbers_and_zero_are_exact():
    assert shown(Estimate(10.0, 10.0, 10.0), around(9.333, 1.43), Estimate(0.0)) == [
        "10 ± 0", "9.3 ± 1.4", "0",
    ]  # fmt: skip


def test_small_and_large_columns_have_one_power_of_ten():
    small = column(around(1.734e-5, 9.4e-6), around(-2.248e-6, 5.9e-6), around(2.078e-3, 5e-5))
    assert (small.exponent, small.unit) == (-5, "10⁻⁵")
    assert [f"{text.text} {text.interval}" for text in small.texts.values()] == [
        "1.73 ± 0.94", "−0.22 ± 0.59", "207.8 ± 5.0",
    ]  # fmt: skip
    assert column(Estimate(3.5e8), Estimate(1e8)).unit == "10⁸"
    assert [column(Estimate(size)).unit for size in (0.001, 999_000.0)] == ["", ""]


def test_an_outlier_changes_the_numbers_of_no_other_row():
    own = shown(around(0.5, 0.1), around(0.75, 0.1))
    high = shown(around(0.5, 0.1), around(0.75, 0.1), around(-3e9, 1.2e8))
    assert high == [*own, "−3.000×10⁹ ± 1.200×10⁸"]
    for outlier in (2e9, 2e-9):
        assert shown(around(0.5, 0.1), Estimate(outlier))[0] == own[0]


def test_an_interval_below_the_last_digit_says_so():
    rounded = [around(-3e-17, 1e-16), around(2e-17, 1e-16)]
    assert shown(around(0.5, 0.1), *rounded) == ["0.50 ± 0.10", *["0.0000 ± <0.0001"] * 2]


def test_decimal_points_line_up():
    found = column(around(46.2, 10), around(19.63, 0.11), Estimate(0.0), Estimate(3.0, 0.0, 40.0))
    assert [(text.text, text.pad) for text in found.texts.values()] == [
        ("46", ".00"), ("19.63", ""), ("0", ".00"), ("3", ".00"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(50))
def test_every_text_is_near_its_value_and_all_have_the_same_depth(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(-9, 9, 2 + seed % 5)
    values, halves = (
        rng.choice((-1, 1), len(sizes)) * 10**sizes,
        10 ** (sizes + rng.uniform(-8, 2, len(sizes))),
    )
    pairs = list(zip(values.tolist(), halves.tolist(), strict=True))
    found = column(*(around(*pair) for pair in pairs))
    depths = set()
    for (value, _), text in zip(pairs, found.texts.values(), strict=True):
        assert "-" not in text.text + text.interval
        if "×" not in text.text:
            back = float(text.text.replace("−", "-")) * 10.0**found.exponent
            unit = 10.0 ** (found.exponent - text.decimals)
            assert abs(back - value) <= 0.51 * unit + 1e-9 * abs(value)
            depths.add(len((text.text + text.pad).partition(".")[2]))
    assert len(depths) <= 1


def test_a_column_may_be_empty_or_zero():
    assert (column().texts, shown(Estimate(0.0), around(0.0, 0.0))) == ({}, ["0", "0 ± 0"])


@pytest.mark.parametrize(
    ("value", "exponent", "decimals", "text"),
    [(-0.0001, 0, 2, "0.00"), (-1.25e-5, -5, 3, "−1.250"), (2e9, 0, 2, "2.000×10⁹"), (0.5, 0, 0, "0")],
)
def test_a_fixed_number_has_its_decimals_and_no_negative_zero(value, exponent, decimals, text):
    assert format_fixed(value, exponent, decimals) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("noise (-2.248e-06) is worse", "noise (−2.248×10⁻⁶) is worse"),
        ("nearest to -1 is best", "nearest to −1 is best"),
        ("gan-2, x-1e-5, v1.2-3 and 1e5x", "gan-2, x-1e-5, v1.2-3 and 1e5x"),
        ("3.5 and 1e+07.", "3.5 and 1×10⁷."),
    ],
)
def test_numbers_in_a_sentence_are_typeset_and_names_are_not(text, expected):
    assert typeset(text) == expected
