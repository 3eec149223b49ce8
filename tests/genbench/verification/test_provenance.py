"""What run.json says beside its cells, compared with what a run of its suite writes here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.core.spaces import Space
from genbench.runs.prepare import Order
from genbench.verification.provenance import (
    find_component_differences,
    find_file_differences,
    find_plan_differences,
)
from genbench.verification.reference import Obstacle, ReferenceSuite

SUITE = ReferenceSuite(order=Order(suite="x"), label="its suite")
HASH = "6e34d6b9" + "0" * 56
ONE, TWO = "1" * 64, "2" * 64
FILE = {"sha256": "a" * 64, "suffix": ".csv"}


def lost(kind="generator", name="lost"):
    return replace(SUITE, obstacles=(Obstacle(kind=kind, name=name, reason="not installed"),))


@pytest.fixture
def planned(run_of):
    """Return a function of fields of the provenance that gives a plan of two seeds at n 599."""
    plan, _ = run_of({"vae": {"fid": [1.0, 2.0]}})
    cells = [replace(cell, signature=cell.signature | {"metric": "genbench:fid"}) for cell in plan.cells]
    honest = {"n": plan.cells[0].n, "seeds": [0, 1], "plugins": {"genbench": "0.1.0"}}

    def make(change=lambda cell: cell, **fields):
        return replace(plan, cells=tuple(map(change, cells)), provenance=honest | fields)

    return make


# n, seeds and plugins.


def lines(plan, *, plugins=("genbench",), reference=SUITE):
    """Return how a plan differs from its suite, whose components have these plugins here."""
    here = {"n": 599, "seeds": [0, 1], "plugins": dict.fromkeys(plugins, "0.1.0")}
    return find_plan_differences(plan, here, reference)


def of_a_file(cell):
    """Return a cell whose metric and extractor are of the plugin file buf.py."""
    extractor = {"name": "buf:net", "version": f"2+1+{HASH}"}
    own = {"metric": "buf:fid", "version": f"1+{HASH}", "extractor": extractor}
    return replace(cell, signature={**cell.signature, **own})


def test_a_plan_that_a_run_writes_has_no_difference(planned):
    assert lines(planned()) == []
    plugins = {"genbench": "0.1.0", "buf": "0+6e34d6b9"}
    assert lines(planned(of_a_file, plugins=plugins), plugins=plugins) == []


def test_a_run_that_ranks_copies_has_a_suite_that_says_so(planned):
    assert lines(planned(rank_copies=True)) == ["rank_copies: True in run.json, None here"]


def test_the_rule_of_the_overall_rank_is_that_of_the_suite_unless_the_run_states_none(planned):
    assert lines(planned(ranking={"votes": ["bias"]})) == [
        "ranking: {'votes': ['bias']} in run.json, None here"
    ]
    here = {"n": 599, "seeds": [0, 1], "plugins": {"genbench": "0.1.0"}, "ranking": {"votes": None}}
    assert find_plan_differences(planned(), here, SUITE) == []
    assert find_plan_differences(planned(ranking={"votes": None}), here, SUITE) == []


def test_n_and_seeds_are_those_of_the_suite(planned):
    assert lines(planned(n=600)) == ["n: 600 in run.json, 599 here"]
    assert lines(planned(n={"digits": 599})) == ["n: {'digits': 599} in run.json, 599 here"]
    for seeds in ([0], [1, 0], [0, 1, 2], []):
        assert lines(planned(seeds=seeds)) == [f"seeds: {seeds} in run.json, [0, 1] here"]


def test_the_version_of_a_plugin_is_that_of_its_cells(planned):
    assert lines(planned(plugins={"genbench": "9"})) == ["plugin genbench: 9 in run.json, 0.1.0 in its cells"]
    plugins = {"genbench": "0.1.0", "buf": "0+aaaaaaaa"}
    assert lines(planned(of_a_file, plugins=plugins), plugins=plugins) == [
        "plugin buf: 0+aaaaaaaa in run.json, 0+6e34d6b9 in its cells"
    ]


def test_a_version_that_no_cell_states_may_be_any(planned):
    """Those of the plugins of datasets, and of installed plugins of metrics."""
    assert lines(planned(plugins={"genbench": "0.1.0", "ds": "7"}), plugins=("genbench", "ds")) == []


def test_the_plugins_of_run_json_are_those_of_its_components(planned):
    assert lines(planned(), plugins=("genbench", "ds")) == ["plugin ds: no version in run.json"]
    assert lines(planned(of_a_file)) == ["plugin buf: no version in run.json"]
    for plugins in ({}, None, ["genbench"]):
        assert lines(planned(plugins=plugins)) == ["plugin genbench: no version in run.json"]
    more = planned(plugins={"genbench": "0.1.0", "other": "1"})
    assert lines(more) == ["plugin other: in run.json, and of none of its components"]
    assert lines(more, reference=lost("metric")) == []


# Datasets and generators.


def entry(name="vae", component="genbench:vae", **options):
    return {"name": name, "component": component, "options": options}


def data(component="genbench:digits", **fields):
    return {"digits": {"component": component, "options": {}} | fields}


def described(planned, *entries, here=(), datasets=None, data_here=None, version="0.1.0", reference=SUITE,
              **fields):  # fmt: skip
    """Return the differences of these generators and datasets from those here."""
    provenance = {"generators": list(entries), "datasets": datasets or {}} | fields
    now = {"generators": list(here), "datasets": data_here or {}, "plugins": {"genbench": version}}
    return find_component_differences(planned(**provenance), now, reference)


def test_components_and_options_of_run_json_are_those_of_the_suite(planned):
    vae = entry(steps=20)
    assert described(planned, vae, here=[vae]) == []
    assert described(planned, vae, here=[entry(steps=5)]) == [
        "generator vae: options.steps 20 in run.json, 5 here"
    ]
    assert described(planned, vae, here=[entry(component="famous:vae", steps=20)]) == [
        'generator vae: component "genbench:vae" in run.json, "famous:vae" here'
    ]
    assert described(planned, datasets=data(), data_here=data()) == []
    assert described(planned, datasets=data(), data_here=data("genbench:moby-dick")) == [
        'dataset digits: component "genbench:digits" in run.json, "genbench:moby-dick" here'
    ]


def test_an_option_that_one_side_alone_has_is_a_difference_at_one_version(planned):
    assert described(planned, entry(steps=20, pretrained="all"), here=[entry(steps=20)]) == [
        'generator vae: options.pretrained "all" in run.json, not set here'
    ]
    (line,) = described(planned, entry(), here=[entry(steps=20)])
    assert line.endswith("options.steps not set in run.json, 20 here")
    assert len(described(planned, datasets=data(options={"whole": True}), data_here=data())) == 1


def test_a_long_path_is_cut_as_a_long_value_is(planned):
    (line,) = described(planned, entry(**{"k" * 5000: "v" * 5000}), here=[entry()])
    assert len(line) < 700


def test_another_version_may_have_other_options_and_no_other_values(planned):
    for options in ({"steps": 20, "width": 8}, {}):
        assert described(planned, entry(steps=20), here=[entry(**options)], version="0.2.0") == []
    assert described(planned, entry(steps=20), here=[entry(steps=5, width=8)], version="0.2.0") == [
        "generator vae: options.steps 20 in run.json, 5 here"
    ]


def test_a_version_that_only_the_plugins_or_only_the_cells_name_is_the_version_of_the_run(planned):
    vae, here = entry(steps=20), [entry(steps=20, width=8)]
    assert len(described(planned, vae, here=here, plugins={"genbench": "9.9"})) == 1  # the cells are of 0.1.0

    def of_another(**fields):
        return planned(lambda cell: replace(cell, plugin="genbench 9.9"), **fields)

    assert len(described(of_another, vae, here=here)) == 1
    for plugins in ({"genbench": "9.9"}, {}, None):
        assert described(of_another, vae, here=here, plugins=plugins) == []


def test_each_component_has_one_entry(planned):
    vae, gan = entry(steps=20), entry("gan", "genbench:gan")
    (line,) = described(planned, here=[vae])
    assert line.startswith('generator vae: component not set in run.json, "genbench:vae" here; ')
    (line,) = described(planned, vae, gan, here=[vae])
    assert line.startswith('generator gan: component "genbench:gan" in run.json, not set here; ')
    (line,) = described(planned, vae, vae, here=[vae])
    assert line.startswith('generator vae: component "genbench:vae" in run.json, not set here; ')
    (line,) = described(planned, data_here=data())
    assert line.startswith('dataset digits: component not set in run.json, "genbench:digits" here')


def test_generators_of_two_datasets_may_share_an_id(planned):
    vae, other = entry(steps=20), entry(component="famous:vae")
    assert described(planned, other, vae, here=[vae, other]) == []
    assert described(planned, vae, entry(component="famous:gan"), here=[vae, other]) == [
        'generator vae: component "famous:gan" in run.json, "famous:vae" here'
    ]


def test_of_a_file_only_the_name_of_its_option_counts_here(planned):
    here = [entry(file=FILE)]
    assert described(planned, entry(file={"sha256": "b" * 64, "suffix": ".txt"}), here=here) == []
    assert len(described(planned, entry(), here=here)) == 1
    assert len(described(planned, entry(names={"a": 2}), here=[entry(names={"a": 1})])) == 1


def test_what_cannot_be_used_here_is_not_compared_nor_demanded(planned):
    vae, here = entry(steps=20), [entry(steps=5)]
    assert described(planned, vae, here=here, reference=lost(name="vae")) == []
    assert described(planned, vae, here=here, reference=replace(SUITE, altered={"vae": "x"})) == []
    for kind, count in (("generator", 0), ("dataset", 0), ("metric", 1)):
        assert len(described(planned, vae, reference=lost(kind))) == count
        assert len(described(planned, vae, here=here, reference=lost(kind))) == 1


def noted(planned, then, now, reference=SUITE):
    return described(planned, datasets=data(**then), data_here=data(**now), reference=reference)


@pytest.mark.parametrize(
    ("field", "then", "now"),
    [
        ("hash", "b" * 64, "a" * 64),
        ("hash", "a" * 63 + "b", "a" * 64),
        ("hash", "", "a" * 64),
        ("different", 12, 13),
        ("sizes", {"test": 6, "train": 90}, {"test": 60, "train": 90}),
        ("sizes", {}, {"test": 60}),
        ("shared_splits", [["train", "test"]], [["held_out", "train"]]),
        ("space", {"kind": "vector", "shape": [5]}, {"kind": "vector", "shape": [4]}),
    ],
)
def test_what_run_json_says_of_data_is_so_here(planned, field, then, now):
    """Boards find it by the hash of the data, so another hash would hide it."""
    assert noted(planned, {field: now}, {field: now}) == []
    for before in ({field: then}, {}):
        (line,) = noted(planned, before, {field: now})
        assert line.startswith(f"dataset digits: {field}")
    (line,) = noted(planned, {field: now}, {})
    assert line.startswith(f"dataset digits: {field}")
    assert noted(planned, {field: then}, {field: now}, lost("dataset", "digits")) == []


def test_spaces_that_differ_in_a_late_class_differ(planned):
    classes = tuple(f"class-{number}" for number in range(200))
    then, now = ({"space": Space("vector", (4,), classes=(*classes, last)).to_json()} for last in "ab")
    (line,) = noted(planned, then, now)
    assert len(line) < 700


# Files.


def path(sha256):
    return {"path": {"sha256": sha256, "suffix": ".npy"}, "steps": 3, "shape": {"width": 2}}


def files(planned, generators=(), here=(), **datasets):
    provenance = {"generators": generators, "datasets": data(options=datasets.get("then", {}))}
    now = {"generators": list(here), "datasets": data(options=datasets.get("now", {}))}
    return find_file_differences(planned(**provenance), now)


def test_equal_hashes_are_no_difference_whatever_the_suffix(planned):
    moved = {"path": {"sha256": ONE}}
    gan = entry("gan", **path(ONE))
    assert files(planned, [gan], [entry("gan", **moved)], then=path(TWO), now=path(TWO)) == {}


def test_another_hash_is_a_difference_of_the_dataset_or_the_generator(planned):
    here = [entry("gan", **path(TWO))]
    assert files(planned, [entry("gan", **path(ONE))], here, then=path(TWO), now=path(ONE)) == {
        ("dataset", "digits"): "its dataset's options.path.sha256 was 22222222, is 11111111 here",
        ("generator", "gan"): "its generator's options.path.sha256 was 11111111, is 22222222 here",
    }


def test_a_file_of_a_list_is_named_with_its_position(planned):
    then, now = (entry("gan", paths=[{"sha256": ONE}, {"sha256": other}]) for other in (ONE, TWO))
    assert files(planned, [then], [now]) == {
        ("generator", "gan"): "its generator's options.paths[1].sha256 was 11111111, is 22222222 here"
    }


@pytest.mark.parametrize(
    "generators", [[], [entry("gan")], [entry("gan", path={"sha256": 3})], [entry("vae", **path(ONE))]]
)
def test_a_file_whose_hash_run_json_lacks_is_a_difference(planned, generators):
    found = files(planned, generators, [entry("gan", **path(ONE)), entry("noise")])
    assert list(found) == [("generator", "gan")]
    assert found["generator", "gan"].endswith(", is 11111111 here")


def test_generators_that_share_an_id_may_have_a_file_each(planned):
    entries = [entry("gan", **path(sha256)) for sha256 in (ONE, TWO)]
    assert files(planned, entries, entries[::-1]) == {}
    assert len(files(planned, entries[:1], entries)) == 1
