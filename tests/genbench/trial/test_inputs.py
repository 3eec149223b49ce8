"""What a metric gets where some samples have no features."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from toys import make_catalog

from genbench import Extracted, ExtractorSpec, Invalid, MetricSpec, Samples, Undefined
from genbench.core.extracted import ValidCount
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import make_group
from genbench.trial.inputs import Extract, check_count, provide_inputs

SAMPLES = {
    "fake": Samples.of("vector", np.arange(12.0).reshape(6, 2), np.arange(6)),
    "real": Samples.of("vector", np.arange(8.0).reshape(4, 2), np.arange(10, 14)),
    "train": Samples.of("vector", np.zeros((3, 2)), np.arange(3)),
    "held_out": Samples.of("vector", np.zeros((2, 2))),
}
VALID = {
    "fake": np.array([1, 0, 1, 0, 1, 0], bool),
    "real": np.array([0, 1, 1, 1], bool),
    "train": np.zeros(3, bool),
    "held_out": np.ones(2, bool),
}


def looks():
    return None


def one(real, fake, train, held_out, real_labels, fake_labels, extract):
    return 0.0


def labels_alone(fake_labels):
    return 0.0


CATALOG = make_catalog(
    ExtractorSpec(name="looks", make=looks, outputs={"a": "twice", "b": "first"}),
    MetricSpec(name="one", make=one, takes="a", extractor="looks"),
    MetricSpec(name="two", make=one, takes=("a", "b"), extractor="looks", min_n=3),
    MetricSpec(name="four", make=one, takes="a", extractor="looks", min_n=4),
    MetricSpec(name="labels-alone", make=labels_alone, takes="a", extractor="looks", min_n=4),
    MetricSpec(name="plain", make=one, min_n=4),
)


class Source:
    """Inputs whose features are twice the samples, and their first column."""

    def __init__(self):
        self.asked = []

    def size(self, side):
        return len(SAMPLES[side])

    def side(self, name):
        return SAMPLES[name]

    def labels(self, side):
        return SAMPLES[side].labels

    def features(self, extractor, side):
        self.asked.append(side)
        return Extracted(self._arrays(SAMPLES[side]), VALID[side])

    def extract(self, extractor):
        return lambda samples: Extracted(self._arrays(samples), samples.data[:, 0] >= 0)

    def other_input(self, name):
        raise Undefined(name)

    def _arrays(self, samples):
        return {"a": 2 * samples.data, "b": samples.data[:, :1]}


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def counts():
    return {}


@pytest.fixture
def given(source, counts):
    """Return the function that gives the providers of a metric."""

    def make(name):
        chosen = None if name == "plain" else SuiteEntry(use="looks", name=None, options={}, where="x")
        entry = MetricEntry(use=name, name=None, options={}, where="m", extractor=chosen)
        return provide_inputs(make_group(entry, ".", CATALOG), source, counts.__setitem__)

    return make


def test_a_side_is_the_features_of_its_samples_that_have_some(given):
    fake = given("one")["fake"]()
    assert fake.tolist() == [[0, 2], [8, 10], [16, 18]]
    assert not fake.flags.writeable


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
@pytest.mark.parametrize("name", ["held_out", "fake", "fake_labels", "held_out_samples"])
def test_what_one_metric_gets_is_changed_for_no_other(given, source, name):
    """torch writes to arrays that numpy holds read-only. All samples of held_out have features."""
    metric, side = ("plain", "held_out") if name == "held_out_samples" else ("one", name)
    kept = source.features(None, "held_out")
    source.features = lambda extractor, side: (
        kept if side == "held_out" else Source().features(extractor, side)
    )

    def array_of():
        found = given(metric)[side]()
        return found.data if isinstance(found, Samples) else found

    before = array_of().copy()
    torch.from_numpy(array_of()).add_(1)
    np.testing.assert_array_equal(array_of(), before)


def test_several_outputs_and_the_labels_keep_the_same_rows(given):
    providers = given("two")
    fake = providers["fake"]()
    assert fake["a"][:, 0].tolist() == [0, 8, 16]
    assert fake["b"][:, 0].tolist() == [0, 4, 8]
    assert providers["fake_labels"]().tolist() == [0, 2, 4]
    assert providers["real_labels"]().tolist() == [11, 12, 13]
    assert not providers["fake_labels"]().flags.writeable


def test_labels_lose_rows_even_where_the_metric_takes_nothing_else_of_the_side(given, counts):
    assert given("labels-alone")["fake_labels"]().tolist() == [0, 2, 4]
    assert counts == {"fake": ValidCount(n=3, of=6)}


def test_a_metric_of_samples_gets_all_of_them(given, counts, source):
    providers = given("plain")
    assert len(providers["fake"]()) == 6
    assert providers["fake_labels"]().tolist() == list(range(6))
    assert (counts, source.asked) == ({}, [])


def test_each_side_on_which_samples_lack_features_is_counted_once(given, counts, source):
    providers = given("one")
    for name in ("real", "real_labels", "held_out", "fake"):
        providers[name]()
    assert counts == {"real": ValidCount(n=3, of=4), "fake": ValidCount(n=3, of=6)}
    assert source.asked == ["real", "held_out", "fake"]


def test_too_few_samples_with_features_are_undefined_with_both_numbers(given, counts):
    assert len(given("two")["fake"]()["a"]) == 3
    with pytest.raises(Undefined) as caught:
        given("four")["fake"]()
    assert str(caught.value) == "needs at least 4 samples on each side; fake has 3 of 6 with features"
    assert counts["fake"] == ValidCount(n=3, of=6)


def test_a_side_without_features_is_undefined(given, counts):
    with pytest.raises(Undefined, match="looks has features for none of the 3 samples of train"):
        given("one")["train"]()
    assert counts == {"train": ValidCount(n=0, of=3)}


def test_missing_labels_are_undefined_and_need_no_features(given, source):
    with pytest.raises(Undefined, match="held_out has no labels"):
        given("one")["held_out_labels"]()
    assert source.asked == []


def test_the_extractor_for_samples_of_the_metrics_own_refuses_those_without_features(given):
    extract = given("two")["extract"]()
    whole, odd = (Samples.of("vector", np.array([[x, 1.0], [2.0, 3.0]])) for x in (0.0, -1.0))
    assert isinstance(extract, Extract)
    assert {name: array.tolist() for name, array in extract(whole).items()} == {
        "a": [[0, 2], [4, 6]], "b": [[0], [2]],
    }  # fmt: skip
    with pytest.raises(Undefined, match="looks has no features for 1 of 2 samples"):
        extract(odd)


def test_a_metric_may_ask_which_samples_have_features(given):
    odd = Samples.of("vector", np.array([[-1.0, 1.0], [2.0, 3.0]]))
    found = given("one")["extract"]().masked(odd)
    assert list(found.arrays) == ["a"]
    assert len(found.arrays["a"]) == 2
    assert found.valid.tolist() == [False, True]


def test_a_metric_of_samples_has_no_extractor(given):
    with pytest.raises(Invalid, match="asks for `extract` but takes samples"):
        given("plain")["extract"]()


def test_as_many_samples_as_needed_are_enough():
    check_count("fake", 4, 4)
    with pytest.raises(Undefined, match="needs at least 5 samples on each side; fake has 4"):
        check_count("fake", 4, 5)


def test_features_given_to_the_extractor_are_the_callers_fault(given):
    extract = given("one")["extract"]()
    for function in (extract, extract.masked):
        with pytest.raises(Invalid, match=r"`extract` takes genbench.Samples, got ndarray; .* are features"):
            function(np.zeros((3, 2)))
