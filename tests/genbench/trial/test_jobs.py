"""The jobs before trials: what they store, and whose code runs in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench import Data, DatasetSpec, GeneratorSpec, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import Component, Owner
from genbench.catalog.modalities import list_modalities
from genbench.core.errors import PluginError, SuiteError
from genbench.store.keys import features_key, split_id
from genbench.store.store import Store
from genbench.suite.components import configure
from genbench.suite.file import SuiteEntry
from genbench.trial.datasets import find_prepared
from genbench.trial.jobs import CheckDevice, PrepareData, PrepareReference, check_sendable


def fit(train): ...


def part_with(make):
    component = Component(GeneratorSpec(name="vae", make=make), Owner("plug", "1", "plug", "plug"))
    return configure(component, GeneratorSpec, SuiteEntry(use="vae", name=None, options={}, where="x"), None)


def stages(job):
    events = []
    job.run(lambda **event: events.append(event))
    return [event["stage"] for event in events if "stage" in event]


def test_a_component_that_no_other_process_can_import_is_refused_by_its_name():
    def inner(train): ...

    check_sendable([part_with(fit)])
    for make in (inner, lambda train: None):
        with pytest.raises(PluginError, match=r"^x: generator 'vae' of plug: make cannot be found from"):
            check_sendable([part_with(fit), part_with(make)])


def test_a_dataset_is_stored(trial, tmp_path):
    part, empty = trial().dataset.part, Store(tmp_path / "empty")
    modalities = (trial().dataset.modality,)
    job = PrepareData(part=part, store=empty, modalities=modalities)
    assert find_prepared(part, empty, modalities) is None
    assert stages(job) == ["load"]
    assert find_prepared(part, empty, modalities).sizes == trial().dataset.sizes
    assert (job.parts, job.find_running_part("load", None)) == ((part,), part)


def counted(*, log):
    for step in (1, 2):
        log(step, 2)
    return Data(Samples.of("vector", np.arange(24.0).reshape(12, 2)))


def test_what_a_dataset_logs_is_reported_while_it_loads(tmp_path):
    component = Component(DatasetSpec(name="counted", make=counted), Owner("plug", "1", "plug", "plug"))
    part = configure(
        component, DatasetSpec, SuiteEntry(use="counted", name=None, options={}, where="x"), None
    )
    events = []
    PrepareData(part=part, store=Store(tmp_path), modalities=list_modalities(load_catalog())).run(
        lambda **event: events.append(event)
    )
    steps = [{"step": step, "total": 2, "values": {}} for step in (1, 2)]
    assert events == [{"stage": "load"}, *steps]


def test_a_device_is_checked_and_no_component_is_at_work():
    job = CheckDevice(device="cpu")
    assert stages(job) == ["device"]
    assert (job.parts, job.find_running_part("device", None)) == ((), None)
    with pytest.raises(SuiteError, match="device 'meta:x' cannot be used here"):
        CheckDevice(device="meta:x").run(lambda **event: None)


def test_features_of_real_samples_are_stored_for_each_side(trial, store):
    one = trial()
    task = one.tasks[0]
    job = PrepareReference(trial=one, extractor=task.group.extractor, sides=("real", "train"), store=store)
    assert job.find_running_part("extract", None) is task.group.extractor
    assert job.parts == (task.group.extractor, one.dataset.part)
    assert "fit" not in stages(job)
    for split, n in (("test", 20), ("train", None)):
        key = features_key(task.extractor_key, split_id(one.dataset.hash, split, n))
        assert store.notes(key) is not None, split
    assert "extract" not in stages(job)


def test_a_failure_is_left_to_the_trial_that_records_it(trial, store):
    lacking = replace(trial(), n_real=10_000)
    extractor = lacking.tasks[0].group.extractor
    job = PrepareReference(trial=lacking, extractor=extractor, sides=("real", "train"), store=store)
    job.run(lambda **event: None)
    key = features_key(lacking.tasks[0].extractor_key, split_id(lacking.dataset.hash, "train", None))
    assert store.notes(key) is not None
