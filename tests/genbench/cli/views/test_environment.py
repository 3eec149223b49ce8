from __future__ import annotations

import json
import os
import sys

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import describe_plugins
from genbench.cli.views.environment import _read_quota, read_report

ALRIGHT = plugin_text("""
def made(train):
    return None

def judged(fake):
    return 0.0

GeneratorSpec(name="made", make=made, variables=("GBTEST_TOKEN",))
GeneratorSpec(name="lacking", make="no_such_file:make", needs={"no_such_module": "something[extra]"})
MetricSpec(name="judged", make=judged)
""")

ASKING = plugin_text("""
from typing import Annotated

WEIGHTS = Asset(name="weights", url="https://example.org/weights.bin", sha256="0" * 64, size_bytes=1500,
                licence="MIT")

def looks(
    *, weights: Annotated[Path | None, WEIGHTS] = None, key_env: Annotated[str | None, Variable] = None
):
    return None

ExtractorSpec(name="looks", make=looks, outputs={"features": "x"})
""")

UNUSABLE = plugin_text('MetricSpec(name="gone", make="no_such_module_at_all:metric")')


@pytest.fixture
def needs(site, monkeypatch, tmp_path):
    """Return the function that installs plugins and says what each of them needs, by its name."""
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path / "assets"))

    def found(**codes):
        for name, code in codes.items():
            site.add(name, code)
        return {plugin["plugin"]: plugin for plugin in describe_plugins(load_catalog(only=list(codes)))}

    return found


def test_a_plugin_that_lacks_nothing_is_ok_and_says_where_it_is(needs, site):
    found = needs(alright=ALRIGHT)["alright"]
    assert (found["state"], found["reason"], found["components"]) == ("ok", "", 3)
    assert (found["distribution"], found["version"]) == ("alright", "1.0")
    assert found["file"] == str(site.folder / "alright.py")
    assert (found["assets"], found["problems"]) == ([], [])


def test_an_optional_module_is_missing_with_what_to_install_and_breaks_nothing(needs):
    found = needs(alright=ALRIGHT)["alright"]
    assert found["missing"] == [
        {"component": "alright:lacking", "module": "no_such_module", "install": "something[extra]"}
    ]


@pytest.mark.parametrize("is_set", [True, False])
def test_variables_that_a_component_names_are_listed_without_their_values(needs, monkeypatch, is_set):
    monkeypatch.delenv("GBTEST_TOKEN", raising=False)
    if is_set:
        monkeypatch.setenv("GBTEST_TOKEN", "canary")
    found = needs(alright=ALRIGHT)["alright"]
    assert found["variables"] == [
        {"component": "alright:made", "option": None, "variable": "GBTEST_TOKEN", "is_set": is_set}
    ]
    assert "canary" not in json.dumps(found)


def test_files_that_are_not_fetched_and_options_that_name_variables_are_listed(needs):
    found = needs(asking=ASKING)["asking"]
    assert found["assets"] == [
        {
            "component": "asking:looks",
            "asset": "weights",
            "size_bytes": 1500,
            "fetch": "genbench fetch asking:looks",
        }
    ]
    assert found["variables"] == [
        {"component": "asking:looks", "option": "key_env", "variable": None, "is_set": None}
    ]


def test_a_file_that_is_there_is_not_asked_for(needs, tmp_path):
    place = tmp_path / "assets" / ("0" * 64)
    place.mkdir(parents=True)
    (place / "weights.bin").write_bytes(bytes(1500))
    assert needs(asking=ASKING)["asking"]["assets"] == []


def test_plugins_that_cannot_be_used_are_broken_with_the_reason(needs):
    found = needs(alright=ALRIGHT, raising="raise ImportError('no luck')", unusable=UNUSABLE)
    assert {name: plugin["state"] for name, plugin in found.items()} == {
        "alright": "ok", "raising": "broken", "unusable": "broken",
    }  # fmt: skip
    assert "no luck" in found["raising"]["reason"]
    assert found["unusable"]["reason"].startswith("unusable:gone: metric 'gone': cannot import")
    assert list(found) == sorted(found)


@pytest.fixture
def nothing():
    return load_catalog(only=())


def test_all_that_is_found_can_be_written_as_json(nothing):
    found = read_report(nothing)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == {"environment", "places", "engine", "same_again", "plugins"}


def test_the_environment_says_what_decides_bits(nothing):
    found = read_report(nothing)["environment"]
    assert found["python"].endswith(f"at {sys.executable}")
    assert found["cores"]["usable"] <= found["cores"]["all"] == os.cpu_count()
    assert found["memory"]["free_bytes"] <= found["memory"]["all_bytes"]
    assert found["instructions"]
    assert set(found["threads"]) >= {"OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    assert found["libraries"]["numpy"]
    assert found["numpy_blas"]["name"]


def test_the_store_is_measured_and_not_made(nothing, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    place = read_report(nothing)["places"]["store"]
    assert (place["is_writable"], place["files"], place["size_bytes"]) == (True, 0, 0)
    assert not (tmp_path / "store").exists()
    (tmp_path / "store" / "samples").mkdir(parents=True)
    (tmp_path / "store" / "samples" / "x.npy").write_bytes(bytes(10))
    place = read_report(nothing)["places"]["store"]
    assert (place["files"], place["size_bytes"]) == (1, 10)
    assert place["free_bytes"] > 0


def test_a_place_that_cannot_be_written_says_why(nothing, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "file"))
    place = read_report(nothing)["places"]["store"]
    assert place["is_writable"] is False
    assert place["problem"]


def test_what_is_the_same_again_is_said_with_the_reason(nothing, monkeypatch):
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "avx2")
    found = {each["name"]: each for each in read_report(nothing)["same_again"]}
    assert found["the same command, at any --jobs"]["holds"] == "yes"
    assert found["another --threads"]["holds"] == "no"
    assert "ATEN_CPU_CAPABILITY=avx2" in found["another kind of CPU"]["why"]
    assert all(each["why"] for each in found.values())


def test_the_engine_names_what_it_rests_on(nothing):
    found = {each["name"]: each["is_there"] for each in read_report(nothing)["engine"]}
    assert found["fork"] is True
    assert found["prctl"] is (sys.platform == "linux")


@pytest.mark.parametrize("library", ["torch", "psutil"])
def test_a_library_that_is_missing_is_a_fact_and_no_traceback(nothing, monkeypatch, library):
    with monkeypatch.context() as patch:  # the hooks of conftest.py need psutil again after the test
        patch.setitem(sys.modules, library, None)
        patch.delitem(sys.modules, "genbench.jobs.isolation.process_tree", raising=False)
        found = read_report(nothing)["environment"]
    said = found if library == "torch" else found["memory"]
    assert said["problem"].startswith(
        "ModuleNotFoundError: import of torch"
        if library == "torch"
        else "ModuleNotFoundError: import of psutil"
    )


@pytest.mark.parametrize(
    ("text", "expected"), [("150000 100000\n", {"allowed": 1.5}), ("max 100000\n", {}), ("", {}), (None, {})]
)
def test_the_control_group_allows_its_quota_of_each_period_in_cores(text, expected, tmp_path, monkeypatch):
    file = tmp_path / "cpu.max"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr("genbench.cli.views.environment._QUOTA", file)
    assert _read_quota() == expected
