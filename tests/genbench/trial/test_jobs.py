"""The jobs before trials: what they store, and whose code runs in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench import Data, DatasetSpec, GeneratorSpec, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import Component, Owner
from genbench.catalog.modalities import modalities_of
from genbench.core.errors import PluginError, SuiteError
from genbench.files.sample_files import read_samples
from genbench.store.keys import features_key, fit_key, split_id
from genbench.store.store import Store
from genbench.suite.components import part_of
from genbench.suite.file import SuiteEntry
from genbench.trial.context import TrialContext
from genbench.trial.datasets import prepare, prepared
from genbench.trial.jobs import (
    CheckDevice,
    DrawPortion,
    FitSampler,
    PrepareData,
    PrepareReference,
    check_sendable,
)
from genbench.trial.sampling import Drawing, portions


def fit(train): ...


def part_with(make):
    component = Component(GeneratorSpec(name="vae", make=make), Owner("plug", "1", "plug", "plug"))
    return part_of(component, GeneratorSpec, SuiteEntry(use="vae", name=None, options={}, where="x"), None)


def zeros(drawing, numbers):
    """Return a portion of zeros."""
    few = draw(drawing, numbers)
    return Samples(np.zeros_like(few.data), few.space)


draw = Drawing.samples


def stages(job):
    events = []
    job.run(lambda **event: events.append(event))
    return [event["stage"] for event in events if "stage" in event]


def breaks(train, *, rng, log):
    raise ValueError("no luck")


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
    assert prepared(part, empty, modalities) is None
    assert stages(job) == ["load"]
    assert prepared(part, empty, modalities).sizes == trial().dataset.sizes
    assert (job.parts, job.part_at("load", None)) == ((part,), part)


def counted(*, log):
    for step in (1, 2):
        log(step, 2)
    return Data(Samples.of("vector", np.arange(24.0).reshape(12, 2)))


def test_what_a_dataset_logs_is_reported_while_it_loads(tmp_path):
    component = Component(DatasetSpec(name="counted", make=counted), Owner("plug", "1", "plug", "plug"))
    part = part_of(component, DatasetSpec, SuiteEntry(use="counted", name=None, options={}, where="x"), None)
    events = []
    PrepareData(part=part, store=Store(tmp_path), modalities=modalities_of(load_catalog())).run(
        lambda **event: events.append(event)
    )
    steps = [{"step": step, "total": 2, "values": {}} for step in (1, 2)]
    assert events == [{"stage": "load"}, *steps]


def test_a_device_is_checked_and_no_component_is_at_work():
    job = CheckDevice(device="cpu")
    assert stages(job) == ["device"]
    assert (job.parts, job.part_at("device", None)) == ((), None)
    with pytest.raises(SuiteError, match="device 'meta:x' cannot be used here"):
        CheckDevice(device="meta:x").run(lambda **event: None)


def test_features_of_real_samples_are_stored_for_each_side(trial, store):
    one = trial()
    task = one.tasks[0]
    job = PrepareReference(trial=one, extractor=task.group.extractor, sides=("real", "train"), store=store)
    assert job.part_at("extract", None) is task.group.extractor
    assert job.parts == (task.group.extractor, one.dataset.part)
    assert "fit" not in stages(job)
    for split, n in (("test", 20), ("train", None)):
        key = features_key(task.extractor_key, split_id(one.dataset.hash, split, n))
        assert store.notes(key) is not None, split
    assert "extract" not in stages(job)


def test_a_generator_is_fitted_once_and_stored(trial, store):
    one = trial()
    job = FitSampler(trial=one, store=store)
    assert stages(job) == ["fit", "sample"]  # a few samples, to check what `load` returns
    assert store.notes(one.fit_key) is not None
    assert stages(job) == []
    assert (job.part_at("fit", None), job.parts) == (one.generator, (one.generator, one.dataset.part))


def test_a_portion_is_drawn_from_the_stored_generator_alone(trial, store, tmp_path):
    one = trial(n=20 * 64)
    numbers = portions(one)[1]
    job = DrawPortion(trial=one, store=store, numbers=numbers)
    assert stages(job) == []
    assert not (store.root / "portion").exists()
    FitSampler(trial=one, store=store).run(lambda **event: None)
    assert stages(job) == ["sample"]
    (portion,) = (store.root / "portion").glob("*/*/files")
    fresh = Store(tmp_path / "fresh")
    prepare(one.dataset.part, fresh, [one.dataset.modality])
    whole = TrialContext(one, fresh, lambda **event: None)
    np.testing.assert_array_equal(
        read_samples(portion).data, whole.samples.data[20 * numbers.start : 20 * numbers.stop]
    )


@pytest.mark.parametrize("is_of_this_fit", [True, False])
def test_a_portion_that_another_fit_gave_is_drawn_again(trial, store, monkeypatch, is_of_this_fit):
    one = trial(n=20 * 64)
    numbers = portions(one)[1]
    FitSampler(trial=one, store=store).run(lambda **event: None)
    with monkeypatch.context() as patch:
        patch.setattr(Drawing, "samples", zeros)
        if not is_of_this_fit:
            patch.setattr(Store, "hash", lambda store, key: "0" * 64)
        DrawPortion(trial=one, store=store, numbers=numbers).run(lambda **event: None)
    drawn = TrialContext(one, store, lambda **event: None).samples.data
    portion = drawn[20 * numbers.start : 20 * numbers.stop]
    assert (portion == 0).all() == is_of_this_fit
    assert (drawn[: 20 * numbers.start] != 0).all()


def test_a_failure_is_left_to_the_trial_that_records_it(trial, store):
    part = trial().generator
    spec = replace(part.component.spec, make=breaks)
    broken = replace(trial(), generator=replace(part, component=replace(part.component, spec=spec)))
    key = fit_key(
        broken.generator, broken.dataset.hash, 0, broken.settings, broken.dataset.modality.component
    )
    assert stages(FitSampler(trial=broken, store=store)) == []  # its code has another hash than its key
    broken = replace(broken, fit_key=key)
    assert stages(FitSampler(trial=broken, store=store)) == ["fit"]
    assert store.notes(broken.fit_key) is None
    lacking = replace(trial(), n_real=10_000)
    extractor = lacking.tasks[0].group.extractor
    job = PrepareReference(trial=lacking, extractor=extractor, sides=("real", "train"), store=store)
    job.run(lambda **event: None)
    key = features_key(lacking.tasks[0].extractor_key, split_id(lacking.dataset.hash, "train", None))
    assert store.notes(key) is not None
