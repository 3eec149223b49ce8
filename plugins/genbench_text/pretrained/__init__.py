"""Trained language models from files or the hub: a generator, and an oracle that gives likelihoods."""

from __future__ import annotations

from genbench import ExtractorSpec, GeneratorSpec

__all__ = ["SPECS"]

_TRANSFORMERS = dict.fromkeys(("gguf", "tokenizers", "transformers"), "genbench[transformers]")
_HUB = ("HF_TOKEN",)  # of models that the hub gives only to those who are named

SPECS = (
    GeneratorSpec(
        name="hf-causal-lm",
        make="genbench_text.pretrained.hf_causal_lm:hf_causal_lm",
        summary="a trained language model, from a folder, a GGUF file or the hub",
        source="Wolf et al. 2020, arXiv:1910.03771",
        modalities=("text",),
        needs=_TRANSFORMERS,
        variables=_HUB,
    ),
    ExtractorSpec(
        name="causal-lm",
        make="genbench_text.pretrained.causal_lm_extractor:causal_lm",
        summary="how likely texts are under a trained language model",
        source="Wolf et al. 2020, arXiv:1910.03771",
        modalities=("text",),
        outputs={
            "nats": "the log probability of a text, its end not counted",
            "tokens": "how many tokens that is of",
        },
        needs=_TRANSFORMERS,
        variables=_HUB,
    ),
)
