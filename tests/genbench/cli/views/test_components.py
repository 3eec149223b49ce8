"""Components on a terminal: the list, and one with its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from genbench.catalog.catalog import load_files
from genbench.catalog.describe import describe, list_components
from genbench.catalog.states import State
from genbench.cli.views.components import make_component_view, make_list_view

LENSES = Path(__file__).parents[3] / "toy_plugins" / "lenses_plugin.py"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """Return a catalog of the plugin of lenses and of a broken one."""
    broken = tmp_path_factory.mktemp("broken") / "bad.py"
    broken.write_text("x = 1\n")
    return load_files([LENSES, broken])


@pytest.fixture
def texts_of(catalog, lines_of):
    """Return a function that draws a view: its lines, with one space between words and a short owner."""
    owner = catalog.components[0].owner

    def draw(view):
        lines = [" ".join(line.split()) for line in lines_of(view, width=120)]
        lines = [line for line in lines if line != owner.version]
        for name in (f"{owner.distribution} {owner.version}", owner.distribution):
            lines = [line.replace(name, "OWNER") for line in lines]
        return lines

    return draw


@pytest.fixture
def shown(catalog, texts_of):
    """Return a function that draws one component and returns its lines."""

    def draw(kind, name):
        component = next(each for each in catalog.of_kind(kind) if each.name == name)
        return texts_of(make_component_view(describe(catalog, component)))

    return draw


@pytest.fixture
def listed(catalog, texts_of):
    """Return the lines of the list."""
    return texts_of(make_list_view(list_components(catalog)))


def test_the_list_has_a_row_for_each_component_by_kind(listed):
    places = [
        listed.index(f"{kind}s") for kind in ("dataset", "extractor", "generator", "metric", "executor")
    ]
    assert places == sorted(places)
    assert listed[places[3] : places[4]][1:] == [
        "gap OWNER ok", "sharpness OWNER ok", "edge", "hue the colour",
    ]  # fmt: skip


def test_the_list_says_what_a_component_lacks_and_why_a_plugin_is_broken(listed):
    assert "lens OWNER missing module" in listed
    assert "lens: pip install 'genbench[blur]'" in listed
    assert "looks OWNER genbench fetch looks (1.5 kB) not fetched" in listed
    (row,) = (at for at, line in enumerate(listed) if line.startswith("edge OWNER generator 'edge': "))
    assert listed[row].endswith(" broken")
    assert "there is no" in f"{listed[row]} {listed[row + 1]}"
    assert any(line.startswith("broken: bad of bad 0+") for line in listed)
    assert "it gives no component" in " ".join(listed)
    assert listed[-1] == "genbench plugins show NAME prints the options of one."


def test_a_slow_import_has_its_seconds_in_its_state_and_other_details_below_the_summary(lines_of):
    components = [
        {"kind": "metric", "name": "fid", "distribution": "d", "version": "1", "summary": "a distance",
         "outputs": [{"name": "fid"}], "state": state}
        for state in (State("slow import", "8 s"), State("ambiguous", "also in e"))
    ]  # fmt: skip
    view = make_list_view({"components": components, "broken": []})
    lines = [" ".join(line.split()) for line in lines_of(view, width=80)]
    assert "fid d 1 a distance slow import (8 s)" in lines
    assert lines[lines.index("fid d 1 a distance ambiguous") + 1] == "also in e"


def test_the_command_that_several_components_need_is_printed_once(lines_of):
    components = [
        {"kind": "metric", "name": name, "distribution": "d", "version": "1", "summary": "a distance",
         "outputs": [{"name": name}], "state": State("missing module", "pip install d")}
        for name in ("fid", "kid")
    ]  # fmt: skip
    view = make_list_view({"components": components, "broken": []})
    assert [line.strip() for line in lines_of(view, width=80) if "pip" in line] == [
        "fid and kid: pip install d"
    ]


def test_text_of_a_plugin_cannot_steer_the_terminal(listed, shown):
    assert any(r"soft images \x1b[31m[red]" in line for line in listed)
    assert r"soft images \x1b[31m[red]" in shown("generator", "blur")


def test_options_have_types_defaults_and_bounds(shown):
    lines = shown("generator", "blur")
    assert lines[0] == "generator blur of OWNER"
    assert {"source S. 1999", "modalities image", "inputs train"} <= set(lines)
    assert "steps int 10 >= 1" in lines
    assert """mode 'box' | 'gauss' "box\"""" in lines
    assert "seed int required" in lines


def test_a_metric_has_directions_ranges_expectations_and_what_decides_it(shown):
    lines = shown("metric", "sharpness")
    assert "score edge nearest to 1 is best, in [0, inf)" in lines
    assert "score hue not ranked, in (-inf, inf)" in lines
    assert "edge under blur worse" in lines
    assert 'edge under noise[pixels] worse | unchanged.because("noise has edges")' in lines
    assert {"takes features", "extractor looks"} <= set(lines)
    assert any(line.startswith("signature metric, version, options, extractor, protocol") for line in lines)
    assert not any(line.startswith("report") for line in lines)


def test_a_metric_of_one_number_does_not_name_it_twice(shown):
    lines = shown("metric", "gap")
    assert "score lower is better, in [-1, 2.5]" in lines
    assert {"under blur (worse, worse | unchanged, worse)", "least n 5"} <= set(lines)
    assert "draws all, valid or not, in a suite with `n_valid`" in lines
    assert "report one of the metrics that `genbench score` gives unasked" in lines


def test_an_extractor_has_outputs_protocols_and_files(shown):
    lines = shown("extractor", "looks")
    assert "outputs features (1024 numbers), probabilities" in lines
    assert "protocol plain as they are; the defaults" in lines
    assert "protocol halved half; size=8 mode=box" in lines
    assert "file for weights https://x.org/w.pt (1.5 kB, CC0-1.0), not fetched" in lines
    assert "weights Path | None none" in lines


def test_a_generator_says_how_it_draws_and_whether_it_is_a_control(shown):
    assert {
        "draws 7 samples at a time", "state missing module: pip install 'genbench[blur]'", "modalities all",
    } <= set(shown("generator", "lens"))  # fmt: skip
    lines = shown("generator", "edge")
    assert {"control floor, unranked", "draws all samples at once"} <= set(lines)
    assert any(line.startswith("problem generator 'edge': cannot import 'nowhere:edge'") for line in lines)


def test_a_dataset_says_what_it_reads_and_into_which_parts_it_is_cut(shown):
    lines = shown("dataset", "folder")
    assert {"reads /, .zip", "key version, options, content, parts"} <= set(lines)
    assert any(line.startswith("parts train ") for line in lines)


def test_an_executor_decides_nothing(shown):
    lines = shown("executor", "pool")
    assert not [line for line in lines if line.startswith(("key", "signature", "modalities"))]
