from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genbench.core.seeds import SCHEME, sequence, stream

# A change of any of these is a change of every number that genbench writes: it needs a new scheme name.
KNOWN = [
    ((0, "sample", "gan", "digits", "0"), 3167148897030640299),
    ((1, "sample", "gan", "digits", "0"), 4741324817151068546),
    ((0, "train", "vae", "digits", '{"steps":1500}'), 7488745054193709361),
    ((None, "extract", "classifier", "{}"), 8090718434722369250),
    ((1099511627776, "metric", "kid", "Fréchet"), 3561796712412027021),
]


def word(seed, stage, *parts):
    return int(sequence(seed, stage, *parts).generate_state(1, np.uint64)[0]) & (2**63 - 1)


def test_the_scheme_has_a_name():
    assert SCHEME == "genbench-seed-v1"


@pytest.mark.parametrize(("key", "expected"), KNOWN)
def test_streams_start_where_they_always_did(key, expected):
    assert word(*key) == expected


@pytest.mark.parametrize(
    ("first", "second"), [(("a", "bc"), ("ab", "c")), (("a",), ("a", "")), (("", "a"), ("a", ""))]
)
def test_the_lengths_keep_parts_apart(first, second):
    assert word(0, "sample", *first) != word(0, "sample", *second)


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_parts_that_differ_give_streams_that_differ(first, second):
    def normal(parts):
        return [unicodedata.normalize("NFC", part) for part in parts]

    same = normal(first) == normal(second)
    assert (word(0, "train", *first) == word(0, "train", *second)) == same


def test_forms_of_one_character_are_one_name():
    assert word(0, "train", "e\u0301") == word(0, "train", "\u00e9")


def test_a_stage_without_a_seed_is_not_seed_zero():
    assert word(None, "extract", "classifier") != word(0, "extract", "classifier")


def test_a_stream_is_the_generator_of_its_sequence():
    expected = np.random.Generator(np.random.PCG64(sequence(3, "train", "vae"))).normal(size=4)
    np.testing.assert_array_equal(stream(3, "train", "vae").normal(size=4), expected)


def test_streams_do_not_touch_the_global_one():
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what must not change
    stream(0, "train").normal(size=10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002 - as above
