"""The doctor's report on a terminal."""

from __future__ import annotations

import pytest

from genbench.cli.views.doctor import doctor_view

PLUGIN = {
    "plugin": "text", "distribution": "genbench", "version": "0.1.0", "file": "text.py", "state": "ok",
    "reason": None, "components": 2, "problems": [], "missing": [], "assets": [], "variables": [],
}  # fmt: skip
ENVIRONMENT = {
    "python": "3.12", "system": "Linux", "cpu": "fast", "cores": {"usable": 2, "all": 4},
    "memory": {"all_bytes": 8_000_000_000, "free_bytes": 3_000_000_000},
    "libraries": {"numpy": "2.4", "torch": None}, "numpy_blas": {"name": "openblas", "version": "0.3"},
    "threads": {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": None}, "torch_blas": "mkl",
    "instructions": "AVX2", "cuda": {"version": None, "devices": []}, "mps": False,
}  # fmt: skip


@pytest.fixture
def said(lines_of):
    """Return a function that draws a report and returns its lines, each as one text."""

    def draw(*, environment=(), places=(), plugins=(PLUGIN,), engine=(), same_again=()):
        found = {
            "environment": ENVIRONMENT | dict(environment), "places": dict(places), "plugins": plugins,
            "engine": engine, "same_again": same_again,
        }  # fmt: skip
        return [" ".join(line.split()) for line in lines_of(doctor_view(found), width=200)]

    return draw


def test_the_environment_is_a_line_for_each_fact(said):
    lines = said()
    for line in (
        "cores 2 of 4 usable",
        "memory 8 GB, of which 3 GB are free",
        "libraries numpy 2.4, torch missing",
        "BLAS numpy: openblas 0.3; torch: mkl",
        "threads 1 for each trial unless --threads says otherwise; set here: OMP_NUM_THREADS=1",
        "instructions AVX2",
        "CUDA not in this torch",
        "MPS no",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"cores": {"usable": 2, "all": 4, "allowed": 1.5}}, "cores 2 of 4 usable, time of 1.5 allowed"),
        (
            {"memory": {"all_bytes": 2000, "free_bytes": 1000, "limit_bytes": 1500}},
            "memory 2 kB, of which 1 kB are free; the control group allows 1.5 kB",
        ),
        ({"memory": {"problem": "no /proc"}}, "memory no /proc"),
        ({"numpy_blas": {"problem": "unknown"}, "torch_blas": "mkl"}, "BLAS numpy: unknown; torch: mkl"),
        ({"cuda": {"version": "12.4", "devices": []}}, "CUDA 12.4, no device"),
        ({"cuda": {"version": "12.4", "devices": ["A", "B"]}}, "CUDA A, B"),
        ({"mps": True}, "MPS yes"),
    ],
)
def test_what_is_special_about_a_machine_is_said(said, environment, line):
    assert line in said(environment=environment)


def test_a_torch_that_cannot_be_imported_ends_the_section(said):
    lines = said(environment={"problem": "OSError: no libc"})
    assert "torch broken: OSError: no libc" in lines
    assert not [line for line in lines if line.startswith(("instructions", "CUDA", "MPS"))]


def test_a_place_says_what_it_holds_and_what_is_free_or_why_it_cannot_be_written(said):
    places = {
        "store": {"path": "/s", "is_writable": True, "free_bytes": 5000, "files": 1234, "size_bytes": 10},
        "scratch": {"path": "/t", "is_writable": True, "free_bytes": 5000},
        "results": {"path": "/r", "is_writable": False, "problem": "read-only"},
    }
    lines = said(places=places)
    assert "store /s: 1,234 files of 10 bytes, 5 kB free" in lines
    assert "scratch /t: 5 kB free" in lines
    assert "results /r cannot be written: read-only" in lines


def test_what_is_there_and_what_is_reproducible_is_a_word_and_a_reason(said):
    lines = said(
        engine=[{"name": "fork", "is_there": True, "for": "jobs"},
                {"name": "limits", "is_there": False, "for": "memory"}],
        same_again=[{"name": "fits", "holds": "not here", "why": ""}],
    )  # fmt: skip
    assert {"fork yes: jobs", "limits no: memory", "fits not here"} <= set(lines)


def test_a_plugin_says_how_many_components_it_has(said):
    lines = said(plugins=[PLUGIN, PLUGIN | {"plugin": "one", "components": 1}])
    assert "text of genbench 0.1.0: ok: 2 components in text.py" in lines
    assert "one of genbench 0.1.0: ok: 1 component in text.py" in lines


def test_a_broken_plugin_gives_the_first_reason_in_its_line_and_the_others_below(said):
    problems = [{"component": "text:a", "reason": "first"}, {"component": "text:b", "reason": "two\nlines"}]
    lines = said(plugins=[PLUGIN | {"state": "broken", "reason": "first", "problems": problems}])
    assert "text of genbench 0.1.0: broken: first" in lines
    assert [line for line in lines if line.startswith("broken: ")] == ["broken: text:b: two lines"]


def test_the_needs_of_a_plugin_are_gathered_by_what_helps(said):
    missing = [
        {"component": "text:a", "module": "x", "install": "genbench[x]"},
        {"component": "text:b", "module": "x", "install": "genbench[x]"},
        {"component": "text:a", "module": "z", "install": "genbench[x]"},
        {"component": "text:a", "module": "y", "install": "y"},
    ]
    assets = [{"component": "text:c", "size_bytes": 1500}, {"component": "text:d", "size_bytes": 20}]
    variables = [
        {"component": "text:e", "variable": "KEY", "option": None, "is_set": True},
        {"component": "text:f", "variable": "KEY", "option": None, "is_set": False},
        {"component": "text:g", "variable": None, "option": "key_env", "is_set": None},
    ]
    lines = said(plugins=[PLUGIN | {"missing": missing, "assets": assets, "variables": variables}])
    start = lines.index("text of genbench 0.1.0: ok: 2 components in text.py")
    assert lines[start + 1 :] == [
        "not installed: a, b: pip install 'genbench[x]'",
        "not installed: a: pip install 'y'",
        "not fetched: c (1.5 kB), d (20 bytes): genbench fetch NAME",
        "environment: e reads KEY, which is set",
        "environment: f reads KEY, which is not set",
        "environment: g reads the variables that its option key_env names",
    ]
