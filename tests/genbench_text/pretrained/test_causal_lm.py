"""Log probabilities and draws of a language model, on one of random weights."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from genbench_text.pretrained.causal_lm import Window, rolling_windows
from genbench_text.pretrained.hf_causal_lm import hf_causal_lm
from genbench_text.tokens.choosing import Choice

from genbench import Invalid, Samples, Space, Undefined

pytestmark = pytest.mark.extras("transformers")

ODD = ("a\0b", "שלום עולם", "=cmd()", "<script>alert(1)</script>", " \t\n", "日本語 😀 e\u0301", "</s><s>")
TEXTS = ("the cat sat", "", "x", "on the mat, and the other cat sat there, naïve " * 3, *ODD)


def reference(sampler, before, scored):
    """The log probability of tokens after others, by one pass of the network for each of them."""
    total = 0.0
    for place, token in enumerate(scored):
        seen = torch.tensor([[*before, *scored[:place]]])
        with torch.inference_mode():
            law = sampler.model.network(input_ids=seen).logits[0, -1].double().log_softmax(0)
        total += float(law[token])
    return total


def test_a_log_likelihood_is_the_sum_over_the_tokens_of_its_windows(make):
    sampler = make()
    for text, found in zip(TEXTS, sampler.log_likelihood(TEXTS), strict=True):
        windows = rolling_windows(sampler.model.encoder.tokens(text), 0, 32)
        expected = sum(reference(sampler, window.before, window.scored) for window in windows)
        assert found == pytest.approx(expected, abs=1e-4)


def test_counts_are_of_the_tokens_that_are_scored_and_an_empty_text_has_none(make):
    sampler = make()
    rows = sampler.model.windows(TEXTS)
    counts = sampler.token_counts(TEXTS)
    assert counts.dtype == np.int64
    assert counts.tolist() == [sum(len(window.scored) for window in row) for row in rows]
    assert (counts[1], sampler.log_likelihood([""])[0]) == (0, 0.0)
    assert counts[3] > 32  # more than one window


def test_the_probabilities_of_all_tokens_sum_to_one(make):
    model = make().model
    tokens = range(model.network.config.vocab_size)
    nats = model.nats([[Window((0, 5, 9), (token,))] for token in tokens])
    assert np.exp(nats).sum() == pytest.approx(1, abs=1e-5)


def test_scores_depend_neither_on_the_order_of_texts_nor_on_batches(make):
    together = make().log_likelihood(TEXTS)
    np.testing.assert_allclose(make().log_likelihood(TEXTS[::-1])[::-1], together, rtol=0, atol=1e-4)
    np.testing.assert_allclose(make(batch_tokens=1).log_likelihood(TEXTS), together, rtol=0, atol=1e-4)


def passes_of(sampler, *texts, **prompts):
    """The shapes of what the network sees and of its logits, in each pass that scores texts."""
    shapes = []

    def look(_, __, seen, answer):
        shapes.append((tuple(seen["input_ids"].shape), tuple(answer.logits.shape)))

    with sampler.model.network.register_forward_hook(look, with_kwargs=True):
        sampler.log_likelihood(*texts, **prompts)
    return shapes


def test_a_pass_that_scores_texts_on_the_cpu_is_no_larger_than_its_caches(make):
    texts = ["the cat sat on the mat"] * 300
    shapes = [seen for seen, _ in passes_of(make(batch_tokens=4096), texts)]
    assert sum(rows for rows, _ in shapes) == 300
    assert max(rows * tokens for rows, tokens in shapes) <= 1024
    assert len(shapes) < 300 * shapes[0][1] / 800


def test_only_the_places_of_scored_tokens_get_logits(make):
    sampler, texts, prompts = make(), [" mat", " cat"], ["the other cat sat on the"] * 2
    ((seen, logits),) = passes_of(sampler, texts, prompts=prompts)
    scored = [len(window.scored) for (window,) in sampler.model.windows(texts, prompts)]
    assert logits[:2] == (2, max(scored))
    assert logits[1] < seen[1] - 3


def test_a_shorter_context_is_a_shorter_window(make):
    sampler, tokens = make(context=9), make().model.encoder.tokens(TEXTS[3])
    expected = sum(
        reference(sampler, window.before, window.scored) for window in rolling_windows(tokens, 0, 9)
    )
    assert sampler.log_likelihood(TEXTS[3:4])[0] == pytest.approx(expected, abs=1e-4)


def test_a_text_after_a_prompt_has_the_tokens_that_the_prompt_alone_has_not(make):
    sampler = make()
    tokens = sampler.model.encoder.tokens
    whole, before = tokens("the cat sat"), tokens("the cat")
    assert sampler.log_likelihood([" sat"], prompts=["the cat"])[0] == pytest.approx(
        reference(sampler, before, whole[len(before) :]), abs=1e-4
    )


def test_spaces_at_the_end_of_a_prompt_belong_to_the_text(make):
    nats = make().log_likelihood([" sat", "sat"], prompts=["the cat", "the cat "])
    assert nats[0] == pytest.approx(nats[1], abs=1e-5)


def test_an_empty_prompt_is_the_beginning_of_a_text(make):
    sampler = make()
    nats = sampler.log_likelihood(["the cat"], prompts=[""])
    assert nats[0] == pytest.approx(sampler.log_likelihood(["the cat"])[0], abs=1e-5)
    assert sampler.log_likelihood([""], prompts=["the"])[0] == 0.0


def test_a_text_that_merges_with_its_prompt_is_encoded_by_itself(make):
    sampler = make()
    tokens = sampler.model.encoder.tokens
    assert len(tokens("at")) == len(tokens("a")) == 1
    assert sampler.log_likelihood(["t"], prompts=["a"])[0] == pytest.approx(
        reference(sampler, tokens("a"), tokens("t")), abs=1e-4
    )


def test_a_prompt_loses_its_beginning_where_the_context_is_short_and_a_text_is_never_cut(make):
    sampler, prompt = make(context=9), "the mat, and then the other cat sat there"
    before, whole = (sampler.model.encoder.tokens(text) for text in (prompt, prompt + " the cat"))
    scored = whole[len(before) :]
    expected = reference(sampler, before[len(scored) - 10 :], scored)
    assert sampler.log_likelihood([" the cat"], prompts=[prompt])[0] == pytest.approx(expected, abs=1e-4)
    with pytest.raises(Undefined, match=r"\d+ tokens after a prompt exceed the context of 9"):
        sampler.log_likelihood(["xyz" * 9], prompts=["the"])


def test_half_of_a_character_has_no_likelihood(make):
    for call in (make().log_likelihood, make().token_counts):
        with pytest.raises(Undefined, match="a text contains '\\\\ud800', an unpaired surrogate"):
            call(["fine", "not \ud800"])


@pytest.mark.slow
def test_a_text_of_a_million_characters_is_scored(make):
    text = "the cat sat on the mat, and then the other cat sat there, " * 17_242
    assert len(text) > 1_000_000
    sampler = make()
    assert -np.inf < sampler.log_likelihood([text])[0] < -sampler.token_counts([text])[0]


def test_a_network_that_gives_nan_is_caught(make, tiny_model):
    train = Samples(("a",), Space("text"))
    sampler = hf_causal_lm(train, path=tiny_model, device="cpu", max_tokens=8)
    with torch.no_grad():
        sampler.model.network.model.norm.weight[0] = torch.nan
    with pytest.raises(Invalid, match="the model returns nan as the log probability of text 1"):
        sampler.log_likelihood(["", "a"])
    with pytest.raises(Invalid, match="logits that are nan or inf"):
        sampler.sample(2, rng=np.random.default_rng(0))


def test_first_tokens_are_drawn_in_their_shares(make):
    model, n = make().model, 4000
    uniforms = ((np.arange(n) + 0.5) / n)[:, None]
    drawn = model.follow([[0]] * n, uniforms, Choice(), lambda *_: False)
    counts = np.bincount([row[0] if row else 1 for row in drawn], minlength=model.network.config.vocab_size)
    expected = np.exp(model.nats([[Window((0,), (token,))] for token in range(len(counts))]))
    np.testing.assert_allclose(counts / n, expected, atol=1.01 / n)


@pytest.mark.parametrize("choice", [Choice(), Choice(0.7, 40, 0.9), Choice(0.0)])
def test_kept_keys_and_values_change_no_draw(make, choice):
    model = make().model
    starts = [[0], [0, 7, 7], [0, 30, 31], [0]]
    uniforms = np.random.default_rng(3).random((4, 12))
    found = model.follow(starts, uniforms, choice, lambda *_: False)
    for start, follows, numbers in zip(starts, found, uniforms, strict=True):
        for step, number in itertools.islice(enumerate(numbers), len(follows)):
            with torch.inference_mode():
                law = model.network(input_ids=torch.tensor([start + follows[:step]])).logits[:, -1].numpy()
            assert choice.of(law, np.array([number]))[0] == follows[step]


def test_a_draw_depends_on_no_other(make):
    starts, uniforms = [[0], [0, 7], [0, 9], [0]], np.random.default_rng(3).random((4, 12))
    whole = make().model.follow(starts, uniforms, Choice(), lambda *_: False)
    alone = make(batch_tokens=1).model.follow(starts[::-1], uniforms[::-1], Choice(), lambda *_: False)
    assert whole == alone[::-1]


def test_parameters_are_counted(make):
    assert make().parameters == sum(p.numel() for p in make().model.network.parameters())
