"""Draws until n samples are valid: which are drawn, which are taken, and which keys and signatures change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genbench import Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import PluginError, SuiteError, Undefined
from genbench.core.samples import content_hash
from genbench.store.keys import Settings
from genbench.store.store import Store
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.context import TrialContext
from genbench.trial.datasets import find_prepared, prepare
from genbench.trial.plan import plan_trials

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "words_plugin.py"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([PLUGIN], only=[])


@pytest.fixture
def plan(suite_text, catalog, store):
    """Return a function that plans the trials of one generator on the words."""

    def make(generator, n, *, key="n_valid", metrics=("count", "share"), extra="", datasets=("known",)):
        entries = {"datasets": datasets, "generators": [generator], "metrics": metrics}
        text = suite_text(**entries, extra=f"controls = false\n{extra}")
        suite = parse_suite(text.replace("n = 4", f"{key} = {n}", 1), file="s.toml", folder=Path())
        resolved, modalities = resolve_suite(suite, catalog), list_modalities(catalog)
        for part in resolved.datasets:
            prepare(part, store, modalities)
        datasets = [find_prepared(part, store, modalities) for part in resolved.datasets]
        return plan_trials(suite, resolved, datasets, Settings(threads=1, device="cpu"))

    return make


@pytest.fixture
def open_context(plan, store):
    """Return a function that makes the context of the only trial."""
    return lambda *words, **options: TrialContext(plan(*words, **options)[0], store, lambda **event: None)


def entry(name, period):
    return f'use = "{name}"\nperiod = {period}'


def test_whole_chunks_are_drawn_until_enough_samples_are_valid_and_the_first_of_these_are_taken(open_context):
    context = open_context(entry("periodic", 5), 7)
    assert len(context.draws) == 40  # two chunks, with four valid words each
    assert context.drawn == (40, 8)
    valid = [word for word in context.draws.data if "!" not in word]
    assert context.samples.data == tuple(valid[:7])


def test_a_smaller_n_has_the_first_draws_and_the_first_samples_of_a_larger_one(open_context):
    small, large = (open_context(entry("periodic", 5), n) for n in (3, 11))
    assert large.draws.data[: len(small.draws)] == small.draws.data
    assert large.samples.data[:3] == small.samples.data
    plain = open_context(entry("periodic", 5), len(large.draws), key="n")
    assert content_hash(plain.samples) == content_hash(large.draws)


@pytest.mark.parametrize(
    ("name", "period", "drawn"),
    [
        ("periodic", 1, (20, 20)),
        ("periodic", 2, (20, 10)),
        ("periodic", 4, (20, 5)),
        ("periodic", 20, (100, 5)),  # 5 % are valid
        ("periodic", 30, (100, 0)),  # no chunk has a thirtieth word
        ("whole", 1, (5, 5)),
        ("whole", 2, (10, 5)),  # a second draw is twice as large
        ("whole", 20, (100, 5)),
        ("whole", 21, (100, 4)),
    ],
)
def test_at_most_twenty_times_as_many_samples_are_drawn(open_context, name, period, drawn):
    context = open_context(entry(name, period), 5)
    assert (len(context.draws), context.drawn) == (drawn[0], drawn)
    if drawn[1]:
        assert len(context.samples) == min(5, drawn[1])
    else:
        with pytest.raises(Undefined, match=rf"^none of the 100 samples that {name} drew is valid$"):
            _ = context.samples


def test_a_sampler_that_has_no_more_samples_gives_all_of_them_in_an_order_of_the_host(open_context):
    context = open_context("stock", 25)
    assert sorted(context.draws.data) != list(context.draws.data)
    assert context.drawn == (50, 25)  # twice as many suffice
    short = open_context("stock", 40)
    assert len(short.samples) == 30
    assert short.drawn == (60, 30)  # all that it has


def test_stored_draws_give_the_same_samples_and_counts(open_context, store):
    first = open_context(entry("periodic", 5), 7)
    _ = first.samples
    again = TrialContext(first.trial, store, lambda **event: None)
    assert again.samples.data == first.samples.data
    assert (again.drawn, again.samples_hash) == (first.drawn, first.samples_hash)
    fresh = TrialContext(first.trial, Store(store.root / "other"), lambda **event: None)
    assert content_hash(fresh.draws) == first.samples_hash == content_hash(first.draws)


def test_features_are_of_the_samples_that_are_taken(open_context):
    context = open_context(entry("periodic", 5), 7, metrics=["lengths"])
    (task,) = context.trial.tasks
    assert len(context.features(task.group.extractor, "fake").valid) == 7
    plain = open_context(entry("periodic", 5), 40, key="n", metrics=["lengths"])
    assert len(plain.features(task.group.extractor, "fake").valid) == 40


def test_keys_and_signatures_have_the_number_the_cap_and_the_modality_only_in_such_a_suite(plan):
    (valid,), (plain,) = plan(entry("periodic", 5), 7), plan(entry("periodic", 5), 7, key="n")
    added = {key: value for key, value in valid.sample_key.items() if key not in plain.sample_key}
    assert added.keys() == {"most_drawn", "valid_by"}
    assert added["most_drawn"] == 140
    assert added["valid_by"]["component"] == "words-plugin:word"
    assert valid.fit_key == plain.fit_key
    (cell, other) = valid.cells[0], plain.cells[0]
    extra = {key: value for key, value in cell.signature.items() if key not in other.signature}
    assert extra == {"n_valid": 7, "most_drawn": 140, "valid_by": cell.signature["valid_by"]}
    assert cell.signature["valid_by"].startswith("words-plugin:word 1+")  # with the hash of the plugin file
    assert cell.n == 7
    assert {**cell.signature, **extra} == {**other.signature, **extra}


def test_a_modality_without_valid_samples_and_a_priced_generator_are_refused(plan):
    with pytest.raises(SuiteError, match=r"^n_valid: dataset 'mutes' has the modality 'words-plugin:mute', "):
        plan("periodic", 5, datasets=["mutes"])
    with pytest.raises(SuiteError, match=r"generator 'priced' costs money .* add n_valid_priced = true$"):
        plan("priced", 5)
    assert plan("priced", 5, extra="n_valid_priced = true")
    assert plan("priced", 5, key="n")


def test_a_mask_of_another_form_is_refused(catalog, monkeypatch):
    modality, words = find_modality(list_modalities(catalog), "word"), Samples.of("word", ("a", "b!"))
    assert modality.valid(words).tolist() == [True, False]
    monkeypatch.setattr(modality.spec.make, "valid", lambda _, samples: np.ones(3))
    with pytest.raises(PluginError, match=r"word.*valid returned float64 \(3,\); expected bool \(2,\)"):
        modality.valid(words)
