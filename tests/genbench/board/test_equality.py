"""Equality of the numbers of two runs, and of the samples behind them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.merge import (
    Number,
    SeedSamples,
    all_equal,
    are_equal,
    choose_fuller,
    group_samples_by_seed,
    have_same_samples,
    is_repeated,
    unequal_fields,
)

OTHER_SAMPLES = "f" * 64


@pytest.fixture
def number(run_of):
    """A number of a run, of known samples."""
    plan, records = run_of({"vae": {"fid": [1.0]}})
    (cell,) = plan.cells
    return Number(cell, records[cell.key])


@pytest.fixture
def missing(number):
    return Number(number.cell, None)


def changed(number, **fields):
    return Number(number.cell, replace(number.record, **fields))


def with_key(number, key):
    return Number(replace(number.cell, key=key), number.record)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([], None), ([None], None), ([None, True], True), ([True, False], False), ([None, False], False)],
)
def test_one_unequal_answer_decides_and_an_unknown_one_says_nothing(answers, expected):
    assert all_equal(answers) is expected


def test_numbers_of_other_keys_are_equal_by_their_samples_alone(number, missing):
    other = with_key(number, "0" * 64)
    assert are_equal(number, other) is True
    assert are_equal(changed(number, samples=""), changed(other, samples="")) is None
    assert are_equal(number, with_key(missing, "0" * 64)) is None
    assert are_equal(number, missing) is True
    assert are_equal(number, changed(number, value=2.0)) is False


def test_unequal_fields_are_named(number, missing):
    assert unequal_fields(number, changed(number, value=2.0, extra={"note": "a"})) == ["value", "note"]
    assert unequal_fields(number, Number(replace(number.cell, n=7), None)) == ["n"]
    assert unequal_fields(number, missing) == []


def test_the_fuller_record_of_two_is_the_one_with_fields_of_later_versions(number, missing):
    fuller_one = changed(number, sketch="1.AAAAAQAAAAE=")
    assert choose_fuller(number, fuller_one) is choose_fuller(fuller_one, number) is fuller_one
    assert choose_fuller(missing, number) is number
    assert choose_fuller(number, number) is number


def test_an_entry_is_repeated_if_all_its_records_exist_and_are_equal(number, missing):
    assert is_repeated({0: number, 1: number}, {0: number, 1: number})
    assert not is_repeated({0: number}, {0: number, 1: number})
    assert not is_repeated({0: number, 1: missing}, {0: number, 1: number})
    assert not is_repeated({0: number}, {0: missing})
    assert not is_repeated({0: number}, {0: changed(number, value=2.0)})


def drawn(*samples, keys=""):
    """Return what is known at the seeds 0, 1 and so on: a text of one-letter hashes each, and of keys."""
    return {seed: SeedSamples(set(hashes), set(keys)) for seed, hashes in enumerate(samples)}


def test_rows_have_the_same_samples_if_they_share_some_at_each_seed_of_both():
    assert have_same_samples(drawn("a", "b"), drawn("a", "b"))
    assert have_same_samples(drawn("ac"), drawn("ad"))
    assert not have_same_samples(drawn("a"), drawn("a", "b"))
    assert not have_same_samples(drawn("a", "b"), drawn("a", "c"))


def test_where_no_samples_are_known_a_common_key_says_that_they_are_the_same():
    assert have_same_samples(drawn("a", "", keys="xy"), drawn("a", "b", keys="yz"))
    assert not have_same_samples(drawn("a", "", keys="x"), drawn("a", "b", keys="z"))
    assert not have_same_samples(drawn("a", "c", keys="x"), drawn("a", "b", keys="x"))


def test_samples_and_keys_of_a_row_are_known_by_seed(number, missing):
    seed, key = number.cell.seed, number.cell.key
    assert group_samples_by_seed([number, missing]) == {
        seed: SeedSamples({number.samples}, {key, missing.cell.key})
    }
    assert group_samples_by_seed([missing, changed(number, samples="")]) == {
        seed: SeedSamples(set(), {key, missing.cell.key})
    }
    later = Number(replace(number.cell, seed=seed + 1), None)
    assert group_samples_by_seed([number, later]).keys() == {seed, seed + 1}
