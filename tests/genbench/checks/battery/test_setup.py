"""Real data, dealt anew at each seed."""

from __future__ import annotations

import numpy as np
import pytest
from toys import make_catalog

from genbench import DataError, DatasetSpec, MetricSpec, SuiteError
from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.setup import check_modalities, default_dataset, find_extractor
from genbench.core.samples import digests


def test_the_sides_of_a_deal_are_disjoint_and_train_is_whole(data):
    sides = data().deal(50, 3, seed=0)
    assert list(sides) == ["real", "fake", "held_out", "train"]
    assert [len(side) for side in sides.values()] == [50, 50, 50, 80]
    found = [digest for side in sides.values() for digest in digests(side)]
    assert len(set(found)) == len(found)


def test_labels_are_shared_out_alike(data):
    for side in data().deal(60, 2, seed=3).values():
        counts = np.bincount(side.labels, minlength=6)
        assert counts.max() - counts.min() <= 3


def test_each_seed_deals_anew_and_the_same_seed_the_same(data):
    first, again, other = (digests(data().deal(40, 2, seed)["fake"]) for seed in (0, 0, 1))
    assert first == again
    assert set(first) != set(other)


def test_data_without_labels_are_dealt_too(data):
    sides = data("words").deal(15, 2, seed=0)
    assert len(set(sides["real"].data) | set(sides["fake"].data)) == 30


def test_a_dataset_without_a_reference_is_refused(data):
    with pytest.raises(DataError, match=r"only' has neither of the splits test and held_out; .* --data$"):
        data("train-only")


def test_an_extractor_has_to_know_the_space(data, group):
    with pytest.raises(SuiteError, match="rows works on image; words holds text samples"):
        check_modalities(data("words"), group("mean-gap", "rows"))
    check_modalities(data(), group("mean-gap", "rows"))


@pytest.mark.parametrize(
    ("metric", "dataset"),
    [("fid", "genbench:digits"), ("density", "genbench:digits"), ("self-bleu", "genbench:moby-dick")],
)
def test_a_metric_is_tested_on_the_default_dataset_of_its_modality(metric, dataset):
    assert default_dataset(load_catalog(only=["genbench"]), metric) == dataset


FAR = MetricSpec(name="far", make="a:b", modalities=("walk",))
WALKS = {"walks": ("walk",), "runs": ("walk", "run"), "flights": ("flight",)}


def test_a_modality_without_a_default_dataset_asks_for_one():
    reason = r"^no modality of walk has a default dataset; install a plugin with a dataset of it$"
    with pytest.raises(SuiteError, match=reason):
        default_dataset(make_catalog(FAR), "far")


def test_the_datasets_of_the_modality_are_listed_if_none_is_the_default():
    datasets = [DatasetSpec(name=name, make="a:b", modalities=kinds) for name, kinds in WALKS.items()]
    reason = r"a default dataset; name one with --data: maker:runs, maker:walks$"
    with pytest.raises(SuiteError, match=reason):
        default_dataset(make_catalog(FAR, *datasets), "far")


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("fid", "digits-classifier"),
        ("inception-score", "digits-classifier"),
        ("classified-worst-kid", "digits-classifier"),
        ("cmmd", "digits-classifier"),
        ("generative-perplexity", None),
        ("duplicates", None),
    ],
)
def test_the_first_extractor_that_gives_what_a_metric_takes_fits(metric, expected, modality):
    extractors = ["unknown", "markov-oracle", "digits-classifier", "pixels"][:: 1 if expected else 2]
    found = find_extractor(load_catalog(only=["genbench"]), metric, extractors, modality("image"))
    assert found == expected
