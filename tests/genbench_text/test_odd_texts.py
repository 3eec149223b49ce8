"""Every metric that can be given texts, and texts that nobody expects: as the host scores them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import genbench
from genbench import DataError, Samples
from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import read_contract

ODD = {
    "empty": "",
    "blank": " \t\r\n\u2003",
    "nul": "a\0b \0",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0661\u0662\u0663\u202c",
    "formula": "=cmd()",
    "markup": "<script>x</script> [red]",
    "long": "word " * 200_000,
}
LONG = pytest.param("long", "fake real train", marks=pytest.mark.slow)
CASES = [LONG, *itertools.product(list(ODD)[:-1], ["fake", "real train", "only"])]
SIDES = {"real", "fake", "train"}
LABELS = {f"{side}_labels" for side in SIDES}
#: What makes of texts what a metric takes; nothing here makes probabilities of them.
TAKEN = {
    None: "samples",
    "char-ngrams": "features",
    "word-tfidf": "features",
    "markov-oracle": ("nats", "tokens"),
}
#: For sides that are small; `fid-infinity` says that it needs more.
OPTIONS = {"kid": {"estimator": "full"}, "ndb": {"bins": 5}, "chrf": {"most": 12}, "ter": {"most": 6}}


def asked(takes):
    """Return {number: options} of all bundled metrics of texts that are computed from what `takes` names."""
    found = {}
    for component in load_catalog(only=["genbench"]).of_kind("metric"):
        spec, inputs = component.spec, set(read_contract(component.spec).inputs)
        if (
            spec.takes == takes
            and inputs & SIDES
            and inputs <= SIDES | LABELS
            and "text" in (spec.modalities or ("text",))
        ):
            found |= {output.name: OPTIONS.get(component.name, {}) for output in spec.scores}
    return found


def samples(texts):
    return Samples.of("text", texts, np.arange(len(texts)) % 2)


def is_sound(one):
    """Return whether there is a number, or a reason in one line that shows as it stands."""
    if one.status == "ok":
        return math.isfinite(one.value) and one.reason == ""
    return one.status == "skipped" and 0 < len(one.reason) <= 300 and one.reason.isprintable()


@pytest.mark.parametrize("extractor", TAKEN)
@pytest.mark.parametrize(("text", "where"), CASES)
def test_an_odd_text_leaves_every_metric_a_number_or_a_reason(extractor, text, where, sentences):
    short = [found for found in sentences if len(found) <= 60]
    sides = {side: short[30 * place : 30 * place + 30] for place, side in enumerate(sorted(SIDES))}
    for side in where.split() if where != "only" else ():
        sides[side] = [ODD[text], *sides[side]]
    if where == "only":
        sides["fake"] = [ODD[text]] * 30
    given = {side: samples(texts) for side, texts in sides.items()}
    numbers = asked(TAKEN[extractor])
    found = genbench.score(**given, metrics=numbers, extractor=extractor)
    assert {name.partition("[")[0] for name in found} == set(numbers)
    assert {
        name: (one.status, one.reason, one.value) for name, one in found.items() if not is_sound(one)
    } == {}
    values = sum(one.status == "ok" for one in found.values())
    assert values >= len(found) * (0.5 if where == "only" else 0.8)


def test_half_of_a_surrogate_pair_is_refused_with_its_place():
    plain = samples(["one text", "another"])
    reason = r"^fake: sample 1 cannot be written as UTF-8: surrogates not allowed; expected whole characters$"
    with pytest.raises(DataError, match=reason):
        genbench.score(fake=samples(["fine", "a \ud800"]), real=plain, metrics="distinct-n")
