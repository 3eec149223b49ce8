"""The script that trains the weights of `digits-classifier`."""

from __future__ import annotations

import pytest
from genbench_image.classifiers.make_digits_classifier import train_digits_classifier


@pytest.mark.slow
def test_the_shipped_weights_are_those_that_the_script_makes(parts, shipped, bits):
    made = train_digits_classifier()
    assert made.accuracy(parts["test"]) >= 0.97  # elsewhere rounding leads to other weights, no worse
    if bits(made.net) != bits(shipped.net):
        pytest.skip("another CPU or torch than the one that made the file")
