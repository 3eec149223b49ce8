"""A sound generator passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.kinds.generators import CHECKS

GOOD = plugin_text("""
from genbench import Samples, Undefined
class Shifted:
    def __init__(self, data, labels):
        self.data, self.labels = data, labels

    def sample(self, n, *, rng):
        index = rng.integers(len(self.data), size=n)
        data = self.data[index] + rng.normal(size=(n, self.data.shape[1]))
        labels = None if self.labels is None else self.labels[index]
        return Samples(data, Space("vector", data.shape[1:]), labels)

    def save(self, folder):
        np.save(folder / "data.npy", self.data)
        np.save(folder / "labels.npy", self.labels)

def load(folder):
    return Shifted(np.load(folder / "data.npy"), np.load(folder / "labels.npy"))

def shifted(train, *, log, steps: int = 3):
    for step in range(steps):
        log(step + 1, steps, loss=1.0)
    return Shifted(train.data, train.labels)

GeneratorSpec(name="shifted", make=shifted, load=load, summary="draws near train", modalities=("vector",))
""")

#: Check to a piece of the plugin and what replaces it, so that this check fails.
BAD = {
    "other-seed": (
        "    def sample(self, n, *, rng):\n",
        "    def sample(self, n, *, rng):\n        rng = np.random.default_rng(0)\n",
    ),
    "independent-draws": (
        "        return Samples(",
        "        if n > 8:\n            self.data = self.data + 1\n        return Samples(",
    ),
    "one-sample": (
        "        index = rng",
        "        if n == 1:\n            raise ValueError(n)\n        index = rng",
    ),
    "unlabelled": ("(train.data, train.labels)", "(train.data, train.labels + 0)"),
    "tiny-data": ("    return Shifted(train", "    train.data[5]\n    return Shifted(train"),
    "labels": ("else self.labels[index]", "else self.labels[index] + 7"),
    "save-and-load": ('(np.load(folder / "data.npy")', '(np.load(folder / "data.npy") + 1'),
    "progress": ("log(step + 1, steps", "log(step, steps"),
}  # fmt: skip

KIND = ("generator", "shifted", "genbench:vector")


def test_a_sound_generator_fails_no_check(checked):
    results = checked(GOOD, *KIND)
    assert {name for name, result in results.items() if result.outcome != "passed"} == {"version"}


def test_a_generator_that_makes_nothing_is_told_what_make_returns(checked, changed):
    results = checked(changed(GOOD, "    return Shifted(train", "    Shifted(train"), *KIND)
    assert "make returned NoneType; expected an object with sample(n, *, rng)" in results["works"].seen


@pytest.mark.parametrize("check", BAD)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check):
    results = checked(changed(GOOD, *BAD[check]), *KIND)
    assert failing(results) == {check}
    assert results[check].seen
    assert results[check].expected


def test_each_check_of_generators_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    assert names[names.index("version") + 1 :] == list(BAD)


def test_a_generator_that_needs_more_data_says_so_with_undefined(checked, failing, changed):
    lines = '    if len(train) < 5:\n        raise Undefined("5 samples at least")\n    return Shifted(train'
    results = checked(changed(GOOD, "    return Shifted(train", lines), *KIND)
    assert not failing(results)
    assert (results["tiny-data"].outcome, results["tiny-data"].seen) == ("skipped", "5 samples at least")


def test_a_priced_generator_is_fitted_and_never_asked_for_samples(checked, failing, changed):
    priced = changed(GOOD, "load=load,", "load=load, priced=True,")
    results = checked(
        changed(priced, "        index = rng", "        raise AssertionError\n        index = rng"), *KIND
    )
    assert not failing(results)
    assert results["works"].seen == "a draw has a price"


def test_labels_that_the_training_data_lack_are_named(checked, changed):
    result = checked(changed(GOOD, *BAD["labels"]), *KIND)["labels"]
    assert "[7, 8, 9]" in result.seen
    assert result.fix.startswith("give the labels of train")
