"""Chains, their oracle and the metrics on likelihoods, as the host runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from genbench_text import chains, likelihood, overlap

import genbench
from genbench.contract.signature import fill_options, read_contract
from genbench.core.errors import SuiteError

SPECS = {spec.name: spec for spec in (*chains.SPECS, *likelihood.SPECS, *overlap.SPECS)}

#: Generators whose log likelihood is what their name says.
MODELS = """
from genbench import GeneratorSpec, Samples, hookimpl
import numpy as np

class Model:
    def __init__(self, space, value):
        self.space, self.value = space, value

    def sample(self, n, *, rng):
        return Samples(("a man sleeps.",) * n, self.space)

    def log_likelihood(self, texts, *, prompts=None):
        return np.array([-1.0] * (len(texts) - 1) + [self.value])

    def token_counts(self, texts):
        return np.ones(len(texts), int)

def broken(train): return Model(train.space, np.nan)
def positive(train): return Model(train.space, 3.0)
def impossible(train): return Model(train.space, -np.inf)

@hookimpl
def genbench_generators():
    return [GeneratorSpec(name=m.__name__, make=m, spaces=("text",)) for m in (broken, positive, impossible)]
"""

SUITE = """
name = "likelihoods"
seeds = [0]
n = 60

[[dataset]]
use = "grammar-world"
n = 400

[[generator]]
use = "markov"

[[generator]]
use = "hmm"
states = 2
iterations = 2

[[generator]]
use = "broken"

[[generator]]
use = "positive"

[[generator]]
use = "impossible"

[[metric]]
use = "perplexity"

[[metric]]
use = "word-perplexity"

[[metric]]
use = "kl-to-truth"

[[metric]]
use = "generative-perplexity"
extractor = "markov-oracle"
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "suite.toml").write_text(SUITE)
    (folder / "models.py").write_text(MODELS)
    run = genbench.run(folder / "suite.toml", output=folder / "out", plugins=[folder / "models.py"], jobs=1)
    return run.scores().set_index(["generator", "metric"])


def test_models_with_likelihoods_have_all_numbers_and_intervals(scores):
    for generator in ("markov", "hmm"):
        found = scores.loc[generator]
        assert set(found["status"]) == {"ok"}
        assert len(found.index.unique("metric")) == 6
        assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()


@pytest.mark.parametrize(
    ("generator", "status", "reason"),
    [
        ("noise", "skipped", "the sampler of genbench:noise gives no log_likelihood"),
        ("broken", "invalid", "the sampler's log_likelihood of text 60 of 60 is nan"),
        ("positive", "invalid", "the sampler's log_likelihood of text 60 of 60 is 3"),
        ("impossible", "invalid", "text 60 of 60 is -inf, as of 1 in all: its perplexity would be infinite"),
    ],
)
@pytest.mark.parametrize("metric", ["bits-per-byte", "word-perplexity", "kl-to-truth"])
def test_models_without_likelihoods_have_a_status_and_a_reason(scores, metric, generator, status, reason):
    found = scores.loc[generator, metric]
    assert found["status"] == status
    assert reason in found["reason"]


def test_samples_alone_are_enough_for_the_oracle(scores):
    found = scores["value"].xs("generative-perplexity[markov-oracle]", level="metric")
    assert found["held-out"] < found["markov"] < found["hmm"] < found["noise"] / 2


@pytest.mark.parametrize(
    ("name", "inputs", "options"),
    [
        ("markov", ("train",), {"unit": "characters", "order": None}),
        ("hmm", ("train",), {"unit": "characters", "states": 32, "iterations": 40, "smoothing": 0.01}),
        ("markov-oracle", ("train",), {"unit": "characters", "order": None}),
        ("perplexity", ("sampler", "real"), {}),
        ("word-perplexity", ("sampler", "real"), {}),
        ("kl-to-truth", ("sampler", "truth", "real"), {}),
        ("generative-perplexity", ("real", "fake"), {}),
        ("text-entropy", ("fake",), {}),
    ],
)
def test_a_component_asks_for_its_inputs_and_has_its_defaults(name, inputs, options):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    assert fill_options(contract, {}, where="suite", folder=Path()) == options
    assert contract.given == (("rng", "log") if name == "hmm" else ())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("markov", {"order": -1}),
        ("markov", {"unit": "letters"}),
        ("hmm", {"states": 0}),
        ("hmm", {"iterations": 0}),
        ("hmm", {"smoothing": 0}),
        ("markov-oracle", {"order": 1.5}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(SPECS[name]), options, where="suite", folder=Path())


def test_one_number_ranks_models_of_all_tokenisers():
    outputs = {output.name: output.direction for spec in likelihood.SPECS for output in spec.scores}
    assert {name for name, direction in outputs.items() if direction != "none"} == {
        "bits-per-byte",
        "kl-to-truth",
    }


def test_listing_loads_no_numpy_and_reading_signatures_no_torch():
    code = (
        "import sys, importlib\n"
        "from genbench_text import chains, likelihood\n"
        "specs = [*chains.SPECS, *likelihood.SPECS]\n"
        "assert 'numpy' not in sys.modules\n"
        "for spec in specs: importlib.import_module(spec.make.split(':')[0])\n"
        "assert not {'torch', 'sklearn', 'pandas', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
