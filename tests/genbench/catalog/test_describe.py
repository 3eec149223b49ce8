from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from types import SimpleNamespace
from typing import Annotated

import pytest
from annotated_types import Ge
from toys import make_catalog, make_plugin

from genbench import (
    DatasetSpec,
    ExecutorSpec,
    ExtractorSpec,
    FaultSpec,
    GeneratorSpec,
    ListenerSpec,
    MetricSpec,
    Output,
    SuiteError,
)
from genbench.catalog.catalog import catalog_of
from genbench.catalog.describe import DECIDES, describe, list_components, select_components
from genbench.catalog.states import State
from genbench.store.keys import signature


def fit(train, *, steps: Annotated[int, Ge(1)] = 10, data: Path, rng): ...


def read(*, path: Path): ...


OUTPUTS = (Output(name="precision", direction="higher", range=(0.0, 1.0)), Output(name="x", direction="none"))
PLUGIN = make_plugin(
    DatasetSpec(name="digits", make=read, reads=("/",)),
    ExtractorSpec(name="pixels", make=fit, outputs={"features": "the pixels"}),
    GeneratorSpec(name="gan", make=fit, summary="two networks", source="2014", modalities=("image",)),
    MetricSpec(name="pr", make="nowhere:pr", takes=("nats", "tokens"), outputs=OUTPUTS),
)


CATALOG = catalog_of({"plug": PLUGIN})


def test_the_listing_has_every_component_by_kind():
    components = list_components(CATALOG)["components"]
    assert [(c["kind"], c["name"], str(c["state"])) for c in components] == [
        ("dataset", "digits", "ok"),
        ("extractor", "pixels", "ok"),
        ("generator", "gan", "ok"),
        ("metric", "pr", "broken: metric 'pr': cannot import 'nowhere:pr': there is no module 'nowhere'"),
    ]
    assert components[2] == {
        "kind": "generator", "name": "gan", "reference": "plug:gan", "distribution": "plug", "version": "0",
        "plugin": "plug", "summary": "two networks", "modalities": ["image"], "outputs": [],
        "state": State("ok"),
    }  # fmt: skip


def test_a_component_is_described_with_its_options():
    said = describe(CATALOG, CATALOG.find("generator", "gan"))
    assert said["inputs"] == ["train"]
    assert said["given"] == ["rng"]
    assert said["options"] == [
        {"name": "steps", "type": "int", "bounds": [">= 1"], "default": 10, "required": False},
        {"name": "data", "type": "Path", "bounds": [], "default": None, "required": True},
    ]
    assert (said["source"], said["chunk"], said["control"], said["problem"]) == ("2014", 256, None, None)


def test_every_kind_says_what_its_spec_adds():
    assert describe(CATALOG, CATALOG.find("dataset", "digits"))["reads"] == ["/"]
    assert describe(CATALOG, CATALOG.find("extractor", "pixels"))["outputs"] == [
        {"name": "features", "summary": "the pixels"}
    ]
    metric = describe(CATALOG, CATALOG.find("metric", "pr"))
    assert metric["takes"] == ["nats", "tokens"]
    assert metric["outputs"][0] == {
        "name": "precision", "summary": "", "aspect": "", "direction": "higher", "best": None,
        "range": [0.0, 1.0], "expects": {}, "any_valid_share": False,
    }  # fmt: skip


def test_a_component_that_cannot_be_imported_says_so_in_its_description():
    said = describe(CATALOG, CATALOG.find("metric", "pr"))
    assert said["problem"].startswith("metric 'pr': cannot import 'nowhere:pr': ModuleNotFoundError")
    assert said["options"] == []


FOUND = list_components(catalog_of({"plug": PLUGIN, "bad": object()}))


@pytest.mark.parametrize(
    ("filters", "names", "broken"),
    [
        ({}, ["digits", "pixels", "gan", "pr"], 1),
        ({"kind": "metric"}, ["pr"], 1),
        ({"modality": "image"}, ["digits", "pixels", "gan", "pr"], 1),
        ({"state": "broken"}, ["pr"], 1),
        ({"state": "ok"}, ["digits", "pixels", "gan"], 0),
        ({"words": ["NETWORKS"]}, ["gan"], 0),
        ({"words": ["networks", "pixels"]}, [], 0),
        ({"words": ["precision"]}, ["pr"], 0),
        ({"words": ["the pixels"]}, ["pixels"], 0),
        ({"words": ["no component"]}, [], 1),
        ({"words": ["i"], "kind": "extractor", "state": "ok", "modality": "image"}, ["pixels"], 0),
    ],
)
def test_components_are_selected_by_all_that_is_given(filters, names, broken):
    found = select_components(FOUND, **filters)
    assert [component["name"] for component in found["components"]] == names
    assert len(found["broken"]) == broken


def test_a_modality_selects_what_declares_it_or_supports_all():
    kinds = {"of-text": ("text",), "of-both": ("text", "image"), "of-all": ()}
    generators = [GeneratorSpec(name=name, make=fit, modalities=kind) for name, kind in kinds.items()]
    others = ExecutorSpec(name="pool", make=fit), ListenerSpec(name="tail", make=fit)
    found = list_components(make_catalog(*generators, *others))
    names = [component["name"] for component in select_components(found, modality="image")["components"]]
    assert names == ["of-all", "of-both"]
    with pytest.raises(SuiteError, match=r"^no component names the modality 'txt'; did you mean 'text'\?$"):
        select_components(found, modality="txt")


def test_a_broken_plugin_is_listed_with_its_reason():
    (broken,) = list_components(catalog_of({"bad": object()}))["broken"]
    assert broken == {
        "distribution": "bad", "version": "0", "plugin": "bad", "module": "object",
        "reason": broken["reason"],
    }  # fmt: skip
    assert broken["reason"].startswith("it gives no component")


def test_what_decides_a_metrics_number_is_what_its_signature_holds():
    part = SimpleNamespace(
        component=SimpleNamespace(owner=SimpleNamespace(distribution="plug", version="1", file_hash=None)),
        contract=SimpleNamespace(inputs=("real", "fake"), sides=frozenset({"real", "fake"})),
        spec=SimpleNamespace(version="1"),
        signature_options={},
    )
    group = SimpleNamespace(metric=part, extractor=None, protocol=None)
    assert DECIDES["metric"] == tuple(signature(group, "pr", n=1, n_real=1, data_hash=""))


def test_a_fault_has_its_levels_its_effect_and_the_control_that_has_it():
    common = {"make": read, "levels": {"much": 1.0}, "effect": "worse"}
    catalog = make_catalog(
        FaultSpec(name="hiss", control="floor", **common), FaultSpec(name="tear", **common)
    )
    hiss, tear = (describe(catalog, component) for component in catalog.components)
    assert (hiss["levels"], hiss["effect"], hiss["control"]) == ({"much": 1.0}, "worse", "floor")
    assert tear["control"] is None
