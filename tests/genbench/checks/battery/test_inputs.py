"""What a metric gets under a fault."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from genbench import Extracted, Samples, Undefined
from genbench.checks.battery.inputs import FeatureCache, PlantedInputs
from genbench.contract.signature import LABELS
from genbench.trial.inputs import provide_inputs


class Counting:
    """An extractor of identity features that notes the size of each batch."""

    def __init__(self):
        self.sizes = []

    def extract(self, part):
        return self

    def __call__(self, samples):
        self.sizes.append(len(samples))
        return Extracted({"features": samples.data}, samples.data[:, 0] > -1)


SIDES = {
    side: Samples.of("vector", np.random.default_rng(seed).normal(size=(20, 2)))
    for seed, side in enumerate(("real", "fake", "train"))
}


@pytest.fixture
def extractor(group):
    return group("mean-gap", "rows").extractor


def test_features_are_made_once_for_all_metrics(extractor, group):
    counting = Counting()
    cache = FeatureCache(counting.extract)
    other = group("upside-down", "rows").extractor
    first = PlantedInputs(SIDES, cache).features(extractor, "real").arrays["features"]
    second = PlantedInputs(SIDES, cache).features(other, "real").arrays["features"]
    assert counting.sizes == [20]
    assert first is second
    assert np.array_equal(first, SIDES["real"].data)


def test_only_what_is_kept_is_not_made_again(extractor):
    counting = Counting()
    cache = FeatureCache(counting.extract)
    for _ in range(2):
        inputs = PlantedInputs(SIDES, cache)
        inputs.features(extractor, "real")
        inputs.features(extractor, "fake")
        cache.keep_only({"real": SIDES["real"]})
    assert counting.sizes == [20, 20, 20]


def test_batches_hold_the_fakes_alone_and_give_the_same_features(extractor):
    counting = Counting()
    inputs = PlantedInputs(SIDES, FeatureCache(counting.extract), 7)
    found = inputs.features(extractor, "fake").arrays["features"]
    inputs.features(extractor, "real")
    assert counting.sizes == [7, 7, 6, 20]
    assert np.array_equal(found, SIDES["fake"].data)


def test_which_samples_have_features_is_the_same_in_batches(extractor):
    whole, batches = (
        PlantedInputs(SIDES, FeatureCache(Counting().extract), size).features(extractor, "fake").valid
        for size in (None, 7)
    )
    assert np.array_equal(whole, SIDES["fake"].data[:, 0] > -1)
    assert np.array_equal(batches, whole)
    assert 0 < whole.sum() < len(whole)


def test_no_array_can_be_written_to(extractor):
    labelled = {name: Samples.of("vector", side.data, np.arange(20)) for name, side in SIDES.items()}
    inputs = PlantedInputs(labelled, FeatureCache(Counting().extract))
    given = provide_inputs(SimpleNamespace(extractor=None), inputs, lambda *_: None)
    for side in SIDES:
        for array in (
            given[side]().data,
            given[side]().labels,
            given[LABELS[side]](),
            inputs.features(extractor, side).arrays["features"],
            inputs.features(extractor, side).valid,
        ):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    assert labelled["fake"].data.flags.writeable


def test_samples_that_are_no_arrays_come_as_they_are():
    words = Samples.of("text", ("a", "b"))
    found = PlantedInputs({"fake": words}, FeatureCache(Counting().extract)).side("fake")
    assert (found.data, found.labels) == (("a", "b"), None)


def test_what_is_not_there_is_undefined():
    inputs = PlantedInputs(SIDES, FeatureCache(Counting().extract))
    assert inputs.size("train") == 20
    with pytest.raises(Undefined, match=r"the dataset has no samples for held_out; .* --data$"):
        inputs.side("held_out")
    with pytest.raises(Undefined, match="the battery has no sampler; only a trial of a suite has one"):
        inputs.other_input("sampler")


def test_the_truth_is_that_of_the_data_or_none():
    assert PlantedInputs(SIDES, FeatureCache(Counting().extract)).other_input("truth") is None
    law = object()
    assert PlantedInputs(SIDES, FeatureCache(Counting().extract), truth=law).other_input("truth") is law
