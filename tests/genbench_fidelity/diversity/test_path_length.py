"""Path length: closed forms of linear generators, rounding, trimming and what a sampler must offer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.diversity.path_length import path_length
from genbench_image.generators.vae import vae

from genbench import Invalid, Samples, Undefined
from genbench.trial.calling import SamplerProxy


@dataclass
class Linear:
    """Vectors W z, in float64 unless another function of them is given."""

    weights: np.ndarray
    finish: object = staticmethod(lambda x: Samples.of("vector", x))

    @property
    def latent_dim(self):
        return self.weights.shape[1]

    def decode(self, latents):
        assert latents.dtype == np.float32
        return self.finish(latents.astype(np.float64) @ self.weights.T)


def plain(samples):
    return samples.data.reshape(len(samples), -1)


def pixels(samples):
    return plain(samples).astype(np.float32) / 255


def grey(x):
    return Samples.of("image", np.rint(x.clip(0, 255)).astype(np.uint8).reshape(len(x), -1, 1, 1))


@pytest.fixture
def linear(rng):
    return Linear(rng.standard_normal((6, 4)))


def latents(pairs, seed, d=4):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((pairs, d)) for _ in range(2)]


def test_a_linear_generator_has_twice_the_square_of_its_norm(linear, rng):
    found = path_length(linear, plain, pairs=20_000, trim=0.0, rng=rng)
    expected = 2 * np.square(linear.weights).sum()
    assert found.value == pytest.approx(expected, abs=4 * found.extra["spread"] / np.sqrt(20_000))
    assert found.extra["pairs"] == 20_000


def test_it_is_the_closed_form_that_the_reference_implementation_meets():
    records = json.loads((Path(__file__).parents[1] / "data" / "pairs.json").read_text())
    (record,) = [r for r in records if r["metric"] == "ppl_path"]
    expected = record["value"]["closed_form_expectation"]
    weights = np.random.default_rng(0).standard_normal((12, 7))
    generator = Linear(weights * np.sqrt(expected / 2 / np.square(weights).sum()))
    found = path_length(generator, plain, eps=1e-2, trim=0.0, rng=np.random.default_rng(1))
    for value in (expected, record["value"]["mean"]):
        assert found.value == pytest.approx(value, abs=4 * found.extra["spread"] / np.sqrt(2000))


@pytest.mark.parametrize("eps", [1e-3, 0.05, 1.0])
def test_each_distance_is_that_of_its_pair_over_the_square_of_the_step(linear, eps):
    start, end = latents(300, seed=3)
    squares = np.square((end - start) @ linear.weights.T).sum(axis=1)
    found = path_length(linear, plain, eps=eps, pairs=300, trim=0.0, rng=np.random.default_rng(3))
    assert found.value == pytest.approx(squares.mean(), rel=1e-3)
    assert found.extra["spread"] == pytest.approx(squares.std(), rel=1e-3)


def test_an_arc_keeps_lengths_and_has_its_own_closed_form(rng):
    identity = Linear(np.eye(3))
    start, end = latents(200, seed=5, d=3)
    unit = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (start, end)]
    angle = np.arccos(np.sum(unit[0] * unit[1], axis=1))
    speeds = angle / np.sin(angle)
    along = np.square(speeds[:, None] * (end - np.cos(angle)[:, None] * start)).sum(axis=1)
    found = path_length(
        identity, plain, eps=1e-3, pairs=200, interpolation="slerp", trim=0.0, rng=np.random.default_rng(5)
    )
    assert found.value == pytest.approx(along.mean(), rel=0.02)


def test_latents_of_one_number_have_no_arc_and_take_the_line():
    found = [
        path_length(
            Linear(np.ones((1, 1))), plain, pairs=50, interpolation=way, rng=np.random.default_rng(2)
        ).value
        for way in ("slerp", "lerp")
    ]
    assert found[0] == found[1]


def test_trimming_leaves_out_what_lies_beyond_the_percentiles(linear):
    start, end = latents(500, seed=7)
    squares = np.sort(np.square((end - start) @ linear.weights.T).sum(axis=1))
    found = path_length(linear, plain, pairs=500, rng=np.random.default_rng(7))
    kept = squares[4:496]  # the 1st percentile lies at 4.99, the 99th at 494.01
    assert found.extra["pairs"] == 492
    assert found.value == pytest.approx(kept.mean(), rel=1e-3)


def test_a_sampler_that_jumps_has_a_longer_path(rng):
    smooth = Linear(np.eye(4))
    jumping = Linear(np.eye(4), lambda x: Samples.of("vector", x + np.sign(x)))
    values = [
        path_length(each, plain, trim=0.0, rng=np.random.default_rng(0)).value for each in (smooth, jumping)
    ]
    assert values[1] > 2 * values[0]


def test_rounding_to_8_bits_is_lost_in_a_large_step_and_refused_in_a_small_one(rng):
    weights = 20 * rng.standard_normal((64, 4))
    exact = Linear(weights, lambda x: Samples.of("vector", (x + 128).clip(0, 255)))
    rounded = Linear(weights, lambda x: grey(x + 128))
    value = path_length(exact, plain, rng=np.random.default_rng(0)).value
    found = path_length(rounded, plain, rng=np.random.default_rng(0))
    assert found.value == pytest.approx(value, rel=0.05)
    assert 2 < found.extra["levels"] < 5
    reason = r"eps = 0.01 changes 8-bit values by 1.* mostly by rounding.*raise eps"
    with pytest.raises(Undefined, match=reason):
        path_length(rounded, plain, eps=0.01, rng=rng)


def test_the_refused_step_would_have_been_wrong(rng):
    weights = 20 * rng.standard_normal((64, 4))
    start, end = latents(500, seed=1)
    step = start + 1e-4 * (end - start)
    a, b = (grey(z @ weights.T + 128).data.astype(float) for z in (start, step))
    wrong = np.square(a - b).sum() / 500 / 1e-8
    assert wrong > 20 * path_length(Linear(weights), plain, pairs=500, rng=rng).value


@pytest.mark.parametrize("finish", [grey, lambda x: Samples.of("vector", x)])
def test_a_collapsed_sampler_has_no_path(finish, rng):
    with pytest.raises(Undefined, match="moves none of 2000 decoded samples"):
        path_length(Linear(np.zeros((3, 4)), finish), plain, rng=rng)


def test_a_vae_has_a_path_in_any_extractor(rng):
    images = np.repeat(np.linspace(0, 255, 64).astype(np.uint8), 64).reshape(64, 8, 8, 1)
    sampler = vae(Samples.of("image", images), None, steps=60, rng=rng, log=lambda *_, **__: None)
    found = path_length(SamplerProxy(sampler, "vae"), pixels, pairs=200, eps=0.2, rng=rng)
    assert found.value > 0
    assert found.extra["levels"] >= 2


@pytest.mark.parametrize(("sampler", "what"), [(object(), "latent_dim"), (Linear(np.eye(2)), "decode")])
def test_a_sampler_that_decodes_no_latents_is_skipped_with_what_it_lacks(sampler, what, rng, monkeypatch):
    if what == "decode":
        monkeypatch.delattr(Linear, "decode")
    with pytest.raises(Undefined, match=f"the sampler of noise gives no {what}"):
        path_length(SamplerProxy(sampler, "noise"), plain, rng=rng)


def test_a_decoder_that_drops_samples_is_refused(rng):
    dropping = Linear(np.eye(3), lambda x: Samples.of("vector", x[1:]))
    with pytest.raises(Invalid, match="decoded 64 latents into 63 samples"):
        path_length(dropping, plain, rng=rng)
