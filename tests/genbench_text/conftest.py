"""Fixtures for the text plugins."""

from __future__ import annotations

import re
from pydoc_data.topics import topics

import pytest


@pytest.fixture(scope="session")
def sentences():
    """Real English, in the order of the language reference: different sentences of 20 to 150 characters."""
    text = re.sub(r"\s+", " ", " ".join(topics[name] for name in sorted(topics)))
    return tuple(dict.fromkeys(found for found in re.split(r"(?<=[.!?]) ", text) if 20 <= len(found) <= 150))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """The folder of a language model with random weights, byte-level tokens and a context of 32."""
    transformers = pytest.importorskip("transformers", reason="it comes with genbench[transformers]")
    import tokenizers
    import torch

    letters = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokens.pre_tokenizer, tokens.decoder = letters, tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=letters.alphabet(),
        show_progress=False,
    )
    tokens.train_from_iterator(["the cat sat on the mat, and then the other cat sat there"] * 9, trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=tokens)
    tokenizer.add_special_tokens({"bos_token": "<s>", "eos_token": "</s>"})
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=32, initializer_range=0.5,
        bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = transformers.LlamaForCausalLM(config)
    folder = tmp_path_factory.mktemp("tiny-model")
    tokenizer.save_pretrained(folder)
    network.save_pretrained(folder)
    return folder
