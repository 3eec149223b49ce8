"""The suite that a run is compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genbench.core.errors import SuiteError
from genbench.results.records import Plan
from genbench.runs.events import EventSource
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.verification.reference import Obstacle, VerificationRequest, find_suite, read_order

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
PROVENANCE = {
    "name": "small",
    "suite": (
        'name = "small"\nseeds = [0]\nn = 10\n[[dataset]]\nuse = "cloud"\n[[generator]]\nuse = "shifted"\n'
        '[[metric]]\nuse = "gap"\n'
    ),
    "seeds": [4, 5],
    "n": 17,
    "machine": {"threads": 2, "device": "cuda"},
}


@pytest.fixture
def asked(tmp_path):
    """Return a function that makes the arguments of a verification."""

    def make(trusted=None, plugins=(PLUGIN,)):
        return VerificationRequest(
            folder=tmp_path, trusted=trusted, scratch=tmp_path, sample=0, plugins=plugins, jobs=3,
            allow_keys=("KEY@host",), events=EventSource(), store=Store(tmp_path),
        )  # fmt: skip

    return make


def plan(**provenance):
    return Plan(cells=(), traces=(), provenance=provenance)


def test_the_order_of_a_run_is_read_from_its_provenance(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    order = read_order(asked(), plan(**PROVENANCE))
    assert (order.suite.name, order.suite.folder) == ("small", tmp_path)
    assert (order.suite.seeds, order.suite.n) == ((4, 5), 17)
    assert (order.threads, order.device, order.jobs, order.plugins) == (2, "cuda", 3, (PLUGIN,))
    assert (order.generators, order.allow_keys) == ([], ("KEY@host",))
    instead = [{"use": "shifted", "name": "moved"}]
    assert read_order(asked(), plan(**PROVENANCE, instead=instead)).generators == instead


@pytest.mark.parametrize(
    ("provenance", "message"),
    [
        (
            PROVENANCE | {"merged": ["a", "b"]},
            "its run.json merges a and b, without their samples; verify the folder of each",
        ),
        ({}, r"its run.json does not say how it was made \(KeyError\('suite'\)\); take an unchanged copy"),
        (
            PROVENANCE | {"merged": {"a": {}, "b": {}}, "sources": {"a": "x/a", "b": ""}},
            r"its run.json merges a \(x/a\) and b, without their samples; verify the folder of each",
        ),
        (PROVENANCE | {"merged": 5, "sources": 5}, "its run.json merges runs, without"),
        (PROVENANCE | {"name": "x"}, "its run.json has the name 'x', and its suite 'small'"),
        (PROVENANCE | {"instead": ["x"]}, "its run.json does not say how it was made "),
        (PROVENANCE | {"machine": 3}, "its run.json does not say how it was made "),
        (PROVENANCE | {"suite": "n = ["}, "the suite in run.json: not TOML"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused(asked, provenance, message):
    with pytest.raises(SuiteError, match=f"^{message}"):
        read_order(asked(), plan(**provenance))


def text_of(*, generators=("shifted",), metrics=("gap",), datasets=("cloud",), seeds=(4, 5), n=17):
    lines = ['name = "small"', f"seeds = {list(seeds)}", f"n = {n}", "controls = false"]
    kinds = (("dataset", datasets), ("generator", generators), ("metric", metrics))
    for kind, uses in kinds:
        lines += [f"[[{kind}]]\n{use if '=' in use else f'use = {use!r}'}" for use in uses]
    return "\n".join(lines)


def recorded(**fields):
    """Return the plan of a run of a suite with these entries."""
    return plan(**PROVENANCE | {"suite": text_of(**fields)})


def trusted(folder, **fields):
    return parse_suite(text_of(**fields), file="trusted.toml", folder=folder)


def test_a_run_is_compared_with_its_own_suite_or_with_the_readers(asked, tmp_path):
    own = find_suite(asked(), recorded())
    assert (own.label, own.order.suite.seeds, own.obstacles, own.altered) == ("its suite", (4, 5), (), {})
    other = find_suite(asked(trusted(tmp_path, seeds=(1,), n=30)), recorded())
    assert (other.label, other.order.suite.seeds, other.order.suite.n) == ("the suite small", (1,), 30)
    assert (other.order.threads, other.order.device) == (2, "cuda")


def test_a_title_that_is_not_the_name_of_the_readers_suite_is_a_difference(asked, tmp_path):
    assert find_suite(asked(), recorded()).title == ""
    assert find_suite(asked(trusted(tmp_path)), recorded()).title == ""
    other = replace(trusted(tmp_path), name="famous")
    found = find_suite(asked(other), recorded())
    assert found.title == "the title is small in run.json, famous in the suite"


def test_what_the_run_overrode_is_named_as_options(asked, tmp_path):
    assert find_suite(asked(), recorded()).overrides == ()
    written = recorded(seeds=(0, 1), n=10)
    assert find_suite(asked(), written).overrides == ("--seeds 4,5", "--n 17")
    instead = [{"use": "shifted", "name": "moved", "drift": 2}]
    provenance = {**recorded().provenance, "instead": instead}
    found = find_suite(asked(), plan(**provenance))
    assert found.overrides == ("--generator 'shifted name=moved drift=2'",)
    assert found.order.generators == instead
    found = find_suite(asked(trusted(tmp_path)), plan(**provenance))
    assert (found.overrides, found.order.generators) == (("--generator 'shifted name=moved drift=2'",), ())


def test_a_generator_with_other_options_than_the_readers_suite_says_is_altered(asked, tmp_path):
    weak = 'use = "shifted"\nname = "rival"\ndrift = 9.0'
    strong = weak.replace("9.0", "1.0")
    other = 'use = "restless"\nname = "rival"'
    suite = trusted(tmp_path, generators=("shifted", strong))
    assert find_suite(asked(suite), recorded(generators=("shifted", strong))).altered == {}
    found = find_suite(asked(suite), recorded(generators=("shifted", weak)))
    assert found.altered == {"rival": "its generator's options.drift was 9.0, is 1.0"}
    found = find_suite(asked(suite), recorded(generators=("shifted", other)))
    assert found.altered == {
        "rival": 'its generator\'s component was "checked-plugin:restless", is "checked-plugin:shifted"'
    }


@pytest.mark.parametrize(
    ("entry", "cause"),
    [
        (
            'use = "shifted"\nname = "rival"\nboost = 28.0',
            "generator[1].boost: shifted has no option 'boost'",
        ),
        ('use = "lost"\nname = "rival"', "generator[1].use: no generator named 'lost'"),
        ('use = "samples"\nname = "rival"\npath = "absent.npy"', "absent.npy does not exist"),
    ],
)
def test_a_generator_that_cannot_be_used_as_the_run_had_it_is_altered(asked, tmp_path, entry, cause):
    suite = trusted(tmp_path, generators=("shifted", 'use = "shifted"\nname = "rival"'))
    found = find_suite(asked(suite), recorded(generators=("shifted", entry)))
    assert (found.obstacles, list(found.altered)) == ((), ["rival"])
    text = found.altered["rival"]
    assert text.startswith(
        "the entry of its generator in run.json cannot be used here (the suite in run.json: "
    )
    assert cause in text
    assert text.endswith("), unlike that")


def test_a_generator_that_serves_no_data_of_the_run_is_compared_all_the_same(asked, tmp_path):
    """The run's own data leave it out, without a word, if those that it serves cannot be used here."""
    weak, strong = ('use = "shifted"\nname = "rival"\ndrift = 9.0', 'use = "shifted"\nname = "rival"')
    own = recorded(generators=(weak,), datasets=('use = "lost"\nname = "cloud"', 'use = "digits"'))
    suite = trusted(tmp_path, generators=(strong,), datasets=("cloud",))
    assert list(find_suite(asked(suite), own).altered) == ["rival"]
    own = recorded(generators=("shifted",))
    altered = find_suite(asked(suite), own).altered
    assert altered == {"rival": "its generator has no entry in the suite of run.json, but one"}


