"""The generator `lstm`: what its options decide, and how far its memory reaches."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.neural.lstm import load_lstm, lstm

from genbench import DataError, Samples

TRAIN = Samples.of("text", ("abc", "cab", "bca"))


def fit(**options):
    options = {"width": 5, "hidden": 7, "steps": 1, **options}
    return lstm(TRAIN, rng=np.random.default_rng(1), log=lambda *_, **__: None, **options)


@pytest.mark.parametrize("layers", [1, 3])
def test_its_parameters_are_those_of_its_options(layers):
    symbols, width, hidden = 4, 5, 7  # a, b, c and the end
    cells = sum(4 * hidden * (before + hidden + 2) for before in [width, *[hidden] * (layers - 1)])
    assert fit(layers=layers).parameters == (symbols + 1) * width + cells + hidden * width + symbols


def test_its_memory_reaches_further_than_the_pieces_that_it_is_trained_on():
    nats = fit(context=1).log_likelihood(["c", "c"], prompts=["a" + "b" * 8, "c" + "b" * 8])
    assert nats[0] != nats[1]


def test_its_folder_brings_it_back_and_that_of_another_generator_does_not(tmp_path):
    sampler = fit(layers=2, temperature=0.5, top_k=2)
    sampler.save(tmp_path)
    again = load_lstm(tmp_path)
    assert again.log_likelihood(["abc", ""]).tolist() == sampler.log_likelihood(["abc", ""]).tolist()
    drawn, redrawn = (each.sample(9, rng=np.random.default_rng(2)).data for each in (sampler, again))
    assert drawn == redrawn
    (description,) = tmp_path.glob("*.json")
    description.write_text(description.read_text().replace('"lstm"', '"transformer"'))
    with pytest.raises(DataError, match="the model 'transformer'; expected 'lstm'"):
        load_lstm(tmp_path)
