"""The extractor of a language model's log probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_text.pretrained.causal_lm_extractor import causal_lm

from genbench import Samples

pytestmark = pytest.mark.extras("transformers")


def test_the_extractor_gives_the_same_likelihoods(make, tiny_model):
    texts = (
        "the cat sat",
        "",
        "x",
        "on the mat, and the other cat sat there, naïve " * 3,
        "日本語 😀",
        "</s><s>",
    )
    told = []
    extractor = causal_lm(path=tiny_model, device="cpu", log=lambda *step: told.append(step))
    found = extractor(Samples.of("text", texts))
    assert {name: (array.shape, array.dtype.name) for name, array in found.items()} == {
        "nats": ((len(texts), 1), "float32"),
        "tokens": ((len(texts), 1), "float32"),
    }
    np.testing.assert_allclose(found["nats"][:, 0], make().log_likelihood(texts), rtol=1e-6)
    assert found["tokens"][:, 0].tolist() == make().token_counts(texts).tolist()
    assert told[-1][0] == told[-1][1] == sum(map(len, make().model.windows(texts)))
    none = extractor(Samples.of("text", ()))
    assert (none["nats"].shape, none["tokens"].shape) == ((0, 1), (0, 1))
