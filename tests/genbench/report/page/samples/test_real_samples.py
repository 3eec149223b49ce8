"""Real samples of the dataset that a run.json names."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.core.errors import DataError, SuiteError
from genbench.core.splits import split
from genbench.report.page.samples.real_samples import describe_failure, load_real_samples
from genbench.results.records import Plan
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import hash_splits, load_data, prepare

PLUGIN = Path(__file__).parents[4] / "toy_plugins" / "kinds_plugin.py"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([PLUGIN])


@pytest.fixture(scope="module")
def known(catalog, suite_text):
    """Return the text of a suite on point clouds, its dataset, and the splits of it."""
    text = suite_text(datasets=["clouds"], generators=["resampler"], metrics=["size-gap"])
    part = resolve_suite(parse_suite(text, file="s", folder=Path()), catalog).datasets[0]
    return text, part, split(load_data(part, list_modalities(catalog)), part.spec.parts)


def plan(text, content, *, dataset="clouds"):
    provenance = {"suite": text, "datasets": {dataset: {"hash": content}}}
    return Plan(cells=(), traces=(), provenance=provenance)


def open_here(plan, catalog, dataset="clouds"):
    return load_real_samples(plan, dataset, catalog, list_modalities(catalog))


@pytest.mark.parametrize("is_stored", [False, True])
def test_the_splits_are_those_of_the_run_from_the_store_or_loaded(is_stored, known, catalog, fresh_store):
    text, part, splits = known
    fresh_store.mkdir()
    if is_stored:
        prepare(part, Store(fresh_store), list_modalities(catalog))
    found = open_here(plan(text, hash_splits(splits)), catalog)
    assert hash_splits(found) == hash_splits(splits)
    assert (fresh_store / "data").exists() == is_stored  # looking at a board stores nothing


@pytest.mark.parametrize("is_stored", [False, True])
def test_other_data_of_the_same_name_are_refused(is_stored, known, catalog, fresh_store):
    text, part, _ = known
    if is_stored:
        prepare(part, Store(fresh_store), list_modalities(catalog))
    with pytest.raises(DataError, match="the dataset 'clouds' has other content here than in the run"):
        open_here(plan(text, "0" * 64), catalog)


def test_a_run_json_that_does_not_name_the_dataset_is_refused(known, catalog, fresh_store):
    text, _, splits = known
    with pytest.raises(DataError, match=r"run.json does not describe the dataset 'clips'"):
        open_here(plan(text, hash_splits(splits)), catalog, "clips")
    with pytest.raises(DataError, match=r"the suite in run.json has no dataset 'clips'"):
        open_here(plan(text, hash_splits(splits), dataset="clips"), catalog, "clips")
    with pytest.raises(SuiteError, match=r"the suite in run.json: not TOML"):
        open_here(plan("[", hash_splits(splits)), catalog)


def test_merged_runs_have_the_data_of_both_or_none(known, catalog, fresh_store):
    text, _, splits = known
    one, other = (plan(text, content).provenance for content in (hash_splits(splits), "0" * 64))
    same = Plan(cells=(), traces=(), provenance={"merged": {"a": one, "b": one}})
    assert len(open_here(same, catalog)["test"]) == len(splits["test"])
    both = Plan(cells=(), traces=(), provenance={"merged": {"a": one, "b": other}})
    with pytest.raises(
        DataError, match="the runs have other data under the name 'clouds'; show them one by one"
    ):
        open_here(both, catalog)


def test_an_error_is_described_with_its_type_unless_it_is_one_of_genbench():
    assert describe_failure(DataError("no such file")) == "no such file"
    assert describe_failure(ValueError("x")) == "ValueError: x"
