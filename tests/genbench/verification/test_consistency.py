"""The provenance in run.json, compared with the cells that it lists."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from genbench.runs.prepare import Order
from genbench.verification.consistency import contradictions
from genbench.verification.reference import Obstacle, ReferenceSuite

SUITE = ReferenceSuite(order=Order(suite="x"), label="its suite")
LOST = Obstacle(kind="metric", name="lost", reason="not installed")

HASH = "6e34d6b9" + "0" * 56


@pytest.fixture
def planned(run_of):
    """Return a function of fields of the provenance that gives a plan of two seeds at n 1000."""
    plan, _ = run_of({"vae": {"fid": [1.0, 2.0]}})
    cells = [replace(cell, signature=cell.signature | {"metric": "genbench:fid"}) for cell in plan.cells]
    honest = {
        "n": plan.cells[0].n, "seeds": [0, 1], "plugins": {"genbench": "0.1.0"},
        "datasets": {"digits": {}}, "generators": [{"name": "vae"}],
    }  # fmt: skip

    def make(change=lambda cell: cell, **fields):
        return replace(plan, cells=tuple(map(change, cells)), provenance=honest | fields)

    return make


def part(name, distribution="genbench"):
    owner = SimpleNamespace(distribution=distribution)
    return SimpleNamespace(name=name, component=SimpleNamespace(owner=owner))


def lines(plan, *, digits="genbench", reference=SUITE):
    """Return the contradictions of a plan; the dataset digits is of the plugin `digits` here."""
    parts = SimpleNamespace(datasets=[part("digits", digits)], generators=[part("vae"), part("gan", "gans")])
    return contradictions(plan, parts, reference)


def of_a_file(cell):
    """Return a cell whose metric and extractor are of the plugin file buf.py."""
    extractor = {"name": "buf:net", "version": f"2+1+{HASH}"}
    own = {"metric": "buf:fid", "version": f"1+{HASH}", "extractor": extractor}
    return replace(cell, signature={**cell.signature, **own})


def test_a_plan_that_a_run_writes_has_none(planned):
    assert lines(planned()) == []
    plugins = {"genbench": "0.1.0", "buf": "0+6e34d6b9"}
    assert lines(planned(of_a_file, plugins=plugins)) == []
    assert lines(replace(planned(), cells=())) == []


def test_n_and_seeds_are_those_of_the_cells(planned):
    n = planned().cells[0].n
    assert lines(planned(n=n + 1)) == [f"n: {n + 1} in run.json, {n} in its cells"]
    for seeds, text in (([0], "0"), ([1, 0], "1 0"), ([0, 1, 2], "0 1 2"), ([], "none")):
        assert lines(planned(seeds=seeds)) == [f"seeds: {text} in run.json, 0 1 in its cells"]


def test_the_version_of_a_plugin_is_that_of_its_cells(planned):
    assert lines(planned(plugins={"genbench": "9"})) == ["plugin genbench: 9 in run.json, 0.1.0 in its cells"]
    plugins = {"genbench": "0.1.0", "buf": "0+aaaaaaaa"}
    assert lines(planned(of_a_file, plugins=plugins)) == [
        "plugin buf: 0+aaaaaaaa in run.json, 0+6e34d6b9 in its cells"
    ]


def test_a_version_that_no_cell_states_may_be_any(planned):
    """Those of the plugins of datasets, and of installed plugins of metrics."""
    assert lines(planned(plugins={"genbench": "0.1.0", "ds": "7"}), digits="ds") == []


def test_the_plugins_of_run_json_are_those_of_its_components(planned):
    assert lines(planned(), digits="ds") == ["plugin ds: no version in run.json"]
    assert lines(planned(of_a_file)) == ["plugin buf: no version in run.json"]
    for plugins in ({}, None, ["genbench"]):
        assert lines(planned(plugins=plugins)) == ["plugin genbench: no version in run.json"]
    more = planned(plugins={"genbench": "0.1.0", "other": "1"})
    assert lines(more) == ["plugin other: in run.json, and of none of its components"]
    assert lines(more, reference=replace(SUITE, obstacles=(LOST,))) == []


def test_a_component_without_an_entry_in_run_json_needs_no_plugin_there(planned):
    """Its entry is missing, as verify says of the component."""
    assert lines(planned(datasets={}), digits="ds") == []


def test_n_by_dataset_is_compared_dataset_by_dataset(planned):
    n = planned().cells[0].n
    assert lines(planned(n={"digits": n, "left-out": 5})) == []
    assert lines(planned(n={"digits": n + 1})) == [
        f"n: {n + 1} on digits in run.json, {n} on digits in its cells"
    ]
