"""The generator `transformer`: what its options decide, and how far it sees."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.neural.transformer import load_transformer, transformer

from genbench import DataError, Samples, SuiteError

TRAIN = Samples.of("text", ("abc", "cab", "bca"))


def fit(**options):
    options = {"width": 6, "heads": 1, "layers": 1, "steps": 1, **options}
    return transformer(TRAIN, rng=np.random.default_rng(1), log=lambda *_, **__: None, **options)


@pytest.mark.parametrize("layers", [1, 3])
def test_its_parameters_are_those_of_its_options(layers):
    symbols, width = 4, 6  # a, b, c and the end
    layer = 3 * width**2 + width**2 + (4 * width**2 + 4 * width) + (4 * width**2 + width) + 4 * width
    assert fit(layers=layers).parameters == (symbols + 1) * width + 4 * width + layers * layer + 2 * width


def test_a_width_that_does_not_suit_the_heads_is_refused():
    with pytest.raises(SuiteError, match="width is 12; expected a multiple of twice the heads, 8"):
        fit(width=12, heads=4)


@pytest.mark.parametrize(("context", "is_seen"), [(1, False), (16, True)])
def test_it_sees_what_its_context_holds(context, is_seen):
    nats = fit(context=context).log_likelihood(["c", "c"], prompts=["a" + "b" * 8, "c" + "b" * 8])
    assert (abs(nats[0] - nats[1]) > 1e-5) == is_seen


def test_its_folder_brings_it_back_and_that_of_another_generator_does_not(tmp_path):
    sampler = fit(layers=2, context=3, temperature=0.5, top_k=2)
    sampler.save(tmp_path)
    again = load_transformer(tmp_path)
    assert again.log_likelihood(["abcab", ""]).tolist() == sampler.log_likelihood(["abcab", ""]).tolist()
    drawn, redrawn = (each.sample(9, rng=np.random.default_rng(2)).data for each in (sampler, again))
    assert drawn == redrawn
    (description,) = tmp_path.glob("*.json")
    description.write_text(description.read_text().replace('"transformer"', '"lstm"'))
    with pytest.raises(DataError, match="the model 'lstm'; expected 'transformer'"):
        load_transformer(tmp_path)
