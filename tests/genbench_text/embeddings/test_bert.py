"""BERT's encoder against torch's own."""

from __future__ import annotations

import numpy as np
import torch
from genbench_text.embeddings.sentence_encoder import Encoder

D, HEADS, LAYERS, WIDE, VOCABULARY, PLACES = 12, 3, 2, 20, 50, 16


def random_state():
    """Return tensors of a small encoder under transformers' names."""
    rng = np.random.default_rng(0)

    def tensor(*shape):
        return torch.tensor(rng.normal(0, 0.5, shape), dtype=torch.float32)

    def linear(name, rows, columns):
        return {f"{name}.weight": tensor(rows, columns), f"{name}.bias": tensor(rows)}

    def norm(name):
        return {f"{name}.LayerNorm.weight": 1 + tensor(D), f"{name}.LayerNorm.bias": tensor(D)}

    state = norm("embeddings")
    for name, rows in (("word", VOCABULARY), ("position", PLACES), ("token_type", 2)):
        state[f"embeddings.{name}_embeddings.weight"] = tensor(rows, D)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        for what in ("query", "key", "value"):
            state |= linear(f"{layer}.attention.self.{what}", D, D)
        state |= linear(f"{layer}.attention.output.dense", D, D) | norm(f"{layer}.attention.output")
        state |= linear(f"{layer}.intermediate.dense", WIDE, D)
        state |= linear(f"{layer}.output.dense", D, WIDE) | norm(f"{layer}.output")
    return state


def torchs_layer(state, number):
    """Return torch's encoder layer with the parameters of one layer of ours."""
    name = f"encoder.layer.{number}"
    layer = torch.nn.TransformerEncoderLayer(
        D, HEADS, WIDE, dropout=0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    )
    parts = [f"{name}.attention.self.{what}" for what in ("query", "key", "value")]
    given = {
        "self_attn.in_proj_weight": torch.cat([state[f"{part}.weight"] for part in parts]),
        "self_attn.in_proj_bias": torch.cat([state[f"{part}.bias"] for part in parts]),
    }
    ours = {
        "self_attn.out_proj": "attention.output.dense", "linear1": "intermediate.dense",
        "linear2": "output.dense", "norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for theirs, our in ours.items():
        for kind in ("weight", "bias"):
            given[f"{theirs}.{kind}"] = state[f"{name}.{our}.{kind}"]
    layer.load_state_dict(given)
    return layer.eval()


def test_it_is_the_encoder_that_torch_has():
    state = random_state()
    ids = torch.tensor(np.random.default_rng(1).integers(VOCABULARY, size=(4, 7)))
    with torch.inference_mode():
        found = Encoder(state, HEADS, LAYERS)(ids)
        hidden = (
            state["embeddings.word_embeddings.weight"][ids]
            + state["embeddings.position_embeddings.weight"][:7]
            + state["embeddings.token_type_embeddings.weight"][0]
        )
        weight, bias = state["embeddings.LayerNorm.weight"], state["embeddings.LayerNorm.bias"]
        hidden = torch.nn.functional.layer_norm(hidden, (D,), weight, bias, eps=1e-12)
        for number in range(LAYERS):
            hidden = torchs_layer(state, number)(hidden)
    assert found.shape == (4, 7, D)
    np.testing.assert_allclose(found.numpy(), hidden.numpy(), rtol=1e-4, atol=1e-5)
