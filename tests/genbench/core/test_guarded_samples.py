"""Samples as a component gets them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genbench import Samples
from genbench.core.samples import guarded


def test_arrays_and_labels_cannot_be_written_and_are_not_copied():
    own = Samples.of("vector", np.zeros((3, 2)), [0, 1, 2])
    given = guarded(own)
    for array, before in ((given.data, own.data), (given.labels, own.labels)):
        assert np.shares_memory(array, before)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    own.data[0] = 1.0  # its owner still can


def test_a_table_is_a_copy_whatever_is_done_to_it():
    own = Samples.of("table", pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]}))
    frame = guarded(own).data
    frame.loc[0, "x"] = 9.0
    frame["z"] = 1
    frame.columns = ["p", "q", "r"]
    assert own.data.to_dict("list") == {"x": [1.0, 2.0], "y": ["a", "b"]}


def test_texts_are_what_they_were():
    own = Samples.of("text", ("a", "b"))
    assert guarded(own).data is own.data
