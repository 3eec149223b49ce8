"""The model of texts in the tutorial for authors: it is a law, and short."""

from __future__ import annotations

import importlib.util
import itertools
import math

import numpy as np
import pytest
from genbench_text.chains.markov import markov

from genbench import Samples, Space

TRAIN = Samples(("ab", "b", "abba", ""), Space("text", longest=9))


@pytest.fixture(scope="module")
def source(blocks):
    (block,) = (found for found in blocks("docs/plugins/generator.md") if found.argument == "unigram.py")
    return block.text


@pytest.fixture(scope="module")
def sampler(source, tmp_path_factory):
    path = tmp_path_factory.mktemp("unigram") / "unigram.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("unigram", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Unigram(TRAIN)


def test_it_takes_25_lines_at_most(source):
    assert sum(line.strip() != "" for line in source.splitlines()) <= 25


def test_its_probabilities_sum_to_1(sampler):
    texts = ["".join(letters) for n in range(9) for letters in itertools.product("ab", repeat=n)]
    found = np.exp(sampler.log_likelihood(texts)).sum()
    known = (7 + 2 / 0x110000) / 12  # what a step that goes on has, of 7 letters and one more
    assert found == pytest.approx(4 / 12 * (1 - known**9) / (1 - known))
    assert math.exp(sampler.log_likelihood(["\N{SNOWMAN}"])[0]) == pytest.approx(1 / 0x110000 / 12 * 4 / 12)


def test_it_counts_the_end_without_a_prompt_and_not_after_one_as_a_bundled_model_does(sampler):
    for model in (sampler, markov(TRAIN, order=0)):
        ends = model.log_likelihood(["ab"]) - model.log_likelihood(["ab"], prompts=["b"])
        assert ends[0] == pytest.approx(model.log_likelihood([""])[0])
        assert model.log_likelihood([""], prompts=["b"])[0] == pytest.approx(0)
        assert model.token_counts(["ab", ""]).tolist() == [3, 1]
        assert model.log_likelihood([]).shape == (0,)


def test_what_it_draws_has_the_lengths_of_the_law(sampler):
    texts = sampler.sample(4000, rng=np.random.default_rng(0)).data
    assert np.mean([text == "" for text in texts]) == pytest.approx(4 / 11, abs=0.03)
    assert max(map(len, texts)) == 9
    assert len(sampler.complete(["a", "b"], rng=np.random.default_rng(0))) == 2