def test_a_file_may_be_at_another_path_here(asked, tmp_path):
    """Its hash is in run.json, and its folder is not, if `genbench run --generator` named it."""
    np.save(tmp_path / "here.npy", np.zeros((3, 2)))
    entry = 'use = "samples"\nname = "rival"\npath = "{}"'
    suite = trusted(tmp_path, generators=(entry.format("here.npy"),))
    assert find_suite(asked(suite), recorded(generators=(entry.format("/their/own.npy"),))).altered == {}
    instead = [{"use": "genbench:samples", "name": "rival", "path": "own.npy"}]
    assert find_suite(asked(suite), plan(**recorded().provenance, instead=instead)).altered == {}
    instead[0]["field"] = "other"
    altered = find_suite(asked(suite), plan(**recorded().provenance, instead=instead)).altered
    assert altered == {"rival": 'its generator\'s options.field was "other", is "text"'}


def test_entries_that_cannot_be_used_are_obstacles_and_the_rest_is_planned(asked, tmp_path):
    suite = recorded(
        generators=("shifted", "lost"), metrics=("gap", "gone"),
        datasets=("cloud", 'use = "listed"\npath = "absent.txt"'),
    )  # fmt: skip
    found = find_suite(asked(trusted(tmp_path)), suite)
    assert found.obstacles == ()
    found = find_suite(asked(), suite)
    assert [(each.kind, each.name) for each in found.obstacles] == [
        ("dataset", "listed"), ("metric", "gone"), ("generator", "lost"),
    ]  # fmt: skip
    path, *unknown = (each.reason for each in found.obstacles)
    assert path.endswith(
        "absent.txt does not exist; expected a file or folder; --suite FILE sets the folder of relative paths"
    )
    assert all(text.endswith("; --plugin FILE loads a plugin that is not installed") for text in unknown)
    entries = found.order.suite
    assert [e.use for e in (*entries.datasets, *entries.generators, *entries.metrics)] == [
        "cloud", "shifted", "gap",
    ]  # fmt: skip


