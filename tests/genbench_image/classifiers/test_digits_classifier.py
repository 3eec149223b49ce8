"""The classifier of digits whose weights come with genbench."""

from __future__ import annotations

from genbench_image.classifiers.digits_classifier import WEIGHTS


def test_the_shipped_classifier_knows_digits_it_never_saw(parts, shipped):
    assert shipped.accuracy(parts["test"]) >= 0.98
    assert shipped.accuracy(parts["held_out"]) >= 0.98


def test_the_shipped_weights_are_small():
    assert WEIGHTS.stat().st_size < 300_000
