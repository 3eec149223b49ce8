"""What models that learn texts have in common: exact likelihoods, draws that follow them, files."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from genbench_text.chains.hmm import hmm, load_hmm
from genbench_text.chains.markov import load_markov, markov
from genbench_text.neural.lstm import load_lstm, lstm
from genbench_text.neural.transformer import load_transformer, transformer
from numpy.random import default_rng

from genbench import DataError, Samples, Space, Undefined
from genbench.core.samples import concat

LONGEST = 4
TINY = ("ab", "abba", "b", "bab", "aab", "", "abb", "abb", "a", "ba", "bb")
WORDY = ("the cat ran", "the dog ran", "a cat sat", "the cat sat", "a dog")
MODELS = {
    "markov": (markov, load_markov),
    "hmm": (hmm, load_hmm),
    "lstm": (lstm, load_lstm),
    "transformer": (transformer, load_transformer),
}
SMALL = {
    "markov": {},
    "hmm": {"states": 3, "iterations": 4, "smoothing": 0.2},
    "lstm": {"width": 8, "hidden": 8, "steps": 12, "batch_tokens": 40},
    "transformer": {"width": 8, "heads": 2, "context": 3, "steps": 12, "batch_tokens": 40},
}
ROUNDING = {"markov": 1e-12, "hmm": 1e-12, "lstm": 1e-6, "transformer": 1e-6}  # networks compute in float32
DRAWS = {"markov": 20_000, "hmm": 20_000, "lstm": 4000, "transformer": 4000}

each_model = pytest.mark.parametrize("model", MODELS)
each_unit = pytest.mark.parametrize("unit", ["characters", "words"])


def text(items, longest=None):
    return Samples(tuple(items), Space("text", longest=longest))


def quiet(step, total, **values):
    """Take a report."""


def fit(model, items=TINY, longest=LONGEST, seed=1, **options):
    given = {} if model == "markov" else {"rng": default_rng(seed), "log": quiet}
    return MODELS[model][0](text(items, longest), **SMALL[model], **given, **options)


def closed(sampler):
    """Return a sampler that leaves nothing to unknown symbols."""
    return replace(sampler, vocabulary=replace(sampler.vocabulary, escape=0.0))


def strings(longest=LONGEST):
    return ["".join(symbols) for n in range(longest + 1) for symbols in product("ab", repeat=n)]


@each_model
def test_the_probabilities_of_all_texts_sum_to_1(model):
    total = np.exp(closed(fit(model)).log_likelihood(strings())).sum()
    assert total == pytest.approx(1, abs=ROUNDING[model])


@each_model
def test_at_each_step_an_escape_takes_its_share(model):
    sampler = fit(model)
    known = replace(sampler.vocabulary, escape=0.0)
    model_nats = replace(sampler, vocabulary=known).log_likelihood(strings())
    steps = sampler.token_counts(strings())
    expected = model_nats + steps * math.log1p(-sampler.vocabulary.escape)
    assert sampler.log_likelihood(strings()) == pytest.approx(expected)
    assert math.isfinite(sampler.log_likelihood(["aΩ"])[0])


@each_model
def test_draws_follow_the_likelihoods(model):
    sampler, n = closed(fit(model)), DRAWS[model]
    expected = n * np.exp(sampler.log_likelihood(strings()))
    counts = Counter(sampler.sample(n, rng=default_rng(2)).data)
    found = np.array([counts[string] for string in strings()])
    assert found.sum() == n
    chi_square = ((found - expected) ** 2 / expected).sum()
    assert chi_square < 59.7  # 30 degrees of freedom: once in a thousand


@each_model
def test_completions_follow_the_law_after_their_prompt(model):
    sampler, n = closed(fit(model)), DRAWS[model]
    whole = [string for string in strings() if string.startswith("b")]
    nats = sampler.log_likelihood(whole)
    expected = n * np.exp(nats) / np.exp(nats).sum()
    counts = Counter("b" + rest for rest in sampler.complete(["b"] * n, rng=default_rng(3)))
    found = np.array([counts[string] for string in whole])
    assert found.sum() == n
    assert ((found - expected) ** 2 / expected).sum() < 36.1  # 14 degrees of freedom


@each_model
@each_unit
def test_a_prompt_takes_its_own_probability_off(model, unit):
    sampler = fit(model, WORDY, None, unit=unit)
    gaps = sampler.log_likelihood([" ran"], prompts=["the cat"]) - sampler.log_likelihood(
        [" sat"], prompts=["the cat"]
    )
    whole = sampler.log_likelihood(["the cat ran a"], prompts=[""])
    parts = sampler.log_likelihood(["the cat", " ran a"], prompts=["", "the cat"])
    assert whole[0] == pytest.approx(parts.sum())
    assert math.isfinite(gaps[0])
    assert sampler.log_likelihood([""], prompts=["the cat"])[0] == 0


@each_model
def test_a_text_and_its_end_are_the_steps_that_are_counted(model):
    sampler = fit(model)
    assert sampler.token_counts(["", "ab", "abab"]).tolist() == [1, 3, 4]
    prefix = sampler.log_likelihood(["abab"], prompts=[""])
    assert sampler.log_likelihood(["abab"]) == pytest.approx(prefix)
    wordy = fit(model, WORDY, 11, unit="words")
    assert wordy.token_counts(["", "the cat ran"]).tolist() == [1, 4]


@each_model
@each_unit
def test_samples_are_texts_of_the_training_space_and_not_too_long(model, unit, modality):
    train = text(WORDY, 8)
    samples = fit(model, WORDY, 8, unit=unit).sample(300, rng=default_rng(2))
    modality("text").admit(samples, train.space, 300)
    assert samples.space == train.space
    assert max(map(len, samples.data)) == 8
    assert set("".join(samples.data)) <= set("".join(WORDY))


@each_model
@each_unit
def test_a_completion_fills_the_space_with_its_prompt_and_no_more(model, unit):
    sampler = fit(model, WORDY, 11, unit=unit)
    prompts = ["", "the", "the ", "the cat", "Ω", "as long as that", "the cat rat"]
    found = sampler.complete(prompts * 20, rng=default_rng(4))
    wholes = [prompt + rest for prompt, rest in zip(prompts * 20, found, strict=True)]
    assert all(len(whole) <= max(11, len(prompt)) for prompt, whole in zip(prompts * 20, wholes, strict=True))
    assert found[5::7] == ("",) * 20
    assert any(found[1::7])


@each_model
def test_words_follow_a_prompt_after_one_space(model):
    sampler = fit(model, WORDY, None, unit="words")
    bare, spaced, empty = (sampler.complete([p] * 50, rng=default_rng(4)) for p in ("the", "the ", ""))
    assert {rest[0] for rest in bare if rest} == {" "}
    assert all(not rest.startswith(" ") for rest in (*spaced, *empty))


@each_model
def test_the_same_stream_gives_the_same_texts_and_another_does_not(model):
    sampler = fit(model, WORDY, 30)
    first = sampler.sample(9, rng=default_rng(2)).data
    assert first == fit(model, WORDY, 30).sample(9, rng=default_rng(2)).data
    assert first != sampler.sample(9, rng=default_rng(4)).data


@each_model
def test_a_draw_does_not_depend_on_the_draws_before_it(model):
    sampler = fit(model, WORDY, 30)
    together = concat([sampler.sample(size, rng=default_rng((5, size))) for size in (4, 3)])
    assert together.data[4:] == sampler.sample(3, rng=default_rng((5, 3))).data


@each_model
def test_likelihoods_do_not_depend_on_the_other_texts(model):
    sampler = fit(model, WORDY, 30)
    whole = sampler.log_likelihood([*WORDY, "", "Ω"])
    single = [sampler.log_likelihood([item])[0] for item in [*WORDY, "", "Ω"]]
    assert whole == pytest.approx(single, rel=ROUNDING[model])
    assert sampler.log_likelihood([]).shape == sampler.token_counts([]).shape == (0,)
    assert sampler.sample(0, rng=default_rng(1)).data == ()


@each_model
@each_unit
def test_a_saved_sampler_is_the_same_one(model, unit, tmp_path):
    sampler = fit(model, WORDY, 30, unit=unit)
    sampler.save(tmp_path)
    restored = MODELS[model][1](tmp_path)
    assert restored.sample(50, rng=default_rng(2)).data == sampler.sample(50, rng=default_rng(2)).data
    assert restored.log_likelihood(["Ω a cat"]).tolist() == sampler.log_likelihood(["Ω a cat"]).tolist()
    assert restored.space == sampler.space
    assert restored.parameters == sampler.parameters > 0
    assert {path.name for path in tmp_path.iterdir()} == {"chain.json", "chain.safetensors"}


@each_model
def test_a_saved_sampler_that_is_damaged_is_refused(model, tmp_path):
    load = MODELS[model][1]
    with pytest.raises(DataError, match=f"saved model '{model}' cannot be read: .*; fit it again"):
        load(tmp_path)
    fit(model).save(tmp_path)
    law = tmp_path / "chain.safetensors"
    whole = law.read_bytes()
    law.write_bytes(whole[:-8])
    with pytest.raises(DataError, match="fit it again"):
        load(tmp_path)
    law.write_bytes(whole)
    about = json.loads((tmp_path / "chain.json").read_text())
    (tmp_path / "chain.json").write_text(json.dumps(about | {"model": "other"}))
    with pytest.raises(DataError, match=f"describes the model 'other'; expected '{model}'"):
        load(tmp_path)


@each_model
def test_texts_without_a_symbol_are_refused(model):
    with pytest.raises(Undefined, match="the training texts are empty"):
        fit(model, ["", ""])


@each_model
@each_unit
def test_strange_texts_have_a_likelihood_and_come_back_whole(model, unit):
    strange = ("\x00", "שלום", "=cmd()", "<script>", "e\u0301", " ", "\ud800", "  a  ")
    sampler = fit(model, (*strange, *strange), None, unit=unit)
    assert np.isfinite(sampler.log_likelihood(strange)).all()
    assert np.isfinite(fit(model, WORDY, None, unit=unit).log_likelihood(strange)).all()