def test_a_kept_file_that_is_lost_is_named_where_the_run_had_it(asked, tmp_path):
    (tmp_path / "inputs").mkdir()
    suite = recorded(metrics=("gap", 'use = "preference"\nvotes = ["inputs/anna.json"]'))
    (lost,) = find_suite(asked(), suite).obstacles
    assert (
        f"{tmp_path / 'inputs' / 'anna.json'} does not exist; expected a file or folder; the run kept this"
        in lost.reason
    )
    assert "--suite" not in lost.reason


def test_without_a_dataset_nothing_can_be_planned(asked):
    with pytest.raises(SuiteError, match=r"no dataset named 'lost'.*; --plugin FILE loads"):
        find_suite(asked(), recorded(datasets=("lost",)))


def test_of_generators_in_place_of_the_suites_the_usable_are_planned(asked, run_of):
    """Which datasets the others could use is unknown, so those of the plan are taken."""
    cells, _ = run_of({"moved": {"gap": [1.0]}}, dataset="cloud")
    instead = [{"use": "lost"}, {"use": "shifted", "name": "moved"}]
    provenance = recorded(datasets=("cloud", 'use = "cloud"\nname = "more"')).provenance
    found = find_suite(asked(), replace(cells, provenance={**provenance, "instead": instead}))
    assert [each.name for each in found.obstacles] == ["lost"]
    assert found.order.generators == ()
    assert [entry.board_id for entry in found.order.suite.generators] == ["moved"]
    assert [entry.board_id for entry in found.order.suite.datasets] == ["cloud"]


@pytest.mark.parametrize(
    ("kind", "name", "concerned"),
    [
        ("dataset", "digits", True), ("dataset", "other", False), ("generator", "vae", True),
        ("generator", "digits", False), ("metric", "fid", True), ("metric", "vae", False),
    ],
)  # fmt: skip
def test_an_obstacle_concerns_cells_of_its_dataset_generator_or_metric(run_of, kind, name, concerned):
    (cell,) = run_of({"vae": {"fid": [1.0]}})[0].cells
    obstacle = Obstacle(kind=kind, name=name, reason="x")
    assert obstacle.concerns(cell) is concerned
    assert obstacle.concerns(replace(cell, metric="near")) is concerned


def test_files_that_the_run_keeps_are_found_in_its_folder_and_no_others(asked, tmp_path):
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "anna.json").write_text("{}")
    listed = '["inputs/anna.json", "inputs/ben.json", "anna.json"]'
    text = PROVENANCE["suite"] + f'votes = {listed}\none = "inputs/anna.json"\nlevel = 3\n'
    (entry,) = read_order(asked(), plan(**PROVENANCE | {"suite": text})).own_suite.metrics
    kept = str(tmp_path / "inputs" / "anna.json")
    assert entry.options == {
        "votes": [kept, str(tmp_path / "inputs" / "ben.json"), "anna.json"],
        "one": kept,
        "level": 3,
    }
    elsewhere = replace(asked(), inputs=tmp_path / "elsewhere")
    (entry,) = read_order(elsewhere, plan(**PROVENANCE | {"suite": text})).own_suite.metrics
    assert entry.options["one"] == "inputs/anna.json"
