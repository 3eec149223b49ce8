"""Extractor `digits-classifier`: a small network with bundled weights.

`python -m genbench_image.classifiers.make_digits_classifier` makes the weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench_image.classifiers.network import Classifier

__all__ = ["CLASSES", "SHAPE", "WEIGHTS", "digits_classifier"]

SHAPE = (8, 8, 1)
CLASSES = tuple(range(10))
WEIGHTS = Path(__file__).with_suffix(".safetensors")


def digits_classifier() -> Classifier:
    """Return the classifier of 8x8 grey digits: `features` (n, 64) and `probabilities` (n, 10), float32.

    It was trained once, on the train third of `digits`. The weights are a file beside this module, so its
    outputs agree on every machine up to float32 rounding. It always runs on the CPU.
    Raises Undefined for images of another shape, DataError if the weights cannot be read.
    """
    from genbench_image.classifiers.network import from_weights

    return from_weights(WEIGHTS, SHAPE, CLASSES)
