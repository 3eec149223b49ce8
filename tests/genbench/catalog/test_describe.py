from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Len, Lt
from pydantic import Field

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output, hookimpl
from genbench.catalog.catalog import catalog_of
from genbench.catalog.describe import DECIDES, State, describe, listing
from genbench.contract.options import Unsigned, bounds, patterns, type_name
from genbench.store.keys import signature


def fit(train, *, steps: Annotated[int, Ge(1)] = 10, data: Path, rng): ...


class Plugin:
    @hookimpl
    def genbench_datasets(self):
        return [DatasetSpec(name="digits", make=fit, reads=("/",))]

    @hookimpl
    def genbench_extractors(self):
        return [ExtractorSpec(name="pixels", make=fit, outputs={"features": "the pixels"})]

    @hookimpl
    def genbench_generators(self):
        return [GeneratorSpec(name="gan", make=fit, summary="two networks", source="2014", spaces=("image",))]

    @hookimpl
    def genbench_metrics(self):
        outputs = (
            Output(name="precision", direction="higher", range=(0.0, 1.0)),
            Output(name="x", direction="none"),
        )
        return [MetricSpec(name="pr", make="nowhere:pr", takes=("nats", "tokens"), outputs=outputs)]


CATALOG = catalog_of({"plug": Plugin()})


@pytest.mark.parametrize(
    ("annotation", "name", "words"),
    [
        (int, "int", []),
        (Annotated[int, Ge(1)], "int", [">= 1"]),
        (Annotated[float, Gt(0), Lt(1)], "float", ["> 0", "< 1"]),
        (Annotated[float, Interval(ge=0, le=1)], "float", [">= 0", "<= 1"]),
        (Annotated[int, Field(ge=2, multiple_of=2)], "int", [">= 2", "a multiple of 2"]),
        (Annotated[int, Ge(1)] | None, "int | None", [">= 1"]),
        (tuple[Annotated[int, Ge(1)], ...], "tuple[int, ...]", [">= 1"]),
        (Annotated[tuple[str, ...], Len(1)], "tuple[str, ...]", ["at least 1 long"]),
        (Literal["a", "b"], "'a' | 'b'", []),
        (Path | None, "Path | None", []),
        (dict[str, float], "dict[str, float]", []),
        (Any, "Any", []),
    ],
)
def test_an_annotation_is_put_as_one_writes_it_and_its_bounds_in_words(annotation, name, words):
    assert type_name(annotation) == name
    assert bounds(annotation) == words
    assert patterns(annotation) == []


def test_texts_that_have_to_match_a_pattern_are_found_wherever_they_stand():
    name = Annotated[str, Field(pattern="^[a-z]+$", description="a name")]
    assert patterns(name) == ["a name"]
    assert patterns(Annotated[name | None, Unsigned]) == ["a name"]
    assert patterns(tuple[Annotated[str, Field(pattern="x")], ...]) == [""]


def test_the_listing_has_every_component_by_kind_without_importing_what_makes_it():
    components = listing(CATALOG)["components"]
    assert [(c["kind"], c["name"], str(c["state"])) for c in components] == [
        ("dataset", "digits", "ok"),
        ("extractor", "pixels", "ok"),
        ("generator", "gan", "ok"),
        ("metric", "pr", "ok"),
    ]
    assert components[2] == {
        "kind": "generator", "name": "gan", "reference": "plug:gan", "distribution": "plug", "version": "0",
        "plugin": "plug", "summary": "two networks", "spaces": ["image"], "outputs": [], "state": State("ok"),
    }  # fmt: skip


def test_a_component_is_described_with_its_options():
    said = describe(CATALOG, CATALOG.find("generator", "gan"))
    assert said["inputs"] == ["train"]
    assert said["given"] == ["rng"]
    assert said["options"] == [
        {"name": "steps", "type": "int", "bounds": [">= 1"], "default": 10, "required": False},
        {"name": "data", "type": "Path", "bounds": [], "default": None, "required": True},
    ]
    assert (said["source"], said["chunk"], said["control"], said["problem"]) == ("2014", 256, False, None)


def test_every_kind_says_what_its_spec_adds():
    assert describe(CATALOG, CATALOG.find("dataset", "digits"))["reads"] == ["/"]
    assert describe(CATALOG, CATALOG.find("extractor", "pixels"))["outputs"] == [
        {"name": "features", "summary": "the pixels"}
    ]
    metric = describe(CATALOG, CATALOG.find("metric", "pr"))
    assert metric["takes"] == ["nats", "tokens"]
    assert metric["outputs"][0] == {
        "name": "precision", "summary": "", "direction": "higher", "best": None, "range": [0.0, 1.0],
        "expects": {},
    }  # fmt: skip


def test_a_component_that_cannot_be_imported_says_so_in_its_description():
    said = describe(CATALOG, CATALOG.find("metric", "pr"))
    assert said["problem"].startswith("metric 'pr': cannot import 'nowhere:pr': ModuleNotFoundError")
    assert said["options"] == []


def test_a_missing_dependency_and_a_shared_name_are_states():
    class Needy:
        @hookimpl
        def genbench_generators(self):
            return [GeneratorSpec(name="ov", make=fit, needs={"nowhere_to_find": "genbench[ov]"})]

    states = {
        c["reference"]: c["state"]
        for c in listing(catalog_of({"one": Plugin(), "two": Plugin(), "needy": Needy()}))["components"]
    }
    assert states["needy:ov"] == State("missing", "pip install 'genbench[ov]'")
    assert states["one:gan"] == State("ambiguous", "also in two")
    assert str(states["one:gan"]) == "ambiguous: also in two"


def test_a_broken_plugin_is_listed_with_its_reason():
    (broken,) = listing(catalog_of({"bad": object()}))["broken"]
    assert broken == {
        "distribution": "bad", "version": "0", "plugin": "bad", "module": "object",
        "reason": broken["reason"],
    }  # fmt: skip
    assert broken["reason"].startswith("it gives no component")


def test_what_decides_a_metrics_number_is_what_its_signature_holds():
    part = SimpleNamespace(
        component=SimpleNamespace(owner=SimpleNamespace(distribution="plug", version="1", file_hash=None)),
        contract=SimpleNamespace(inputs=("real", "fake")),
        spec=SimpleNamespace(version="1"),
        signed={},
    )
    group = SimpleNamespace(metric=part, extractor=None, protocol=None)
    assert DECIDES["metric"] == tuple(signature(group, "pr", n=1, n_real=1, data_hash=""))
