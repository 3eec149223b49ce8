"""Counts of copies: which samples equal real ones, beyond what independent draws share."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Samples
from genbench.results.copies import (
    ALL,
    Copies,
    _compute_spread,
    add_copies,
    count_copies,
    describe_collapse,
    describe_copies,
    number_samples,
)


def numbers(values):
    return np.stack([np.asarray(values, dtype=np.uint64)] * 2)


def count(**fields):
    return Copies(**{"of": 100, "equal": 0, "identical": 0, "chance": 0, "limit": 0} | fields)


def test_equal_samples_have_equal_numbers_whatever_their_labels():
    texts = ["b", "a", "b"]
    first, second, third = number_samples(Samples.of("text", texts)).tolist()
    assert (first == third, first == second) == (True, False)
    assert number_samples(Samples.of("text", texts, [0, 1, 0])).tolist() == [first, second, third]


def test_chance_is_the_share_of_real_samples_that_are_there_again():
    found = count_copies(numbers([1, 1, 2, 9]), numbers([1, 2, 2, 3, 4]))
    # 3 of 4 fakes equal a real sample; 2 of 5 real ones equal another one, so about 4 * 2 / 5 of 4 would
    assert (found.of, found.equal, found.identical, found.chance) == (4, 3, 3, 2)


def test_samples_that_differ_in_an_order_alone_are_equal_and_not_identical():
    fake, real = numbers([1, 2, 3]), numbers([4, 5, 3])
    fake[1], real[1] = [7, 8, 9], [7, 8, 9]
    found = count_copies(fake, real)
    assert (found.equal, found.identical) == (3, 1)


@pytest.mark.parametrize(("n", "m"), [(60, 60), (40, 120)])
def test_the_spread_is_that_of_draws_whose_samples_change_sides_at_random(n, m):
    rng = np.random.default_rng(0)
    pool = np.concatenate([np.arange(60), np.repeat(np.arange(60, 80), 2), np.repeat(np.arange(80, 95), 4)])
    values, index = np.unique(pool[: n + m], return_inverse=True)
    totals, differences = np.bincount(index), []
    for _ in range(4000):
        order = rng.permutation(index)
        drawn, known = (np.bincount(part, minlength=len(values)) for part in (order[:n], order[n:]))
        differences.append(drawn[known > 0].sum() / n - known[known > 1].sum() / m)
    assert np.mean(differences) == pytest.approx(0, abs=0.01)
    assert _compute_spread(totals, n, m) == pytest.approx(np.std(differences), rel=0.05)


def test_without_samples_nothing_is_equal():
    for fake, real in (([], [1]), ([1], []), ([], [])):
        assert count_copies(numbers(fake), numbers(real)) == count(of=len(fake))


def test_draws_of_few_values_are_never_beyond_chance():
    rng = np.random.default_rng(0)
    for _ in range(20):
        fake, real = rng.integers(4, size=100), rng.integers(4, size=100)
        found = count_copies(numbers(fake), numbers(real))
        assert (found.equal, found.chance, found.is_excessive) == (100, 100, False)


@pytest.mark.parametrize("copied", [0, 15, 40, 100])
def test_from_a_fifth_on_copies_of_different_samples_are_excessive(copied):
    real = np.arange(500)
    found = count_copies(numbers([*range(copied), *range(1000, 1100 - copied)]), numbers(real))
    assert (found.of, found.equal, found.chance) == (100, copied, 0)
    assert (found.is_beyond_chance, found.is_excessive) == (copied >= 15, copied >= 40)


@pytest.mark.parametrize(
    ("fields", "beyond", "excessive"),
    [
        ({"equal": 20}, True, True),
        ({"equal": 19}, True, False),
        ({"equal": 20, "chance": 1, "limit": 5}, True, False),
        ({"equal": 60, "chance": 10, "limit": 60}, False, False),
        ({"equal": 60, "chance": 10, "limit": 59}, True, True),
    ],
)
def test_the_rule_is_20_points_beyond_chance_and_more_than_its_limit(fields, beyond, excessive):
    assert (count(**fields).is_beyond_chance, count(**fields).is_excessive) == (beyond, excessive)


@pytest.mark.parametrize("times", [1, 3, 10])
def test_a_generator_that_repeats_its_new_samples_raises_no_limit(times):
    fake = numbers([*range(25), *(1000 + np.arange(75) // times)])
    assert count_copies(fake, numbers(range(100))).is_excessive


def test_a_few_other_real_samples_raise_no_limit():
    fake, real = numbers([*range(300), *range(1000, 1300)]), numbers([0, *range(599)])
    assert count_copies(fake, real, [numbers([2000])]) == count_copies(fake, real)


@pytest.mark.parametrize(
    ("equal", "chance", "limit", "expected"),
    [
        (100, 100, 100, True), (20, 81, 90, True), (19, 81, 90, False), (0, 100, 100, False),
        (100, 80, 99, False), (100, 76, 100, True), (20, 76, 110, True), (19, 76, 110, False),
    ],
)  # fmt: skip
def test_copies_cannot_be_judged_where_those_alone_are_not_20_points_beyond_chance(
    equal, chance, limit, expected
):
    assert count(equal=equal, chance=chance, limit=limit).is_untestable is expected
    assert not count(of=9, equal=9, limit=9).is_untestable  # chance explains all of so few


def test_draws_are_added_with_their_limits():
    one, two = count(equal=5, identical=4, chance=3, limit=9), count(equal=1, limit=2)
    assert add_copies([{"train": one, "test": one}, {"train": two}]) == {
        "train": count(of=200, equal=6, identical=4, chance=3, limit=11),
        "test": one,  # a split that only one of the draws has
    }
    assert add_copies([]) == {}


SHARED = "; independent draws would share about 3"


@pytest.mark.parametrize(
    ("copies", "text"),
    [
        ({"train": count(of=1000, equal=1000, identical=1000), ALL: count(of=1000, equal=1000)},
         "1,000 of 1,000 samples are, byte for byte, training samples"),
        ({"test": count(equal=60, chance=3)},
         "60 of 100 samples are, but for order, precision or spelling, test samples" + SHARED),
        ({"held_out": count(equal=60, identical=20)},
         ("60 of 100 samples are, but for order, precision or spelling, held-out samples, 20 of them "
          "byte for byte")),
        ({"train": count(equal=15), "test": count(equal=14), ALL: count(equal=29, identical=29)},
         "29 of 100 samples are, byte for byte, real samples (15 training, 14 test)"),
        ({"train": count(equal=19, identical=19), ALL: count(equal=19)}, ""),
    ],
)  # fmt: skip
def test_what_is_too_much_is_said_in_words(copies, text):
    assert describe_copies(copies, excessive=True) == text


def test_what_is_beyond_chance_is_said_even_if_it_is_not_too_much():
    few = {"train": count(equal=1, identical=1), "test": count(equal=1, limit=1), ALL: count()}
    assert describe_copies(few, excessive=False) == "1 of 100 samples is, byte for byte, training samples"


@pytest.mark.parametrize("times", [1, 3])
def test_fakes_that_repeat_are_counted_at_the_size_of_the_smaller_side(times):
    fake, real = numbers(np.arange(100 * times) // (2 * times)), numbers(range(1000, 1100))
    assert describe_collapse(fake, real).startswith("50 of 100 fakes repeat" if times == 1 else "5")
    assert describe_collapse(fake, real).endswith("of as many real samples, 0")
    assert describe_collapse(real, fake) == describe_collapse(fake, numbers([])) == ""


def test_draws_of_few_values_of_any_sizes_do_not_repeat_too_often(rng):
    sizes = [(50, 50), (1000, 200), (200, 1000)]
    draws = [tuple(numbers(rng.zipf(1.5, n) % 500) for n in pair) for pair in sizes for _ in range(20)]
    assert {describe_collapse(*pair) for pair in draws} == {""}
