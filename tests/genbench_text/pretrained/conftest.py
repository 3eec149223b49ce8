"""Samplers of the tiny model."""

from __future__ import annotations

import functools

import pytest
from genbench_text.pretrained.hf_causal_lm import hf_causal_lm

from genbench import Samples, Space


@pytest.fixture(scope="session")
def make(tiny_model):
    """Return the function that makes a sampler of the tiny model, one for equal options."""

    @functools.cache
    def made(longest=None, **options):
        train = Samples(("not looked at",), Space("text", longest=longest))
        return hf_causal_lm(train, path=tiny_model, device="cpu", **{"max_tokens": 8} | options)

    return made
