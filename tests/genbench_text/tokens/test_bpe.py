"""Byte pairs as symbols: every text has tokens, and they give it back."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from genbench_text.neural.lstm import load_lstm, lstm
from genbench_text.neural.transformer import load_transformer, transformer
from genbench_text.tokens.bpe import BytePairs
from numpy.random import default_rng

from genbench import Samples, Space, SuiteError, Undefined

pytestmark = pytest.mark.extras("tokenizers")

WORDY = ("the cat ran to the mat", "the dog ran to the cat", "a cat sat", "the cat sat", "a dog") * 3
STRANGE = (
    "", " ", "  a  ", "\x00", "שלום", "=cmd()", "<script>", "e\u0301", "naïve 東京 🙂", "\ufffd",
    "a\nb\t", "Ω" * 7,
)  # fmt: skip
MODELS = {"lstm": (lstm, load_lstm), "transformer": (transformer, load_transformer)}
SMALL = {
    "lstm": {"width": 8, "hidden": 8, "steps": 20, "batch_tokens": 60, "learning_rate": 0.02},
    "transformer": {"width": 16, "heads": 2, "steps": 20, "batch_tokens": 60},
}

each_model = pytest.mark.parametrize("model", MODELS)


def quiet(step, total, **values):
    """Take a report."""


@pytest.fixture(scope="module")
def pairs():
    return BytePairs.of(WORDY, 270)


def fit(model, *, longest=None, items=WORDY, **options):
    train = Samples(items, Space("text", longest=longest))
    given = SMALL[model] | options
    return MODELS[model][0](train, unit="bpe", tokens=270, **given, rng=default_rng(1), log=quiet)


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_any_text_has_tokens_which_give_it_back(pairs, text):
    numbers = pairs.encode(text)
    assert numbers.max(initial=0) < pairs.end
    assert pairs.decode(numbers) == text
    assert pairs.count(text) == len(numbers)
    assert pairs.widths[numbers].sum() == 4 * len(text)


def test_all_bytes_are_tokens_and_pairs_are_learnt_up_to_the_number_asked_for(pairs):
    assert pairs.end == 270
    assert {bytes([byte]) for byte in range(256)} < set(pairs._bytes)
    assert pairs.count("the cat") < 5


def test_bytes_that_make_no_character_are_left_out_and_take_room(pairs):
    number = pairs._bytes.index(b"\x80")
    assert pairs.decode([number, *pairs.encode("a"), number]) == "a"
    assert pairs.widths.min() > 0


def test_half_of_a_character_is_refused(pairs):
    with pytest.raises(Undefined, match=r"a text contains '\\ud800', an unpaired surrogate"):
        pairs.encode("a\ud800")
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        BytePairs.of(["a\ud800"], 300)


def test_texts_without_a_symbol_are_refused():
    with pytest.raises(Undefined, match="the training texts are empty"):
        BytePairs.of(["", ""], 300)


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(SuiteError, match=r"needs the package tokenizers; pip install 'genbench\[bpe\]'"):
        BytePairs.of(WORDY, 300)


def test_another_process_learns_the_same_pairs(pairs):
    code = f"from genbench_text.tokens.bpe import BytePairs; print(BytePairs.of({WORDY!r}, 270).model)"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == pairs.model


def test_only_tokens_that_the_prompt_has_by_itself_are_the_prompt_s(pairs):
    assert pairs.count_shared("the", " cat") == pairs.count("the")
    assert pairs.count_shared("the c", "at") == pairs.count("the") < pairs.count("the c")


@each_model
def test_strange_texts_have_a_likelihood(model):
    sampler = fit(model)
    assert np.isfinite(sampler.log_likelihood(STRANGE)).all()
    assert sampler.token_counts(["", "é"]).tolist() == [1, 3]
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        sampler.log_likelihood(["\ud800"])


@each_model
def test_texts_of_canonical_tokens_have_no_more_than_all_probability(model):
    sampler = fit(model, items=("ab", "abba", "b", "", "aab") * 4, steps=80)
    texts = ["".join(letters) for n in range(6) for letters in product("ab", repeat=n)]
    assert 0.3 < np.exp(sampler.log_likelihood(texts)).sum() < 1


@each_model
def test_a_prompt_takes_its_own_probability_off_where_it_ends_with_a_token(model):
    sampler = fit(model)
    whole = sampler.log_likelihood(["the cat ran"], prompts=[""])[0]
    parts = sampler.log_likelihood(["the cat", " ran"], prompts=["", "the cat"])
    assert whole == pytest.approx(parts.sum(), abs=1e-4)


@each_model
def test_draws_keep_to_the_longest_length_and_are_text(model):
    sampler = fit(model, longest=25)
    drawn = (
        *sampler.sample(60, rng=default_rng(1)).data,
        *sampler.complete(["the ", "東"], rng=default_rng(2)),
    )
    assert max(map(len, drawn)) <= 25
    assert [text.encode().decode() for text in drawn] == list(drawn)
    untrained = fit(model, longest=9, steps=1).sample(100, rng=default_rng(3)).data
    assert max(map(len, untrained)) <= 9


@each_model
def test_a_saved_sampler_is_the_same_one(model, tmp_path):
    sampler = fit(model, longest=30)
    sampler.save(tmp_path)
    restored = MODELS[model][1](tmp_path)
    assert restored.log_likelihood(STRANGE[:5]).tolist() == sampler.log_likelihood(STRANGE[:5]).tolist()
    assert restored.sample(20, rng=default_rng(2)).data == sampler.sample(20, rng=default_rng(2)).data
