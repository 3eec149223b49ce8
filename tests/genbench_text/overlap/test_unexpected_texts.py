"""Metrics on unusual texts."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest
from genbench_text.overlap import SPECS

from genbench import Samples, Undefined
from genbench.core.scores import as_scores
from genbench.trial.computation import check_ranges

ON_TEXTS = [spec for spec in SPECS if spec.takes == "samples"]

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
