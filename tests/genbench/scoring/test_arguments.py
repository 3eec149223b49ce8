"""Checks of the types of arguments."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from genbench import Reference, score
from genbench.core.errors import DataError, SuiteError

RNG = np.random.Generator(np.random.PCG64(5))
VECTORS = RNG.normal(size=(40, 3))


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no text")


WRONG = [3, 1.5, True, b"x", [3], [None], {1: 2}, {"use": 3}, {3}, object(), print, Unprintable(),
         np.float32(1), np.array("x"), np.array([1, 2]), VECTORS]  # fmt: skip
EXPECTED = {
    "metrics": "names of metrics",
    "extractor": "a name, or a mapping with `use` and options",
    "protocol": "a name",
    "n": "an integer of at least 1",
    "seed": "an integer of at least 0",
    "device": "a text such as 'cpu' or 'cuda:0'",
    "reader": "a name, or a mapping with `use` and options",
    "modality": "a name, or a mapping with `use` and options",
    "plugins": "a list of paths of .py files",
    "save_stats": "the path of an .npz file",
    "report": "a function",
}
RIGHT = {"n": int, "seed": int, "report": type(print), "metrics": dict}
OF_CALLS = ("metrics", "seed", "save_stats", "report")  # and not of a Reference


@pytest.mark.parametrize("name", EXPECTED)
def test_a_value_of_another_type_names_its_argument_and_what_it_takes(name):
    message = re.escape(f"{name}: expected {EXPECTED[name]}, got ")
    for value in WRONG:
        if type(value) is RIGHT.get(name):
            continue
        with pytest.raises(SuiteError, match=f"^{message}"):
            score(**{"fake": VECTORS, "real": VECTORS, name: value})
        if name not in OF_CALLS:
            with pytest.raises(SuiteError, match=f"^{message}"):
                Reference(VECTORS, **{name: value})


@pytest.mark.parametrize("name", ["fake", "real", "train"])
def test_what_has_no_length_is_no_samples_and_names_its_argument(name):
    for value in (3, 1.5, True, object(), print, Unprintable(), np.float32(1)):
        with pytest.raises(DataError, match=f"^{name}: expected samples, a path or a split such as .*, got "):
            score(**{"fake": VECTORS, "real": VECTORS, name: value})


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "None"), ("cpu", "'cpu'"), ([1, "a"], "[1, 'a']"), ("x" * 99, "'" + "x" * 79),
     (VECTORS, "ndarray"), ([VECTORS], "list"), (Path("x"), "PosixPath"), (Unprintable(), "Unprintable")],
)  # fmt: skip
def test_plain_values_are_shown_and_others_by_their_type(value, text):
    with pytest.raises(SuiteError) as caught:
        score(fake=VECTORS, real=VECTORS, seed=value)
    assert str(caught.value) == f"seed: expected an integer of at least 0, got {text}"
