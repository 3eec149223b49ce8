"""From names to cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.targets import CheckOrder, Target, find_components, list_files, plan_cases
from genbench.core.errors import SuiteError

SKETCHY = Path(__file__).parents[3] / "toy_plugins" / "sketchy_plugin.py"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([SKETCHY])


def found(catalog, name, kind=None, **options):
    return [each.reference for each in find_components(catalog, Target(name=name, options=options), kind)]


def test_a_name_a_reference_a_distribution_and_a_file_are_targets(catalog):
    assert found(catalog, "sound") == found(catalog, "sketchy-plugin:sound") == ["sketchy-plugin:sound"]
    everything = found(catalog, "sketchy-plugin")
    assert len(everything) == 7
    assert everything == found(catalog, str(SKETCHY))


def test_a_name_of_several_kinds_means_all_of_them_unless_a_kind_is_given(catalog):
    kinds = {each.kind for each in find_components(catalog, Target(name="noise"), None)}
    assert kinds == {"generator", "fault"}
    assert found(catalog, "noise", "fault") == ["genbench:noise"]


def test_an_unknown_name_is_refused_with_the_nearest(catalog):
    with pytest.raises(SuiteError, match="did you mean 'sound'"):
        found(catalog, "soundd")
    with pytest.raises(SuiteError, match="no metric named"):
        found(catalog, "sound", "metric")


def test_options_belong_to_one_component(catalog):
    assert found(catalog, "sound", scale=2) == ["sketchy-plugin:sound"]
    with pytest.raises(SuiteError, match="say --kind fault or --kind generator"):
        found(catalog, "noise", level=1)
    with pytest.raises(SuiteError, match="means 7 components, so it takes no options"):
        found(catalog, "sketchy-plugin", level=1)


def test_files_are_loaded_once_with_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    targets = [Target(name="a.py"), Target(name="sound"), Target(name="b.py")]
    assert list_files(targets, [Path("b.py"), Path("c.py")]) == tuple(
        tmp_path / name for name in ("b.py", "c.py", "a.py")
    )


def cases(catalog, name, kind, modality=None):
    (component,) = find_components(catalog, Target(name=name), kind)
    order = CheckOrder(targets=(), modality=modality)
    return [case.modality for case in plan_cases(catalog, component, order, {})]


def test_a_component_is_checked_on_one_modality_of_each_container(catalog):
    assert cases(catalog, "sound", "generator") == ["vector"]
    chosen = cases(catalog, "held-out", "generator")
    containers = {each.name: each.spec.container for each in catalog.of_kind("modality")}
    assert sorted(containers[name] for name in chosen) == ["array", "frame", "ragged", "strings"]
    assert {"image", "sequence"} <= set(chosen)  # with default datasets


def test_a_modality_is_checked_on_itself_and_an_executor_on_none(catalog):
    assert cases(catalog, "audio", "modality") == ["audio"]
    assert cases(catalog, "local", "executor") == [None]


def test_another_modality_can_be_named_if_the_component_works_on_it(catalog):
    assert cases(catalog, "held-out", "generator", "vector") == ["vector"]
    with pytest.raises(SuiteError, match="generator 'sound' of sketchy-plugin cannot be checked on text"):
        cases(catalog, "sound", "generator", "text")


MOTION = plugin_text("""
def unused(): ...

ExtractorSpec(name="motion", make=unused, modalities=("video",), outputs={"features": "speed"})
MetricSpec(name="energy", make=unused, takes="features", extractor="motion")
""")


def test_a_metric_is_checked_where_its_canonical_extractor_works(tmp_path):
    (tmp_path / "motion_plugin.py").write_text(MOTION)
    assert "video" in cases(load_catalog([tmp_path / "motion_plugin.py"]), "energy", "metric")
