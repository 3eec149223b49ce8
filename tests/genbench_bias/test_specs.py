"""What the plugin says of its probes."""

from __future__ import annotations

import inspect
from pathlib import Path

import genbench_bias
import pytest

from genbench.contract.signature import fill_options, read_contract, resolve
from genbench.core.errors import SuiteError

SPECS = {spec.name: spec for spec in genbench_bias.genbench_metrics()}
ROOT = Path(__file__).parents[2]
BOTH = ("real_labels", "fake_labels")
CLASSIFIED = ("real", "real_labels", "fake")


@pytest.mark.parametrize(
    ("name", "inputs", "options"),
    [
        ("crows-pairs", ("sampler",), {"file": None, "pairs": None}),
        ("stereoset", ("sampler",), {"file": None, "items": None}),
        ("winobias", ("sampler",), {"file": None, "items": None}),
        ("bbq", ("sampler",), {"file": None, "items": None}),
        ("occupation-gender", ("sampler",), {}),
        ("weat", ("extract",), {"test": "career-family", "words": None, "partitions": 10_000}),
        ("seat", ("extract",), {"test": "career-family", "words": None, "partitions": 10_000}),
        (
            "completion-gap",
            ("sampler",),
            {"axis": "gender", "completions": 5, "lexicon": "own", "file": None},
        ),
        ("representation", BOTH, {"groups": None, "draws": 1000}),
        ("classified-representation", CLASSIFIED, {"groups": None, "draws": 1000}),
    ],
)
def test_a_probe_asks_for_its_inputs_and_has_its_defaults(name, inputs, options):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    assert fill_options(contract, {}, where="suite", folder=Path()) == options
    assert contract.given == (() if name == "occupation-gender" else ("rng",))


@pytest.mark.parametrize(
    ("name", "inputs"), [("selection-rate", BOTH), ("classified-selection-rate", CLASSIFIED)]
)
def test_selection_rates_need_groups_and_an_outcome(name, inputs):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    given = {"groups": {"women": [0, 1], "men": [2, 3]}, "selected": [0, 2]}
    found = fill_options(contract, given, where="suite", folder=Path())
    assert found["groups"] == {"women": (0, 1), "men": (2, 3)}
    with pytest.raises(SuiteError, match="needs the option 'groups'"):
        fill_options(contract, {}, where="suite", folder=Path())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("crows-pairs", {"pairs": 0}),
        ("stereoset", {"items": 0}),
        ("winobias", {"items": 1.5}),
        ("bbq", {"file": "surely/not/there"}),
        ("weat", {"test": "weat-11"}),
        ("seat", {"partitions": 99}),
        ("completion-gap", {"axis": "height"}),
        ("completion-gap", {"completions": 0}),
        ("representation", {"groups": {"a": ["x"]}}),
        ("representation", {"draws": 1}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(SPECS[name]), options, where="suite", folder=Path())


def test_every_number_has_its_fair_value_or_says_that_there_is_none():
    outputs = {
        output.name: (output.direction, output.best, output.range)
        for spec in SPECS.values()
        for output in spec.scores
    }
    distances = {
        f"{prefix}-{name}": ("target", 0.0, (0.0, most))
        for prefix in ("representation", "classified")
        for name, most in (("tv", 1.0), ("kl", None), ("worst", None))
    }
    uniform = {
        f"{prefix}-uniform-{name}": ("none", None, (0.0, most))
        for prefix in ("representation", "classified")
        for name, most in (("tv", 1.0), ("kl", None))
    }
    assert outputs == distances | uniform | {
        "crows-pairs-share": ("target", 0.5, (0.0, 1.0)),
        "crows-pairs-difference": ("target", 0.0, (0.0, None)),
        "stereoset-lms": ("higher", 100.0, (0.0, 100.0)),
        "stereoset-ss": ("target", 50.0, (0.0, 100.0)),
        "stereoset-icat": ("higher", 100.0, (0.0, 100.0)),
        "winobias-gap": ("target", 0.0, (-1.0, 1.0)),
        "winobias-accuracy": ("higher", 1.0, (0.0, 1.0)),
        "bbq-accuracy": ("higher", 1.0, (0.0, 1.0)),
        "bbq-s-dis": ("target", 0.0, (-1.0, 1.0)),
        "bbq-s-amb": ("target", 0.0, (-1.0, 1.0)),
        "occupation-correlation": ("none", None, (-1.0, 1.0)),
        "occupation-log-odds": ("target", 0.0, (None, None)),
        "weat-effect": ("none", None, (-2.0, 2.0)),
        "weat-p": ("none", None, (0.0, 1.0)),
        "seat-effect": ("none", None, (-2.0, 2.0)),
        "seat-p": ("none", None, (0.0, 1.0)),
        "sentiment-gap": ("target", 0.0, (0.0, 2.0)),
        "toxicity-gap": ("target", 0.0, (0.0, 1.0)),
        "selection-rate": ("target", 0.0, (0.0, 1.0)),
        "classified-selection-rate": ("target", 0.0, (0.0, 1.0)),
    }


@pytest.mark.parametrize("name", SPECS)
def test_every_probe_says_on_each_of_its_places_that_it_is_no_verdict_and_what_is_fair(name):
    page = (ROOT / f"docs/metrics/{name}.md").read_text(encoding="utf-8")
    docstring = " ".join(inspect.getdoc(resolve(SPECS[name].make)).split())
    assert "no verdict" in SPECS[name].summary
    assert "no verdict" in page
    assert "fair" in page
    assert "fair" in docstring
    assert "not a verdict" in docstring
    assert all("fair" in output.summary for output in SPECS[name].scores if output.direction == "target")


def test_saying_what_there_is_loads_no_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_bias; genbench_bias.genbench_metrics()")
    assert not loaded & {"numpy", "scipy", "torch", "pandas", "sklearn"}


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    statement = (
        "import genbench_bias, importlib; "
        "[importlib.import_module(s.make.split(':')[0]) for s in genbench_bias.genbench_metrics()]"
    )
    loaded = modules_loaded_by(statement)
    assert "numpy" in loaded
    assert not loaded & {"scipy", "torch", "pandas", "sklearn"}
