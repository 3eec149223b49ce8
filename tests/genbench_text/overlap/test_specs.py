"""The specs of metrics on texts, and texts that nobody expects."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest
from genbench_text.overlap import SPECS as TEXTS

from genbench import Samples, SuiteError, Undefined
from genbench.contract.signature import fill_options, read_contract
from genbench.core.scores import as_scores
from genbench.trial.computation import check_ranges

SPECS = {spec.name: spec for spec in TEXTS}
ON_TEXTS = [spec for spec in TEXTS if spec.takes == "samples"]

#: What must be counted like any other text.
ODD = ("", " \t\r\n\u2003", "a\0b\0", "שלום ١٢٣", "\u202eright to left\u202c", "=cmd()", "<script>x</script>",
       "\ufeff", "half \ud800 of", "e\u0301 👩‍👩‍👧", "a" * 300)  # fmt: skip
LONG = "word " * 200_000


def run(spec, real, fake):
    """Return the scores of a metric, within their ranges, as a run would."""
    function = getattr(importlib.import_module(spec.make.partition(":")[0]), spec.make.partition(":")[2])
    sides = {"real": real, "fake": fake, "train": real}
    wanted = {name: Samples.of("text", texts) for name, texts in sides.items()}
    wanted["rng"] = np.random.default_rng(1)
    asked = [name for name in inspect.signature(function).parameters if name in wanted]
    outputs = {output.name: output for output in spec.scores}
    found = as_scores(function(**{name: wanted[name] for name in asked}), tuple(outputs))
    return check_ranges(found, outputs)


@pytest.mark.parametrize(
    ("name", "inputs", "options"),
    [
        ("distinct-n", ("fake",), {"n": 2}),
        ("rep-n", ("fake",), {"n": 4}),
        ("seq-rep-n", ("fake",), {"n": 4}),
        ("zipf", ("fake",), {}),
        ("novelty-n", ("train", "fake"), {"n": 4}),
        ("verbatim", ("train", "fake"), {"k": 8}),
        ("self-bleu", ("fake",), {"n": 4}),
        ("sentence-bleu", ("real", "fake"), {"n": 4}),
        ("bleu", ("real", "fake"), {"n": 4, "tokenize": "13a", "lowercase": False}),
        ("chrf", ("real", "fake"), {"word_order": 0, "lowercase": False, "most": 100}),
        ("ter", ("real", "fake"), {"case_sensitive": False, "most": 50}),
        ("mauve", ("real", "fake"), {"buckets": None, "scaling": 5.0}),
        ("text-entropy", ("fake",), {}),
    ],
)
def test_a_metric_asks_for_its_inputs_and_has_its_defaults(name, inputs, options):
    contract = read_contract(SPECS[name])
    assert contract.inputs == inputs
    given = {"rng": name in ("chrf", "ter", "mauve"), "log": name in ("bleu", "chrf", "ter")}
    assert contract.given == tuple(kind for kind, is_given in given.items() if is_given)
    assert fill_options(contract, {}, where="suite", folder=Path()) == options


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("distinct-n", {"n": 0}),
        ("novelty-n", {"n": 1.5}),
        ("verbatim", {"k": 0}),
        ("self-bleu", {"n": 6}),
        ("sentence-bleu", {"n": 0}),
        ("bleu", {"tokenize": "spm"}),
        ("chrf", {"most": 0}),
        ("chrf", {"word_order": -1}),
        ("ter", {"most": 0}),
        ("mauve", {"buckets": 1}),
        ("mauve", {"scaling": 0}),
    ],
)
def test_an_option_outside_its_bounds_is_refused(name, options):
    with pytest.raises(SuiteError, match=next(iter(options))):
        fill_options(read_contract(SPECS[name]), options, where="suite", folder=Path())


def test_only_what_noise_and_short_texts_do_not_win_is_ranked():
    found = {output.name: output.direction for spec in TEXTS for output in spec.scores}
    ranked = {name: direction for name, direction in found.items() if direction != "none"}
    assert ranked == dict.fromkeys(
        ("forward-bleu", "backward-bleu", "forward-sentence-bleu", "backward-sentence-bleu", "forward-chrf",
         "mauve"), "higher",
    )  # fmt: skip


@pytest.mark.parametrize("spec", ON_TEXTS, ids=lambda spec: spec.name)
def test_odd_texts_on_either_side_have_values_within_the_range(spec, sentences):
    plain = sentences[:10]
    for real, fake in ((plain, plain + ODD), (plain + ODD, plain), (plain, ODD), (ODD, ODD)):
        run(spec, real, fake)


@pytest.mark.slow
@pytest.mark.parametrize("spec", ON_TEXTS, ids=lambda spec: spec.name)
def test_a_text_of_a_million_characters_has_a_value_or_a_reason(spec, sentences):
    for long in (LONG, "a" * 10**6, "." * 10**6):
        if spec.name in ("chrf", "ter"):
            with pytest.raises(Undefined, match="1,000,000"):
                run(spec, sentences[:10], (*sentences[:10], long))
        else:
            run(spec, sentences[:10], (*sentences[:10], long))


@pytest.mark.parametrize("spec", ON_TEXTS, ids=lambda spec: spec.name)
def test_texts_without_words_on_both_sides_have_a_reason(spec):
    with pytest.raises(Undefined):
        run(spec, ("", " "), ("", "\n", "\t"))


def test_saying_what_there_is_loads_no_numpy(modules_loaded_by):
    loaded = modules_loaded_by("import genbench_text; genbench_text.genbench_metrics()")
    assert not loaded & {"numpy", "scipy", "torch", "pandas", "sklearn", "sacrebleu"}


def test_reading_every_signature_loads_nothing_heavier_than_numpy(modules_loaded_by):
    modules = sorted({spec.make.partition(":")[0] for spec in TEXTS})
    loaded = modules_loaded_by(f"import {', '.join(modules)}")
    assert not loaded & {"scipy", "torch", "pandas", "sklearn", "sacrebleu"}
