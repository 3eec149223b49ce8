"""The state of a component: whether it can be used, and what it lacks."""

from __future__ import annotations

import sys

import pytest
from toys import make_plugin

from genbench import GeneratorSpec
from genbench.catalog.catalog import catalog_of, load_catalog
from genbench.catalog.loader import Owner
from genbench.catalog.states import STATUSES, State, find_state

WEIGHTS = """
from pathlib import Path
from typing import Annotated
from genbench import Asset

WEIGHTS = Asset(name="w", url="https://x.org/w.pt", sha256="0" * 64, size_bytes=1500, licence="MIT")
"""
LOADING = """
from {package}.weights import WEIGHTS, Annotated, Path
IMPORTED = True
def looks(*, weights: Annotated[Path | None, WEIGHTS] = None): ...
"""
SPECS = """
from genbench import ExtractorSpec, hookimpl

@hookimpl
def genbench_extractors():
    makes = {{"loading": "{package}.loading:looks", "light": "{package}.light:looks"}}
    return [ExtractorSpec(name=name, make=make, outputs={{"features": ""}}) for name, make in makes.items()]
"""


def fit(train): ...


def generators(**makes):
    return make_plugin(
        *(GeneratorSpec(name=name, make=make, needs=needs) for name, (make, needs) in makes.items())
    )


def states_of(catalog):
    return {component.reference: find_state(catalog, component) for component in catalog.components}


@pytest.fixture
def package(site):
    """Return a package with two extractors in modules of their own, one of which needs a file."""
    site.add("weighty", SPECS.format(package="weighty"))
    home = site.folder / "weighty"
    home.mkdir()
    (site.folder / "weighty.py").rename(home / "__init__.py")
    (home / "weights.py").write_text(WEIGHTS)
    (home / "loading.py").write_text(LOADING.format(package="weighty"))
    (home / "light.py").write_text("def looks(): ...\n")
    return home


def test_a_component_that_lacks_nothing_is_ok():
    assert states_of(catalog_of({"one": generators(gan=(fit, {}))})) == {"one:gan": State("ok")}


def test_a_module_that_is_not_installed_is_named_with_what_to_install():
    found = states_of(catalog_of({"one": generators(gan=("nowhere:gan", {"nowhere": "genbench[ov]"}))}))
    assert found == {"one:gan": State("missing module", "pip install 'genbench[ov]'")}
    assert str(found["one:gan"]) == "missing module: pip install 'genbench[ov]'"


def test_a_name_in_two_distributions_is_ambiguous():
    found = states_of(catalog_of({"one": generators(gan=(fit, {})), "two": generators(gan=(fit, {}))}))
    assert found["one:gan"] == State("ambiguous", "also in two")


def test_a_name_in_two_distributions_for_other_data_is_not_ambiguous():
    one, two = (GeneratorSpec(name="gan", make=fit, modalities=(name,)) for name in ("image", "text"))
    found = states_of(catalog_of({"one": make_plugin(one), "two": make_plugin(two)}))
    assert found == {"one:gan": State("ok"), "two:gan": State("ok")}


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        ("nowhere:f", "generator 'gan': cannot import 'nowhere:f': there is no module 'nowhere'"),
        (
            "json.nowhere:f",
            "generator 'gan': cannot import 'json.nowhere:f': there is no module 'json.nowhere'",
        ),
        (
            "json:nowhere",
            "generator 'gan': cannot import 'json:nowhere': AttributeError: module 'json' has no",
        ),
        (lambda fake: None, "generator 'gan': 'fake' is no input of a generator"),
    ],
)
def test_a_component_that_cannot_be_used_is_broken_with_the_reason(make, reason):
    (state,) = states_of(catalog_of({"one": generators(gan=(make, {}))})).values()
    assert state.status == "broken"
    assert state.detail.startswith(reason)


def test_a_file_that_is_not_fetched_is_named_with_the_command(package, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path / "assets"))
    found = states_of(load_catalog(only=["weighty"]))
    assert found["weighty:loading"] == State("not fetched", "genbench fetch loading (1.5 kB)")
    file = tmp_path / "assets" / ("0" * 64) / "w.pt"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(1500))
    assert states_of(load_catalog(only=["weighty"]))["weighty:loading"] == State("ok")


def test_only_modules_that_name_an_asset_are_imported(package):
    assert states_of(load_catalog(only=["weighty"]))["weighty:light"] == State("ok")
    assert "weighty.loading" in sys.modules
    assert "weighty.light" not in sys.modules


def test_a_module_that_raises_is_broken_alone(package):
    (package / "loading.py").write_text("# an Asset\nraise SystemExit\n")
    found = states_of(load_catalog(only=["weighty"]))
    assert found["weighty:loading"].status == "broken"
    assert found["weighty:light"] == State("ok")


def test_a_plugin_whose_import_took_long_is_slow():
    catalog = catalog_of({"one": generators(gan=(fit, {}))})
    owner = Owner("one", "0", "one", "Plugin")
    assert 0 < catalog.load_s[owner] < 1
    for seconds, state in {
        0.99: State("ok"),
        1.0: State("slow import", "1 s"),
        8.4: State("slow import", "8 s"),
    }.items():
        slow = type(catalog)(catalog.components, (), {owner: seconds})
        assert states_of(slow) == {"one:gan": state}
    assert str(State("slow import", "8 s")) == "slow import (8 s)"


def test_the_import_of_a_plugin_is_timed(site):
    busy = "import time\nend = time.process_time() + 0.05\nwhile time.process_time() < end: pass\n"
    site.add("dawdling", busy + SPECS.format(package="json"))
    (seconds,) = load_catalog(only=["dawdling"]).load_s.values()
    assert seconds >= 0.05


def test_statuses_are_sorted_from_the_best_to_the_worst():
    assert STATUSES == ("ok", "slow import", "ambiguous", "not fetched", "missing module", "broken")
