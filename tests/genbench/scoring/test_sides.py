"""What is scored is brought into the space of the real samples, or refused with the column that differs."""

from __future__ import annotations

import pandas as pd
import pytest

from genbench import DataError, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.scoring.sides import adapt_side, make_side

FRAME = pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]})


@pytest.fixture(scope="module")
def known():
    return list_modalities(load_catalog())


def side(name, frame):
    return make_side(Samples.of("table", frame), name)


def test_a_table_gets_the_columns_of_the_real_one_and_a_hash_of_its_new_content(known):
    real, moved = side("real", FRAME), side("fake", FRAME[["y", "x"]])
    made = adapt_side(moved, real.space, known)
    assert (made.name, made.space, made.hash) == ("fake", real.space, real.hash)
    pd.testing.assert_frame_equal(made.open().data, FRAME)


def test_a_side_of_the_same_space_and_one_of_a_modality_that_adapts_nothing_stay(known):
    real = side("real", FRAME)
    assert adapt_side(real, real.space, known) is real
    text, other = (make_side(Samples.of("text", ["a", "b"], longest=n), "fake") for n in (None, 5))
    assert adapt_side(text, other.space, known) is text
    assert adapt_side(text, real.space, known) is text


def test_a_column_that_differs_is_named_with_the_side(known):
    reason = r"^fake: the column 'y' is missing; expected x, y, got 'x'; to compare files"
    with pytest.raises(DataError, match=reason):
        adapt_side(side("fake", FRAME[["x"]]), side("real", FRAME).space, known)
