"""What run.json says of datasets and generators, compared with the suite and the data here."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from genbench.core.canonical_json import canonical
from genbench.core.spaces import Space
from genbench.files.secrets import redacted
from genbench.runs.prepare import Order
from genbench.verification.descriptions import component_differences, data_differences
from genbench.verification.reference import Obstacle, ReferenceSuite

SUITE = ReferenceSuite(order=Order(suite="x"), label="its suite")
VAE = {"name": "vae", "component": "genbench:vae", "options": {"steps": 20}}
FILE = {"sha256": "a" * 64, "suffix": ".csv"}


@pytest.fixture
def planned(run_of):
    """Return a plan of one cell of the generator vae on digits, of genbench 0.1.0."""
    plan, _ = run_of({"vae": {"fid": [1.0]}})
    return replace(plan, provenance={"plugins": {"genbench": "0.1.0"}})


def part(name, component="genbench:vae", version="0.1.0", **options):
    owner = SimpleNamespace(distribution=component.partition(":")[0], version=version)
    used = SimpleNamespace(reference=component, owner=owner)
    return SimpleNamespace(name=name, component=used, canonical=options)


def described(planned, *entries, here=(), data=(), datasets=(), reference=SUITE, **provenance):
    fields = {"generators": list(entries), "datasets": dict(data)} | provenance
    plan = replace(planned, provenance=planned.provenance | fields)
    return component_differences(plan, SimpleNamespace(generators=here, datasets=datasets), reference)


def lost(kind="generator", name="lost"):
    return replace(SUITE, obstacles=(Obstacle(kind=kind, name=name, reason="not installed"),))


def test_components_and_options_of_run_json_are_those_of_the_suite(planned):
    assert described(planned, VAE, here=[part("vae", steps=20)]) == []
    assert described(planned, VAE, here=[part("vae", steps=5)]) == [
        "generator vae: genbench:vae steps=20 in run.json, genbench:vae steps=5 here"
    ]
    assert described(planned, VAE, here=[part("vae", "famous:vae", steps=20)]) == [
        "generator vae: genbench:vae steps=20 in run.json, famous:vae steps=20 here"
    ]
    data = {"digits": {"component": "genbench:digits", "options": {}}}
    assert described(planned, data=data, datasets=[part("digits", "genbench:digits")]) == []
    assert described(planned, data=data, datasets=[part("digits", "genbench:moby-dick")]) == [
        "dataset digits: genbench:digits in run.json, genbench:moby-dick here"
    ]


def test_an_option_that_one_side_alone_has_is_a_difference_at_one_version(planned):
    newer = VAE | {"options": {"steps": 20, "pretrained": "all"}}
    assert described(planned, newer, here=[part("vae", steps=20)]) == [
        "generator vae: genbench:vae steps=20 pretrained='all' in run.json, genbench:vae steps=20 here"
    ]
    assert described(planned, VAE | {"options": {}}, here=[part("vae", steps=20)]) == [
        "generator vae: genbench:vae in run.json, genbench:vae steps=20 here"
    ]
    data = {"digits": {"component": "genbench:digits", "options": {"whole": True}}}
    assert described(planned, data=data, datasets=[part("digits", "genbench:digits")]) == [
        "dataset digits: genbench:digits whole=True in run.json, genbench:digits here"
    ]


def test_another_version_may_have_other_options_and_no_other_values(planned):
    for options in ({"steps": 20, "width": 8}, {}):
        assert described(planned, VAE, here=[part("vae", version="0.2.0", **options)]) == []
    assert len(described(planned, VAE, here=[part("vae", version="0.2.0", steps=5, width=8)])) == 1


def test_a_version_that_only_the_plugins_or_only_the_cells_name_is_the_version_of_the_run(planned):
    here = [part("vae", steps=20, width=8)]
    forged = {"plugins": {"genbench": "9.9"}}
    assert len(described(planned, VAE, here=here, **forged)) == 1  # the cells are of genbench 0.1.0
    (cell,) = planned.cells
    planned = replace(planned, cells=(replace(cell, plugin="genbench 9.9"),))
    assert len(described(planned, VAE, here=here)) == 1
    for plugins in ({"genbench": "9.9"}, {}, None):
        assert described(planned, VAE, here=here, plugins=plugins) == []


def test_each_component_has_one_entry(planned):
    here = [part("vae", steps=20)]
    assert described(planned, here=here) == ["generator vae: none in run.json, genbench:vae steps=20 here"]
    gan = {"name": "gan", "component": "genbench:gan", "options": {}}
    assert described(planned, VAE, gan, here=here) == ["generator gan: genbench:gan in run.json, none here"]
    assert described(planned, VAE, VAE, here=here) == [
        "generator vae: genbench:vae steps=20 in run.json, none here"
    ]
    digits = part("digits", "genbench:digits")
    assert described(planned, datasets=[digits]) == ["dataset digits: none in run.json, genbench:digits here"]


def test_generators_of_two_datasets_may_share_an_id(planned):
    here = [part("vae", steps=20), part("vae", "famous:vae")]
    other = {"name": "vae", "component": "famous:vae", "options": {}}
    assert described(planned, other, VAE, here=here) == []
    assert described(planned, VAE, other | {"component": "genbench:gan"}, here=here) == [
        "generator vae: genbench:gan in run.json, famous:vae here"
    ]


def test_of_a_file_only_the_name_of_its_option_counts_here(planned):
    here = [part("vae", file=FILE)]
    assert described(planned, VAE | {"options": {"file": {"sha256": "b" * 64}}}, here=here) == []
    assert len(described(planned, VAE | {"options": {}}, here=here)) == 1
    tables = [part("vae", names={"a": 1})]
    assert len(described(planned, VAE | {"options": {"names": {"a": 2}}}, here=tables)) == 1


def test_what_cannot_be_used_here_is_not_compared_nor_demanded(planned):
    here = [part("vae", steps=5)]
    assert described(planned, VAE, here=here, reference=lost(name="vae")) == []
    assert described(planned, VAE, here=here, reference=replace(SUITE, altered={"vae": "x"})) == []
    for kind, lines in (("generator", 0), ("dataset", 0), ("metric", 1)):
        assert len(described(planned, VAE, reference=lost(kind))) == lines
        assert len(described(planned, VAE, here=here, reference=lost(kind))) == 1


def prepared(name, *shared_splits, different=None, content="", space=None, **sizes):
    part = SimpleNamespace(name=name)
    return SimpleNamespace(
        part=part, hash=content, shared_splits=shared_splits, sizes=sizes, different=different,
        space=space or SimpleNamespace(to_json=dict),
    )  # fmt: skip


@pytest.mark.parametrize("noted", ["b" * 64, "a" * 63 + "b", ""])
def test_the_hash_of_run_json_under_which_boards_find_these_notes_is_that_of_the_data_here(planned, noted):
    (cell,) = planned.cells
    here = [prepared(cell.dataset, content="a" * 64)]
    plan = replace(planned, provenance={"datasets": {cell.dataset: {"hash": "a" * 64}}})
    assert data_differences(plan, here, SUITE) == []
    plan = replace(planned, provenance={"datasets": {cell.dataset: {"hash": noted}}})
    then = noted[:8] or "none"
    assert data_differences(plan, here, SUITE) == [
        f"hash of {cell.dataset}: {then} in run.json, aaaaaaaa here"
    ]


def test_shared_splits_of_run_json_are_those_of_the_data_here(planned):
    pair = ("test", "train")
    noted = {"a": {"shared_splits": [list(pair)]}, "b": {}, "c": {"shared_splits": [["held_out", "test"]]}}
    plan = replace(planned, provenance={"datasets": noted})
    here = [prepared("a", pair), prepared("b"), prepared("c", ("held_out", "test"))]
    assert data_differences(plan, here, SUITE) == []
    assert data_differences(plan, [prepared("b", pair)], SUITE) == [
        "splits of a that share samples: test and train in run.json, none here",
        "splits of b that share samples: none in run.json, test and train here",
        "splits of c that share samples: held_out and test in run.json, none here",
    ]
    lost = Obstacle(kind="dataset", name="a", reason="no a")
    assert data_differences(plan, here[1:], replace(SUITE, obstacles=(lost,))) == []
    more = [prepared("a", pair, ("held_out", "test")), *here[1:]]
    assert data_differences(plan, more, SUITE) == [
        "splits of a that share samples: test and train in run.json, test and train, held_out and test here"
    ]
    assert data_differences(planned, [prepared("b")], SUITE) == []


def test_few_different_samples_are_those_of_the_data_here(planned):
    (cell,) = planned.cells
    plan = replace(planned, provenance={"datasets": {cell.dataset: {"different": 12}}})
    assert data_differences(plan, [prepared(cell.dataset, different=12)], SUITE) == []
    for then, now in ((plan, None), (planned, 12)):
        (line,) = data_differences(then, [prepared(cell.dataset, different=now)], SUITE)
        assert line.startswith(f"different samples of {cell.dataset}, if few: ")


def test_sizes_of_run_json_are_those_of_the_data_here(planned):
    (cell,) = planned.cells
    here = [prepared(cell.dataset, test=60, train=90), prepared("other", test=7)]
    plan = replace(planned, provenance={"datasets": {cell.dataset: {"sizes": {"train": 90, "test": 60}}}})
    assert data_differences(plan, here, SUITE) == []
    for sizes, text in (({"test": 6}, "test 6"), ({"test": "60"}, "test '60'"), ({}, "none")):
        plan = replace(planned, provenance={"datasets": {cell.dataset: {"sizes": sizes}}})
        assert data_differences(plan, here, SUITE) == [
            f"sizes of {cell.dataset}: {text} in run.json, test 60, train 90 here"
        ]
    assert len(data_differences(planned, here, SUITE)) == 1


def test_the_space_of_run_json_is_that_of_the_data_here(planned, monkeypatch):
    (cell,) = planned.cells
    space = Space("vector", (4,), classes=("token-of-mine", "b"))

    def lines(noted):
        plan = replace(planned, provenance={"datasets": {cell.dataset: noted}})
        return data_differences(plan, [prepared(cell.dataset, space=space)], SUITE)

    here = json.loads(canonical(space.to_json()))
    assert lines({"space": here}) == []
    text = '{"classes":["token-of-mine","b"],"kind":"vector","shape":[4]}'
    for noted, then in (({}, "none"), ({"space": here | {"shape": [5]}}, text.replace("4", "5"))):
        assert lines(noted) == [f"space of {cell.dataset}: {then} in run.json, {text} here"]
    monkeypatch.setenv("MY_TOKEN", "token-of-mine")
    assert lines({"space": redacted(here)}) == []


def test_spaces_that_differ_in_a_late_class_differ(planned):
    (cell,) = planned.cells
    classes = tuple(f"class-{number}" for number in range(200))
    here, noted = (Space("vector", (4,), classes=(*classes, last)) for last in "ab")
    plan = replace(planned, provenance={"datasets": {cell.dataset: {"space": noted.to_json()}}})
    (line,) = data_differences(plan, [prepared(cell.dataset, space=here)], SUITE)
    assert len(line) < 700
